"""How a statement begins: with the rows of a rare tag, or along an order's index until a page is full. For planning only.

With a common tag and a small page the index of the order soon gives enough rows; with a rare one it would be walked to its
end, and fetching all that the tag is on is cheap. How many rows a walk passes is the page over the share of rows that match.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from math import inf, prod
from typing import TypeGuard

from booruql.ast.fold import fold
from booruql.ast.nodes import All, And, Boost, Compare, Node, Not, Nothing, OneOf, Op, Or, Search

Rarity = Callable[[str], int | None]
"""How many posts have a tag, when known: for planning only."""
SUPPOSED = 1_000_000
"""How many posts there are, for want of knowing."""
RARE = SUPPOSED // 200
"""Posts of a tag up to which an array with it is rarer than a planner takes it to be that does not know the tag."""
FEW = 20_000
"""Posts of a tag up to which each of them is looked up by itself, rather than lists joined."""
_OTHERWISE = 0.1
"""The share of posts that have what is no tag."""
_STEP = 4
"""What a row of a walk costs, which lies anywhere, beside one of a tag's, which lie together."""
_MOST = 0.8
_ADDED = 8
"""Members of a list that are counted: the most used ones of a wildcard stand first."""


class Begin(Enum):
    """What is known of the required tags. The walk goes along the order's index, or that of the rarest tag by id."""

    UNKNOWN = "unknown"
    RARE = "rare"
    FEW = "few"
    COMMON = "common"
    WALK = "walk"

    @property
    def is_few(self) -> bool:
        """Whether the statement is written as for few posts: that is the safe way where nobody knows."""
        return self in (Begin.RARE, Begin.FEW, Begin.UNKNOWN)


def rarest_first(search: Search, rarity: Rarity | None) -> tuple[Node, Begin]:
    """The condition with its required tags in front, the rarest first, and how its statement begins."""
    where = search.where
    members = where.children if isinstance(where, And) else (where,)
    required = []
    if rarity is not None:
        asked = ((rarity(str(node.value)), at) for at, node in enumerate(members) if asks_for_tag(node))
        required = sorted((uses, at) for uses, at in asked if uses is not None)
    if rarity is None or not required:
        return where, Begin.UNKNOWN
    first = {at: None for _, at in required}
    ordered = (*[members[at] for at in first], *[node for at, node in enumerate(members) if at not in first])
    rarest, where = required[0][0], And(ordered) if len(ordered) > 1 else ordered[0]
    walked = _STEP * _walked(search)
    if walked <= rarest and walked <= rarest * _share(where, rarity):
        return where, Begin.WALK
    return where, Begin.RARE if rarest <= RARE else Begin.FEW if rarest <= FEW else Begin.COMMON


def asks_for_tag(node: Node) -> TypeGuard[Compare]:
    """Whether the member of a root And asks for a tag that every match has."""
    return isinstance(node, Compare) and node.field == "tags" and node.op is Op.EQ


def _walked(search: Search) -> float:
    """How many rows a walk has to pass if all match; without end where there is no index to walk, or no page to fill."""
    by_index = search.order and isinstance(search.order[0].by, str)
    return inf if search.size is None or search.sample is not None or not by_index else search.size * search.page.number


def _share(where: Node, rarity: Rarity) -> float:
    """About which share of the posts matches, as if nothing had to do with anything else."""

    def of_tag(name: object) -> float:
        return min((rarity(str(name)) or 0) / SUPPOSED, _MOST)

    def visit(node: Node, below: tuple[float, ...]) -> float:
        if isinstance(node, Compare | OneOf):
            return _of_leaf(node, of_tag)
        combine = _COMBINED.get(type(node))
        return combine(below) if combine else _OTHERWISE

    return fold(where, visit)


def _of_leaf(node: Compare | OneOf, of_tag: Callable[[object], float]) -> float:
    if node.field != "tags":
        return _OTHERWISE
    return of_tag(node.value) if isinstance(node, Compare) else min(sum(map(of_tag, node.values[:_ADDED])), _MOST)


_COMBINED: Mapping[type, Callable[[tuple[float, ...]], float]] = {
    And: prod,
    Or: lambda shares: 1 - prod(1 - share for share in shares),
    Not: lambda shares: 1 - shares[0],
    Boost: lambda shares: shares[0],
    All: lambda _: 1.0,
    Nothing: lambda _: 0.0,
}
