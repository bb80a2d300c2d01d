"""The tables of the `join` layout for an entity: names, column types and how a document becomes their rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.layout import Layout
from booruql.backends.sql.layouts.join import is_linked
from booruql.backends.sql.values import is_storable, round32
from booruql.errors import BooruqlError
from booruql.schema import Field, Kind, Table
from booruql.text import lower


class BadRecord(BooruqlError):
    """A record holds what no column can: the message says which field and why."""


@dataclass(frozen=True)
class Column:
    """One column: its field, and whether it is the field's folded shadow."""

    name: str
    type: str
    field: Field
    is_shadow: bool = False

    @cached_property
    def store(self) -> Callable[[Any], Any]:
        """A value as the column holds it."""
        kept = keeper(self.field)
        return (lambda value: lower(kept(value))) if self.is_shadow else kept


@dataclass(frozen=True)
class Shape:
    """An entity's own table and its side tables."""

    schema: Table
    dialect: Dialect
    layout: Layout

    @property
    def name(self) -> str:
        return self.schema.name

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        found = []
        for field in self.schema.fields.values():
            if not field.many:
                type_ = self.dialect.column_type(field)
                found.append(Column(field.name, type_, field))
                if self.layout.is_folded(field):
                    found.append(Column(f"{field.name}_folded", type_, field, is_shadow=True))
        return tuple(found)

    @cached_property
    def sides(self) -> tuple[Field, ...]:
        """The many-valued fields that have a table of their own."""
        return tuple(f for f in self.schema.fields.values() if f.many and not is_linked(self.name, f))

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The fields that the schema says are never missing."""
        return tuple(f.name for f in self.schema.fields.values() if not f.nullable and not f.many)

    @cached_property
    def carriable(self) -> tuple[str, ...]:
        """The many-valued fields: a source may carry them or not."""
        return tuple(f.name for f in self.schema.fields.values() if f.many) if self.name == "posts" else ()

    @cached_property
    def has_id(self) -> bool:
        return "id" in self.schema.fields

    @cached_property
    def _stores(self) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
        return tuple((column.field.name, column.store) for column in self.columns)

    def row(self, document: Mapping[str, Any]) -> tuple[Any, ...]:
        """The document's row in the entity's own table.

        Raises:
            BadRecord: a value is of the wrong type or cannot be stored.
        """
        return tuple([None if (value := document.get(name)) is None else store(value) for name, store in self._stores])

    def side_rows(self, field: Field, owner: int, values: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
        """Rows of a side table."""
        kept = keeper(field)
        for value in values:
            stored = kept(value)
            yield (owner, stored, lower(stored)) if self.layout.is_folded(field) else (owner, stored)


def keeper(field: Field) -> Callable[[Any], Any]:
    """What checks a value of the field and brings it into the stored form."""
    read = _READERS[field.kind]

    def keep(value: Any) -> Any:
        try:
            return read(value)
        except ValueError as problem:
            raise BadRecord(f"{field.name}: {str(problem) or f'{value!r:.60} is no {field.kind.value}'}") from None

    return keep


def _integer(value: Any) -> int:
    if type(value) is not int or not -(1 << 63) <= value < 1 << 63:
        raise ValueError
    return value


def _float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value - value != 0:
        raise ValueError
    return float(value)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    if not is_storable(value):
        raise ValueError("text holds a NUL or half a surrogate pair")
    return value


def packed(value: Any) -> str:
    """A JSON value as text."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, default=list)


_READERS: Mapping[Kind, Callable[[Any], Any]] = {
    **dict.fromkeys((Kind.INT, Kind.ID, Kind.INSTANT), _integer),
    **dict.fromkeys((Kind.KEYWORD, Kind.TEXT, Kind.TAG, Kind.IP), _text),
    Kind.FLOAT: _float,
    Kind.FLOAT32: lambda value: round32(_float(value)),
    Kind.BOOL: _boolean,
    Kind.JSON: packed,
}
