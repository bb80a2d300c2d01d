"""The words of Danbooru 2 search (2014): text -> tokens of `bronibooru.lark`. Every text has tokens.

Words stand between ASCII white space and U+3000; nothing quotes, escapes or groups. A word that is repeated letter by
letter counts once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from booruql.ast.nodes import Term
from booruql.context import Limits
from booruql.errors import Span, make_error
from booruql.sites import Word
from booruql.syntax._folding import END
from booruql.syntax._lark import Lexed, Token
from booruql.text import lower

_WORD = re.compile(r"[^ \t\n\v\f\r\u3000]+")
_ENDS = "\0\t\n\v\f\r \u3000"
_METATAG = re.compile(r"(-?[a-z0-9_]+):(.+)", re.IGNORECASE | re.ASCII | re.DOTALL)
_FREE = re.compile(r"status:deleted|limit:.+", re.DOTALL)
_MARKS = {"MINUS": "-", "TILDE": "~"}
NEGATABLE = "negatable"


def words(text: str) -> Iterator[tuple[str, int]]:
    """The words with their places, repeated ones once; NULs at the ends of the text are white space."""
    start = len(text) - len(text.lstrip(_ENDS))
    end = max(start, len(text.rstrip(_ENDS)))
    seen: set[str] = set()
    for found in _WORD.finditer(text, start, end):
        if found[0] not in seen:
            seen.add(found[0])
            yield found[0], found.start()


def count_terms(text: str) -> int:
    """How many terms the site counts towards its tag limit: every word but a few free ones.

    >>> count_terms("pony limit:50 score:>5 pony")
    2
    """
    return sum(not _FREE.fullmatch(word) for word, _ in words(text))


def tokens(text: str, vocabulary: Mapping[str, Word], limits: Limits) -> Iterator[Lexed]:
    """The tokens of a search: a TERM with its `Term`, a mark with the place where it stands.

    Raises:
        LimitError: too many characters or terms; nothing else is ever wrong.
    """
    if len(text) > limits.characters:
        raise make_error(
            "E601",
            f"the query has {len(text)} characters, more than the limit of {limits.characters}",
            Span(limits.characters, len(text)),
            hint="shorten the query or split it into several",
        )
    for count, (word, at) in enumerate(words(text), 1):
        if count > limits.terms:
            raise make_error(
                "E603",
                f"the query has more terms than the limit of {limits.terms}",
                Span(at, at + len(word)),
                hint="split it into several queries",
            )
        yield from _tokens_of(word, at, vocabulary)
    yield END, None


def placed(made: Iterator[Lexed]) -> Iterator[Token]:
    """The same tokens with their places."""
    before = 0
    for kind, value in made:
        if kind == "TERM":
            start, end = value.span
            yield Token(kind, value, start + before, end)
        elif kind != END:
            yield Token(kind, _MARKS[kind], value, value + 1)
        before = int(kind in _MARKS)


def _tokens_of(word: str, at: int, vocabulary: Mapping[str, Word]) -> Iterator[Lexed]:
    span = Span(at, at + len(word))
    known = _metatag(word, vocabulary)
    if known is not None:
        negated, name, value = known
        if negated:
            yield "MINUS", at
        yield "TERM", Term(name, value, span=span)
        return
    if len(word) > 1 and word[0] in "-~":
        yield "MINUS" if word[0] == "-" else "TILDE", at
        yield "TERM", Term(None, lower(word[1:]), span=span)
        return
    yield "TERM", Term(None, lower(word), wild="*" in word, span=span)


def _metatag(word: str, vocabulary: Mapping[str, Word]) -> tuple[bool, str, str] | None:
    """Whether it is negated, its name and value, if the word is a metatag of the site."""
    found = _METATAG.match(word)
    if not found:
        return None
    spelling = found[1].lower()
    known = vocabulary.get(spelling.removeprefix("-"))
    if known is None or (spelling.startswith("-") and NEGATABLE not in known.args):
        return None
    value = lower(found[2]) if "lower" in known.args else found[2]
    return spelling.startswith("-"), known.name, value
