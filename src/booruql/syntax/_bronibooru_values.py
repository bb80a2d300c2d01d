"""Range texts of Danbooru 2 (2014): older and simpler than the modern ones; every text has a value.

A number is what the text begins with, 0 when that is none. Ends of a range are not put in order.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from booruql.ast.nodes import Between, Compare, Node, OneOf, Op
from booruql.errors import Span

_BETWEEN = re.compile(r"(.+?)\.\.(.+)", re.DOTALL)
_INTEGER = re.compile(r"[+-]?\d+(?:_\d+)*", re.ASCII)
_FLOAT = re.compile(r"[+-]?(?:\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?", re.IGNORECASE | re.ASCII)
_SIZE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)([km]?)b?", re.IGNORECASE | re.ASCII)
_AGE = re.compile(r"(\d+)(s|mi|h|d|w|mo|y)?", re.IGNORECASE | re.ASCII)
_UNITS = {"s": "seconds", "mi": "minutes", "h": "hours", "d": "days", "w": "weeks", "mo": "months", "y": "years"}
_FACTORS = {"": 1, "k": 1024, "m": 1024**2}
_MOST = 1 << 63
"""Beyond every number that a site stores; larger ones compare alike."""


class Range(NamedTuple):
    """How a value compares: `op` is eq, lt, lte, gt, gte, between, in."""

    op: str
    args: tuple[Any, ...]


class Read(NamedTuple):
    """A value as read, and whether the whole text was one."""

    value: Any
    whole: bool


Cast = Callable[[str], Read]


def split(text: str) -> tuple[str, tuple[str, ...]]:
    """The operator of a range text and the texts of its values.

    >>> split("5..10"), split("1,,2,")
    (('between', ('5', '10')), ('in', ('1', '', '2')))
    """
    found = _BETWEEN.match(text)
    if found:
        return "between", (found[1], found[2])
    for mark, op in (("<=", "lte"), ("..", "lte"), ("<", "lt"), (">=", "gte")):
        if text.startswith(mark) and len(text) > len(mark):
            return op, (text[len(mark) :],)
    if text.endswith("..") and len(text) > 2:
        return "gte", (text[:-2],)
    if text.startswith(">") and len(text) > 1:
        return "gt", (text[1:],)
    if "," in text:
        parts = text.rstrip(",").split(",")
        return "in", tuple(parts) if parts != [""] else ()
    return "eq", (text,)


def read_range(text: str, cast: Cast) -> tuple[Range, bool]:
    """The range, and whether each of its values was read whole."""
    op, texts = split(text)
    values = [cast(part) for part in texts]
    return Range(op, tuple(value.value for value in values)), all(value.whole for value in values)


def integer(text: str) -> Read:
    """The digits that the text begins with, else 0; single underscores may stand between them.

    >>> integer("1920px")
    Read(value=1920, whole=False)
    """
    found = _INTEGER.match(text)
    if not found:
        return Read(0, False)
    digits = found[0].replace("_", "")
    value = int(digits) if len(digits) < 20 else int(math.copysign(_MOST, -1 if digits[0] == "-" else 1))
    return Read(value, found.end() == len(text))


def number(text: str) -> Read:
    """The decimal number that the text begins with, else 0.0."""
    found = _FLOAT.match(text)
    if not found:
        return Read(0.0, False)
    value = float(found[0].replace("_", ""))
    return Read(min(max(value, -float(_MOST)), float(_MOST)), found.end() == len(text))


def size(text: str) -> Read:
    """Bytes; `k` and `m` count by 1024, a `b` may follow; any other text is 0.

    >>> size("1.5mb").value
    1572864
    """
    found = _SIZE.fullmatch(text)
    if not found:
        return Read(0, False)
    return Read(int(min(float(found[1]), float(_MOST)) * _FACTORS[found[2].lower()]), True)


def ratio(text: str) -> Read:
    """Width by height in hundredths, from `W:H` or a number.

    >>> ratio("16:9").value, ratio("1.005").value
    (178, 101)
    """
    left, colon, right = text.partition(":")
    below = number(right)
    if colon and below.value:
        above = number(left)
        return Read(_hundredths(above.value / below.value), above.whole and below.whole)
    whole = number(text)
    return Read(_hundredths(whole.value), whole.whole)


def _hundredths(value: float) -> int:
    """Rounded half away from zero, as Ruby rounds: a double that prints as a half counts as one."""
    bare = min(abs(value), 1e15)
    rounded = math.floor(bare * 100 + 0.5)
    if (rounded + 0.5) / 100 <= bare:
        rounded += 1
    return rounded if value >= 0 else -rounded


def age(text: str) -> Read:
    """A number and a unit, the first that stand anywhere in the text; without a unit, seconds.

    >>> age("1week").value, age("5m").value
    ((1, 'weeks'), (5, 'seconds'))
    """
    found = _AGE.search(text)
    if not found:
        return Read((0, "seconds"), False)
    unit = _UNITS.get((found[2] or "s").lower(), "seconds")
    return Read((integer(found[1]).value, unit), found.start() == 0)


def fudged(found: Range) -> Range:
    """An equality as what lies within 5 % of it, cut to whole numbers; other ranges as they are."""
    if found.op != "eq":
        return found
    value = found.args[0]
    return Range("between", (int(value * 0.95), int(value * 1.05)))


_MIRRORED = {"lt": "gt", "lte": "gte", "gt": "lt", "gte": "lte"}


def mirrored(found: Range) -> Range:
    """A range of ages as one of times: what is younger came later."""
    args = found.args[::-1] if found.op == "between" else found.args
    return Range(_MIRRORED.get(found.op, found.op), args)


_OPS = {"eq": Op.EQ, "lt": Op.LT, "lte": Op.LE, "gt": Op.GT, "gte": Op.GE}


def compare(field: str, found: Range, span: Span | None) -> Node:
    """The leaf of a range over a field."""
    if found.op == "between":
        low, high = found.args
        return Between(field, low, high, span=span)
    if found.op == "in":
        return OneOf(field, found.args, span)
    return Compare(field, _OPS[found.op], found.args[0], span)
