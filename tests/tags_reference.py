"""Tag search by backtracking recursive descent, as its grammar is written down: slow, short, the judge of the real one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from booruql.ast.nodes import All, And, Node, Not, Nothing, Opt, Or, Term
from booruql.syntax._tags_lexer import order_word
from booruql.text import SPACES, lower

FACES = (":)", ":(", ";)", ";(", ">:)", ">:(")
_S = f"[{re.escape(SPACES)}]"
_N = f"[^{re.escape(SPACES)}]"


class _Fail(Exception):
    pass


class Reference:
    """One text."""

    def __init__(self, text: str, names: Iterable[tuple[str, str]]) -> None:
        self.text, self.names = text, dict(names)
        self.at = self.open = 0

    def read(self) -> Node:
        """The tree, or Nothing for a text that fails."""
        try:
            return self._query()
        except _Fail:
            return Nothing()

    def _take(self, pattern: str) -> re.Match[str]:
        found = re.compile(pattern, re.IGNORECASE).match(self.text, self.at)
        if not found:
            raise _Fail
        self.at = found.end()
        return found

    def _either(self, *rules: object) -> Node:
        start = self.at, self.open
        for rule in rules:
            try:
                return rule()  # type: ignore[operator, no-any-return]
            except _Fail:
                self.at, self.open = start
        raise _Fail

    def _blanks(self) -> None:
        self._take(f"{_S}*")

    def _query(self) -> Node:
        self._blanks()
        if self.at == len(self.text):
            return All()
        found = [self._or()]
        self._blanks()
        while self.at < len(self.text):
            found.append(self._or())
            self._blanks()
        return found[0] if len(found) == 1 else And(tuple(found))

    def _chain(self, inner: object, word: str, kind: type[And] | type[Or], again: object) -> Node:
        first: Node = inner()  # type: ignore[operator]
        start = self.at, self.open
        try:
            self._take(f"{_S}*{word}{_S}+")
            return kind((first, again()))  # type: ignore[operator]
        except _Fail:
            self.at, self.open = start
            return first

    def _or(self) -> Node:
        return self._chain(self._and, "or", Or, self._or)

    def _and(self) -> Node:
        return self._chain(self._list, "and", And, self._and)

    def _list(self) -> Node:
        found = [self._factor()]
        while True:
            start = self.at, self.open
            try:
                found.append(self._factor())
            except _Fail:
                self.at, self.open = start
                return And(tuple(found))

    def _factor(self) -> Node:
        self._blanks()
        return self._either(lambda: self._prefixed("-", Not), lambda: self._prefixed("~", Opt), self._expr)

    def _prefixed(self, mark: str, kind: type[Not] | type[Opt]) -> Node:
        self._take(re.escape(mark))
        return kind(self._expr())

    def _expr(self) -> Node:
        self._blanks()
        if self.text[self.at : self.at + 1] == "(":
            self._take(r"\(")
            self.open += 1
            found = self._or()
            self._take(rf"{_S}*\)")
            self.open -= 1
            return found
        return self._either(self._tag, self._metatag, self._wildcard)

    def _word(self) -> str:
        start = self.at
        word = self._take(f"(?![)~-]){_N}+")[0]
        k = self.open
        while k > 0 and word.endswith(")"):
            if _is_balanced(word) or word in FACES:
                break
            word, k = word[:-1], k - 1
        self.at = start + len(word)
        head, colon, _ = word.partition(":")
        if lower(word) in ("or", "and") or (colon and lower(head) in self.names):
            raise _Fail
        return lower(word)

    def _tag(self) -> Node:
        word = self._word()
        if "*" in word:
            raise _Fail
        return Term(None, word)

    def _wildcard(self) -> Node:
        word = self._word()
        if "*" not in word:
            raise _Fail
        return Term(None, word, wild=True)

    def _metatag(self) -> Node:
        name = self.names.get(lower(self._take("([a-z0-9_]+):")[1]))
        if name is None:
            raise _Fail
        quote = self.text[self.at : self.at + 1]
        if quote and quote in "\"'":
            value = self._take(rf"{quote}((?:[^{quote}\\]|\\{quote})*){quote}")[1].replace("\\" + quote, quote)
        else:
            start = self.at
            raw = self._take(rf"(?:\\{_S}|{_N})*")[0]
            k = self.open
            while k > 0 and raw.endswith(")"):
                raw, k = raw[:-1], k - 1
            self.at = start + len(raw)
            value = re.sub(rf"\\{_S}", " ", raw)
        return Term(name, order_word(value, self.names) if name == "order" else value, bool(quote) and quote in "\"'")


def _is_balanced(word: str) -> bool:
    level = 0
    for char in word:
        level += (char == "(") - (char == ")")
        if level < 0:
            return False
    return level == 0
