"""What a search asks of a source: related rows and many-valued fields that plain records may not carry."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import NamedTuple

from booruql.ast.fold import walk
from booruql.ast.nodes import Count, Node, Operand, Position, Search, Some
from booruql.errors import Span
from booruql.schema import Table, table


class Demand(NamedTuple):
    """`name` is an entity (`pools`) or a field (`posts.favorited_by`), as a layout's `missing` names them."""

    name: str
    shown: str
    span: Span | None


def demands(search: Search, schema: Table) -> Iterator[Demand]:
    """Every related entity and many-valued field that the condition and the order ask."""
    for key in search.order:
        if isinstance(key.by, Count | Position):
            yield from _related(schema, key.by.relation, key.by.where, None)
        elif isinstance(key.by, str):
            yield from _field(schema, key.by, None)
    yield from _asked(search.where, schema)


def _asked(tree: Node, schema: Table) -> Iterator[Demand]:
    stack = [(tree, schema)]
    while stack:
        tree, schema = stack.pop()
        for node in walk(tree):
            span = getattr(node, "span", None)
            operand: Operand | Some | None = node if isinstance(node, Some) else getattr(node, "field", None)
            if isinstance(operand, Some | Count):
                relation = schema.relations.get(operand.relation)
                if relation is not None:
                    yield Demand(relation.entity, relation.help or relation.name.replace("_", " "), span)
                    stack.append((operand.where, table(relation.entity)))
            elif operand is not None:
                yield from _field(schema, operand, span)


def _related(schema: Table, name: str, where: Node, span: Span | None) -> Iterator[Demand]:
    relation = schema.relations.get(name)
    if relation is not None:
        yield Demand(relation.entity, relation.help or name.replace("_", " "), span)
        yield from _asked(where, table(relation.entity))


def _field(schema: Table, name: str, span: Span | None) -> Iterator[Demand]:
    field = schema.fields.get(name)
    if field is not None and field.many:
        yield Demand(f"{schema.name}.{name}", field.help, span)


def uncarried(schema: Table, carried: Set[str]) -> Iterator[str]:
    """The many-valued fields of an entity that no record has; none while there are no records."""
    for field in schema.fields.values():
        if carried and field.many and field.name not in carried:
            yield f"{schema.name}.{field.name}"
