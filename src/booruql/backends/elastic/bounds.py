"""Bounds that a field of an index can hold; the engine answers an error to any other."""

from __future__ import annotations

from collections.abc import Mapping

from booruql.ast.nodes import Value
from booruql.schema import Field, Kind

FLOAT32 = 3.4028234663852886e38  # the greatest there is
_DOUBLE = 1.7976931348623157e308
_INTEGER, _LONG = (-(1 << 31), (1 << 31) - 1), (-(1 << 63), (1 << 63) - 1)
_NUMBERS = {"integer": _INTEGER, "long": _LONG, "float": (-FLOAT32, FLOAT32), "double": (-_DOUBLE, _DOUBLE)}


def span_of(field: Field, stated: str | None = None) -> tuple[float, float] | None:
    """The least and greatest number of a field's type in an index, None where any value will do."""
    if stated is not None:
        return _NUMBERS.get(stated)
    match field.kind:
        case Kind.INT:
            return _LONG if field.bits > 32 else _INTEGER
        case Kind.ID:
            return _LONG
        case Kind.FLOAT32:
            return _NUMBERS["float"]
        case Kind.FLOAT:
            return _NUMBERS["double"]
        case _:
            return None


def hold(bounds: Mapping[str, Value], field: Field, stated: str | None = None) -> Mapping[str, Value] | None:
    """The bounds that restrict; None when nothing can satisfy them, empty when every value does.

    >>> hold({"gt": 1, "lt": 99_999_999_999}, Field("score", Kind.INT, ""))
    {'gt': 1}
    """
    span = span_of(field, stated)
    if span is None:
        return bounds
    least, most = span
    kept: dict[str, Value] = {}
    for word, value in bounds.items():
        assert isinstance(value, int | float)
        low = word in ("gt", "gte")
        if value > most if low else value < least:
            return None
        if least <= value <= most:
            kept[word] = value
    return kept


def is_kept(value: Value, field: Field) -> bool:
    """Whether an index can hold just this value: its instants have milliseconds."""
    return field.kind is not Kind.INSTANT or not isinstance(value, int) or value % 1000 == 0
