"""The tables of the `join` layout for an entity: names, column types and how a document becomes their rows."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.layout import Layout
from booruql.backends.sql.layouts.join import is_linked
from booruql.backends.sql.values import round32
from booruql.errors import BooruqlError
from booruql.schema import Field, Kind, Table
from booruql.text import lower

ROW_KEY = "row_key"
"""The key of tables whose entity has no id: it comes of what the row holds."""


class BadRecord(BooruqlError):
    """A record holds what no column can: the message says which field and why."""


@dataclass(frozen=True)
class Column:
    """One column: its field, and whether it is the field's folded shadow."""

    name: str
    type: str
    field: Field
    is_shadow: bool = False


Slot = tuple[type | None, int, int, Callable[[Any], Any]]
"""A type whose usual values are stored as they are, the place of the column, that of its shadow (0: none), the full check."""


@dataclass(frozen=True)
class Shape:
    """An entity's own table and its side tables."""

    schema: Table
    dialect: Dialect
    layout: Layout

    @property
    def name(self) -> str:
        return self.schema.name

    @property
    def stored(self) -> str:
        """The name of the entity's own table: the tags of a tag table stand apart from those that posts carry."""
        return "tag_rows" if self.name == "tags" else self.name

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
    def width(self) -> int:
        """How many values a row has: that of `row_key` comes first where there is no id."""
        return len(self.columns) + (not self.has_id)

    @cached_property
    def _slots(self) -> Mapping[str, Slot]:
        places = {column.name: place for place, column in enumerate(self.columns, int(not self.has_id))}
        return {
            column.field.name: (
                _USUAL.get(column.field.kind),
                places[column.name],
                places.get(f"{column.name}_folded", 0),
                keeper(column.field),
            )
            for column in self.columns
            if not column.is_shadow
        }

    def row(self, document: Mapping[str, Any], key: int | None = None) -> list[Any]:
        """The document's row in the entity's own table; `key` is that of a row without an id.

        Raises:
            BadRecord: a value is of the wrong type or cannot be stored.
        """
        row: list[Any] = [None] * self.width
        if not self.has_id:
            row[0] = key
        slot_of = self._slots.get
        for name, value in document.items():
            if value is None or (slot := slot_of(name)) is None:
                continue
            usual, place, shadow, keep = slot
            if usual is str and type(value) is str and value.isascii() and "\0" not in value:
                row[place] = value
                if shadow:
                    row[shadow] = value.lower()
            elif usual is int and type(value) is int and -_MOST <= value < _MOST:
                row[place] = value
            else:
                row[place] = kept = keep(value)
                if shadow:
                    row[shadow] = lower(kept)
        return row

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns of a row, in order."""
        return (*(() if self.has_id else (ROW_KEY,)), *(column.name for column in self.columns))

    def places(self, fields: Iterable[str]) -> Callable[[list[Any]], tuple[Any, ...]]:
        """What takes the values of these fields out of a row."""
        found = [self.names.index(name) for name in fields]
        return itemgetter(*found, found[0]) if found else lambda row: ()

    def side_rows(self, field: Field, owner: int, values: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
        """Rows of a side table."""
        keep, folded = self._side_keepers[field.name]
        for value in values:
            stored = keep(value)
            yield (owner, stored, lower(stored)) if folded else (owner, stored)

    @cached_property
    def _side_keepers(self) -> Mapping[str, tuple[Callable[[Any], Any], bool]]:
        return {field.name: (keeper(field), self.layout.is_folded(field)) for field in self.sides}


def keeper(field: Field) -> Callable[[Any], Any]:
    """What checks a value of the field and brings it into the stored form."""
    read = _READERS[field.kind]
    shown = field.name

    def keep(value: Any) -> Any:
        try:
            return read(value)
        except ValueError as problem:
            raise BadRecord(f"{shown}: {str(problem) or f'{value!r:.60} is no {field.kind.value}'}") from None

    return keep


_MOST = 1 << 63
_USUAL: Mapping[Kind, type] = {
    **dict.fromkeys((Kind.INT, Kind.ID, Kind.INSTANT), int),
    **dict.fromkeys((Kind.KEYWORD, Kind.TEXT, Kind.TAG, Kind.IP), str),
}
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def _integer(value: Any) -> int:
    if type(value) is not int or not -_MOST <= value < _MOST:
        raise ValueError
    return value


def _float(value: Any) -> float:
    if type(value) is not float and type(value) is not int:
        raise ValueError
    try:
        number = float(value)
    except OverflowError:
        raise ValueError from None
    if not math.isfinite(number):
        raise ValueError
    return number


def _boolean(value: Any) -> bool:
    if value is not True and value is not False:
        raise ValueError
    return value


def checked_text(value: Any) -> str:
    """The text, if it can be stored.

    Raises:
        ValueError: it is none, or holds what no database stores.
    """
    if not isinstance(value, str):
        raise ValueError
    if _UNSTORABLE.search(value):
        raise ValueError("text holds a NUL or half a surrogate pair")
    return value


def packed(value: Any) -> str:
    """A JSON value as text."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, default=list)


_READERS: Mapping[Kind, Callable[[Any], Any]] = {
    **dict.fromkeys((Kind.INT, Kind.ID, Kind.INSTANT), _integer),
    **dict.fromkeys((Kind.KEYWORD, Kind.TEXT, Kind.TAG, Kind.IP), checked_text),
    Kind.FLOAT: _float,
    Kind.FLOAT32: lambda value: round32(_float(value)),
    Kind.BOOL: _boolean,
    Kind.JSON: packed,
}
