"""What asking a leaf costs, roughly in the time of one set look-up: cheap and telling tests come first."""

from __future__ import annotations

from collections.abc import Callable

from booruql.ast.nodes import (
    Between,
    Compare,
    Contains,
    Count,
    Exists,
    Fuzzy,
    Glob,
    InNetwork,
    Leaf,
    OneOf,
    Op,
    Phrase,
    Some,
    Value,
    Words,
)
from booruql.schema import Kind

_SCALAR = 1.0
_TAG = 2.0
_CALL = 4.0
_GLOB = 12.0
_ROWS = 40.0
_TEXT = 400.0


def cost(leaf: Leaf, rarity: Callable[[Value], float]) -> float:
    """The price of a leaf. `rarity` is from 0 for the rarest tag to 1: a rare one settles an And sooner."""
    match leaf:
        case Compare(field=Count()) | OneOf(field=Count()) | Between(field=Count()) | Some():
            return _ROWS
        case Compare(field="tags" | "tag_names" | "tag_ids", op=Op.EQ, value=value):
            return _TAG + rarity(value)
        case OneOf(field="tags" | "tag_names" | "tag_ids"):
            return _CALL
        case Glob():
            return _GLOB
        case InNetwork() | Contains():
            return _CALL
        case Fuzzy() | Phrase() | Words():
            return _TEXT
        case Exists():
            return _SCALAR / 2
        case _:
            return _SCALAR


def is_one_of_many(kind: Kind) -> bool:
    """Whether the same few values come again from post to post, so that what a test said of them is worth keeping."""
    return kind is Kind.TAG
