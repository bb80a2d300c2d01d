"""The embedded store: one SQLite file in the `join` layout, with every raw record kept.

Beside the layout's tables there are `booru` (facts of the file), `records` (raw rows of every table) and
`listed_tags` (the tags that a tag table names: posts may carry others).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from booruql import sites
from booruql.backends.sql.dialects.sqlite import DIALECT
from booruql.backends.sql.layouts.join import LAYOUT, Join
from booruql.backends.sql.values import is_storable
from booruql.errors import ConfigError
from booruql.schema import Table, table
from booruql.sites import Site
from booruql.store.demands import uncarried
from booruql.store.shapes import BadRecord, Shape
from booruql.store.tables import entity_of, reader_of, schema_of
from booruql.text import lower

VERSION = 1
APPLICATION = 0x626F6F71  # 'booq'
_FIRST_TABLES = """
CREATE TABLE booru (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE records (entity TEXT NOT NULL, key INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (entity, key)) WITHOUT ROWID;
CREATE TABLE posts_tags (tag_id INTEGER NOT NULL, post_id INTEGER NOT NULL, PRIMARY KEY (tag_id, post_id)) WITHOUT ROWID;
CREATE INDEX posts_tags_by_post ON posts_tags (post_id, tag_id);
CREATE TABLE tag_names (
    name TEXT NOT NULL, tag_id INTEGER NOT NULL, name_folded TEXT NOT NULL, PRIMARY KEY (name, tag_id)
) WITHOUT ROWID;
CREATE INDEX tag_names_by_tag ON tag_names (tag_id);
"""


class Store:
    """An open store. Writing happens in batches, each one transaction."""

    def __init__(self, connection: sqlite3.Connection, site: Site) -> None:
        self.connection, self.site = connection, site
        self._shapes: dict[str, Shape | None] = {}
        self._tag_ids: dict[str, int] | None = None
        self._sparse: set[str] = set()
        self._carried: set[str] = set()

    # --- opening

    @classmethod
    def create(cls, path: str | Path, site: Site) -> Store:
        """A store in a new file, in memory for `:memory:`, or the one that the file holds.

        Raises:
            ConfigError: the file is no store, or holds another site.
        """
        connection = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False)
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            store = cls(connection, _site_of(connection, path))
            if store.site.name != site.name:
                raise ConfigError(f"{path} holds records of {store.site.name}, not of {site.name}")
            return store
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        store = cls(connection, site)
        connection.execute("BEGIN")
        for statement in filter(str.strip, _FIRST_TABLES.split(";")):
            connection.execute(statement)
        store.set_fact("site", site.name)
        store.shape(site.resource().entity)
        store.shape("tags")
        connection.execute("COMMIT")
        return store

    @classmethod
    def open(cls, path: str | Path) -> Store:
        """The store in a file, for reading only.

        Raises:
            ConfigError: there is no such file, or it is no store.
        """
        if not Path(path).is_file():
            raise ConfigError(f"{path}: no such file")
        uri = f"{Path(path).resolve().as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        try:
            return cls(connection, _site_of(connection, path))
        except sqlite3.DatabaseError:
            raise ConfigError(f"{path} is no store made by 'booruql import'") from None

    def close(self) -> None:
        self.connection.close()

    # --- facts

    def fact(self, name: str) -> Any:
        """What the store knows about itself."""
        row = self.connection.execute("SELECT value FROM booru WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def set_fact(self, name: str, value: Any) -> None:
        self.connection.execute("INSERT OR REPLACE INTO booru VALUES (?, ?)", (name, json.dumps(value)))

    def add_facts(self, name: str, values: Iterable[str]) -> None:
        """Add to a fact that is a set."""
        known = set(self.fact(name) or ())
        if not known.issuperset(values):
            self.set_fact(name, sorted(known.union(values)))

    def has_table(self, name: str) -> bool:
        """Whether the file has that table."""
        found = self.connection.execute("SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?", (name,))
        return found.fetchone() is not None

    # --- tables

    def shape(self, entity: str) -> Shape | None:
        """The entity's tables, made when they are not there; None for rows that are only kept as they came."""
        if entity not in self._shapes:
            schema = _tags_schema(self.site) if entity == "tags" else schema_of(self.site, entity)
            self._shapes[entity] = Shape(schema, DIALECT, LAYOUT) if schema else None
            made = self._shapes[entity]
            if made and not self.has_table(made.name):
                self._make_tables(made)
        return self._shapes[entity]

    def _make_tables(self, shape: Shape) -> None:
        run = self.connection.execute
        columns = [f'"{c.name}" {c.type}{" PRIMARY KEY" if c.name == "id" else ""}' for c in shape.columns]
        extra = ["listed INTEGER NOT NULL DEFAULT 0"] if shape.name == "tags" else []
        run(f'CREATE TABLE "{shape.name}" ({", ".join(columns + extra)})')
        for field in shape.sides:
            folded = ", value_folded" if shape.layout.is_folded(field) else ""
            name, type_ = f"{shape.name}_{field.name}", shape.dialect.column_type(field)
            columns_ = f"owner_id INTEGER NOT NULL, value {type_}{folded}, PRIMARY KEY (value, owner_id)"
            run(f'CREATE TABLE "{name}" ({columns_}) WITHOUT ROWID')
            run(f'CREATE INDEX "{name}_by_owner" ON "{name}" (owner_id)')
        for relation_key in _link_columns(self.site, shape):
            run(f'CREATE INDEX "{shape.name}_by_{relation_key}" ON "{shape.name}" ("{relation_key}")')
        if shape.name == "tags":
            run("CREATE UNIQUE INDEX tags_by_name ON tags (name)")
            run("CREATE VIEW listed_tags AS SELECT * FROM tags WHERE listed = 1")

    # --- writing

    def add(self, entity: str, key: int, record: Mapping[str, Any], text: str | None = None) -> None:
        """Store a raw row of an entity; an older row of the same id is replaced, a newer one stays.

        Raises:
            BadRecord: the row cannot be read or stored; nothing of it is.
        """
        shape = self.shape(entity)
        if shape is None:
            self._keep(entity, key, record)
            return
        document = self._read(entity, record)
        if not shape.has_id:
            row_key = key
        elif type(document.get("id")) is int:
            row_key = document["id"]
        else:
            raise BadRecord("a record without an id")
        if entity == "tags":
            self._add_tag(shape, document)
        else:
            if not self._is_newer(shape, row_key, document):
                return
            self._write(shape, row_key, document)
        self._keep(entity, row_key, record)

    def _read(self, entity: str, record: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return reader_of(self.site, entity)(record)
        except (TypeError, ValueError, AttributeError, KeyError, ArithmeticError) as problem:
            raise BadRecord(f"cannot be read: {type(problem).__name__}: {problem}") from None

    def _keep(self, entity: str, key: int, record: Mapping[str, Any]) -> None:
        text = json.dumps(record, separators=(",", ":"))
        self.connection.execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", (entity, key, text))

    def _is_newer(self, shape: Shape, key: int, document: Mapping[str, Any]) -> bool:
        if not shape.has_id or "updated_at" not in shape.schema.fields:
            return True
        found = self.connection.execute(f'SELECT updated_at FROM "{shape.name}" WHERE id = ?', (key,)).fetchone()
        return found is None or found[0] is None or (document.get("updated_at") or 0) >= found[0]

    def _write(self, shape: Shape, key: int, document: Mapping[str, Any]) -> None:
        row = shape.row(document)
        self._sparse.update(f"{shape.name}.{field}" for field in shape.required if document.get(field) is None)
        self._carried.update(name for name in shape.carriable if document.get(name) is not None)
        sides = {field: list(shape.side_rows(field, key, document.get(field.name) or ())) for field in shape.sides}
        embedded = self._embedded(shape, document)
        tags = self._post_tags(document) if shape.name == "posts" else None
        run = self.connection.execute
        run(f'INSERT OR REPLACE INTO "{shape.name}" VALUES ({_marks(row)})', row)
        for field, rows in sides.items():
            name = f"{shape.name}_{field.name}"
            run(f'DELETE FROM "{name}" WHERE owner_id = ?', (key,))
            if rows:
                self.connection.executemany(f'INSERT OR IGNORE INTO "{name}" VALUES ({_marks(rows[0])})', rows)
        if tags is not None:
            run("DELETE FROM posts_tags WHERE post_id = ?", (key,))
            self.connection.executemany("INSERT OR IGNORE INTO posts_tags VALUES (?, ?)", ((tag, key) for tag in tags))
        for other, column, owner, rows in embedded:
            run(f'DELETE FROM "{other.name}" WHERE "{column}" = ?', (owner,))
            if rows:
                self.connection.executemany(f'INSERT INTO "{other.name}" VALUES ({_marks(rows[0])})', rows)

    def _embedded(self, shape: Shape, document: Mapping[str, Any]) -> list[tuple[Shape, str, Any, list[tuple[Any, ...]]]]:
        """Related rows that the document carries itself."""
        found = []
        for relation in shape.schema.relations.values():
            rows = document.get(relation.name)
            if rows is None or relation.entity == shape.name:
                continue
            other = self.shape(relation.entity)
            if other is not None:
                owner = document[relation.own]
                found.append((other, relation.other, owner, [other.row({**row, relation.other: owner}) for row in rows]))
        return found

    # --- tags

    def _names(self) -> dict[str, int]:
        if self._tag_ids is None:
            self._tag_ids = dict(self.connection.execute("SELECT name, id FROM tags WHERE name IS NOT NULL"))
        return self._tag_ids

    def _add_tag(self, shape: Shape, document: Mapping[str, Any]) -> None:
        """A row of a tag table; a tag that posts brought before under an own number takes this one."""
        row, (key, name) = shape.row(document), (document["id"], document.get("name"))
        if not isinstance(name, str):
            raise BadRecord("a tag without a name")
        sides = {field: list(shape.side_rows(field, key, document.get(field.name) or ())) for field in shape.sides}
        run = self.connection.execute
        old = self._names().get(name)
        if old is not None and old != key:
            run("UPDATE OR REPLACE posts_tags SET tag_id = ? WHERE tag_id = ?", (key, old))
            run("UPDATE OR REPLACE tag_names SET tag_id = ? WHERE tag_id = ?", (key, old))
            run("DELETE FROM tags WHERE id = ?", (old,))
        run("DELETE FROM tag_names WHERE tag_id = ?", (key,))
        run(f"INSERT OR REPLACE INTO tags VALUES ({_marks(row)}, 1)", row)
        self.name_tag(name, key)
        for field, rows in sides.items():
            run(f'DELETE FROM "tags_{field.name}" WHERE owner_id = ?', (key,))
            if rows:
                self.connection.executemany(f'INSERT OR IGNORE INTO "tags_{field.name}" VALUES ({_marks(rows[0])})', rows)
        self._names()[name] = key

    def _post_tags(self, document: Mapping[str, Any]) -> list[int]:
        """The numbers of a post's tags; tags whose site number is unknown have negative ones of our own."""
        names, all_names, ids = (document.get(name) for name in ("tags", "tag_names", "tag_ids"))
        own = set(names or ())
        linked = [self._tag(name) for name in sorted(own)]
        linked += [self._alias(name) for name in sorted(set(all_names or ()) - own)]
        if ids is not None:
            linked += [self._number(number) for number in sorted(set(ids).difference(linked))]
        return linked

    def _tag(self, name: Any) -> int:
        known = self._names().get(name)
        if known is None:
            known = self._insert_tag(name)
            self.name_tag(name, known)
            self._names()[name] = known
        return known

    def _alias(self, name: Any) -> int:
        """A tag that answers to `name` only: the one behind the alias is among the post's own."""
        found = self.connection.execute(
            "SELECT tag_id FROM tag_names JOIN tags ON id = tag_id WHERE tag_names.name = ? AND tags.name IS NULL", (name,)
        ).fetchone()
        if found:
            return int(found[0])
        key = self._insert_tag(None)
        self.name_tag(_checked(name), key)
        return key

    def name_tag(self, name: str, key: int) -> None:
        """Let the tag answer to the name."""
        self.connection.execute("INSERT OR IGNORE INTO tag_names VALUES (?, ?, ?)", (name, key, lower(name)))

    def _number(self, number: Any) -> int:
        if type(number) is not int or not 0 < number < 1 << 63:
            raise BadRecord(f"tag_ids: {number!r:.60} is no tag number")
        self.connection.execute("INSERT OR IGNORE INTO tags (id) VALUES (?)", (number,))
        return number

    def _insert_tag(self, name: Any) -> int:
        lowest = self.connection.execute("SELECT min(id) FROM tags").fetchone()[0]
        key = min(lowest or 0, 0) - 1
        checked = None if name is None else _checked(name)
        folded = None if checked is None else lower(checked)
        row = (key, checked, folded)
        self.connection.execute("INSERT INTO tags (id, name, name_folded, post_count) VALUES (?, ?, ?, 0)", row)
        return key

    def forget_tags(self) -> None:
        """After a batch was rolled back: what was learnt of tags may not be there."""
        self._tag_ids = None

    def finish(self) -> None:
        """Bring the facts of the file up to date; the last act of a batch."""
        self.add_facts("sparse", self._sparse)
        self.add_facts("carried", self._carried)
        self.count_tags()

    def layout(self) -> Join:
        """The `join` layout as this file has it."""
        return layout_of(self.site, set(self.fact("sparse") or ()), set(self.fact("carried") or ()), self.has_table)

    def count_tags(self) -> None:
        """Without a tag table the posts make one: every name they carry, with its count."""
        if self.fact("has_tag_table"):
            return
        self.connection.execute("""
            UPDATE tags SET listed = 1, post_count = (SELECT count(*) FROM posts_tags WHERE tag_id = tags.id)
            WHERE name IS NOT NULL""")

    # --- reading

    def records(self, entity: str) -> Iterator[dict[str, Any]]:
        """The raw rows of an entity, by key."""
        for (text,) in self.connection.execute("SELECT record FROM records WHERE entity = ? ORDER BY key", (entity,)):
            yield json.loads(text)

    def record(self, entity: str, key: int) -> dict[str, Any] | None:
        """One raw row."""
        row = self.connection.execute("SELECT record FROM records WHERE entity = ? AND key = ?", (entity, key)).fetchone()
        return None if row is None else json.loads(row[0])

    def entities(self) -> dict[str, int]:
        """How many raw rows each entity has."""
        return dict(self.connection.execute("SELECT entity, count(*) FROM records GROUP BY entity"))

    def entity(self, name: str) -> str:
        """Our entity behind the site's word."""
        return entity_of(self.site, name)


def layout_of(site: Site, sparse: set[str], carried: set[str], has_table: Callable[[str], bool]) -> Join:
    """The `join` layout for a database: what may be null against the schema, and what is not there at all."""
    resource = site.resource()
    missing = {r.entity for r in resource.table.relations.values() if not has_table(r.entity)}
    missing.update(uncarried(resource.table, carried))
    layout = LAYOUT.with_facts(sparse=frozenset(sparse), missing=frozenset(missing))
    return replace(layout, listed_tags="listed_tags")


def _checked(name: Any) -> str:
    if not isinstance(name, str) or not is_storable(name):
        raise BadRecord(f"{name!r:.60} is no tag name")
    return name


def _marks(row: tuple[Any, ...]) -> str:
    return ", ".join("?" * len(row))


def _tags_schema(site: Site) -> Table:
    """The tag table's schema: the entity's own where it is known, else what joining and wildcards need."""
    from booruql.schema import Field, Kind
    from booruql.schema.field import make_table

    found = schema_of(site, "tags")
    needed = (
        Field("id", Kind.INT, "number of the tag"),
        Field("name", Kind.TAG, "name of the tag", nullable=True),
        Field("category", Kind.INT, "kind of tag", nullable=True),
        Field("post_count", Kind.INT, "posts that have it", nullable=True),
    )
    fields = dict(found.fields) if found else {}
    return make_table("tags", {**{f.name: f for f in needed}, **fields}.values(), found.relations.values() if found else ())


def _link_columns(site: Site, shape: Shape) -> list[str]:
    """Columns by which other entities, or this one, find its rows."""
    found = []
    main = table(site.resource().entity)
    for relation in main.relations.values():
        if relation.entity == shape.name and relation.other != "id" and not shape.schema.fields[relation.other].many:
            found.append(relation.other)
    return list(dict.fromkeys(found))


def _site_of(connection: sqlite3.Connection, path: str | Path) -> Site:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise ConfigError(f"{path} is no store made by 'booruql import'")
    if version > VERSION:
        raise ConfigError(f"{path} was made by a newer booruql (format {version}, this one knows {VERSION})")
    row = connection.execute("SELECT value FROM booru WHERE name = 'site'").fetchone()
    return sites.load(json.loads(row[0]))
