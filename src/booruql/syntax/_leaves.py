"""A settled range over a field: the leaves that ask it, with SQL's unknown where a value may be missing."""

from __future__ import annotations

from enum import Enum
from typing import Any

from booruql.ast.nodes import All, Between, Compare, Exists, Node, Not, Nothing, OneOf, Op, Operand, Or, Unknown
from booruql.errors import Span
from booruql.syntax._values import Range

_OPS = {"eq": Op.EQ, "lt": Op.LT, "lteq": Op.LE, "gt": Op.GT, "gteq": Op.GE}


class Nulls(Enum):
    """What a missing value does: it never is; it makes every comparison unknown; every one but a single value."""

    NEVER = "never"
    UNKNOWN = "unknown"
    SINGLE = "single"


def leaves(found: Range, field: Operand, span: Span | None = None, nulls: Nulls = Nulls.NEVER) -> Node:
    """The condition of a range without moments.

    >>> leaves(Range("gt", (5,)), "score")
    Compare(field='score', op=<Op.GT: '>'>, value=5)
    """
    if found.op == "union":
        return Or(tuple(leaves(part, field, span, nulls) for part in found.values), span)
    if found.values == (None,):
        return _null_test(found.op, field, nulls, span)
    leaf = _leaf(found, field, span)
    if nulls is Nulls.NEVER or (nulls is Nulls.SINGLE and found.op == "eq"):
        return leaf
    return Unknown(leaf, str(field), span)


def _null_test(op: str, field: Operand, nulls: Nulls, span: Span | None) -> Node:
    if nulls is Nulls.NEVER or not isinstance(field, str):
        return All(span) if op == "not_eq" else Nothing(span)
    return Exists(field, span) if op == "not_eq" else Not(Exists(field, span), span)


def _leaf(found: Range, field: Operand, span: Span | None) -> Node:
    values: tuple[Any, ...] = found.values
    if found.op == "in":
        return OneOf(field, tuple(dict.fromkeys(values)), span)
    if found.op == "between":
        return Between(field, values[0], values[1], False, found.open_end, span)
    return Compare(field, _OPS[found.op], values[0], span)
