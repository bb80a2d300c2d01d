"""A written tree as a query of Philomena that parses back to it."""

from __future__ import annotations

import re
from decimal import Decimal

from booruql.ast.nodes import And, Boost, Node, Not, Or, Term

_EITHER, _BOTH, _BOOSTED, _NEGATED, _GROUP = range(5)
_OPERATOR = re.compile(r"(?:AND|&&|OR|\|\|)[ \t\n\r\v\f]")


def infix(tree: Node) -> str:
    """The query, without parentheses that change nothing; linear, whatever the depth.

    >>> infix(Or((Not(And((Term(None, "a"), Term(None, "b")))), Boost(Term(None, "c", quoted=True), 2))))
    '-(a, b) OR "c"^2'
    """
    pieces: list[str] = []
    todo: list[str | tuple[Node, int]] = [(tree, _EITHER)]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        node, least = item
        found = _parts(node)
        if _level(node) < least:
            found = ["(", *found, ")"]
        todo.extend(reversed(found))
    return "".join(pieces)


def _level(node: Node) -> int:
    match node:
        case Or():
            return _EITHER
        case And():
            return _BOTH
        case Boost():
            return _BOOSTED
        case Not():
            return _NEGATED
        case _:
            return _GROUP


def _parts(node: Node) -> list[str | tuple[Node, int]]:
    match node:
        case Or(children=children):
            return _joined(children, _BOTH, " OR ")
        case And(children=children):
            return _joined(children, _BOOSTED, ", ")
        case Boost(child=child, factor=factor):
            return [(child, _NEGATED), f"^{Decimal(repr(factor)):f}"]
        case Not(child=child):
            return ["-", (child, _GROUP)]
        case Term():
            return [_spelled(node)]
        case _:
            return []


def _joined(children: tuple[Node, ...], least: int, between: str) -> list[str | tuple[Node, int]]:
    found: list[str | tuple[Node, int]] = []
    for child in children:
        if found:
            # after a blank such a term would be an operator
            risky = between == ", " and isinstance(child, Term) and not child.quoted and _OPERATOR.match(child.text)
            found.append("," if risky else between)
        found.append((child, least))
    return found


def _spelled(term: Term) -> str:
    if not term.quoted:
        return term.text
    return '"' + term.text.replace("\\", "\\\\").replace('"', '\\"') + '"'
