"""Tokens of Philomena's boolean queries: the site's lexer (a PEG), in linear time.

Groups inside a term are no regular language, so plain text is scanned by hand. What makes it linear: a group that was
tried is remembered by its place, and a run of blanks is looked behind once, not once a blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from booruql.ast.nodes import Term
from booruql.ast.quick import maker
from booruql.context import Limits
from booruql.errors import Span, make_error
from booruql.syntax._folding import END
from booruql.syntax._lark import Lexed, Token
from booruql.syntax._philomena_values import to_number

_WS = r"[ \t\n\r\v\f]"
_CHAR = r"[^\\(),^ \t\n\r\v\f]"
_BLANKS = re.compile(f"{_WS}+")
_PLAIN = re.compile(f"{_CHAR}+")
_CONJUNCTION = re.compile(rf"(?:AND|&&|OR|\|\|){_WS}+")
_BOOSTS = re.compile(r"\^[+-]?[0-9]")
_STOP = rf"(?:\)|{_BOOSTS.pattern}|{_CONJUNCTION.pattern})"
"""What blanks belong to when it follows them; they are the text's otherwise."""
_PIECE = re.compile(
    rf"""(?s:
    (?P<TERM> (?!NOT{_WS}|"|[!-]) {_CHAR}++ (?:{_WS}++(?!{_STOP}){_CHAR}*+)*+ (?=,|\)|\Z|{_WS}|{_BOOSTS.pattern}) )
    | {_WS}++ (?: (?: (?P<AND>AND|&&) | (?P<OR>OR|\|\|) ) {_WS}++ )?
    | (?P<MARK> [,!()-] )
    | (?P<NOT> NOT ) {_WS}++
    | \^ (?P<BOOST> [+-]?[0-9]+(?:\.[0-9]+)? )
    | "(?P<QUOTED> [^"\\]*+(?:\\.[^"\\]*+)*+ )"
    | (?P<TEXT> . )  # with backslashes or parentheses, or an odd ^ or ": no matter for a regular expression
    )""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r'\\(["\\])')
_MARKS = {",": "AND", "!": "NOT", "-": "NOT", "(": "LPAREN", ")": "RPAREN"}
_TEXTS = frozenset(("TERM", "QUOTED", "TEXT"))
_FREE = Limits(*[2**62] * 5)
_span = partial(tuple.__new__, Span)
_term = maker(Term)


def tokens(  # noqa: C901, PLR0912, PLR0915 - one case a kind of piece
    text: str, limits: Limits | None = None
) -> Iterator[Lexed]:
    """The tokens of a query; without limits also what the site refuses in one. Values have their start and end with them:
    a TERM's is `(Term, start, end)`, any other's `(spelling, start, end)`, a BOOST's without its `^`.

    >>> [kind for kind, _ in tokens("tail (bushy), -fox^2")]
    ['TERM', 'AND', 'NOT', 'TERM', 'BOOST', '$END']

    Raises:
        LimitError: too many groups or terms.
        BadValueError: a boost is negative; told when the token after it is asked for.
    """
    limits = limits or _FREE
    groups = _Groups(text)
    depth = terms = at = 0
    while at >= 0:
        for found in _PIECE.finditer(text, at):
            kind: Any = found.lastgroup
            if kind is None:
                continue
            spelling, (start, end) = found[kind], found.span(kind)
            if kind in _TEXTS:
                if kind == "QUOTED":
                    start, end, spelling = start - 1, end + 1, _ESCAPED.sub(r"\1", spelling)
                elif kind == "TEXT":
                    at = end = groups.text_end(start)
                    spelling = text[start:end]
                terms += 1
                if terms > limits.terms:
                    raise make_error("E603", f"the query has more than {limits.terms} terms", Span(start, end))
                yield "TERM", (_term(None, spelling, kind == "QUOTED", False, _span((start, end))), start, end)
                if kind == "TEXT":
                    break
            elif kind == "MARK":
                depth += (spelling == "(") - (spelling == ")")
                if depth > limits.depth:
                    raise make_error("E602", f"groups are nested deeper than {limits.depth}", Span(start, end))
                yield _MARKS[spelling], (spelling, start, end)
            elif kind == "BOOST":
                yield kind, (spelling, start - 1, end)
                if limits is not _FREE:
                    _refuse_negative(spelling, Span(start - 1, end))
            else:
                yield kind, (spelling, start, end)
        else:
            at = -1
    yield END, (END, len(text), len(text))


def placed(made: Iterator[Lexed]) -> Iterator[Token]:
    """The same tokens with their places."""
    return (Token(kind, *value) for kind, value in made if kind != END)


def _refuse_negative(boost: str, span: Span) -> None:
    if boost.startswith("-") and to_number(boost, span) < 0:
        words = "Boost value must be non-negative."
        raise make_error("E305", f"the boost {boost} is negative", span, hint="write ^0 or more", site_message=words)


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
