"""What each type of attribute may be asked by a URL parameter: a reader for each ending of the parameter's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import Any

from booruql.ast.nodes import (
    All,
    And,
    Compare,
    Contains,
    Exists,
    Glob,
    InNetwork,
    Node,
    Not,
    Nothing,
    OneOf,
    Op,
    Or,
    Regex,
    Symbol,
    Value,
    Wild,
    Words,
)
from booruql.errors import BadValueError, Notes, Span, make_error
from booruql.sites import Resource, Word
from booruql.syntax import _dates, _scalars
from booruql.syntax._leaves import leaves
from booruql.syntax._patterns import read_pattern
from booruql.syntax._values import Range, read_value
from booruql.text import lower

TRUE = ("true", "t", "yes", "y", "on", "1")
FALSE = ("false", "f", "no", "n", "off", "0")
_PARTS = re.compile(r"\.{2,3}|[, <>=]+")
_WHOLE_DATE = re.compile(r"[0-9]{8}|.*[-/.T].*", re.DOTALL)
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
_BLANKS = re.compile(r"[ \t\n\v\f\r]+")


@dataclass(frozen=True)
class Asked:
    """One parameter: its value (all of its values for a list), where it stands, what it asks."""

    texts: tuple[str, ...]
    span: Span | None
    word: Word
    resource: Resource
    notes: Notes
    key: str = ""

    @property
    def text(self) -> str:
        return self.texts[-1] if self.texts else ""

    @property
    def field(self) -> str:
        return self.word.field

    @property
    def nullable(self) -> bool:
        return self.resource.table.fields[self.field].nullable

    def unreadable(self, type_: str) -> Node:
        """A value that the site cannot read matches nothing; the warning says what could be."""
        self.notes.warn(
            "W203", f"{self.text!r} is no {type_}, so it matches nothing", self.span, hint=f"write {self.key}={self.word.sample}"
        )
        return Nothing(self.span)

    def known(self, leaf: Node) -> Node:
        """The complement of a leaf among rows that have a value."""
        return And((Not(leaf, self.span), Exists(self.field, self.span)), self.span) if self.nullable else Not(leaf, self.span)


Reader = Callable[[Asked], Node]

# --- numbers and times


def condition(found: Range, asked: Asked) -> Node:
    """The condition of a range; what has moments waits for a clock."""
    if found.op == "union":
        return Or(tuple(condition(part, asked) for part in found.values), asked.span)
    if found.values == (None,):
        some: Node = Exists(asked.field, asked.span) if asked.nullable else All(asked.span)
        return some if found.op == "not_eq" else Not(some, asked.span)
    if any(isinstance(value, _dates.Ago | _dates.Date) for value in found.values):
        return Symbol("range", (asked.field, found), asked.span)
    plain = tuple(float(v.seconds) if isinstance(v, _scalars.Duration) else v for v in found.values)
    return leaves(replace(found, values=plain), asked.field, asked.span)


def _type(asked: Asked) -> str:
    return asked.word.reader


def _range(asked: Asked) -> Node:
    try:
        return condition(read_range(_type(asked), asked.text, asked.span), asked)
    except BadValueError:
        return asked.unreadable(f"{_type(asked)} range")


def read_range(type_: str, text: str, span: Span | None = None) -> Range:
    """A range; a time is a date where it looks like one (8 digits, or any of `-` `/` `.` `T`), else an age if it reads as one.

    Raises:
        BadValueError: it is none.
    """
    if type_ != "datetime":
        return read_value(type_, text, span)
    dated = any(_WHOLE_DATE.fullmatch(part) for part in _PARTS.split(text))
    first, second = ("datetime", "age") if dated else ("age", "datetime")
    try:
        return read_value(first, text, span)
    except BadValueError:
        return read_value(second, text, span)


def _not(asked: Asked) -> Node:
    """The rows that the range does not find: those without a value too, and all when it cannot be read."""
    try:
        return Not(condition(read_range(_type(asked), asked.text, asked.span), asked), asked.span)
    except BadValueError:
        asked.notes.warn("W203", f"{asked.text!r} is no {_type(asked)} range, so it excludes nothing", asked.span)
        return All(asked.span)


_PLAIN: Mapping[str, Callable[[str], Any]] = {
    "integer": _scalars.integer,
    "float": _scalars.decimal,
    "datetime": _dates.date,
    "interval": _scalars.span_of_time,
}


def _plain(op: str) -> Reader:
    """A comparison with one value, without the forms of ranges."""

    def read(asked: Asked) -> Node:
        try:
            value = _PLAIN[_type(asked)](asked.text)
        except (ValueError, OverflowError):
            return asked.unreadable(_type(asked))
        return condition(Range(op, (value,)), asked)

    return read


def _plain_not(asked: Asked) -> Node:
    found = _plain("eq")(asked)
    return found if isinstance(found, Nothing) else asked.known(found)


_NUMERIC: Mapping[str, Reader] = {
    "": _range, "_not": _not, "_eq": _plain("eq"), "_not_eq": _plain_not, "_gt": _plain("gt"), "_gteq": _plain("gteq"),
    "_lt": _plain("lt"), "_lteq": _plain("lteq"),
}  # fmt: skip

# --- texts


def _equal(asked: Asked) -> Node:
    return Compare(asked.field, Op.EQ, asked.text, asked.span)


def _among(values: tuple[Value, ...], asked: Asked) -> Node:
    return OneOf(asked.field, tuple(dict.fromkeys(values)), asked.span)


def _folded(values: tuple[str, ...], asked: Asked) -> Node:
    """Any of the values, in any letter case."""
    found = tuple(Glob(asked.field, (value,) if value else (), True, asked.span) for value in dict.fromkeys(map(lower, values)))
    return Or(found, asked.span) if found else Nothing(asked.span)


def _pattern(fold: bool) -> Reader:
    return lambda asked: Glob(asked.field, read_pattern(asked.text), fold, asked.span)


def _negated(reader: Reader) -> Reader:
    return lambda asked: asked.known(reader(asked))


def _regex(asked: Asked) -> Node:
    return Regex(asked.field, asked.text, asked.span)


def _present(asked: Asked) -> Node:
    empty = Compare(asked.field, Op.EQ, "", asked.span)
    return asked.known(empty) if boolean(asked) else empty


def comma(text: str) -> tuple[str, ...]:
    """The parts between commas, without empty ones at the end."""
    return tuple(text.rstrip(",").split(",")) if text.rstrip(",") else ()


def words(text: str) -> tuple[str, ...]:
    """The parts between ASCII white space."""
    return tuple(part for part in _BLANKS.split(text) if part)


_STRING: Mapping[str, Reader] = {
    "": _equal, "_eq": _equal, "_not_eq": _negated(_equal), "_like": _pattern(False), "_ilike": _pattern(True),
    "_not_like": _negated(_pattern(False)), "_not_ilike": _negated(_pattern(True)), "_regex": _regex,
    "_not_regex": _negated(_regex), "_present": _present,
    "_array": lambda asked: _among(asked.texts, asked),
    "_comma": lambda asked: _among(comma(asked.text), asked),
    "_space": lambda asked: _among(words(asked.text), asked),
    "_lower_array": lambda asked: _folded(asked.texts, asked),
    "_lower_comma": lambda asked: _folded(comma(asked.text), asked),
    "_lower_space": lambda asked: _folded(words(asked.text), asked),
}  # fmt: skip


def text_matches(asked: Asked) -> Node:
    """A pattern over the whole text in any letter case, else a search for words."""
    return _pattern(True)(asked) if "*" in asked.text else Words(asked.field, asked.text, asked.span)


# --- booleans, names, addresses


def boolean(asked: Asked) -> bool:
    """What a boolean word says.

    Raises:
        BadValueError: it is none; the site answers an error.
    """
    word = asked.text.lower()
    if word in TRUE or word in FALSE:
        return word in TRUE
    hint = f"write one of {', '.join(TRUE)} or {', '.join(FALSE)}"
    raise make_error("E301", f"{asked.text!r} is neither true nor false", asked.span, hint=hint)


def _boolean(asked: Asked) -> Node:
    return Compare(asked.field, Op.EQ, boolean(asked), asked.span)


def _names(asked: Asked) -> Node:
    """Any of the names, which commas and blanks divide."""
    known = dict(asked.word.args)
    values = read_value("enum", asked.text).values
    if not any(value in known for value in values):
        return asked.unreadable(f"one of {', '.join(known)}")
    return _among(tuple(value for value in values if value in known), asked)


def _not_names(asked: Asked) -> Node:
    return asked.known(_names(asked))


def _numbers(reader: Reader) -> Reader:
    """The names whose numbers the numeric parameter finds."""

    def read(asked: Asked) -> Node:
        integer = replace(asked, word=replace(asked.word, reader="integer"))
        found = reader(integer)
        return _among(tuple(name for name, number in asked.word.args if _holds(found, number)), asked)

    return read


def _holds(node: Node, number: int) -> bool:
    """Whether a condition over one number is true of it."""
    match node:
        case And(children=nodes):
            return all(_holds(child, number) for child in nodes)
        case Or(children=nodes):
            return any(_holds(child, number) for child in nodes)
        case Not(child=child):
            return not _holds(child, number)
        case OneOf(values=values):
            return number in values
        case Compare(op=op, value=value):
            return _COMPARED[op](number, value)
        case Nothing():
            return False
        case _:
            low, high = getattr(node, "low", number), getattr(node, "high", number)
            return bool(low <= number <= high) and not (getattr(node, "high_open", False) and number == high)


_COMPARED: Mapping[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: lambda a, b: bool(a == b), Op.LT: lambda a, b: bool(a < b), Op.LE: lambda a, b: bool(a <= b),
    Op.GT: lambda a, b: bool(a > b), Op.GE: lambda a, b: bool(a >= b),
}  # fmt: skip


def _address(asked: Asked) -> Node:
    found = []
    for text in read_value("enum", asked.text).values:
        try:
            ip_network(text, strict=False)
        except ValueError:
            return asked.unreadable("address")
        found.append(InNetwork(asked.field, text, asked.span))
    return Or(tuple(found), asked.span)


# --- arrays and JSON


def _items(asked: Asked, texts: tuple[str, ...]) -> tuple[Value, ...]:
    if asked.word.args[:1] != ("integer",):
        return texts
    return tuple(int(found[0].partition(".")[0]) if (found := _NUMBER.match(text)) else 0 for text in texts)


def _any(asked: Asked, texts: tuple[str, ...]) -> Node:
    return _among(_items(asked, texts), asked)


def _all(asked: Asked, texts: tuple[str, ...]) -> Node:
    return And(tuple(Compare(asked.field, Op.EQ, item, asked.span) for item in _items(asked, texts)), asked.span)


def _all_folded(asked: Asked, texts: tuple[str, ...]) -> Node:
    return And(tuple(_folded((text,), asked) for text in texts), asked.span)


_ARRAY: Mapping[str, Reader] = {
    "_include_any": lambda asked: _any(asked, words(asked.text)),
    "_include_all": lambda asked: _all(asked, words(asked.text)),
    "_include_any_array": lambda asked: _any(asked, asked.texts),
    "_include_all_array": lambda asked: _all(asked, asked.texts),
    "_include_any_lower": lambda asked: _folded(words(asked.text), asked),
    "_include_all_lower": lambda asked: _all_folded(asked, words(asked.text)),
    "_include_any_lower_array": lambda asked: _folded(asked.texts, asked),
    "_include_all_lower_array": lambda asked: _all_folded(asked, asked.texts),
}  # fmt: skip


def _has_key(asked: Asked) -> Node:
    return Contains(asked.field, asked.text, None, asked.span)


def member(asked: Asked, name: str) -> Node:
    """The JSON value has the member with that value; a text that looks like a number is one."""
    text = asked.text
    number = _NUMBER.fullmatch(text)
    value: Value = (float(text) if number[1] else int(text)) if number else text
    return Contains(asked.field, name, value, asked.span)


TYPES: Mapping[str, Mapping[str, Reader]] = {
    **dict.fromkeys(_PLAIN, _NUMERIC),
    "string": _STRING,
    "text": {**_STRING, "_matches": text_matches},
    "boolean": {"": _boolean},
    "uuid": {"": _equal, "_eq": _equal, "_not_eq": _negated(_equal)},
    "inet": {"": _address},
    "enum": {
        "": _names,
        "_not": _not_names,
        **{f"_id{ending}": _numbers(reader) for ending, reader in _NUMERIC.items()},
        "_id_not": lambda asked: Not(_numbers(_range)(asked), asked.span),
    },
    "array": _ARRAY,
    "json": {"_has_key": _has_key},
}
"""The readers of a type's parameters, by the ending of their names."""


def singular(name: str) -> str:
    """One of what a name counts.

    >>> singular("post_ids"), singular("urls")
    ('post_id', 'url')
    """
    return name.removesuffix("s")


def any_run(text: str) -> tuple[str | Wild, ...]:
    """A pattern for texts that contain this one, unless it has stars of its own."""
    return read_pattern(text if "*" in text else f"*{text}*")
