"""Where the words of tag search begin and end: text -> tokens of `danbooru.lark`, in one pass.

A parenthesis at the start of a word groups; at its end it belongs to the word only as far as `_keep` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial

from booruql.ast.nodes import Term
from booruql.ast.quick import maker
from booruql.context import Limits
from booruql.errors import QueryError, Span, make_error
from booruql.syntax._folding import END
from booruql.syntax._lark import Lexed, Token
from booruql.text import SPACES, lower

_FACES = frozenset((":", ";", ">:"))
"""What stands before the `)` of the faces `:)` `;)` `>:)`; those with `(` need no rule."""
_ENDS = "\0\t\n\v\f\r "
_SPACE = f"[{re.escape(SPACES)}]"
_PIECE = re.compile(f"[()~-]|[^{re.escape(SPACES)}]+")
_BARE = re.compile(rf"(?:[^{re.escape(SPACES)}\\]++|\\{_SPACE}?+)*+")
_ESCAPED_BLANK = re.compile(rf"\\{_SPACE}")
_QUOTED = {
    '"': re.compile(r'"((?:[^"\\]++|\\")*+)"'),
    "'": re.compile(r"'((?:[^'\\]++|\\')*+)'"),
}
_MARKS = {"(": "LPAR", ")": "RPAR", "-": "MINUS", "~": "TILDE"}
_KEYWORDS = {"or": "OR", "and": "AND"}
_SPELLINGS = {kind: spelling for spelling, kind in (_MARKS | _KEYWORDS).items()}
_span = partial(tuple.__new__, Span)
_term = maker(Term)


def stretch(text: str) -> tuple[int, int]:
    """What the site searches for: without ASCII blanks and NULs at both ends.

    >>> stretch(" cat\\0")
    (1, 4)
    """
    start = len(text) - len(text.lstrip(_ENDS))
    return start, max(start, len(text.rstrip(_ENDS)))


def tokens(  # noqa: C901, PLR0912, PLR0915 - one loop: a call a word would cost as much as reading it
    text: str, names: Mapping[str, str], limits: Limits, start: int = 0
) -> Iterator[Lexed]:
    """The tokens of a search from `start` on: a TERM with its `Term`, any other with the place where it begins.

    `names` maps every spelling of a metatag to its name.

    Raises:
        ParseError: a word is none.
        LimitError: too many characters, groups or terms.
    """
    if len(text) > limits.characters:
        raise make_error(
            "E601",
            f"the query has {len(text)} characters, more than the limit of {limits.characters}",
            Span(limits.characters, len(text)),
            hint="shorten the query or split it into several",
        )
    fold = str.lower if text.isascii() else lower
    opened: list[int] = []
    terms, most, stop, reading = 0, limits.terms, start, True
    while reading:
        reading = False  # unless a value ends elsewhere than its word
        for found in _PIECE.finditer(text, stop):
            word = found[0]
            if word in _MARKS:
                at = found.start()
                if word == "(":
                    _open(opened, at, limits)
                elif word == ")":
                    _close(opened, at)
                yield _MARKS[word], at
                continue
            span, given, name = found.span(), 0, None
            if ":" in word:
                head, _, value = word.partition(":")
                name = names.get(fold(head))
            if name is not None:
                quoted = False
                if "\\" in value or value[:1] in _QUOTED or (opened and word[-1] == ")"):
                    value, quoted, end, stop = _value(text, span[0] + len(head) + 1, span[1], len(opened))
                    given, reading, span = stop - end, stop != span[1], (span[0], end)
                if name == "order":
                    value = order_word(value, names)
                term = _term(name, value, quoted, False, _span(span))
            else:
                if opened and word[-1] == ")":
                    end = span[0] + _keep(word, len(opened))
                    given, span = span[1] - end, (span[0], end)
                    word = text[span[0] : end]
                word = fold(word)
                if word in _KEYWORDS:
                    yield _keyword(word, text, *span), span[0]
                    continue
                term = _term(None, word, False, "*" in word, _span(span))
            terms += 1
            if terms > most:
                raise _too_many(most, term)
            yield "TERM", term
            if given:
                for place in range(span[1], span[1] + given):
                    opened.pop()
                    yield "RPAR", place
            if reading:
                break
    if opened:
        raise _unclosed(opened[-1])
    yield END, len(text)


def placed(made: Iterator[Lexed]) -> Iterator[Token]:
    """The same tokens, each with its spelling (a TERM with its `Term`) and its place."""
    for kind, value in made:
        if kind == "TERM":
            yield Token(kind, value, *value.span)
        elif kind != END:
            yield Token(kind, _SPELLINGS[kind], value, value + len(_SPELLINGS[kind]))


def _open(opened: list[int], at: int, limits: Limits) -> None:
    opened.append(at)
    if len(opened) > limits.depth:
        raise make_error(
            "E602",
            f"groups nest deeper than the limit of {limits.depth}",
            Span(at, at + 1),
            hint="remove parentheses that are not needed",
        )


def _close(opened: list[int], at: int) -> None:
    if not opened:
        raise make_error("E102", "')' closes nothing", Span(at, at + 1), hint="remove it, or open a group before it")
    opened.pop()


def _value(text: str, at: int, end: int, groups: int) -> tuple[str, bool, int, int]:
    """The value of a metatag from `at` on, whose word ends at `end`: the value, whether it was quoted, where it ends, and
    where the `)` end that follow it in the same word.
    """
    quote = text[at : at + 1]
    if quote in _QUOTED:
        found = _QUOTED[quote].match(text, at)
        if not found:
            raise _bad_quote(text, at, quote)
        return found[1].replace("\\" + quote, quote), True, found.end(), found.end()
    if text[end - 1] == "\\":
        found = _BARE.match(text, at)
        assert found
        end = found.end()
    value, stop = text[at:end], end
    if groups and value.endswith(")"):
        end -= min(len(value) - len(value.rstrip(")")), groups)
        value = text[at:end]
    return _ESCAPED_BLANK.sub(" ", value) if "\\" in value else value, False, end, stop


def _keyword(word: str, text: str, at: int, end: int) -> str:
    if end >= len(text) or text[end] not in SPACES:
        raise make_error(
            "E107",
            f"'{text[at:end]}' is a keyword and needs a term after it",
            Span(at, end),
            hint=f"write 'cat {word} dog'; no tag is called '{word}'",
        )
    return _KEYWORDS[word]


def _too_many(most: int, term: Term) -> QueryError:
    message = f"the query has more terms than the limit of {most}"
    return make_error("E603", message, term.span, hint="split it into several queries")


def order_word(value: str, names: Mapping[str, str]) -> str:
    """The canonical order of a count synonym (`Comments_ASC`: comment_count_asc); other orders stay as typed.

    >>> order_word("Comments_ASC", {"comments": "comment_count"})
    'comment_count_asc'
    """
    word = lower(value)
    stem, mark, ending = word.rpartition("_") if word.endswith(("_asc", "_desc")) else (word, "", "")
    name = names.get(stem, stem)
    return value if name == stem else name + mark + ending


def _keep(word: str, groups: int) -> int:
    """How much of a word stays when it gives back `)` to at most so many open groups.

    One `)` after another is dropped until the word is balanced or a face, or no group is left.
    """
    bare = word.rstrip(")")
    tail = len(word) - len(bare)
    if bare in _FACES:
        stop = 1
    else:
        low = level = 0
        for char in bare:
            if char == "(":
                level += 1
            elif char == ")":
                level -= 1
                low = min(low, level)
        stop = level if low >= 0 and level <= tail else 0
    return len(word) - min(groups, tail - stop)


def _unclosed(at: int) -> QueryError:
    return make_error(
        "E101", "this group is never closed", Span(at, at + 1), hint="write a ')' after its last term, apart from tags"
    )


def _bad_quote(text: str, start: int, quote: str) -> QueryError:
    at = start + 1
    inside = re.compile(rf"(?:[^{quote}\\]++|\\{quote})*+").match(text, at)
    end = inside.end() if inside else at
    if end < len(text) and text[end] == "\\":
        return make_error(
            "E104",
            f"a backslash in a quoted value may only stand before {quote}",
            Span(end, min(end + 2, len(text))),
            hint="leave the quotes away and write '\\ ' for a blank, or use * for what cannot be written",
        )
    return make_error("E104", "the quoted value is not closed", Span(start, len(text)), hint=f"write a {quote} at its end")
