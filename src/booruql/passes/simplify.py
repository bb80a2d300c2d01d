"""The closed tree's shape: flat And/Or of two or more, no double negation, All and Nothing only at the root, no repeats."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from operator import is_

from booruql.ast.fold import children, fold
from booruql.ast.nodes import All, And, Boost, Node, Not, Nothing, Or
from booruql.ast.quick import quick


def simplify(tree: Node) -> Node:
    """The same set of posts in the closed tree's shape.

    >>> from booruql.ast.nodes import Exists
    >>> a, b = Exists("a"), Exists("b")
    >>> simplify(And((a, And((a, Not(Not(b))))))) == And((a, b))
    True
    """
    return _close(fold(tree, _shape))


@quick
@dataclass(frozen=True, slots=True, eq=False)
class _Chain:
    """An And or Or whose members are not listed yet: a chain of its own kind is kept whole, so joining is linear."""

    node: And | Or
    parts: tuple[_Shaped, ...]


_Shaped = Node | _Chain


def _shape(node: Node, below: tuple[_Shaped, ...]) -> _Shaped:
    kind = type(node)
    if kind is And or kind is Or:
        return _Chain(node, tuple([part if _joins(part, node) else _close(part) for part in below]))  # type: ignore[arg-type]
    if kind is Not:
        return _negate(_close(below[0]), node)  # type: ignore[arg-type]
    if kind is Boost:
        child = _close(below[0])
        return node if child is node.child else Boost(child, node.factor, node.span)  # type: ignore[union-attr]
    return node


def _negate(child: Node, node: Not) -> Node:
    match child:
        case Not(child=inner):
            return inner
        case All():
            return Nothing(node.span)
        case Nothing():
            return All(node.span)
        case _:
            return node if child is node.child else Not(child, node.span)


def _close(shaped: _Shaped) -> Node:
    """The node of a chain: the neutral element and repeats dropped; the ruling element wins."""
    if not isinstance(shaped, _Chain):
        return shaped
    node = shaped.node
    neutral, ruling = (All, Nothing) if isinstance(node, And) else (Nothing, All)
    kept: dict[Hashable, Node] = {}
    for member in _members(shaped):
        kind = type(member)
        if kind is ruling:
            return ruling(node.span)
        if kind is not neutral:
            kept.setdefault(_identity(member), member)
    if not kept:
        return neutral(node.span)
    members = tuple(kept.values())
    if len(members) == 1:
        return members[0]
    same = len(members) == len(node.children) and all(map(is_, members, node.children))
    return node if same else type(node)(members, node.span)


def _joins(part: _Shaped, node: And | Or) -> bool:
    return isinstance(part, _Chain) and type(part.node) is type(node)


def _members(chain: _Chain) -> list[Node]:
    """The members of a chain and of the chains in it (all of its kind), in order."""
    kind = type(chain.node)
    found: list[Node] = []
    stack: list[_Shaped] = [*reversed(chain.parts)]
    while stack:
        part = stack.pop()
        if isinstance(part, _Chain):
            stack.extend(reversed(part.parts))
        elif isinstance(part, kind):
            stack.extend(reversed(part.children))
        else:
            found.append(part)
    return found


def _identity(node: Node) -> Hashable:
    """What makes two members the same: equality for leaves and negated leaves, else being the same object.

    Hashing a deep tree costs its size at every level.
    """
    below = children(node)
    return id(node) if below and not (isinstance(node, Not) and not children(below[0])) else node
