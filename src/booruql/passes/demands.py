"""`Given(leaf, condition)` anywhere: the leaf there, the condition ANDed at the root, once."""

from __future__ import annotations

from booruql.ast.fold import rewrite
from booruql.ast.nodes import And, Given, Node


def hoist(tree: Node) -> Node:
    """The tree without Given; its conditions stand at the root in the order they were met."""
    conditions: dict[Node, None] = {}

    def change(node: Given) -> Node:
        conditions[node.condition] = None
        return node.leaf

    bare = rewrite(tree, change, Given)
    return And((bare, *conditions)) if conditions else bare
