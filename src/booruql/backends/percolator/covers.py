"""What a post must have to match a tree: keys of which it has one at least, tags of which it has all, tags it must not have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from booruql.ast.fold import fold
from booruql.ast.nodes import And, Between, Boost, Compare, Node, Not, Nothing, OneOf, Op, Or, Value
from booruql.schema import Kind, Table

Key = tuple[str, Value]
Weigh = Callable[[str, Value], float]
"""About how many posts have a value of a field."""

_MOST = 64  # keys of one cover
_COMPARED = (Kind.INT, Kind.INSTANT, Kind.FLOAT, Kind.FLOAT32)


@dataclass(frozen=True, slots=True)
class Parts:
    """A conjunction: required and banned tags, and what else must hold."""

    required: tuple[str, ...]
    banned: tuple[str, ...]
    rest: tuple[Node, ...]


def split(tree: Node, tags: str) -> Parts:
    """The members of a conjunction, by what they say about the field of tags."""
    required: dict[str, None] = {}
    banned: dict[str, None] = {}
    rest: list[Node] = []
    for member in _members(tree):
        match member:
            case Compare(field=field, op=Op.EQ, value=str(value)) if field == tags:
                required[value] = None
            case Not(child=Compare(field=field, op=Op.EQ, value=str(value))) if field == tags:
                banned[value] = None
            case Not(child=OneOf(field=field, values=values)) if field == tags:
                banned.update(dict.fromkeys(map(str, values)))
            case _:
                rest.append(member)
    return Parts(tuple(required), tuple(banned), tuple(rest))


def _members(tree: Node) -> tuple[Node, ...]:
    while isinstance(tree, Boost):
        tree = tree.child
    return tree.children if isinstance(tree, And) else (tree,)


Cover = tuple[float, frozenset[Key]]


def cover(tree: Node, schema: Table, weigh: Weigh) -> frozenset[Key] | None:
    """The lightest set of keys of which every match has one; None when there is none."""

    def visit(node: Node, below: tuple[Cover | None, ...]) -> Cover | None:
        match node:
            case Compare(field=str(field), op=Op.EQ, value=value) if _is_keyed(field, schema):
                return weigh(field, value), frozenset({(field, value)})
            case OneOf(field=str(field), values=values) if _is_keyed(field, schema) and len(values) <= _MOST:
                return sum(weigh(field, value) for value in values), frozenset((field, value) for value in values)
            case Nothing():
                return 0.0, frozenset()
            case Boost():
                return below[0]
            case And():
                return min((found for found in below if found is not None), key=_weight, default=None)
            case Or():
                return _joined(below)
            case _:
                return None

    found = fold(tree, visit)
    return None if found is None else found[1]


def _is_keyed(field: str, schema: Table) -> bool:
    return schema.fields[field].kind is not Kind.FLOAT32


def _weight(found: Cover) -> float:
    return found[0]


def _joined(below: tuple[Cover | None, ...]) -> Cover | None:
    there = [found for found in below if found is not None]
    if len(there) < len(below):
        return None
    keys = frozenset[Key]().union(*(found[1] for found in there))
    return (sum(found[0] for found in there), keys) if len(keys) <= _MOST else None


@dataclass(frozen=True, slots=True)
class Bound:
    """A comparison that the post's number must pass, and what else must hold."""

    field: str
    op: Op
    value: int | float
    rest: tuple[Node, ...]


def bound(parts: Parts, schema: Table) -> Bound | None:
    """The first member that compares a number."""
    for at, member in enumerate(parts.rest):
        others = parts.rest[:at] + parts.rest[at + 1 :]
        match member:
            case Compare(field=str(field), op=op, value=int() | float() as value) if _is_compared(field, schema):
                return Bound(field, op, value, others)
            case Between(field=str(field), low=int() | float() as low, low_open=is_open) if _is_compared(field, schema):
                return Bound(field, Op.GT if is_open else Op.GE, low, (member, *others))
    return None


def _is_compared(field: str, schema: Table) -> bool:
    spec = schema.fields[field]
    return spec.kind in _COMPARED and not spec.many
