"""Where the words of tag search begin and end: text -> tokens of `danbooru.lark`, in one pass.

A parenthesis at the start of a word groups; at its end it belongs to the word only as far as `_keep` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from booruql.ast.nodes import Term
from booruql.context import Limits
from booruql.errors import QueryError, Span, make_error
from booruql.syntax._lark import Token
from booruql.text import SPACES, lower

_FACES = frozenset((":", ";", ">:"))
"""What stands before the `)` of the faces `:)` `;)` `>:)`; those with `(` need no rule."""
_ENDS = "\0\t\n\v\f\r "
_SPACE = f"[{re.escape(SPACES)}]"
_BLANKS = re.compile(f"{_SPACE}*")
_WORD = re.compile(f"[^{re.escape(SPACES)}]+")
_BARE = re.compile(rf"(?:[^{re.escape(SPACES)}\\]++|\\{_SPACE}?+)*+")
_ESCAPED_BLANK = re.compile(rf"\\{_SPACE}")
_NAME = re.compile(r"([a-z_0-9]+):", re.IGNORECASE)
_QUOTED = {
    '"': re.compile(r'"((?:[^"\\]++|\\")*+)"'),
    "'": re.compile(r"'((?:[^'\\]++|\\')*+)'"),
}
_MARKS = {"-": "MINUS", "~": "TILDE"}


def stretch(text: str) -> tuple[int, int]:
    """What the site searches for: without ASCII blanks and NULs at both ends.

    >>> stretch(" cat\\0")
    (1, 4)
    """
    start = len(text) - len(text.lstrip(_ENDS))
    return start, max(start, len(text.rstrip(_ENDS)))


def tokens(text: str, names: Mapping[str, str], limits: Limits, start: int = 0) -> Iterator[Token]:
    """The tokens of a search from `start` on. `names` maps every spelling of a metatag to its name.

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
    return _Lexer(text, names, limits, start).run()


class _Lexer:
    def __init__(self, text: str, names: Mapping[str, str], limits: Limits, start: int) -> None:
        self.text, self.names, self.limits, self.at = text, names, limits, start
        self.groups: list[int] = []
        self.terms = 0

    def run(self) -> Iterator[Token]:
        text = self.text
        while True:
            found = _BLANKS.match(text, self.at)
            assert found
            self.at = found.end()
            if self.at >= len(text):
                break
            yield self._next(text[self.at])
        if self.groups:
            raise _unclosed(self.groups[-1])

    def _next(self, char: str) -> Token:
        at = self.at
        if char == "(":
            return self._open(at)
        if char == ")":
            return self._close(at)
        if char in _MARKS:
            self.at = at + 1
            return Token(_MARKS[char], char, at, at + 1)
        name = _NAME.match(self.text, at)
        if name and lower(name[1]) in self.names:
            return self._metatag(self.names[lower(name[1])], at, name.end())
        return self._word(at)

    def _open(self, at: int) -> Token:
        self.groups.append(at)
        if len(self.groups) > self.limits.depth:
            raise make_error(
                "E602",
                f"groups nest deeper than the limit of {self.limits.depth}",
                Span(at, at + 1),
                hint="remove parentheses that are not needed",
            )
        self.at = at + 1
        return Token("LPAR", "(", at, at + 1)

    def _close(self, at: int) -> Token:
        if not self.groups:
            raise make_error("E102", "')' closes nothing", Span(at, at + 1), hint="remove it, or open a group before it")
        self.groups.pop()
        self.at = at + 1
        return Token("RPAR", ")", at, at + 1)

    def _metatag(self, name: str, at: int, start: int) -> Token:
        quote = self.text[start : start + 1]
        if quote in _QUOTED:
            return self._quoted(name, at, start, quote)
        found = _BARE.match(self.text, start)
        assert found
        end = found.end()
        swallowed = end - start - len(found[0].rstrip(")"))
        end -= min(swallowed, len(self.groups))
        value = self.text[start:end]
        if "\\" in value:
            value = _ESCAPED_BLANK.sub(" ", value)
        return self._term(name, value, False, at, end)

    def _quoted(self, name: str, at: int, start: int, quote: str) -> Token:
        found = _QUOTED[quote].match(self.text, start)
        if not found:
            raise _bad_quote(self.text, start, quote)
        return self._term(name, found[1].replace("\\" + quote, quote), True, at, found.end())

    def _term(self, name: str | None, value: str, quoted: bool, at: int, end: int, wild: bool = False) -> Token:
        self._count(at, end)
        self.at = end
        if name == "order":
            value = order_word(value, self.names)
        return Token("TERM", Term(name, value, quoted, wild, Span(at, end)), at, end)

    def _word(self, at: int) -> Token:
        found = _WORD.match(self.text, at)
        assert found
        end = found.end()
        if self.groups and self.text[end - 1] == ")":
            end = at + _keep(found[0], len(self.groups))
        word = lower(self.text[at:end])
        if word in ("or", "and"):
            return self._keyword(word, at, end)
        return self._term(None, word, False, at, end, wild="*" in word)

    def _keyword(self, word: str, at: int, end: int) -> Token:
        if end >= len(self.text) or self.text[end] not in SPACES:
            raise make_error(
                "E107",
                f"'{self.text[at:end]}' is a keyword and needs a term after it",
                Span(at, end),
                hint=f"write 'cat {word} dog'; no tag is called '{word}'",
            )
        self.at = end
        return Token(word.upper(), word, at, end)

    def _count(self, at: int, end: int) -> None:
        self.terms += 1
        if self.terms > self.limits.terms:
            raise make_error(
                "E603",
                f"the query has more terms than the limit of {self.limits.terms}",
                Span(at, end),
                hint="split it into several queries",
            )


def order_word(value: str, names: Mapping[str, str]) -> str:
    """The canonical order of a count synonym (`Comments_ASC`: comment_count_asc); other orders stay as typed.

    >>> order_word("Comments_ASC", {"comments": "comment_count"})
    'comment_count_asc'
    """
    word = lower(value)
    stem, ending = word, ""
    for suffix in ("_asc", "_desc"):
        if word.endswith(suffix):
            stem, ending = word[: -len(suffix)], suffix
    return names[stem] + ending if names.get(stem, stem) != stem else value


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
