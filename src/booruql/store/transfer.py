"""A store's records into the tables of any layout in any database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from booruql.backends.sql.layout import Layout
from booruql.backends.sql.layouts.join import Join
from booruql.backends.sql.tables import Column, Stored, create, index
from booruql.schema import Kind, Table
from booruql.store.servers import Server
from booruql.store.sqlite import Store


def transfer(store: Store, server: Server, layout: Layout) -> Layout:
    """Make the layout's tables on the server and fill them; the layout as the server then has it."""
    known = store.layout()
    layout = layout.with_facts(sparse=known.sparse, missing=known.missing)
    if isinstance(layout, Join):
        layout = replace(layout, listed_tags=known.listed_tags)
    for schema in _schemas(store):
        for stored in layout.tables(schema):
            for statement in create(stored, server.dialect):
                server.run(statement)
            server.fill(stored, _rows(store, stored))
            for statement in index(stored, server.dialect):
                server.run(statement)
    return layout


def _schemas(store: Store) -> Iterator[Table]:
    main = store.site.resource()
    entities = dict.fromkeys([main.entity, "tags", *(r.entity for r in main.table.relations.values())])
    for entity in entities:
        shape = store.shape(entity) if store.has_table(entity) else None
        if shape is not None:
            yield shape.schema


def _rows(store: Store, stored: Stored) -> Iterator[list[Any]]:
    """The rows of a table, as its columns list them."""
    plain = [column for column in stored.columns if not column.is_array]
    arrays = [(column, _lists(store, stored, column)) for column in stored.columns if column.is_array]
    source = "listed_tags" if stored.entity == "tags" and stored.name in ("tags", "listed_tags") else stored.name
    shown = ", ".join(f'"{column.name}"' for column in plain)
    reads = [_reader(column) for column in plain]
    at_id = next((place for place, column in enumerate(plain) if column.name == "id"), 0)
    for row in store.connection.execute(f'SELECT {shown} FROM "{source}"'):
        values = [None if value is None else read(value) for read, value in zip(reads, row, strict=True)]
        yield [*values, *(lists.get(row[at_id], []) for _, lists in arrays)]


def _reader(column: Column) -> Callable[[Any], Any]:
    return bool if column.field.kind is Kind.BOOL else lambda value: value


def _lists(store: Store, stored: Stored, column: Column) -> dict[int, list[Any]]:
    """The values of a many-valued field by owner."""
    shadow = "_folded" if column.is_shadow else ""
    name = column.field.name
    asked = {
        "tags": f"SELECT post_id, t.name{shadow} FROM posts_tags JOIN tags AS t ON t.id = tag_id WHERE t.name IS NOT NULL",
        "tag_names": f"SELECT DISTINCT post_id, n.name{shadow} FROM posts_tags JOIN tag_names AS n USING (tag_id)",
        "tag_ids": "SELECT post_id, tag_id FROM posts_tags WHERE tag_id > 0",
    }
    side = f'SELECT owner_id, value{shadow} FROM "{stored.entity}_{name}"'
    query = asked.get(name, side) if stored.entity == "posts" else side
    found: dict[int, list[Any]] = defaultdict(list)
    for owner, value in store.connection.execute(query):
        found[owner].append(value)
    return found
