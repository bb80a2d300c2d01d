"""Tokens of Philomena's boolean queries: the site's lexer (a PEG), in linear time.

Groups inside a term are no regular language, so plain text is scanned by hand. What makes it linear: a group that was
tried is remembered by its place, and a run of blanks is looked behind once, not once a blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from booruql.syntax._lark import Token

_WS = r"[ \t\n\r\v\f]"
_BLANKS = re.compile(f"{_WS}+")
_PLAIN = re.compile(r"[^\\(),^ \t\n\r\v\f]+")
_CONJUNCTION = re.compile(rf"(?:(AND|&&)|(OR|\|\|)){_WS}+")
_NEGATION = re.compile(f"NOT{_WS}+")
_BOOST = re.compile(r"\^([+-]?[0-9]+(?:\.[0-9]+)?)")
_BOOSTS = re.compile(r"\^[+-]?[0-9]")
_QUOTED = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_SINGLE = {",": "AND", "!": "NOT", "-": "NOT", "(": "LPAREN", ")": "RPAREN"}


class Content(NamedTuple):
    """What a TERM says: its raw text, and whether it was in quotes."""

    text: str
    quoted: bool


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query. A TERM's value is its `Content`, any other's its spelling, a BOOST's without the `^`.

    >>> [token.type for token in tokens("tail (bushy), -fox^2")]
    ['TERM', 'AND', 'NOT', 'TERM', 'BOOST']
    """
    groups = _Groups(text)
    at, size = 0, len(text)
    while at < size:
        token, at = _next(text, at, groups)
        if token is not None:
            yield token


def _next(text: str, at: int, groups: _Groups) -> tuple[Token | None, int]:
    """The token that starts at `at`, None for blanks, and where the next one may start."""
    char = text[at]
    kind = _SINGLE.get(char)
    if kind is not None:
        return Token(kind, char, at, at + 1), at + 1
    if found := _BLANKS.match(text, at):
        word = _CONJUNCTION.match(text, found.end())
        if word is None:
            return None, found.end()
        kind, spelling = ("AND", word[1]) if word[1] else ("OR", word[2])
        return Token(kind, spelling, word.start(), word.start() + len(spelling)), word.end()
    if char == "N" and (found := _NEGATION.match(text, at)):
        return Token("NOT", "NOT", at, at + 3), found.end()
    if char == "^" and (found := _BOOST.match(text, at)):
        return Token("BOOST", found[1], at, found.end()), found.end()
    if char == '"' and (found := _QUOTED.match(text, at)):
        return Token("TERM", Content(_ESCAPED.sub(r"\1", found[1]), True), at, found.end()), found.end()
    end = groups.text_end(at)
    return Token("TERM", Content(text[at:end], False), at, end), end


class _Groups:
    """Where plain text ends, and what became of each `(` met on the way."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends: dict[int, int] = {}
        """For a `(` inside text: where its group ends, or -1 for none."""

    def text_end(self, at: int) -> int:  # noqa: C901, PLR0912, PLR0915 - one case a character
        """Where the plain text that starts at `at` ends: at a stop, or before a group that does not close."""
        text, size, ends = self._text, len(self._text), self._ends
        opened: list[int] = []
        while True:
            if found := _PLAIN.match(text, at):
                at = found.end()
            if at >= size:
                break
            char = text[at]
            if char == "\\":
                at = min(at + 2, size)
            elif char == "(":
                end = ends.get(at)
                if end == -1:
                    break
                if end is None:
                    opened.append(at)
                at = end or at + 1
            elif char == ")":
                if not opened or opened[-1] == at - 1:
                    break
                at += 1
                ends[opened.pop()] = at
            elif char == "^":
                if _BOOSTS.match(text, at):
                    break
                at += 1
            elif char == ",":
                break
            else:
                after = _end_of_blanks(text, at)
                if self._stops(after):
                    break
                at = after
        for place in opened:
            ends[place] = -1
        return opened[0] if opened else at

    def _stops(self, at: int) -> bool:
        """Whether what follows a run of blanks ends the text before the blanks."""
        text = self._text
        return text.startswith(")", at) or bool(_BOOSTS.match(text, at) or _CONJUNCTION.match(text, at))


def _end_of_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at
