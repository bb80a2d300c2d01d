"""The embedded store: one SQLite file in the `join` layout, with every record kept as it came.

Beside the layout's tables there are `booru` (facts of the file), `raw_<entity>` (the records), `tag_rows` (the rows
of a tag table) and `listed_tags` (those, or the tags that posts carry). Nothing in the file depends on the order in which
records came, so the same records make the same file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from booruql import __version__, sites
from booruql.backends.sql.dialects.sqlite import DIALECT
from booruql.backends.sql.layouts.join import LAYOUT, Join
from booruql.errors import ConfigError
from booruql.sites import Site
from booruql.store.demands import uncarried
from booruql.store.shapes import Shape
from booruql.store.tables import entity_of, schema_of
from booruql.store.tables_sql import FIRST, TAG_INDEXES, listed, make_indexes, make_raw, make_tables, tags_schema

VERSION = 3
APPLICATION = 0x626F6F71  # 'booq'
_MAPPED = 1 << 40  # bytes of the file that a reader maps: all that SQLite was built to allow
PATIENCE = 60.0
"""Seconds that a writer waits for another to end its batch."""


class Store:
    """An open store. Records are put into it by a `Writer`."""

    def __init__(self, connection: sqlite3.Connection, site: Site) -> None:
        self.connection, self.site = connection, site
        self._shapes: dict[str, Shape | None] = {}

    # --- opening

    @classmethod
    def create(cls, path: str | Path, site: Site) -> Store:
        """A store in a new file, in memory for `:memory:`, or the one that the file holds, brought up to date.

        Raises:
            ConfigError: the file is no store, is a newer one, or holds another site.
        """
        connection = _connect(str(path), path)
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            store = cls(connection, _site_of(connection, path))
            if store.site.name != site.name:
                raise ConfigError(f"{path} holds records of {store.site.name}, not of {site.name}")
            return store.updated()
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("PRAGMA journal_mode = WAL")
        store = cls(connection, site)
        store._tune()
        connection.execute("BEGIN IMMEDIATE")
        store.make()
        connection.execute("COMMIT")
        return store

    @classmethod
    def open(cls, path: str | Path) -> Store:
        """The store in a file, for reading only. An older one is brought up to date first.

        Raises:
            ConfigError: there is no such file, it is no store, or a newer one.
        """
        if not Path(path).is_file():
            raise ConfigError(f"{path}: no such file")
        uri = Path(path).resolve().as_uri()
        try:
            connection = _connect(f"{uri}?mode=ro", path, uri=True)
            connection.execute(f"PRAGMA mmap_size = {_MAPPED}")
            store = cls(connection, _site_of(connection, path))
            if store.is_current():
                return store
        except sqlite3.OperationalError:  # no write-ahead log can be made beside it: a folder that is read-only
            connection = _connect(f"{uri}?mode=ro&immutable=1", path, uri=True)
            return cls(connection, _site_of(connection, path))
        connection.close()
        return cls._open_updated(path)

    @classmethod
    def _open_updated(cls, path: str | Path) -> Store:
        try:
            writable = _connect(str(path), path)
            cls(writable, _site_of(writable, path)).updated().close()
        except sqlite3.OperationalError as problem:
            raise ConfigError(f"{path} was made by an older booruql and cannot be brought up to date: {problem}") from None
        return cls.open(path)

    def make(self) -> None:
        """Make the tables of an empty file; within a transaction."""
        run = self.connection.execute
        run(f"PRAGMA application_id = {APPLICATION}")
        self.mark()
        for statement in FIRST:
            run(statement)
        self.set_fact("site", self.site.name)
        self.set_fact("booruql", __version__)
        for entity in (self.site.resource().entity, "tags"):
            self.shape(entity)
            self.make_raw(entity)

    def mark(self) -> None:
        """Say that the file has this version's format."""
        self.connection.execute(f"PRAGMA user_version = {VERSION}")

    @property
    def version(self) -> int:
        """The format of the file."""
        number: int = self.connection.execute("PRAGMA user_version").fetchone()[0]
        return number

    def is_current(self) -> bool:
        """Whether the file is as this version makes it."""
        return self.version == VERSION and self.has_columns()

    def has_columns(self) -> bool:
        """Whether the tables have the columns that this version makes."""
        for name in self.table_names():
            shape = self.make_shape("tags" if name == "tag_rows" else name)
            if shape is not None and name == shape.stored:
                found = [row[1] for row in self.connection.execute(f'PRAGMA table_info("{name}")')]
                if [name for name in found if name != "row_key"] != [column.name for column in shape.columns]:
                    return False
        return True

    def updated(self) -> Store:
        """This store with the tables that this version makes."""
        self._tune()
        if not self.is_current():
            from booruql.store.migration import update

            update(self)
        return self

    def _tune(self) -> None:
        run = self.connection.execute
        run("PRAGMA synchronous = NORMAL")
        run("PRAGMA cache_size = -64000")
        run("PRAGMA temp_store = FILE")

    def shrink(self) -> None:
        """Bring the write-ahead log into the file, as far as readers of older snapshots let it, without waiting for them."""
        run = self.connection.execute
        run("PRAGMA busy_timeout = 0")
        run("PRAGMA wal_checkpoint(TRUNCATE)")
        run(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")

    def close(self) -> None:
        self.connection.close()

    # --- facts

    def fact(self, name: str) -> Any:
        """What the store knows about itself."""
        row = self.connection.execute("SELECT value FROM booru WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def set_fact(self, name: str, value: Any) -> None:
        """Note a fact; None forgets it."""
        if value is None:
            self.connection.execute("DELETE FROM booru WHERE name = ?", (name,))
        else:
            self.connection.execute("INSERT OR REPLACE INTO booru VALUES (?, ?)", (name, json.dumps(value, sort_keys=True)))

    def add_facts(self, name: str, values: Iterable[str]) -> None:
        """Add to a fact that is a set."""
        known = set(self.fact(name) or ())
        if not known.issuperset(values):
            self.set_fact(name, sorted(known.union(values)))

    # --- tables

    def has_table(self, name: str) -> bool:
        """Whether the file has that table."""
        found = self.connection.execute("SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?", (name,))
        return found.fetchone() is not None

    def table_names(self) -> list[str]:
        """The tables of the file, by name."""
        return [name for (name,) in self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]

    def make_shape(self, entity: str) -> Shape | None:
        """The entity's tables as they should be; None for rows that are only kept as they came."""
        schema = tags_schema(self.site) if entity == "tags" else schema_of(self.site, entity)
        return Shape(schema, DIALECT, LAYOUT) if schema else None

    def shape(self, entity: str) -> Shape | None:
        """The entity's tables, made when they are not there."""
        if entity not in self._shapes:
            made = self._shapes[entity] = self.make_shape(entity)
            if made and not self.has_table(made.stored):
                for statement in make_tables(made):
                    self.connection.execute(statement)
        return self._shapes[entity]

    def make_raw(self, entity: str) -> None:
        """Make the table of an entity's records, if it is not there."""
        self.connection.execute(make_raw(entity))

    def make_indexes(self) -> None:
        """Make the indexes that are not there: after the first load, and for tables that came after it."""
        wanted = list(TAG_INDEXES)
        names = set(self.table_names())
        for entity in sorted(names | {"tags"}):
            shape = self.make_shape(entity)
            if shape is not None and shape.stored in names:
                wanted += make_indexes(self.site, shape)
        for index in wanted:
            self.connection.execute(index.create())

    def layout(self) -> Join:
        """The `join` layout as this file has it."""
        return layout_of(self.site, set(self.fact("sparse") or ()), set(self.fact("carried") or ()), self.has_table)

    # --- reading

    def records(self, entity: str) -> Iterator[dict[str, Any]]:
        """The records of an entity, by key."""
        if self.has_table(f"raw_{entity}"):
            for (text,) in self.connection.execute(f'SELECT record FROM "raw_{entity}" ORDER BY id'):
                yield json.loads(text)

    def texts(self, entity: str) -> Iterator[tuple[int, str]]:
        """Keys and records of an entity, as JSON, by key."""
        if self.has_table(f"raw_{entity}"):
            yield from self.connection.execute(f'SELECT id, record FROM "raw_{entity}" ORDER BY id')

    def record(self, entity: str, key: int) -> dict[str, Any] | None:
        """One record."""
        row = None
        if self.has_table(f"raw_{entity}"):
            row = self.connection.execute(f'SELECT record FROM "raw_{entity}" WHERE id = ?', (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def uses(self, tag: str) -> int:
        """How many posts have the tag."""
        row = self.connection.execute("SELECT uses FROM tags WHERE name = ?", (tag,)).fetchone()
        return row[0] if row else 0

    def entities(self) -> dict[str, int]:
        """How many records each entity has."""
        names = [name.removeprefix("raw_") for name in self.table_names() if name.startswith("raw_")]
        found = {}
        for name in names:
            shape = self.make_shape(name)
            counted = shape.stored if shape and self.has_table(shape.stored) else f"raw_{name}"
            found[name] = self.connection.execute(f'SELECT count(*) FROM "{counted}"').fetchone()[0]
        return {name: number for name, number in found.items() if number}

    def entity(self, name: str) -> str:
        """Our entity behind the site's word."""
        return entity_of(self.site, name)


def layout_of(site: Site, sparse: set[str], carried: set[str], has_table: Callable[[str], bool]) -> Join:
    """The `join` layout for a database: what may be null against the schema, and what is not there at all."""
    resource = site.resource()
    missing = {r.entity for r in resource.table.relations.values() if not has_table(r.entity)}
    missing.update(uncarried(resource.table, carried))
    return listed(LAYOUT.with_facts(sparse=frozenset(sparse), missing=frozenset(missing)))


def _connect(name: str, path: str | Path, *, uri: bool = False) -> sqlite3.Connection:
    try:
        return sqlite3.connect(name, uri=uri, isolation_level=None, check_same_thread=False, timeout=PATIENCE)
    except sqlite3.OperationalError as problem:
        raise ConfigError(f"{path}: {problem}") from None


def _site_of(connection: sqlite3.Connection, path: str | Path) -> Site:
    """The site of a store.

    Raises:
        ConfigError: the file is no store, or a newer one.
    """
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        application = connection.execute("PRAGMA application_id").fetchone()[0]
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        raise ConfigError(f"{path} is no store made by 'booruql import'") from None
    if application != APPLICATION:
        raise ConfigError(f"{path} is no store made by 'booruql import'")
    facts: Mapping[str, str] = dict(connection.execute("SELECT name, value FROM booru"))
    made_by = json.loads(facts.get("booruql", '"0"'))
    if version > VERSION or _numbers(made_by) > _numbers(__version__):
        raise ConfigError(
            f"{path} was made by a newer booruql (format {version} of {made_by}; this is {__version__}, it knows {VERSION})"
        )
    return sites.load(json.loads(facts["site"]))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
