"""A layout held against a database: tables and columns that are not there, of another type, not indexed, or that may be null."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from booruql.backends.sql.layout import Collation, Layout
from booruql.backends.sql.mapped import Mapped
from booruql.backends.sql.mapping import One
from booruql.backends.sql.tables import index_starts
from booruql.errors import ConfigError
from booruql.schema import Kind, table
from booruql.sites import Site
from booruql.store.fitting import fit, stored_tables
from booruql.store.servers import Server
from booruql.store.servers._server import Catalogued

Catalog = Mapping[str, Mapping[str, Catalogued]]
_WHOLE = r"(small|medium|big|tiny|u?)int(eger|\d+)?( unsigned)?|numeric|decimal|number"
_TEXTS = r"text|(var)?char(acter)?( varying)?|bpchar|longtext|mediumtext|tinytext|enum|string|citext|name|user-defined"
_KINDS: Mapping[Kind, str] = {
    Kind.INT: _WHOLE,
    Kind.ID: _WHOLE,
    Kind.FLOAT: rf"{_WHOLE}|real|double( precision)?|float\d*",
    Kind.FLOAT32: rf"{_WHOLE}|real|double( precision)?|float\d*",
    Kind.BOOL: r"bool(ean)?|tinyint|integer|uint8|int",
    **dict.fromkeys((Kind.KEYWORD, Kind.TEXT, Kind.TAG), _TEXTS),
    Kind.INSTANT: _WHOLE,
}
"""How databases call the types of columns that hold a kind of value."""
_FORMS: Mapping[str, str] = {
    "timestamp": r"timestamp( without time zone)?|datetime",
    "timestamptz": r"timestamp with time zone|timestamptz",
    "timestamp text": rf"{_TEXTS}|timestamp|datetime",
    "microseconds": _WHOLE,
    "uuid": "uuid",
}


class Expected(NamedTuple):
    """What a layout relies on: `what` names it in messages; the rest is of a plain column of a table."""

    what: str
    table: str
    column: str
    types: str
    nullable: bool
    collation: Collation


def check_layout(layout: Layout, site: Site, server: Server) -> list[str]:
    """What is wrong with the layout on this database, a line each; nothing is written there.

    Raises:
        ConfigError: the database does not have the layout at all.
    """
    layout.check(server.dialect)
    layout, catalog = layout.on(server.database), server.catalog()
    if isinstance(layout, Mapped):
        found = [*_unread(layout, server), *_columns(_described(layout), catalog)]
        wanted = [(origin, text) for origin, text in layout.indexes()]
    else:
        fitted = fit(layout, site, server.columns(), server.dialect)
        found = [f"{name} is not there" for name in sorted(fitted.missing)]
        found += _columns(_own(fitted, site, server), catalog)
        tables = stored_tables(fitted, site, server.dialect)
        wanted = [(stored.name, start) for stored in tables for start in index_starts(stored, server.dialect)]
    return [*found, *_unindexed(wanted, server, catalog)]


def _unread(layout: Mapped, server: Server) -> Iterator[str]:
    """What the database does not read as the layout says, in its own words."""
    for entity, held in layout.entities.items():
        problem = _problem(layout, entity, None, server)
        if problem:
            yield f"{entity}: {problem}"
            continue
        for name in held.fields:
            problem = _problem(layout, entity, name, server)
            if problem:
                yield f"{entity}.{name}: {problem}"


def _problem(layout: Mapped, entity: str, name: str | None, server: Server) -> str | None:
    try:
        server.ask(layout.probe(entity, name, server.dialect))
    except ConfigError as problem:
        return str(problem).partition("\n")[0].partition(": ")[2]
    return None


def _described(layout: Mapped) -> Iterator[Expected]:
    for entity, described in layout.entities.items():
        schema = table(entity)
        for name, held in described.fields.items():
            origin = described.beside[held.beside].origin if isinstance(held, One) and held.beside else described.origin
            if not isinstance(held, One) or held.sql.name is None or not isinstance(origin, str):
                continue
            types = "" if held.words else _FORMS[held.form] if held.form else _KINDS.get(schema.fields[name].kind, "")
            yield Expected(f"{entity}.{name}", origin, held.sql.name, types, held.nullable, held.collation)


def _own(layout: Layout, site: Site, server: Server) -> Iterator[Expected]:
    for stored in stored_tables(layout, site, server.dialect):
        for column in stored.columns:
            types = (
                "" if column.is_array or column.is_tokens or server.dialect.nullable_type else _KINDS.get(column.field.kind, "")
            )
            yield Expected(f"{stored.name}.{column.name}", stored.name, column.name, types, True, Collation.CODE_POINT)


def _columns(expected: Iterator[Expected], catalog: Catalog) -> Iterator[str]:
    """What the catalogue tells of columns that is not as the layout says."""
    for what, origin, name, types, nullable, collation in expected:
        found = catalog.get(origin, {}).get(name)
        if found is None:
            continue
        if types and not re.fullmatch(types, re.sub(r"\(.*?\)", "", found.type).strip()):
            yield f"{what}: {origin}.{name} is {found.type}, which does not hold such values"
        if found.nullable and not nullable:
            yield f"{what}: {origin}.{name} may be null, and the layout says that it never is"
        if found.collation and _LOOSENESS.index(found.collation) > _LOOSENESS.index(collation.value):
            yield f"{what}: texts of {origin}.{name} compare as {found.collation!r}, not as {collation.value!r}"


_LOOSENESS = [one.value for one in Collation]


def _unindexed(wanted: list[tuple[str, str]], server: Server, catalog: Catalog) -> Iterator[str]:
    """What no index begins with, where that can be known."""
    indexes = server.indexes()
    if indexes is None:
        return
    known = {(origin, _plain(text)) for origin, text in indexes}
    for origin, text in dict.fromkeys(wanted):
        if origin in catalog and (origin, _plain(text)) not in known:
            yield f"{origin}: no index begins with {text}"


def _plain(text: str) -> str:
    """An indexed expression without what databases write differently."""
    bare = re.sub(r"::(text|character varying)(\[\])?|[\"`]", "", str(text).lower())
    return re.sub(r"\s+", "", bare)
