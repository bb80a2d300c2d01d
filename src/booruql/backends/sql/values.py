"""Values as a column can hold them: what lies outside a column's type is decided when compiling, never sent."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator

from booruql.ast.nodes import Op, Value
from booruql.schema import Kind

Test = bool | tuple[Op, Value]
"""A comparison that is left to ask; True: every value there is passes; False: none does."""

_HALF = re.compile("[\ud800-\udfff]")
_INTEGERS = (Kind.INT, Kind.ID, Kind.INSTANT)
_UP, _DOWN = (Op.GT, Op.GE), (Op.LT, Op.LE)


def round32(value: float) -> float:
    """The nearest 32-bit float, as a Python float; too large becomes infinite.

    >>> round32(0.1)
    0.10000000149011612
    """
    try:
        rounded: float = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)
    return rounded


def is_storable(text: str) -> bool:
    """Whether every database can hold the text: no NUL, no lone surrogate."""
    return "\0" not in text and (text.isascii() or not _HALF.search(text))


def close(kind: Kind, bits: int, op: Op, value: Value) -> Test:
    """The comparison as a column of that kind can be asked.

    >>> close(Kind.INT, 32, Op.LT, 2.5)
    (<Op.LE: '<='>, 2)
    >>> close(Kind.INT, 32, Op.LT, 99999999999)
    True
    """
    if kind in _INTEGERS:
        return False if isinstance(value, str) else _integer(bits, op, value)
    if kind in (Kind.FLOAT, Kind.FLOAT32):
        return False if isinstance(value, str) else _float(kind, op, value)
    if kind is Kind.BOOL:
        return (op, value) if isinstance(value, bool) and op is Op.EQ else False
    return _text(op, value) if isinstance(value, str) else False


def _integer(bits: int, op: Op, value: float) -> Test:
    if isinstance(value, float):
        if math.isnan(value):
            return False
        if math.isinf(value):
            return beyond(op, value > 0)
        if not value.is_integer():
            if op is Op.EQ:
                return False
            op, value = (Op.GE, math.ceil(value)) if op in _UP else (Op.LE, math.floor(value))
    value = int(value)
    if not -(1 << bits - 1) <= value < 1 << bits - 1:
        return beyond(op, value > 0)
    return op, value


def _float(kind: Kind, op: Op, value: float) -> Test:
    try:
        number = float(value)
    except OverflowError:
        return beyond(op, value > 0)
    if kind is Kind.FLOAT32:
        number = round32(number)
    elif number != value and not math.isnan(number):  # an integer between two floats
        if op is Op.EQ:
            return False
        op = (Op.GE if number > value else Op.GT) if op in _UP else (Op.LE if number < value else Op.LT)
    if math.isnan(number):
        return False
    if math.isinf(number):
        return beyond(op, number > 0)
    return op, number


def beyond(op: Op, above: bool) -> bool:
    """The answer when the value lies above (or below) everything the column can hold."""
    return op in (_DOWN if above else _UP)


def _text(op: Op, value: str) -> Test:
    if is_storable(value):
        return op, value
    if op is Op.EQ or "\0" not in value:
        return False
    return (Op.GT if op in _UP else Op.LE), value[: value.index("\0")]


def close_many(kind: Kind, bits: int, values: tuple[Value, ...]) -> Iterator[Value]:
    """The values that the column can hold, each once, in order."""
    seen = set()
    for value in values:
        test = close(kind, bits, Op.EQ, value)
        if not isinstance(test, bool) and test[1] not in seen:
            seen.add(test[1])
            yield test[1]
