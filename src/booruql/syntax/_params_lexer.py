"""The parts of a query string: text -> tokens of `params.lark`. Names and values come out decoded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from booruql.context import Limits
from booruql.errors import Span, make_error
from booruql.syntax._folding import END
from booruql.syntax._lark import Lexed

_PAIR = re.compile(r"[^&]+")
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_KEY = re.compile(r"\[([^\[\]]*)\]")


class Name(NamedTuple):
    """The name of a parameter, or its first keys, and where the whole name stands."""

    text: str
    span: Span


def tokens(text: str, limits: Limits) -> Iterator[Lexed]:
    """The tokens of a query string, a leading `?` apart: a NAME with its `Name`, a VALUE with its text and end.

    Raises:
        ParseError: an encoded text is none.
        LimitError: too many characters or parameters.
    """
    if len(text) > limits.characters:
        raise make_error(
            "E601",
            f"the query has {len(text)} characters, more than the limit of {limits.characters}",
            Span(limits.characters, len(text)),
            hint="ask with fewer parameters",
        )
    for count, found in enumerate(_PAIR.finditer(text, 1 if text.startswith("?") else 0)):
        if count >= limits.terms:
            message = f"the query has more terms than the limit of {limits.terms}"
            raise make_error("E603", message, Span(*found.span()), hint="ask with fewer parameters")
        if count:
            yield "AMP", "&"
        yield from _pair(found[0], found.start())
    yield END, None


def _pair(text: str, at: int) -> Iterator[Lexed]:
    raw, equals, value = text.partition("=")
    end = at + len(raw)
    name = decode(raw, at)
    found = _NAME.fullmatch(name)
    if not found:
        yield "NAME", Name(name, Span(at, end))
    else:
        yield "NAME", Name(found[1], Span(at, end))
        for key in _KEY.finditer(found[2]):
            yield "KEY" if key[1] else "LIST", key[1]
    if equals:
        yield "VALUE", (decode(value, end + 1), end + 1 + len(value))


def decode(text: str, at: int = 0) -> str:
    """A text without its encoding: `+` is a blank, `%xx` a byte of UTF-8.

    >>> decode("cat+%3Edog")
    'cat >dog'

    Raises:
        ParseError: E108, the bytes are no UTF-8.
    """
    blank = text.replace("+", " ")
    if "%" not in blank:
        return blank
    try:
        return unquote_to_bytes(blank).decode()
    except UnicodeDecodeError:
        raise make_error(
            "E108", "the encoded bytes are no UTF-8", Span(at, at + len(text)), hint="encode the text as UTF-8"
        ) from None
