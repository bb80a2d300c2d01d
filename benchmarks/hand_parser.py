"""Tag search read by hand: one regular expression and recursive descent, for the whole language of `grammars/danbooru.lark`.

What ours is measured against: no grammar file, no places in the text, no limits, no messages, its own bare nodes, and the
names of the metatags at hand. It nests as deep as Python does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from booruql.syntax._tags_lexer import order_word
from booruql.text import SPACES, lower

_S = re.escape(SPACES)
_WORDS = re.compile(f"[()~-]|[^{_S}]+").findall
_ESCAPED_BLANK = re.compile(rf"\\([{_S}])")
_QUOTES = {'"', "'"}
_QUOTED_VALUE = r"""(?:"(?:[^"\\]|\\")*+"|'(?:[^'\\]|\\')*+')"""
_IS_QUOTED = re.compile(_QUOTED_VALUE).fullmatch
_FACES = {":)", ";)", ">:)"}


class Refused(ValueError):
    """The text is no search."""


class Node:
    __slots__ = ()


class Tag(Node):
    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Wildcard(Tag):
    __slots__ = ()


class Metatag(Node):
    __slots__ = ("name", "quoted", "value")

    def __init__(self, name: str, value: str, quoted: bool) -> None:
        self.name = name
        self.value = value
        self.quoted = quoted


class Not(Node):
    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node


class Opt(Not):
    __slots__ = ()


class And(Node):
    __slots__ = ("nodes",)

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes


class Or(And):
    __slots__ = ()


class Everything(Node):
    __slots__ = ()


class HandParser:
    """The parser for a table of metatags: every spelling with its name."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        spelled = "|".join(sorted(names, key=len, reverse=True))
        value = rf"""(?:{_QUOTED_VALUE}|(?!["'])(?:[^{_S}\\]++|\\[{_S}]?+)*+)"""
        self._words = re.compile(rf"[()~-]|(?i:{spelled}):{value}|[^{_S}]+").findall

    def parse(self, text: str) -> Node:  # noqa: C901, PLR0915 - by hand, and fast
        """The tree of a search.

        Raises:
            Refused: it is none.
        """
        special = '"' in text or "'" in text or "\\" in text
        words: list[str] = (self._words if special else _WORDS)(text)
        if not words:
            return Everything()
        words.append("")
        names, metatag = self._names, self._metatag
        at = opened = 0

        def choice() -> Node:
            nonlocal at
            left = both()
            if words[at] and words[at] != ")" and words[at].lower() == "or":
                at += 1
                return Or([left, choice()])
            return left

        def both() -> Node:
            nonlocal at
            left = And(listed())
            if words[at] and words[at] != ")" and words[at].lower() == "and":
                at += 1
                return And([left, both()])
            return left

        def listed() -> list[Node]:  # noqa: C901, PLR0915
            nonlocal at, opened
            nodes: list[Node] = []
            while (word := words[at]) and word != ")":
                at += 1
                mark = ""
                if word == "-" or word == "~":
                    mark, word = word, words[at]
                    at += 1
                    if not word or word in ")-~":
                        raise Refused(word)
                node: Node
                if word == "(":
                    opened += 1
                    node = choice()
                    if words[at] != ")":
                        raise Refused("(")
                    at += 1
                    opened -= 1
                elif ":" in word and (name := names.get(word[: word.index(":")].lower())):
                    node, given = metatag(name, word, opened)
                    if given:
                        words[at:at] = ")" * given
                else:
                    if opened and word[-1] == ")":
                        kept = _kept(word, opened)
                        words[at:at] = word[kept:]
                        word = word[:kept]
                    word = word.lower() if word.isascii() else lower(word)
                    if word == "or" or word == "and":
                        if mark or not words[at] or words[at] == ")":
                            raise Refused(word)
                        at -= 1
                        break
                    node = Wildcard(word) if "*" in word else Tag(word)
                nodes.append(node if not mark else Not(node) if mark == "-" else Opt(node))
            if not nodes:
                raise Refused(words[at])
            return nodes

        tree = choice()
        if words[at]:
            raise Refused(words[at])
        return tree

    def _metatag(self, name: str, word: str, opened: int) -> tuple[Metatag, int]:
        """The node, and how many `)` the word gives back."""
        value = word[word.index(":") + 1 :]
        quote = value[:1]
        if quote in _QUOTES:
            if not _IS_QUOTED(value):
                raise Refused(value)
            value = value[1:-1].replace("\\" + quote, quote)
            return Metatag(name, order_word(value, self._names) if name == "order" else value, True), 0
        given = min(opened, len(value) - len(value.rstrip(")"))) if opened else 0
        if given:
            value = value[:-given]
        if "\\" in value:
            value = _ESCAPED_BLANK.sub(" ", value)
        return Metatag(name, order_word(value, self._names) if name == "order" else value, False), given


def _kept(word: str, opened: int) -> int:
    """How long a word stays that gives back `)`, one after another, until it is balanced or a face."""
    size = len(word)
    bare = word.rstrip(")")
    low = level = 0
    for char in bare:
        if char == "(":
            level += 1
        elif char == ")":
            level -= 1
            low = min(low, level)
    stop = size - opened
    if bare + ")" in _FACES:
        return max(stop, len(bare) + 1)
    if low >= 0 and len(bare) + level <= size:
        return max(stop, len(bare) + level)
    return max(stop, len(bare))


def sexp(tree: Node) -> str:
    """The tree as the case tables print it."""
    match tree:
        case Everything():
            return "all"
        case Wildcard(name=name):
            return f"(wildcard {name})"
        case Tag(name=name):
            return name
        case Metatag(name=name, value=value, quoted=quoted):
            shown = value.replace('"', '\\"')
            return f'{name}:"{shown}"' if quoted or any(char in SPACES for char in value) else f"{name}:{value}"
        case Opt(node=node):
            return f"(opt {sexp(node)})"
        case Not(node=node):
            return f"(not {sexp(node)})"
        case Or(nodes=nodes):
            return f"(or {' '.join(map(sexp, nodes))})"
        case And(nodes=nodes):
            return f"(and {' '.join(map(sexp, nodes))})"
    raise TypeError(tree)


def shown(parser: HandParser, text: str) -> Any:
    """The printed tree of a text, `none` for one that is refused."""
    try:
        return sexp(parser.parse(text))
    except Refused:
        return "none"
