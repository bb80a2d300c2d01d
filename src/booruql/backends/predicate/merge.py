"""`a or b`  =  one of {a, b};  `-a -b`  =  not one of {a, b}: one set test instead of many look-ups."""

from __future__ import annotations

from booruql.ast.fold import rewrite
from booruql.ast.nodes import And, Compare, Node, Not, OneOf, Op, Operand, Or, Value


def merge(tree: Node) -> Node:
    """The same set of posts with equalities of one field gathered; spans of the gathered leaves are dropped."""
    return rewrite(tree, _merge)


def _merge(node: Node) -> Node:
    match node:
        case Or(children=children):
            wanted = [_choice(child) for child in children]
            rest, groups = _gather(children, wanted)
            return _joined(node, Or, (*rest, *groups)) if len(rest) + len(groups) < len(children) else node
        case And(children=children):
            wanted = [_choice(child.child) if isinstance(child, Not) else None for child in children]
            rest, groups = _gather(children, wanted)
            negated = tuple(Not(group) for group in groups)
            return _joined(node, And, (*rest, *negated)) if len(rest) + len(groups) < len(children) else node
        case _:
            return node


def _joined(node: Node, kind: type[And] | type[Or], members: tuple[Node, ...]) -> Node:
    return kind(members, node.span) if len(members) > 1 else members[0]


_Choice = tuple[Operand, tuple[Value, ...]]


def _choice(node: Node) -> _Choice | None:
    match node:
        case Compare(field=field, op=Op.EQ, value=value):
            return field, (value,)
        case OneOf(field=field, values=values):
            return field, values
        case _:
            return None


def _gather(children: tuple[Node, ...], wanted: list[_Choice | None]) -> tuple[list[Node], list[Node]]:
    rest: list[Node] = []
    groups: dict[Operand, list[Value]] = {}
    for child, choice in zip(children, wanted, strict=True):
        if choice is None:
            rest.append(child)
        else:
            groups.setdefault(choice[0], []).extend(choice[1])
    return rest, [_group(field, values) for field, values in groups.items()]


def _group(field: Operand, values: list[Value]) -> Node:
    return OneOf(field, tuple(values)) if len(values) != 1 else Compare(field, Op.EQ, values[0])
