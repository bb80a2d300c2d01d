"""A condition that a database cannot say whole: a superset that it can say, and the rest to be asked of its rows."""

from __future__ import annotations

from collections.abc import Callable

from booruql.ast.fold import children, fold, with_children
from booruql.ast.nodes import All, And, Node, Not, Nothing
from booruql.passes.simplify import simplify

Bounds = tuple[Node, Node, bool]
"""A node that holds whatever the original holds, one that it holds, and whether both are the original itself."""


def split(tree: Node, can_say: Callable[[Node], bool]) -> tuple[Node, tuple[int, ...] | None]:
    """A superset of `tree` made of leaves that can be said, and which of its members it leaves to be asked.

    None: it is exact; (): the whole has to be asked.

    >>> from booruql.ast.nodes import Exists, Fuzzy
    >>> a, b = Exists("a"), Fuzzy("b", "x", 1)
    >>> split(And((a, b)), lambda leaf: leaf != b)
    (Exists(field='a'), (1,))
    """

    def visit(node: Node, below: tuple[Bounds, ...]) -> Bounds:
        if not children(node):
            return (node, node, True) if isinstance(node, All | Nothing) or can_say(node) else (All(), Nothing(), False)
        if all(exact for _, _, exact in below):
            return node, node, True
        uppers, lowers = tuple(b[0] for b in below), tuple(b[1] for b in below)
        if isinstance(node, Not):
            uppers, lowers = lowers, uppers
        return with_children(node, uppers), with_children(node, lowers), False

    upper, _, exact = fold(tree, visit)
    if exact:
        return tree, None
    if not isinstance(tree, And):
        return simplify(upper), ()
    return simplify(upper), tuple([at for at, child in enumerate(tree.children) if not fold(child, visit)[2]])
