"""Sources and search clusters: loading a source into an index, a throw-away index for one session, an index as a source."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from booruql import sites
from booruql.ast.nodes import Page, Pattern, Wild
from booruql.backends.elastic import index_document
from booruql.context import Catalog
from booruql.documents import Document
from booruql.engine.api import Closed
from booruql.errors import ConfigError
from booruql.sites import Resource
from booruql.store.database import Database
from booruql.store.search_index import RECORD, Refusal, Row, SearchIndex
from booruql.store.search_server import Server
from booruql.store.source import Result, Source

VARIABLE = "BOORUQL_OPENSEARCH_URL"
_SPECIAL = frozenset('.?+*|{}[]()"\\#@&<>~^$-')


def rows_of(source: Source, resource: Resource) -> Iterator[Row]:
    """Every document of a source as an index stores it, with the record as it came, by id."""
    documents = sorted(source.documents(resource.entity), key=lambda document: int(document["id"]))
    records = source.raw(resource.entity, [document["id"] for document in documents])
    for document, record in zip(documents, records, strict=True):
        yield document["id"], {**index_document(document, resource), RECORD: dict(record)}


def about(source: Source, resource: Resource) -> dict[str, Any]:
    """What an index keeps of the source that it was loaded from."""
    return {"site": source.site.name, "entity": resource.name, "facts": dict(source.facts), "missing": sorted(source.missing)}


def load(
    source: Source,
    url: str,
    *,
    entity: str | None = None,
    shards: int = 5,
    replicas: int = 1,
    restart: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Iterator[Refusal]:
    """Load a source into the index that a URL names, and yield the documents that the cluster refused.

    What an interrupted load had stored is skipped, unless `restart`. Documents are sent by id.

    Raises:
        ConfigError: the URL names no index, the index is another's, or the cluster stays away.
    """
    resource = source.site.resource(entity)
    server = Server(url)
    try:
        index, meta = named(server), about(source, resource)
        found = index.meta()
        if found is None:
            index.create(resource, meta, shards=shards, replicas=replicas)
        elif (found["site"], found["entity"]) != (meta["site"], meta["entity"]):
            raise ConfigError(f"index {index.name!r} holds {found['entity']} of {found['site']}")
        last = None if restart or found is None else found.get("loaded_to")
        yield from _load(index, meta, rows_of(source, resource), last, progress)
    finally:
        server.close()


def _load(
    index: SearchIndex, meta: dict[str, Any], rows: Iterable[Row], last: int | None, progress: Callable[[int], None]
) -> Iterator[Refusal]:
    """Load what comes after the id `last`, noting in the index how far it is."""
    skipped = 0
    taken = _Taken()

    def waiting() -> Iterator[Row]:
        nonlocal skipped
        for row in rows:
            if last is not None and row[0] <= last:
                skipped += 1
            else:
                taken.ids.append(row[0])
                yield row

    def heard(done: int) -> None:
        taken.batches += 1
        if taken.batches % _NOTED == 0:
            index.note({**meta, "loaded_to": taken.ids[done - 1]})
        progress(skipped + done)

    yield from index.load(waiting(), progress=heard)
    index.note(meta)
    index.refresh()


_NOTED = 10  # batches between two notes


class _Taken:
    def __init__(self) -> None:
        self.ids: list[int] = []
        self.batches = 0


def named(server: Server) -> SearchIndex:
    """The index that the server's URL names.

    Raises:
        ConfigError: it names none, or more.
    """
    if not server.path or "/" in server.path:
        raise ConfigError(f"{server.address}/{server.path} names no index; write {server.address}/posts")
    return SearchIndex(server, server.path)


class Throwaway:
    """Indexes of one session's documents on the cluster of `BOORUQL_OPENSEARCH_URL`; closing deletes them."""

    def __init__(self, url: str | None = None) -> None:
        url = url or os.environ.get(VARIABLE)
        if not url:
            raise ConfigError(f"{VARIABLE} names no cluster; set it to http://localhost:9200, say")
        self.server = Server(url)
        self._indexes: dict[str, SearchIndex] = {}

    def index(self, source: Source, resource: Resource) -> SearchIndex:
        """The index of an entity of the source, loaded when it is first asked for."""
        found = self._indexes.get(resource.name)
        if found is None:
            found = SearchIndex(self.server, f"booruql-{uuid.uuid4().hex}")
            found.create(resource, about(source, resource), shards=2, replicas=0)
            self._indexes[resource.name] = found
            for refusal in found.load(rows_of(source, resource)):
                raise ConfigError(str(refusal))
            found.refresh()
        return found

    def close(self) -> None:
        """Delete the indexes."""
        for index in self._indexes.values():
            index.drop()
        self._indexes.clear()
        self.server.close()


class IndexCatalog(Catalog):
    """What an index itself can tell: which tags its documents have."""

    def __init__(self, index: SearchIndex, resource: Resource) -> None:
        self._index, self._resource = index, resource

    def expand(self, pattern: Pattern, limit: int) -> Sequence[str] | None:
        field = self._resource.columns.get(self._resource.default_field, self._resource.default_field)
        return self._index.common(field, spell_regex(pattern), limit)


def spell_regex(pattern: Pattern) -> str:
    r"""A glob as a regular expression of Lucene.

    >>> spell_regex(("a.b", Wild.RUN))
    'a\\.b.*'
    """
    spelled = {Wild.RUN: ".*", Wild.ONE: "."}
    return "".join(spelled[part] if isinstance(part, Wild) else _escaped(part) for part in pattern)


def _escaped(text: str) -> str:
    return "".join("\\" + char if char in _SPECIAL else char for char in text)


class IndexSource(Source):
    """An index that `booruql index` made."""

    via = "elastic"

    def __init__(self, index: SearchIndex, meta: Mapping[str, Any]) -> None:
        super().__init__(sites.load(meta["site"]))
        self.index, self._meta = index, meta

    @classmethod
    def open(cls, url: str) -> IndexSource:
        """The index that a URL names.

        Raises:
            ConfigError: there is no such index, or it was not made by `booruql index`.
        """
        server = Server(url, patience=10)
        try:
            index = named(server)
            meta = index.meta()
            if meta is None:
                raise ConfigError(f"{server.address} has no index {index.name!r}")
        except BaseException:
            server.close()
            raise
        return cls(index, meta)

    def close(self) -> None:
        super().close()
        self.index.server.close()

    @cached_property
    def catalog(self) -> Catalog:
        return IndexCatalog(self.index, self._resource)

    @property
    def _resource(self) -> Resource:
        return self.site.resource(self._meta["entity"])

    @property
    def facts(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._meta["facts"]
        return found

    @property
    def missing(self) -> frozenset[str]:
        return frozenset(self._meta["missing"])

    def documents(self, entity: str) -> Sequence[Document]:
        raise self._elsewhere()

    def documents_of(self, entity: str, ids: Iterable[int], *, linked: bool) -> Iterator[Document]:
        raise self._elsewhere()

    def _database(self) -> Database:
        raise self._elsewhere()

    def _elsewhere(self) -> ConfigError:
        return ConfigError("an index is searched by itself: leave out --via, or write --via elastic")

    def raw(self, entity: str, ids: Iterable[int]) -> Iterator[Mapping[str, Any]]:
        return self.index.records(list(ids))

    def _run(self, closed: Closed, page: int | str | Page | None, limit: int | None, via: str) -> Result:
        if via != "elastic":
            raise self._elsewhere()
        if closed.resource.name != self._resource.name:
            raise ConfigError(f"the index holds {self._resource.name}, not {closed.resource.name}")
        search = self._paged(closed.search, page, limit)
        self.check(search, closed.resource.table)
        ids, total = self.index.run(search, closed.resource)
        return self._page(search, ids, lambda: total, closed.resource.entity)
