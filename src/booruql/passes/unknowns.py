"""SQL's unknown, decided: false(leaf)  =  Not(leaf) and Exists(field), for a leaf that is unknown without its field.

true(leaf) = leaf; And/Or by De Morgan, only over subtrees that hold such a leaf. Each node is made at most once
for each polarity, so the result is linear. Danbooru's sites/spec: a comparison with null is null, and `not` keeps null.
"""

from __future__ import annotations

from booruql.ast.fold import fold
from booruql.ast.nodes import And, Boost, Exists, Node, Not, Or, Unknown


def decide(tree: Node) -> Node:
    """The tree without Unknown: what SQL's three values would return as true."""
    return fold(tree, _both)[0]


_Pair = tuple[Node, Node, bool]
"""Where the node is true, where it is false, and whether those two are not all there is."""


def _both(node: Node, below: tuple[_Pair, ...]) -> _Pair:
    match node:
        case Unknown(leaf=leaf, field=field, span=span):
            return leaf, And((Not(leaf, span), Exists(field, span)), span), True
        case Not(child=child):
            yes, no, open_ = below[0]
            if open_:
                return no, yes, True
            return (node if yes is child else Not(yes, node.span)), yes, False
        case Boost():
            yes, no, open_ = below[0]
            return (node if yes is node.child else Boost(yes, node.factor, node.span)), no, open_
        case And(children=nodes) | Or(children=nodes):
            same = all(pair[0] is old for pair, old in zip(below, nodes, strict=True))
            yes = node if same else type(node)(tuple(pair[0] for pair in below), node.span)
            if not any(pair[2] for pair in below):
                return yes, Not(yes, node.span), False
            other = Or if isinstance(node, And) else And
            return yes, other(tuple(pair[1] for pair in below), node.span), True
        case _:
            return node, Not(node), False
