"""Tag search read by hand, as far as the workload needs it: no quoted values, no prefix but `-`, no messages, no places."""

from __future__ import annotations

import re

from benchmarks.hand_parser import And, Node, Not, Or, Tag, Wildcard

METATAGS = frozenset("score rating date favcount width id order user status source parent".split())
_WORDS = re.compile(r"[()\-]|[^\s()\-](?:[^\s()]|\([^\s()]*\))*").findall


class Comparison(Node):
    __slots__ = ("name", "op", "value")

    def __init__(self, name: str, op: str, value: object) -> None:
        self.name = name
        self.op = op
        self.value = value


def read_metatag(word: str) -> Comparison:
    """A name with a value, a comparison or a range."""
    name, _, value = word.partition(":")
    sign = value[:1]
    if sign == ">" or sign == "<":
        if value[1:2] == "=":
            return Comparison(name, value[:2], value[2:])
        return Comparison(name, sign, value[1:])
    if ".." in value:
        return Comparison(name, "..", tuple(value.split("..")))
    return Comparison(name, "=", value)


def parse(text: str) -> Node:  # noqa: C901, PLR0915 - by hand, and fast
    """The tree of a search.

    Raises:
        SyntaxError: it is none.
    """
    words = _WORDS(text)
    words.append("")
    at = 0

    def choice() -> Node:
        nonlocal at
        nodes = None
        first = listed()
        while words[at] == "or" or words[at] == "OR":
            at += 1
            if nodes is None:
                nodes = [first]
            nodes.append(listed())
        return first if nodes is None else Or(nodes)

    def listed() -> Node:
        nonlocal at
        nodes: list[Node] = []
        while True:
            word = words[at]
            if not word or word == ")" or word == "or":
                break
            at += 1
            is_negated = False
            while word == "-":
                is_negated = not is_negated
                word = words[at]
                at += 1
            node: Node
            if word == "(":
                node = choice()
                if words[at] != ")":
                    raise SyntaxError("a group is open")
                at += 1
            elif ":" in word and word[: word.index(":")] in METATAGS:
                node = read_metatag(word)
            elif "*" in word:
                node = Wildcard(word)
            elif not word:
                raise SyntaxError("nothing follows")
            else:
                node = Tag(word)
            nodes.append(Not(node) if is_negated else node)
        if not nodes:
            raise SyntaxError("nothing is there")
        return nodes[0] if len(nodes) == 1 else And(nodes)

    tree = choice()
    if words[at]:
        raise SyntaxError(words[at])
    return tree


def written(tree: Node, *, inner: bool = False) -> str:
    """The text of a tree, spelled as the workload spells it."""
    match tree:
        case Tag(name=name):
            return name
        case Comparison(name=name, op="..", value=(low, high)):
            return f"{name}:{low}..{high}"
        case Comparison(name=name, op=op, value=value):
            return f"{name}:{'' if op == '=' else op}{value}"
        case Not(node=node):
            return f"-{written(node, inner=True)}"
        case Or(nodes=nodes):
            return f"({' or '.join(written(node, inner=True) for node in nodes)})"
        case And(nodes=nodes):
            text = " ".join(written(node, inner=True) for node in nodes)
            return f"({text})" if inner else text
    raise TypeError(tree)
