"""Laws: closed tree -> closed tree, one file each; `RULES` is their order. May import `sites` and below."""

from __future__ import annotations

from collections.abc import Callable

from booruql.ast.fold import kinds
from booruql.ast.nodes import Given, Node, Unknown
from booruql.passes import demands, simplify, unknowns

Rule = Callable[[Node], Node]

RULES: tuple[tuple[type | None, Rule], ...] = (
    (Given, demands.hoist),
    (Unknown, unknowns.decide),
    (None, simplify.simplify),
)
"""Each law and the kind of node that it is about: it changes no tree without one. None: it is about all."""


def obey(tree: Node) -> Node:
    """The tree that all laws make of it."""
    met = kinds(tree)
    for kind, rule in RULES:
        if kind is None:
            tree = rule(tree)
        elif kind in met:
            tree = rule(tree)
            met = kinds(tree)
    return tree
