"""A source of records: a store, a file of records or a site dump, searched by SQL, by an index in memory or by the predicate."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from booruql.ast.nodes import Page, Query, Search
from booruql.backends import predicate
from booruql.backends.sql.layout import Layout
from booruql.backends.sql.layouts.join import LAYOUT
from booruql.context import Catalog, Context
from booruql.documents import Document
from booruql.engine.api import Closed, close, parse
from booruql.errors import ConfigError, make_error
from booruql.schema import Field, Table
from booruql.sites import Resource, Site
from booruql.store.chosen import choose
from booruql.store.database import Database
from booruql.store.demands import demands
from booruql.store.facets import MOST, Facet, count_documents, field_of
from booruql.store.pages import CURSOR, next_page, read_page
from booruql.store.records import Rejected
from booruql.store.servers import connect
from booruql.store.tables import schema_of
from booruql.store.transfer import transfer

if TYPE_CHECKING:
    from booruql.backends.bitmap import BitmapIndex
    from booruql.store.elastic import Throwaway

VIA = ("sql", "index", "predicate", "elastic")


@dataclass(frozen=True)
class Result:
    """What a search found: ids in result order. The rest is worked out when it is first asked for, from the open source."""

    ids: tuple[int, ...]
    source: Source
    entity: str
    _count: Callable[[], int] = field(repr=False, compare=False)
    _follow: Callable[[], str | None] = field(repr=False, compare=False)
    fields: tuple[str, ...] | None = None

    @property
    def total(self) -> int:
        """How many match in all, exactly; in a store that others write to, as of now (see `Source.snapshot`)."""
        return self._count()

    @property
    def next_page(self) -> str | None:
        """The page that follows, None on the last."""
        return self._follow()

    @property
    def records(self) -> Iterator[Mapping[str, Any]]:
        """The records as they came, in result order; of each the fields that were chosen, when some were."""
        found = self.source.raw(self.entity, self.ids)
        return found if self.fields is None else choose(self.source, self.entity, found, self.fields)


class Source(ABC):
    """Records of one site. Use it in a `with`, or close it."""

    via = "sql"
    database = "sqlite"
    shape: Layout = LAYOUT
    """The layout that SQL asks: of the database that is there, or of the schema that records are loaded into."""
    url: str | None = None
    rejects: Sequence[Rejected] = ()
    """Records that could not be read; they are in no search."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._throwaway: Throwaway | None = None
        self._remote: Database | None = None
        self._bitmaps: dict[str, BitmapIndex] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of files and connections."""
        if self._remote is not None:
            self._remote.server.close()
        if self._throwaway is not None:
            self._throwaway.close()

    def interrupt(self) -> None:
        """Stop the database at what it computes for another thread; a source without one has nothing to stop."""
        if self._remote is not None:
            self._remote.server.interrupt()
        if self._throwaway is not None:
            self._throwaway.close()

    # --- what a source has

    @property
    @abstractmethod
    def catalog(self) -> Catalog:
        """Tags, aliases, users and pools as far as the source knows them."""

    @property
    @abstractmethod
    def facts(self) -> Mapping[str, Any]:
        """What a dump says about itself: `now`, `viewer`."""

    @abstractmethod
    def documents(self, entity: str) -> Sequence[Document]:
        """Every document of our entity, with its related ones, by id."""

    @abstractmethod
    def documents_of(self, entity: str, ids: Iterable[int], *, linked: bool) -> Iterator[Document]:
        """Documents by id, in that order; with their related ones when `linked`."""

    @abstractmethod
    def raw(self, entity: str, ids: Iterable[int]) -> Iterator[Mapping[str, Any]]:
        """The records with those ids as they came, in that order."""

    @property
    @abstractmethod
    def missing(self) -> frozenset[str]:
        """Entities (`pools`) and many-valued fields (`posts.favorited_by`) that the source does not carry."""

    def tables(self) -> Mapping[str, Sequence[Document]]:
        """Every entity's documents."""
        return {}

    def _served(self) -> Database:
        """A server's temporary schema with the records in it."""
        if self._remote is None:
            server = connect(self.database, self.url)
            main, shape = self.site.resource().entity, self.shape.of(self.site.resource())
            known = {name: (schema_of(self.site, name), rows) for name, rows in self.tables().items()}
            tables = {name: (schema, rows) for name, (schema, rows) in known.items() if schema is not None}
            try:
                self._remote = Database(server, transfer(tables, main, server, shape, self.missing))
            except BaseException:
                server.close()
                raise
        return self._remote

    def _asked(self) -> Database:
        """The database that SQL is asked of."""
        return self._database() if self.database == "sqlite" and self.shape is LAYOUT else self._served()

    @abstractmethod
    def _database(self) -> Database:
        """A database that holds the records."""

    # --- searching

    def snapshot(self) -> AbstractContextManager[None]:
        """In this `with`, everything that is asked sees the same records, whatever others write meanwhile."""
        return nullcontext()

    def search(
        self,
        query: str | Query | Closed,
        *,
        page: int | str | Page | None = None,
        limit: int | None = None,
        context: Context | None = None,
        entity: str | None = None,
        audience: str = "anonymous",
        via: str | None = None,
    ) -> Result:
        """What matches, in the query's order: all of it, or a page when `page` or `limit` is given.

        A page without `limit` has the size that the query asks for, else the site's. `page` may be the `next_page` of
        a result of the same query: one that names its last row goes on there, however many rows are before.

        Raises:
            QueryError: the query is refused, or asks for what the source does not carry.
        """
        closed = self._closed(query, context, entity, audience)
        fields, plain = closed.search.fields, replace(closed, search=replace(closed.search, fields=None))
        found = self._run(plain, page, limit, via or self.via)
        return found if fields is None else replace(found, fields=fields)

    def count(
        self, query: str | Query | Closed, *, context: Context | None = None, via: str | None = None, estimate: bool = False
    ) -> int:
        """How many match. With `estimate` a database stops at 1,000: fewer are exact, 1,000 are at least so many."""
        if estimate and (via or self.via) == "sql":
            closed = self._closed(query, context, None, "anonymous")
            self.check(closed.search, closed.resource.table)
            found = self._asked().estimate(replace(closed.search, fields=None), closed)
            if found is not None:
                return found
        return self.search(query, context=context, via=via, limit=0).total

    def facet(
        self,
        query: str | Query | Closed,
        field: str,
        *,
        context: Context | None = None,
        via: str | None = None,
        limit: int = MOST,
    ) -> Facet:
        """How often each value of a field is among all that match, most often first."""
        closed = self._closed(query, context, None, "anonymous")
        found = field_of(closed.resource, field, "moderator")
        if f"{closed.resource.entity}.{found.name}" in self.missing:
            raise ConfigError(f"the source does not carry {found.help}")
        return self._facet(closed.resource.entity, self.search(closed, via=via).ids, found, limit)

    def _facet(self, entity: str, ids: Sequence[int], field: Field, limit: int) -> Facet:
        return count_documents(self.documents_of(entity, ids, linked=False), field, limit)

    def _closed(self, query: str | Query | Closed, context: Context | None, entity: str | None, audience: str) -> Closed:
        if isinstance(query, Closed):
            return query
        context = context or Context()
        if context.catalog is None:
            context = replace(context, catalog=self.catalog)
        if isinstance(query, str):
            query = parse(query, site=self.site.name, entity=entity, audience=audience, limits=context.limits)
        return close(query, context)

    def _run(self, closed: Closed, page: int | str | Page | None, limit: int | None, via: str) -> Result:
        cursor = page[1:] if isinstance(page, str) and page.startswith(CURSOR) else None
        search = self._paged(closed.search, page if cursor is None else 1, limit)
        entity = closed.resource.entity
        if cursor is not None and via != "sql":
            raise ConfigError("a page that goes on behind a row is for searches by sql")
        if via not in VIA:
            raise ConfigError(f"no way to search {via!r}; known: {', '.join(VIA)}")
        self.check(search, closed.resource.table)
        if via == "predicate":
            found = predicate.run(search, closed.resource, self.documents(entity))
            return self._page(search, found.ids, lambda: found.total, entity)
        if via == "index":
            plan = self._index(closed.resource).prepare(search)
            return self._page(search, tuple(plan.page()), lambda: plan.total, entity)
        if via == "elastic":
            ids, total = self._indexes().index(self, closed.resource).run(search, closed.resource)
            return self._page(search, ids, lambda: total, entity)
        return self._ask(search, closed, cursor, is_numbered=page is not None and cursor is None)

    def _ask(self, search: Search, closed: Closed, cursor: str | None, *, is_numbered: bool) -> Result:
        database = self._asked()
        entity = closed.resource.entity
        walked = None if is_numbered else database.walk(search, closed, cursor)
        if walked is not None:
            return Result(walked.ids, self, entity, cache(walked.total), lambda: walked.after)
        if cursor is not None:
            raise ConfigError("the pages of this search have numbers")
        return self._page(search, *database.run(search, closed, self), entity)

    def _page(self, search: Search, ids: tuple[int, ...], count: Callable[[], int], entity: str) -> Result:
        """What a search found whose pages have numbers, or are beside an id."""
        total = cache(count)
        return Result(ids, self, entity, total, lambda: next_page(search, ids, total))

    def _index(self, resource: Resource) -> BitmapIndex:
        """The records as bitmaps, made at the first search that asks for them."""
        try:
            from booruql.backends.bitmap import BitmapIndex
        except ImportError as absent:
            raise ConfigError(f"the index needs the package {absent.name}: install booruql[index]") from None
        if resource.name not in self._bitmaps:
            found = self._bitmaps[resource.name] = BitmapIndex(resource)
            found.add(self.documents(resource.entity))
        return self._bitmaps[resource.name]

    def _indexes(self) -> Throwaway:
        from booruql.store.elastic import Throwaway

        if self._throwaway is None:
            self._throwaway = Throwaway()
        return self._throwaway

    def _paged(self, search: Search, page: int | str | Page | None, limit: int | None) -> Search:
        if page is None and limit is None:
            return replace(search, page=Page(), size=None)
        size = limit if limit is not None else search.size or self.site.page_size
        return replace(search, page=search.page if page is None else read_page(page), size=size)

    def check(self, search: Search, table: Table) -> None:
        """Refuse a search for what the source does not carry.

        Raises:
            UnsupportedError: E502 names it.
        """
        for name, shown, span in demands(search, table):
            if name in self.missing:
                hint = "search a site dump or a store that holds it"
                raise make_error("E502", f"the source does not carry {shown}", span, hint=hint)
