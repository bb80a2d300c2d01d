"""Cursors: the rows that come after a row in a total order, null-safe, in the form that planners serve by an index."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import NoneType
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from booruql.ast.nodes import Key
from booruql.backends.sql.layout import is_not_null
from booruql.errors import ConfigError
from booruql.schema import Kind

if TYPE_CHECKING:
    from booruql.backends.sql.compiler import Compiler
    from booruql.backends.sql.order import Ordering
    from booruql.backends.sql.slots import Slot


_KINDS: Mapping[type, Kind] = {bool: Kind.BOOL, int: Kind.INT, float: Kind.FLOAT}


def encode(row: Sequence[Any]) -> str:
    """The row's id and keys as an opaque text."""
    packed = json.dumps(list(row), separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def decode(cursor: str) -> list[Any]:
    """What `encode` was given.

    Raises:
        ConfigError: the text is no cursor.
    """
    try:
        row = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        raise ConfigError("this is no cursor") from None
    if not isinstance(row, list) or not row:
        raise ConfigError("this is no cursor")
    return row


def after(
    row: Sequence[type], slots: Iterator[Slot], keys: Sequence[Key], orderings: Sequence[Ordering], compiler: Compiler
) -> exp.Expression:
    """`a <= ? AND (a < ? OR b < ?)`, the form that planners serve by a range of an index.

    A key that can be null is `a < ? OR a IS NULL OR (a = ? AND ...)`, as the place of its nulls says. `row` gives the
    types of the cursor's values, `slots` where those stand that are not None.

    Raises:
        ConfigError: the cursor is of another order.
    """
    names = ["id", *dict.fromkeys(name for name, _, _ in orderings if name != "id")]
    if len(row) != len(names):
        raise ConfigError("this cursor is of another order")
    values = {name: None if kind is NoneType else (next(slots), kind) for name, kind in zip(names, row, strict=True)}
    condition: exp.Expression = exp.false()
    for key, (name, column, nullable) in reversed(list(zip(keys, orderings, strict=True))):
        held = values[name]
        value = None if held is None else _bound(*held, key, compiler)
        beyond = _beyond(key, column, nullable, value)
        if value is None or nullable or isinstance(condition, exp.Boolean):
            condition = _either(beyond, _and(_same(column, value), condition))
        else:
            reach = (exp.LTE if key.descending else exp.GTE)(this=column.copy(), expression=value())
            condition = _and(reach, _either(beyond, exp.Paren(this=condition)))
    return exp.Paren(this=condition)


def _bound(slot: Slot, type_: type, key: Key, compiler: Compiler) -> Callable[[], exp.Expression]:
    """Binds the value, as often as it is needed, as what the key's column holds."""
    field = compiler.scope.table.fields.get(key.by) if isinstance(key.by, str) else None
    kind = field.kind if field else _KINDS.get(type_, Kind.KEYWORD)
    spell = float if kind in (Kind.FLOAT, Kind.FLOAT32) else None
    return lambda: compiler.target.bind(slot, kind, spell)


_Bound = Callable[[], exp.Expression] | None


def _same(column: exp.Expression, value: _Bound) -> exp.Expression:
    if value is None:
        return exp.Is(this=column.copy(), expression=exp.Null())
    return exp.EQ(this=column.copy(), expression=value())


def _beyond(key: Key, column: exp.Expression, nullable: bool, value: _Bound) -> exp.Expression:
    if value is None:
        return is_not_null(column.copy()) if key.nulls_first else exp.false()
    compare = exp.LT if key.descending else exp.GT
    found: exp.Expression = compare(this=column.copy(), expression=value())
    if nullable and not key.nulls_first:
        found = exp.Or(this=found, expression=exp.Is(this=column.copy(), expression=exp.Null()))
    return found


def _and(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    if isinstance(right, exp.Boolean):
        return right
    return exp.And(this=left, expression=exp.Paren(this=right) if isinstance(right, exp.Or) else right)


def _either(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    if isinstance(right, exp.Boolean):
        return left
    return right if isinstance(left, exp.Boolean) else exp.Or(this=left, expression=right)
