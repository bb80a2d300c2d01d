"""Sources in a store: a file that `import` made, or records read into one in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any

from booruql.context import Catalog
from booruql.documents import Document
from booruql.schema import Field
from booruql.store.catalog import StoreCatalog
from booruql.store.database import Database
from booruql.store.facets import Facet, count_stored
from booruql.store.records import Reading, Rejected
from booruql.store.servers.sqlite import SQLite
from booruql.store.source import Source
from booruql.store.sqlite import Store
from booruql.store.tables import link, reader_of


class StoreSource(Source):
    """A `.db` file that `import` made."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.site)
        self.store = store
        self._documents: dict[str, list[Document]] | None = None
        self._opened: Database | None = None

    def close(self) -> None:
        super().close()
        self.store.close()

    def interrupt(self) -> None:
        super().interrupt()
        self.store.connection.interrupt()

    def snapshot(self) -> AbstractContextManager[None]:
        return self._database().snapshot()

    @cached_property
    def catalog(self) -> Catalog:
        return StoreCatalog(self.store)

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.store.fact("facts") or {}

    def documents(self, entity: str) -> Sequence[Document]:
        if self._documents is None:
            tables = {name: [self._read(name, row) for row in self.store.records(name)] for name in self.store.entities()}
            self._documents = {**{r: [] for r in self._known()}, **tables}
            link(self.site, self._documents)
        return self._documents.get(entity, [])

    def tables(self) -> Mapping[str, Sequence[Document]]:
        self.documents(self.site.resource().entity)
        return self._documents or {}

    def _known(self) -> Iterator[str]:
        for relation in self.site.resource().table.relations.values():
            if self.store.has_table(relation.entity):
                yield relation.entity

    def documents_of(self, entity: str, ids: Iterable[int], *, linked: bool) -> Iterator[Document]:
        if linked:
            by_id = {document["id"]: document for document in self.documents(entity)}
            yield from (by_id[number] for number in ids)
            return
        yield from (self._read(entity, row) for row in self.raw(entity, ids))

    def _read(self, entity: str, row: Mapping[str, Any]) -> Document:
        return Document(reader_of(self.site, entity)(row))

    def raw(self, entity: str, ids: Iterable[int]) -> Iterator[Mapping[str, Any]]:
        for number in ids:
            found = self.store.record(entity, number)
            if found is not None:
                yield found

    def _facet(self, entity: str, ids: Sequence[int], field: Field, limit: int) -> Facet:
        return count_stored(self.store, entity, ids, field, limit)

    @cached_property
    def missing(self) -> frozenset[str]:
        return self.store.layout().missing

    def _database(self) -> Database:
        if self._opened is None:
            self._opened = Database(SQLite(self.store.connection), self.store.layout(), self.store.uses)
        return self._opened


class FileSource(StoreSource):
    """A file of records or a site dump, in a store in memory."""

    def __init__(self, store: Store, reading: Reading, rejects: Sequence[Rejected]) -> None:
        super().__init__(store)
        self._reading, self.rejects = reading, list(rejects)

    @property
    def facts(self) -> Mapping[str, Any]:
        return self._reading.facts
