"""A layout as a database has it: what its catalogue does not list is refused, not taken for empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.layout import Layout
from booruql.backends.sql.layouts.join import LINKED, Join
from booruql.backends.sql.tables import Stored
from booruql.errors import ConfigError
from booruql.schema import Table
from booruql.sites import Site
from booruql.store.tables import schema_of

Columns = Mapping[str, Mapping[str, bool]]
"""The columns of each table of a database, with whether they may be null."""
_LISTED = "listed_tags"
_PLANNED = {"posts_tags": ("post_id", "tag_id"), "tags": ("id", "name", "uses")}
"""What every statement about a tag asks of the `join` layout."""


def fit(layout: Layout, site: Site, columns: Columns, dialect: Dialect) -> Layout:
    """The layout with what this database lacks, and what may be null there though the schema says it never is.

    Raises:
        ConfigError: it has no table for what the site is about, or one that statements cannot do without a column of.
    """
    main = site.resource().table
    if not layout.is_own:
        return layout.on(dialect.name)
    if layout.table_name(main.name) not in columns:
        raise ConfigError(f"the database has no table {layout.table_name(main.name)!r}, which the layout {layout.name!r} asks")
    layout = layout.of(site.resource())
    if isinstance(layout, Join):
        layout = _with_tags(layout, columns)
    schemas = _schemas(site)
    missing = {fact for schema in schemas.values() for fact in _missing(layout, schema, columns, dialect)}
    sparse = {fact for schema in schemas.values() for fact in _sparse(layout, schema, columns, dialect)}
    return layout.with_facts(sparse=frozenset(sparse), missing=frozenset(missing))


def stored_tables(layout: Layout, site: Site, dialect: Dialect) -> Iterator[Stored]:
    """The tables that the layout expects for the site."""
    for schema in _schemas(site).values():
        yield from layout.tables(schema, dialect)


def _schemas(site: Site) -> dict[str, Table]:
    main = site.resource().table
    return {main.name: main, **{name: found for name in _related(main, site) if (found := schema_of(site, name))}}


def _related(main: Table, site: Site) -> Iterator[str]:
    yield from (relation.entity for relation in main.relations.values())
    yield from (resource.entity for resource in site.resources.values())


def _with_tags(layout: Join, columns: Columns) -> Join:
    if "posts_tags" in columns:
        for table, needed in _PLANNED.items():
            lacking = [name for name in needed if name not in columns.get(table, ())]
            if lacking:
                raise ConfigError(f"the table {table!r} has no column {lacking[0]!r}, which the layout {layout.name!r} asks")
    return replace(layout, listed_tags=_LISTED) if _LISTED in columns else layout


def _missing(layout: Layout, schema: Table, columns: Columns, dialect: Dialect) -> Iterator[str]:
    """The entity when it has no table, else its fields without a column or a table: `posts.score`, `posts.score_folded`."""
    own = layout.table_name(schema.name)
    if own not in columns:
        yield schema.name
        return
    for stored in layout.tables(schema, dialect):
        held = columns.get(stored.name, {})
        if stored.name == own:
            yield from (f"{schema.name}.{column.name}" for column in stored.columns if column.name not in held)
        elif stored.made:
            yield from () if stored.name in columns else (stored.name,)
        elif stored.name in (*_PLANNED, "tag_names"):
            if stored.name not in columns:
                yield from (f"{schema.name}.{name}" for name in LINKED if stored.name == "posts_tags" or name == stored.name)
        else:
            yield from _side(stored, schema, held)


def _side(stored: Stored, schema: Table, held: Mapping[str, bool]) -> Iterator[str]:
    field = stored.name.removeprefix(f"{schema.name}_")
    if not {"owner_id", "value"} <= held.keys():
        yield f"{schema.name}.{field}"
    if "value_folded" in [column.name for column in stored.columns] and "value_folded" not in held:
        yield f"{schema.name}.{field}_folded"


def _sparse(layout: Layout, schema: Table, columns: Columns, dialect: Dialect) -> Iterator[str]:
    """Fields whose column may be null.

    Raises:
        ConfigError: an array may be null; no statement of the layout reckons with that.
    """
    own = layout.table_name(schema.name)
    held = columns.get(own, {})
    for stored in layout.tables(schema, dialect):
        for column in stored.columns if stored.name == own else ():
            if held.get(column.name) and column.is_array:
                raise ConfigError(f"{own}.{column.name} may be null; the layout {layout.name!r} asks for empty arrays: NOT NULL")
            if held.get(column.name) and not column.is_shadow and not column.field.nullable and column.name != "id":
                yield f"{schema.name}.{column.name}"
