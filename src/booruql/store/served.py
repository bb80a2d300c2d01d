"""A database that is there, by its URL, as a source: it is asked by SQL and only read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any

from booruql.ast.nodes import All, Key, Node, Page, Pattern, Search
from booruql.backends import sql
from booruql.backends.sql.layout import Layout
from booruql.backends.sql.layouts.join import Join
from booruql.context import Catalog
from booruql.documents import Document
from booruql.engine.api import Closed
from booruql.errors import ConfigError, make_error
from booruql.schema import Table, table
from booruql.sites import Resource, Site
from booruql.store.catalog import RowsCatalog
from booruql.store.database import Database
from booruql.store.rows import Rows, to_record
from booruql.store.servers import Server
from booruql.store.source import Result, Source
from booruql.store.tables import entity_of


class ServedSource(Source):
    """A database in one of our layouts. `layout` is the one that `fitting.fit` gave."""

    def __init__(self, server: Server, site: Site, layout: Layout) -> None:
        super().__init__(site)
        self.database, self.shape = server.dialect.name, layout
        self._held = Database(server, layout, self._uses if has_counts(layout) else None)
        self._rows: dict[str, Rows] = {}

    def _uses(self, tag: str) -> int | None:
        return self.catalog.tag_count(tag)

    def close(self) -> None:
        super().close()
        self._held.server.close()

    def interrupt(self) -> None:
        self._held.server.interrupt()

    def snapshot(self) -> AbstractContextManager[None]:
        return self._held.snapshot()

    @property
    def layout(self) -> Layout:
        """The layout, and what this database lacks of it."""
        return self._held.layout

    @cached_property
    def catalog(self) -> Catalog:
        if self.layout.is_own:
            return ServedCatalog(self)
        from booruql.store.asked import AskedCatalog

        return AskedCatalog(self)

    @property
    def facts(self) -> Mapping[str, Any]:
        return {}

    @property
    def missing(self) -> frozenset[str]:
        return self.layout.missing

    def documents(self, entity: str) -> Sequence[Document]:
        raise _by_sql()

    def documents_of(self, entity: str, ids: Iterable[int], *, linked: bool) -> Iterator[Document]:
        if linked:
            raise make_error("E501", f"this search of related rows is not possible on {self.database}")
        return self.rows(entity).read(ids)

    def raw(self, entity: str, ids: Iterable[int]) -> Iterator[Mapping[str, Any]]:
        resource = self._resource(entity)
        return (to_record(document, resource) for document in self.rows(entity).read(ids))

    def rows(self, entity: str) -> Rows:
        """What reads rows of our entity."""
        if entity not in self._rows:
            self._rows[entity] = Rows(self._held.server, self.layout, self._resource(entity))
        return self._rows[entity]

    def whole(self, entity: str) -> Iterator[Document]:
        """Every row of our entity; none when there is no table of it."""
        return iter(()) if entity in self.missing else self.find(entity, All(), (Key("id"),))

    def find(self, entity: str, where: Node, order: tuple[Key, ...], limit: int | None = None) -> Iterator[Document]:
        """The rows of our entity that satisfy a condition, with the order of their lists kept."""
        resource = self._resource(entity)
        search = Search(self.site.name, resource.name, where, order, size=limit)
        made = sql.compile(search, resource, database=self.database, layout=self.layout)
        return self.rows(entity).read([row[0] for row in self.ask(made.text, made.params)], ordered=True)

    def holds(self, entity: str, *fields: str) -> bool:
        """Whether the database has the entity with these fields."""
        schema = table(entity)
        return entity not in self.missing and not any(self.layout.lacks(schema, schema.fields[name]) for name in fields)

    def ask(self, text: str, params: Any = ()) -> list[Sequence[Any]]:
        """The rows of a statement."""
        return self._held.server.ask(text, params)

    def _resource(self, entity: str) -> Resource:
        found = next((r for r in self.site.resources.values() if r.entity == entity), None)
        return found or Resource(entity, entity, {}, {}, dict)

    def _database(self) -> Database:
        return self._held

    def _served(self) -> Database:
        return self._held

    def _run(self, closed: Closed, page: int | str | Page | None, limit: int | None, via: str) -> Result:
        if via != "sql":
            raise _by_sql()
        return super()._run(closed, page, limit, via)

    def check(self, search: Search, table: Table) -> None:
        if table.name in self.missing:
            raise make_error("E502", f"the source does not carry {table.name.replace('_', ' ')}")
        super().check(search, table)


class ServedCatalog(RowsCatalog):
    """What the tables of a database tell: tags, their aliases, users, pools."""

    version = None

    def __init__(self, source: ServedSource) -> None:
        super().__init__({})
        self._source = source

    def rows(self, table: str) -> Iterator[Mapping[str, Any]]:
        entity = entity_of(self._source.site, table)
        yield from self._source.whole(entity) if table != "saved_searches" else ()

    def _tag_counts(self) -> Mapping[str, int]:
        if has_links(self._source.layout):
            return {name: uses for name, uses in self._source.ask("SELECT name, uses FROM tags WHERE uses > 0") if name}
        return super()._tag_counts()

    def expand(self, pattern: Pattern, limit: int) -> Sequence[str] | None:
        return super().expand(pattern, limit) if has_counts(self._source.layout) else None

    def tag_count(self, name: str) -> int | None:
        return super().tag_count(name) if has_counts(self._source.layout) else None


def has_links(layout: Layout) -> bool:
    """Whether the tags of posts are counted in the table that joins them."""
    return isinstance(layout, Join) and "posts.tags" not in layout.missing


def has_counts(layout: Layout) -> bool:
    """Whether the database tells how many posts have a tag."""
    return has_links(layout) or layout.missing.isdisjoint(("tags", "tags.name", "tags.post_count"))


def _by_sql() -> ConfigError:
    return ConfigError("a database is searched by sql: leave out --via")
