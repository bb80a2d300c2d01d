"""`booruql.Percolator`: many saved queries, asked which of them a post matches. Alerts, saved searches and filters run on it."""

from __future__ import annotations

import json
import sys
from collections.abc import Hashable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from booruql import sites
from booruql.ast.nodes import All, Page, Query
from booruql.backends.percolator import Queries
from booruql.backends.predicate import read_post
from booruql.context import Catalog, Context, Limits
from booruql.engine.api import Closed, close_anew, params, parse
from booruql.errors import ConfigError, Diagnostic, QueryError
from booruql.sites import Resource

_MOMENT = frozenset({"clock", "now", "tz", "viewer", "filter"})
"""What of a context may differ from batch to batch; the catalog stays until `rebind`."""

_ANY_SIZE = Limits(characters=sys.maxsize, depth=sys.maxsize, terms=sys.maxsize)
"""What was a query once is read again, whatever limits it was read with."""


class _Watched(Context):
    """A context that knows whether its moment was asked for."""

    def __getattribute__(self, name: str) -> Any:
        if name in _MOMENT:
            self.__dict__["was_asked"] = True
        return super().__getattribute__(name)


class Percolator:
    """Queries by id. Those that ask for the time or the viewer are bound anew for each batch of posts.

    >>> alerts = Percolator()
    >>> _ = alerts.add("cats", "cat -dog")
    >>> alerts.match({"id": 1, "tag_string": "cat sky"})
    ['cats']
    """

    def __init__(self, *, site: str = "danbooru", entity: str | None = None, catalog: Catalog | None = None) -> None:
        self.site = site
        self.resource: Resource = sites.load(site).resource(entity)
        self._syntax = sites.load(site).syntax
        self.catalog = catalog
        self._queries: dict[Hashable, str | Query] = {}
        """What each was made of: as a rule its text, from which it is parsed again; its tree would take a kilobyte."""
        self._moving: dict[Hashable, Query] = {}
        self._fixed = self._make()
        self._bound: tuple[Context, Queries] | None = None
        self.refused: dict[Hashable, QueryError] = {}
        """Queries that the context of the last batch did not allow (they ask for a viewer, say): they match nothing."""

    def _make(self) -> Queries:
        count = self.catalog.tag_count if self.catalog else None
        return Queries(self.resource.table, self.resource.default_field, count)

    def __len__(self) -> int:
        return len(self._queries)

    def __contains__(self, id_: Hashable) -> bool:
        return id_ in self._queries

    # --- queries

    def add(self, id_: Hashable, query: str | Query, *, audience: str = "anonymous") -> tuple[Diagnostic, ...]:
        """Keep a query; one of the same id is replaced. Gives its warnings: an order and a limit mean nothing here.

        Raises:
            QueryError: the query is refused.
        """
        if isinstance(query, str):
            query = parse(query, site=self.site, entity=self.resource.name, audience=audience)
        if (query.site, query.entity) != (self.site, self.resource.name):
            raise ConfigError(f"a query of {query.site} {query.entity}, not of {self.site} {self.resource.name}")
        warnings = self._keep(id_, query)
        self._queries[id_] = self._slim(query)
        return warnings

    def _keep(self, id_: Hashable, query: Query) -> tuple[Diagnostic, ...]:
        context = _Watched(catalog=self.catalog)
        context.__dict__.pop("was_asked", None)
        try:
            closed = close_anew(query, context)
        except QueryError:
            if "was_asked" not in context.__dict__:
                raise
            self._forget(id_)
            self._moving[id_] = query  # the context of a batch may have what this one lacks
            return ()
        self._forget(id_)
        if "was_asked" in context.__dict__:
            self._moving[id_] = query
        else:
            self._fixed.add(id_, closed.search.where)
        return (*closed.warnings, *_ignored(closed, query))

    def remove(self, id_: Hashable) -> None:
        """Forget a query; one that is not there is passed over."""
        self._queries.pop(id_, None)
        self._forget(id_)

    def _forget(self, id_: Hashable) -> None:
        self._fixed.remove(id_)
        self._moving.pop(id_, None)
        self._bound = None

    def rebind(self, catalog: Catalog | None) -> None:
        """Read every query anew after aliases, names or filters of the catalog changed."""
        self.catalog = catalog
        self._fixed, self._moving, self._bound = self._make(), {}, None
        for id_, query in self._queries.items():
            self._keep(id_, self._read(query))

    def _slim(self, query: Query) -> str | Query:
        """What the query can be read from again; that of an endpoint with parameters is kept whole."""
        if query.extras and query.syntax != "params":
            return query
        bare = replace(query, where=All(), extras=())
        return bare.text if bare == Query(bare.text, bare.site, bare.entity, syntax=self._syntax) else bare

    def _read(self, kept: str | Query) -> Query:
        """The query, with its tree."""
        if isinstance(kept, str):
            return parse(kept, site=self.site, entity=self.resource.name, limits=_ANY_SIZE)
        if kept.extras:
            return kept
        read = params if kept.syntax == "params" else parse
        told: dict[str, Any] = {"site": kept.site, "entity": kept.entity, "audience": kept.audience, "lenient": kept.lenient}
        return read(kept.text, **told, limits=_ANY_SIZE)

    # --- posts

    def match(self, post: Any, *, context: Context | None = None) -> list[Hashable]:
        """The ids of the queries that a post matches, in the order of their ids."""
        return self.match_all([post], context=context)[0]

    def match_all(self, posts: Iterable[Any], *, context: Context | None = None) -> list[list[Hashable]]:
        """The same for a batch of posts: relative times count from one moment."""
        kept = [self._fixed]
        if self._moving:
            kept.append(self._bind(context or Context()))
        found = []
        for post in posts:
            document = read_post(post, self.resource)
            ids = kept[0].match(document)
            for queries in kept[1:]:
                ids += queries.match(document)
            found.append(_in_order(ids))
        return found

    def _bind(self, context: Context) -> Queries:
        if self._bound is not None and self._bound[0] is context and context.now is not None:
            return self._bound[1]
        bound_in = context if context.catalog is not None else replace(context, catalog=self.catalog)
        queries = self._make()
        self.refused = {}
        for id_, query in self._moving.items():
            try:
                queries.add(id_, close_anew(query, bound_in).search.where)
            except QueryError as problem:
                self.refused[id_] = problem
        self._bound = (context, queries)
        return queries

    # --- files

    def save(self, path: str | Path) -> None:
        """Write the queries, a JSON value a line. Ids must be what JSON can hold.

        Raises:
            ConfigError: a query is that of an endpoint with parameters, which no line can hold.
        """
        with open(path, "w", encoding="utf-8") as file:
            for id_, kept in self._queries.items():
                file.write(json.dumps({"id": id_, **_row(kept)}, ensure_ascii=False) + "\n")

    @classmethod
    def load(cls, path: str | Path, *, site: str = "danbooru", entity: str | None = None, catalog: Catalog | None = None) -> Self:
        """The queries that `save` wrote."""
        found = cls(site=site, entity=entity, catalog=catalog)
        with open(path, encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                id_ = row.pop("id")
                bare = Query(row.pop("q"), site, found.resource.name, **{"syntax": found._syntax, **row})
                found.add(id_, found._read(bare))
        return found


def _row(kept: str | Query) -> dict[str, Any]:
    if isinstance(kept, str):
        return {"q": kept}
    if kept.extras:
        raise ConfigError(f"the query {kept.text!r} has parameters of an endpoint; it cannot be saved")
    return {"q": kept.text, "audience": kept.audience, "lenient": kept.lenient, "syntax": kept.syntax}


def _in_order(ids: list[Any]) -> list[Hashable]:
    """Numbers by their size, then others by type and text. Ids of one type with that order of its own need no keys."""
    types = set(map(type, ids))
    return sorted(ids) if len(types) == 1 and types <= _PLAIN else sorted(ids, key=_order)


_PLAIN = {int, str}


def _order(id_: Hashable) -> tuple[str, Any]:
    return ("", id_) if isinstance(id_, (int, float)) else (type(id_).__name__, str(id_))


_USUAL = ("id", "created_at")
"""What results are ordered by when a query names no order: a term that asks for a date has its own default."""


def _ignored(closed: Closed, query: Query) -> tuple[Diagnostic, ...]:
    search = closed.search
    is_ordered = any(key.by not in _USUAL or not key.descending for key in search.order)
    if not is_ordered and search.size is None and search.sample is None and search.page == Page():
        return ()
    return (Diagnostic("W211", "a saved query has no order and no limit; they are ignored", None, None, query.text),)
