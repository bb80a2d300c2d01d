"""The closed tree's shape: flat And/Or of two or more, no double negation, All and Nothing only at the root, no repeats."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from operator import is_

from booruql.ast.fold import Laid, children, lay
from booruql.ast.nodes import All, And, Boost, Node, Not, Nothing, Or
from booruql.ast.quick import quick


def simplify(tree: Node) -> Node:
    """The same set of posts in the closed tree's shape.

    >>> from booruql.ast.nodes import Exists
    >>> a, b = Exists("a"), Exists("b")
    >>> simplify(And((a, And((a, Not(Not(b))))))) == And((a, b))
    True
    """
    return simplify_laid(lay(tree))


@quick
@dataclass(frozen=True, slots=True, eq=False)
class _Chain:
    """An And or Or whose members are not listed yet: a chain of its own kind is kept whole, so joining is linear."""

    node: And | Or
    parts: tuple[_Shaped, ...]


_Shaped = Node | _Chain


def simplify_laid(laid: Laid) -> Node:
    """The same of a tree that is laid out."""
    found: list[_Shaped] = []
    for node, count in laid:
        kind = type(node)
        if kind is And or kind is Or:
            first = len(found) - count
            found[first:] = [_chain(node, kind, found[first:])]  # type: ignore[arg-type]
        elif kind is Not:
            found[-1] = _negate(_close(found[-1]), node)  # type: ignore[arg-type]
        elif kind is Boost:
            child = _close(found[-1])
            found[-1] = node if child is node.child else Boost(child, node.factor, node.span)  # type: ignore[union-attr]
        else:
            found.append(node)
    return _close(found[0])


def _chain(node: And | Or, kind: type, below: list[_Shaped]) -> _Chain:
    """The chain of these parts: those of the other kind are done."""
    return _Chain(node, tuple([_close(part) if type(part) is _Chain and type(part.node) is not kind else part for part in below]))


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
    if type(shaped) is not _Chain:
        return shaped  # type: ignore[return-value]
    node = shaped.node
    neutral, ruling = (All, Nothing) if type(node) is And else (Nothing, All)
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


def _members(chain: _Chain) -> list[Node]:
    """The members of a chain and of the chains in it (all of its kind), in order."""
    own = type(chain.node)
    found: list[Node] = []
    stack = [*reversed(chain.parts)]
    while stack:
        part = stack.pop()
        kind = type(part)
        if kind is _Chain:
            stack.extend(reversed(part.parts))  # type: ignore[union-attr]
        elif kind is own:
            stack.extend(reversed(part.children))  # type: ignore[union-attr]
        else:
            found.append(part)  # type: ignore[arg-type]
    return found


def _identity(node: Node) -> Hashable:
    """What makes two members the same: equality for leaves and negated leaves, else being the same object.

    Hashing a deep tree costs its size at every level.
    """
    below = children(node)
    return id(node) if below and not (type(node) is Not and not children(below[0])) else node
