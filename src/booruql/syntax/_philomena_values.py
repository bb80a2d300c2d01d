"""Values of Philomena's types: a written term's value -> a typed leaf. `READERS` holds one function for each type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from math import isfinite

from booruql.ast.nodes import (
    All,
    And,
    Between,
    Compare,
    Fuzzy,
    Glob,
    InNetwork,
    Node,
    Op,
    Or,
    Pattern,
    Phrase,
    Some,
    Symbol,
    Wild,
)
from booruql.errors import QueryError, Span, make_error
from booruql.sites import Word
from booruql.syntax._philomena_dates import Ago, Impossible, TooLongAgo, read_date, rest_of
from booruql.syntax._philomena_tags import clean
from booruql.text import lower, trim

OPERATORS: Mapping[str, Op] = {"eq": Op.EQ, "gt": Op.GT, "gte": Op.GE, "lt": Op.LT, "lte": Op.LE}
LARGEST, SMALLEST = 2_147_483_647, -2_147_483_648

_NUM = r"[0-9]+(?:\.[0-9]+)?"
_INT = re.compile(r"([+-]?[0-9]+)(?:~([0-9]+))?+")
_FLOAT = re.compile(rf"([+-]?{_NUM})(?:~({_NUM}))?+")
_NUMERIC = re.compile("[0-9]+")
_SIGNED = re.compile("[+-]?[0-9]+")
_FUZZ = re.compile(rf"~({_NUM})\Z")
_LONGEST = 400  # digits; a longer number is beyond every limit here


@dataclass(frozen=True, slots=True)
class Given:
    """A term that names a field: the word, the operator's spelling, the value (trimmed) and where the term stands."""

    word: Word
    op: str
    value: str
    span: Span | None

    @property
    def field(self) -> str:
        return self.word.field

    def refuse(self, expected: str, hint: str, rest: str) -> QueryError:
        """The error for a value that does not read; `rest` is what the site's message quotes."""
        message = f"{_short(self.value)} is no value of {self.word.name}" if self.value else f"{self.word.name} has no value"
        site_message = f"expected {expected}, starting at: {rest}"
        return make_error("E301", message, self.span, hint=hint, site_message=site_message)

    def refuse_range(self) -> QueryError:
        """The error for `.gt` and the like on a type that has no ranges."""
        name = self.word.name
        hint = f"write {name}:{self.value or self.word.sample}"
        return make_error("E302", f"{name} has no ranges", self.span, hint=hint, site_message=f"range specified for {name}")

    def refuse_deviation(self) -> QueryError:
        """The error for `.gt` and the like beside `~`."""
        name = self.word.name
        message = f"{name} has two ranges: .{self.op} and ~"
        hint = f"write {name}:{self.value} or {name}.{self.op}:{self.value.partition('~')[0]}"
        return make_error("E303", message, self.span, hint=hint, site_message=f"multiple ranges specified for {name}")


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")


# --- numbers


def to_int(digits: str) -> int:
    """An integer of any length, in linear time; beyond some hundred digits only its sign and hugeness count.

    >>> to_int("-005")
    -5
    """
    sign = -1 if digits.startswith("-") else 1
    bare = digits.lstrip("+-").lstrip("0")
    return sign * int(bare[:_LONGEST] or "0")


def to_number(text: str, span: Span | None = None) -> int | float:
    """A number as the site reads one: an integer without a dot, a double with one.

    >>> to_number("+2"), to_number("0.5")
    (2, 0.5)

    Raises:
        BadValueError: it is beyond the doubles.
    """
    found = float(text)
    if not isfinite(found):
        raise make_error("E301", "the number is too large", span, hint="write fewer digits")
    return found if "." in text else to_int(text)


def clamp(number: int) -> int:
    """The nearest number of 32 bits.

    >>> clamp(99999999999)
    2147483647
    """
    return max(SMALLEST, min(number, LARGEST))


def _read_int(given: Given) -> Node:
    found = _INT.fullmatch(given.value)
    if not found:
        rest = given.value[found.end() :] if (found := _INT.match(given.value)) else given.value
        raise given.refuse("a signed integer, like `3' or `-10'", "write a whole number: 3, -10, 5~2", rest)
    number = clamp(to_int(found[1]))
    if found[2] is None:
        return Compare(given.field, OPERATORS[given.op], number, given.span)
    if given.op != "eq":
        raise given.refuse_deviation()
    off = to_int(found[2])
    return Between(given.field, clamp(number - off), clamp(number + off), span=given.span)


def _read_numeric(given: Given) -> Node:
    found = _NUMERIC.match(given.value)
    if not found or found.end() < len(given.value):
        rest = given.value[found.end() :] if found else given.value
        raise given.refuse("a numeric value, like `3' or `10'", "write a number: 3 or 10", rest)
    if given.op != "eq":
        raise given.refuse_range()
    return Compare(given.field, Op.EQ, clamp(to_int(given.value)), given.span)


def _read_float(given: Given) -> Node:
    found = _FLOAT.fullmatch(given.value)
    if not found:
        rest = given.value[found.end() :] if (found := _FLOAT.match(given.value)) else given.value
        raise given.refuse("a real number, like `2.7182818' or `-10'", "write a number: 2.5, -10, 1.5~0.1", rest)
    number = to_number(found[1], given.span)
    if found[2] is None:
        return Compare(given.field, OPERATORS[given.op], number, given.span)
    if given.op != "eq":
        raise given.refuse_deviation()
    off = to_number(found[2], given.span)
    return Between(given.field, number - off, number + off, span=given.span)


# --- truth, addresses, dates


def _read_bool(given: Given) -> Node:
    if given.value not in ("true", "false"):
        raise given.refuse("a boolean, like `true' or `false'", "write true or false", _after_bool(given.value))
    if given.op != "eq":
        raise given.refuse_range()
    return Compare(given.field, Op.EQ, given.value == "true", given.span)


def _after_bool(value: str) -> str:
    return next((value[len(word) :] for word in ("true", "false") if value.startswith(word)), value)


def _read_ip(given: Given) -> Node:
    if not is_network(given.value):
        expected = "a valid IPv4 or IPv6 address and optional CIDR prefix"
        raise given.refuse(expected, "write an address or a network: 203.0.113.5, 2001:db8::/32", given.value)
    if given.op != "eq":
        raise given.refuse_range()
    return InNetwork(given.field, given.value, given.span)


def is_network(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address with an optional prefix length.

    >>> is_network("10.0.0.0/8"), is_network("::ffff:10.0.0.1"), is_network("10.0.0.0/33")
    (True, True, False)
    """
    address, slash, prefix = text.partition("/")
    longest = 128 if ":" in address else 32
    if slash and not (re.fullmatch("0|[1-9][0-9]{0,2}", prefix) and int(prefix) <= longest):
        return False
    if not re.fullmatch("[0-9A-Fa-f:.]{2,45}", address):
        return False
    try:
        IPv6Address(address) if ":" in address else IPv4Address(address)
    except AddressValueError:
        return False
    return True


_DATE_EXPECTED = "a RFC3339 datetime fragment, like `2019-01-01', or relative date, like `3 days ago'"


def _read_date(given: Given) -> Node:
    try:
        found = read_date(given.value)
    except Impossible as problem:
        message = f"there is no date {_short(given.value)}"
        words = f"invalid date format in input, parsed as {problem.parts}, starting at: "
        hint = "write a day of the calendar: 2024-02-28, with a time: 2024-02-28 23:59Z"
        raise make_error("E304", message, given.span, hint=hint, site_message=words) from None
    except TooLongAgo as problem:
        message = f"{_short(given.value)} is more than a millennium"
        words = f"invalid date format in input; requested time {problem.seconds} seconds is over a millennium ago, starting at: "
        raise make_error("E304", message, given.span, hint="write 1000 years ago or less", site_message=words) from None
    if found is None:
        raise given.refuse(_DATE_EXPECTED, "write a date: 2024-01-02, 2024-01, 3 days ago", rest_of(given.value))
    if isinstance(found, Ago):
        return Symbol("ago", (given.field, given.op, found.number, found.unit), given.span)
    return date_leaf(given.field, given.op, found.low, found.high, given.span)


def date_leaf(field: str, op: str, low: int, high: int, span: Span | None) -> Node:
    """The leaf of a date that lasts from `low` to just before `high`.

    `.gt` is after its end, `.lte` up to its end, that instant included: as the site has it.
    """
    if op == "eq":
        return Between(field, low, high, high_open=True, span=span)
    return Compare(field, OPERATORS[op], high if op in ("gt", "lte") else low, span)


# --- texts


@dataclass(frozen=True, slots=True)
class Text:
    """A text value: `fuzz` is its fuzziness, `wild` whether it is a wildcard pattern."""

    text: str
    fuzz: int | float | None = None
    wild: bool = False


def read_text(value: str, span: Span | None = None) -> Text:
    r"""A literal's value: escapes removed, `~NUM` at the very end is fuzziness, an unescaped * or ? makes a wildcard.

    >>> read_text(r"a\*b~1")
    Text(text='a*b', fuzz=1, wild=False)
    >>> read_text("a**b~1")
    Text(text='a*b', fuzz=None, wild=True)
    """
    fuzz = None
    found = _FUZZ.search(value)
    if found and not _is_escaped(value, found.start()):
        value, fuzz = value[: found.start()], found[1]
    bare, wild = _unescape(value)
    if wild:
        return Text(bare, wild=True)
    return Text(bare, None if fuzz is None else to_number(fuzz, span))


def _is_escaped(text: str, at: int) -> bool:
    start = at
    while start and text[start - 1] == "\\":
        start -= 1
    return (at - start) % 2 == 1


_PIECE = re.compile(r"\\(.)|(\*+)|(\?)|[^\\*?]+|\\", re.DOTALL)


def _unescape(value: str) -> tuple[str, bool]:
    """The value without its escapes, runs of stars made one, and whether an unescaped * or ? is in it."""
    if "\\" not in value and "*" not in value:
        return value, "?" in value
    pieces: list[str] = []
    wild = False
    for found in _PIECE.finditer(value):
        escaped, stars, mark = found.groups()
        wild = wild or bool(stars or mark)
        pieces.append(escaped if escaped is not None else "*" if stars else found[0])
    return "".join(pieces), wild


def read_glob(text: str) -> Pattern:
    r"""The pattern of a wildcard as the search engine reads it: * and ?, and a backslash before what is meant literally.

    Escapes that the reader left in stay visible as joints between literal parts, so that a back end that writes
    patterns can give the same spelling: a literal part that follows another one begins with an escaped character, and
    an empty one tells that the backslash before it ends the pattern.

    >>> read_glob("a*b") == ("a", Wild.RUN, "b"), read_glob("fox\\*") == ("fox", "*")
    (True, True)
    """
    parts: list[str | Wild] = []
    for found in _PIECE.finditer(text):
        escaped, stars, mark = found.groups()
        if stars:
            parts += [Wild.RUN] * len(stars)
        elif mark:
            parts.append(Wild.ONE)
        elif escaped is not None:
            if not parts or isinstance(parts[-1], Wild):
                parts.append("")
            parts.append(escaped)
        else:
            if parts and isinstance(parts[-1], str):
                parts[-1] += found[0]
            else:
                parts.append(found[0])
            if found[0] == "\\":
                parts.append("")
    return tuple(parts)


def _typed_text(given: Given, normalise: Callable[[str], str], *, analysed: bool) -> Node:
    found = read_text(given.value, given.span)
    if given.op != "eq":
        raise given.refuse_range()
    if found.wild and found.text == "*":
        return All(given.span)
    text = normalise(found.text)
    if found.wild:
        return Glob(given.field, read_glob(text), span=given.span, words=analysed)
    if analysed:
        return Phrase(given.field, text, given.span)
    if found.fuzz is not None:
        return Fuzzy(given.field, text, found.fuzz, given.span)
    return Compare(given.field, Op.EQ, text, given.span)


def _downcase(text: str) -> str:
    return lower(trim(text))


def _read_literal(given: Given) -> Node:
    return _typed_text(given, _downcase, analysed=False)


def _read_exact(given: Given) -> Node:
    return _typed_text(given, trim, analysed=False)


def _read_tag(given: Given) -> Node:
    return _typed_text(given, clean, analysed=False)


def _read_phrase(given: Given) -> Node:
    return _typed_text(given, _downcase, analysed=True)


# --- the site's own words: the range is checked before the value


def _custom(read: Callable[[Given], Node]) -> Callable[[Given], Node]:
    def reader(given: Given) -> Node:
        if given.op != "eq":
            raise given.refuse_range()
        return read(given)

    return reader


def _read_gallery(given: Given) -> Node:
    found = _SIGNED.fullmatch(given.value)
    if not found or len(given.value) > _LONGEST or to_int(given.value) < 0:
        message = f"{_short(given.value)} is no number of a gallery"
        words = f"Invalid gallery `{given.value}'."
        raise make_error("E306", message, given.span, hint="write gallery_id:5", site_message=words)
    return Some("galleries", Compare("gallery_id", Op.EQ, to_int(given.value), given.span), given.span)


def _read_author(given: Given) -> Node:
    """Forum searches find an author only where they did not hide; the value is a name and a pattern at once."""
    name = lower(given.value) if "lower" in given.word.args else given.value
    named = Compare(given.field, Op.EQ, name, given.span), Glob(given.field, read_glob(name), span=given.span)
    return _unhidden(Or(named, given.span), given)


def _read_author_id(given: Given) -> Node:
    found = _SIGNED.match(given.value)
    if not found:
        message = f"{_short(given.value)} is no number of a user"
        hint = f"write {given.word.name}:5"
        raise make_error("E306", message, given.span, hint=hint, site_message=f"Unknown `{given.word.name}' value.")
    return _unhidden(Compare(given.field, Op.EQ, to_int(found[0]), given.span), given)


def _unhidden(leaf: Node, given: Given) -> Node:
    return And((Compare("is_anonymous", Op.EQ, False, given.span), leaf), given.span)


def _read_symbol(given: Given) -> Node:
    return Symbol(given.word.reader, (*given.word.args, given.value), given.span)


READERS: Mapping[str, Callable[[Given], Node]] = {
    "int": _read_int,
    "numeric": _read_numeric,
    "float": _read_float,
    "bool": _read_bool,
    "ip": _read_ip,
    "date": _read_date,
    "literal": _read_literal,
    "exact": _read_exact,
    "tag": _read_tag,
    "phrase": _read_phrase,
    "gallery": _custom(_read_gallery),
    "filter": _custom(_read_symbol),
    "my": _custom(_read_symbol),
    "author": _custom(_read_author),
    "author_id": _custom(_read_author_id),
}
"""How each type reads its value; the names stand in the `reader` of a site's words."""
