"""The value language: a range of a type, read from text without a clock, then settled with one.

Grammar: `value.lark`. Single values: `_scalars`, `_dates`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from booruql.context import Context
from booruql.errors import BadValueError, Span, make_error
from booruql.syntax import _dates, _scalars
from booruql.syntax._folding import END, extend
from booruql.syntax._lark import Grammar, Lexed, Unexpected
from booruql.syntax._patterns import iequals, like
from booruql.text import lower

_SEPARATORS = re.compile(r"[, ]+")
_BETWEEN = (re.compile(r"(.+?)(\.\.\.)(.+)", re.DOTALL), re.compile(r"(.+?)(\.\.)(.+)", re.DOTALL))
_COMPARE = re.compile(r"(<=|>=|<|>)(.+)", re.DOTALL)
_SIZED = re.compile(r"[km]b?\Z", re.IGNORECASE)
_OPS = {"<": "lt", "<=": "lteq", ">": "gt", ">=": "gteq"}
_REVERSED = {"lt": "gt", "gt": "lt", "lteq": "gteq", "gteq": "lteq"}
_READERS: dict[str, Callable[[str], Any]] = {
    **_scalars.READERS,
    "date": _dates.date,
    "datetime": _dates.date,
    "age": _dates.age,
}
_HINTS = {
    "integer": "write 5, >5 or 5..10",
    "float": "write 1.5, >1.5 or 1..2.5",
    "ratio": "write 16:9, >1.5 or 1:2..2:1",
    "filesize": "write 1mb, >500kb or 1m..2m",
    "md5": "write the 32 digits 0-9 and a-f",
    "duration": "write 1:30, >1m or 30s..2m",
    "interval": "write 1d, >1w or 1d..1mo",
    "age": "write <2w, 1d..1w or >1y",
    "date": "write 2024-01-02, >2024-01-02 or 2024-01-02..2024-02-03",
    "datetime": "write 2024-01-02T10:00, >2024-01-02 or 2024-01-02..2024-02-03",
}
TYPES = (*_READERS, "enum", "like", "iequals")


@dataclass(frozen=True, slots=True)
class Range:
    """What a value may be. `op` is eq not_eq lt lteq gt gteq in between union, or day: the whole day of a moment.

    `values` are the operands (None for none; Ranges of a union), `open_end` leaves the upper end out.
    """

    op: str
    values: tuple[Any, ...]
    open_end: bool = False


def read_value(type_: str, text: str, span: Span | None = None) -> Range:
    """The range that a text gives for a type; moments stay symbolic.

    >>> read_value("integer", "10..5")
    Range(op='between', values=(5, 10), open_end=False)

    Raises:
        BadValueError: E301, the text is no such range.
    """
    if type_ == "enum":
        return Range("in", tuple(lower(part) for part in _split(text)))
    if text and not _split(text):
        return Range("in", ())
    try:
        parts = GRAMMAR.parse(_tokens, text)
        return _reverse(_build(type_, text, parts)) if type_ == "age" else _build(type_, text, parts)
    except (ValueError, OverflowError, Unexpected):
        raise bad_value(type_, text, span) from None


def bad_value(type_: str, text: str, span: Span | None = None) -> BadValueError:
    """The error of a text that is no range of the type."""
    shown = text if len(text) <= 60 else text[:59] + "…"
    return make_error("E301", f"{shown!r} is no {type_}", span, hint=_HINTS.get(type_))  # type: ignore[return-value]


def _split(text: str) -> list[str]:
    """Split at runs of commas and blanks; a leading separator leaves an empty part, trailing ones nothing."""
    parts = _SEPARATORS.split(text)
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _tokens(text: str) -> Iterator[Lexed]:
    parts = _split(text) if "," in text or " " in text else [text]
    separated = len(parts) > 1 or parts != [text]
    plain = separated and not any(mark in text for mark in ("<", ">", ".."))
    for i, part in enumerate(parts):
        if i:
            yield "SEP", ","
        yield from [("TEXT", part)] if plain else _part(part)
    if separated and len(parts) < 2:
        yield "SEP", ","
    yield END, None


def _part(text: str) -> Sequence[Lexed]:
    for pattern in _BETWEEN:
        if found := pattern.fullmatch(text):
            return ("TEXT", found[1]), ("TO", found[2]), ("TEXT", found[3])
    if found := _COMPARE.fullmatch(text):
        return ("COMPARE", found[1]), ("TEXT", found[2])
    if text.startswith("..") and len(text) > 2:
        return ("TO", ".."), ("TEXT", text[2:])
    if text.endswith("..") and len(text) > 2:
        return ("TEXT", text[:-2]), ("TO", "..")
    return (("TEXT", text),)


_Part = tuple[str, tuple[str, ...], bool]
"""What the grammar makes of a part: its operator, its texts, whether the upper end is left out."""

GRAMMAR = Grammar(
    "value",
    {
        "several": lambda parts, *separator: parts,
        "alone": lambda part, separator: [part],
        "first_two": lambda part, separator, other: [part, other],
        "more": extend,
        "one": lambda text: ("one", (text,), False),
        "compared": lambda mark, text: (_OPS[mark], (text,), False),
        "between": lambda low, dots, high: ("between", (low, high), dots == "..."),
        "up_to": lambda dots, high: ("lteq", (high,), False),
        "from_on": lambda low, dots: ("gteq", (low,), False),
    },
)


def _build(type_: str, text: str, parts: _Part | list[_Part]) -> Range:
    read = _READERS[type_]
    if not isinstance(parts, list):
        return _single(type_, read, parts)
    if any(mark in text for mark in ("<", ">", "..")):
        return Range("union", tuple(_single(type_, read, part) for part in parts))
    return Range("in", tuple(read(part[1][0]) for part in parts))


def _single(type_: str, read: Callable[[str], Any], part: _Part) -> Range:
    op, texts, open_end = part
    if op == "one":
        return _lone(type_, read, texts[0])
    values = tuple(read(text) for text in texts)
    return Range(op, _sorted(values) if op == "between" else values, open_end)


def _sorted(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Ends in order, as far as no clock is needed."""
    if isinstance(values[0], _scalars.Duration):
        return tuple(sorted(values, key=lambda value: value.seconds))
    return values if isinstance(values[0], _dates.Moment) else tuple(sorted(values))


def _lone(type_: str, read: Callable[[str], Any], text: str) -> Range:
    """A value alone: exact, or with the tolerance of its type."""
    if text in ("any", "none"):
        return Range("not_eq" if text == "any" else "eq", (None,))
    value = read(text)
    if type_ in ("float", "duration") or (type_ == "filesize" and _SIZED.search(text)):
        return Range("between", (value * 0.95, value * 1.05))
    return Range("day" if type_ in ("date", "age") else "eq", (value,))


def _reverse(found: Range) -> Range:
    """A smaller age is a later time."""
    if found.op == "union":
        return replace(found, values=tuple(map(_reverse, found.values)))
    return replace(found, op=_REVERSED.get(found.op, found.op))


def settle(found: Range, now: datetime, tz: tzinfo) -> Range:
    """The range with every moment as microseconds since 1970 UTC."""
    if found.op == "union":
        return replace(found, values=tuple(settle(part, now, tz) for part in found.values))
    values = tuple(_dates.settle(v, now, tz) if isinstance(v, _dates.Moment) else v for v in found.values)
    if found.op == "day":
        return Range("between", _dates.day_of(values[0], tz))
    return replace(found, values=tuple(sorted(values)) if found.op == "between" and values != found.values else values)


# --- shown


def show_value(site: str, type_: str, text: str, context: Context | None = None) -> Any:
    """A value as JSON: the `op` of a range type, the SQL pattern of `like` and `iequals`.

    >>> show_value("danbooru", "integer", ">5")
    ['gt', 5]

    Raises:
        BadValueError: the text is no value of the type, or there is no such type.
    """
    if type_ in ("like", "iequals"):
        return (like if type_ == "like" else iequals)(text)
    if type_ not in TYPES:
        raise make_error("E301", f"no type {type_!r}", hint=f"types: {', '.join(TYPES)}")
    context = context or Context()
    try:
        found = settle(read_value(type_, text, Span(0, len(text))), context.clock(), context.tz)
    except BadValueError as problem:
        raise problem.with_text(text) from None
    return _json(found, type_)


def _json(found: Range, type_: str) -> Any:
    if found.op == "union":
        return ["union", [_json(part, type_) for part in found.values]]
    values = [_json_value(value, type_) for value in found.values]
    if found.op == "in":
        return ["in", values]
    if found.op == "between":
        return ["between", {"begin": values[0], "end": values[1], "exclude_end": found.open_end}]
    return [found.op, values[0]]


def _json_value(value: Any, type_: str) -> Any:
    if value is None:
        return None
    if isinstance(value, _scalars.Duration):
        return {"seconds": float(value.seconds), "parts": dict(value.parts)}
    if type_ in ("date", "datetime", "age"):
        return _dates.show(value)
    return value / 100 if type_ == "ratio" else value
