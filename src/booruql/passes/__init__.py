"""Laws: closed tree -> closed tree, one file each; `obey` knows their order. May import `sites` and below."""

from __future__ import annotations

from collections.abc import Callable

from booruql.ast.fold import Laid, grow, kinds, lay
from booruql.ast.nodes import Given, Node, Unknown
from booruql.passes import demands, simplify, unknowns

RULES: tuple[tuple[type, Callable[[Node], Node]], ...] = ((Given, demands.hoist), (Unknown, unknowns.decide))
"""Laws, each with the kind of node that it is about: it changes no tree without one. The last law, `simplify`, is about all."""


def obey(laid: Laid) -> Node:
    """The tree that all laws make of one that is laid out."""
    met = kinds(laid)
    for kind, rule in RULES:
        if kind in met:
            laid = lay(rule(grow(laid)))
            met = kinds(laid)
    return simplify.simplify_laid(laid)
