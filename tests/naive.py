"""The definitions of `booruql.ast.nodes`, read out loud: a slow evaluator that every fast one must agree with."""

from __future__ import annotations

import struct
from ipaddress import ip_address, ip_network
from typing import Any

from booruql.ast.nodes import (
    All,
    And,
    Between,
    Boost,
    Compare,
    Contains,
    Count,
    Exists,
    Fuzzy,
    Glob,
    InNetwork,
    Node,
    Not,
    Nothing,
    OneOf,
    Op,
    Operand,
    Or,
    Pattern,
    Some,
    Wild,
)
from booruql.schema import Kind, Table, table
from booruql.text import lower


def holds(node: Node, row: dict[str, Any], schema: Table) -> bool:
    """Whether the row is in the set that the tree stands for."""
    match node:
        case All():
            return True
        case Nothing():
            return False
        case And(children=nodes):
            return all(holds(child, row, schema) for child in nodes)
        case Or(children=nodes):
            return any(holds(child, row, schema) for child in nodes)
        case Not(child=child):
            return not holds(child, row, schema)
        case Boost(child=child):
            return holds(child, row, schema)
        case Some(relation=name, where=where):
            return bool(rows(name, where, row, schema))
        case Exists(field=field):
            return bool(answers(field, row, schema))
        case _:
            return any(value_holds(node, value, schema) for value in answers(node.field, row, schema))  # type: ignore[union-attr]


def rows(name: str, where: Node, row: dict[str, Any], schema: Table) -> list[dict[str, Any]]:
    entity = table(schema.relations[name].entity)
    return [related for related in row.get(name) or () if holds(where, related, entity)]


def answers(operand: Operand, row: dict[str, Any], schema: Table) -> list[Any]:
    """The values of a field: none when it is missing."""
    if isinstance(operand, Count):
        return [len(rows(operand.relation, operand.where, row, schema))]
    value = row.get(operand)
    return [] if value is None else list(value) if schema.fields[operand].many else [value]


def stored(value: Any, operand: Operand, schema: Table) -> Any:
    """The value as the field's kind holds it."""
    if not isinstance(operand, Count) and schema.fields[operand].kind is Kind.FLOAT32:
        return struct.unpack("f", struct.pack("f", value))[0]
    return value


def value_holds(node: Node, raw: Any, schema: Table) -> bool:
    """Whether one value satisfies a leaf."""
    match node:
        case Compare(field=field, op=op, value=bound):
            one, other = stored(raw, field, schema), stored(bound, field, schema)
            return {Op.EQ: lambda: one == other, Op.LT: lambda: one < other, Op.LE: lambda: one <= other,
                    Op.GT: lambda: one > other, Op.GE: lambda: one >= other}[op]()  # fmt: skip
        case OneOf(field=field, values=wanted):
            return stored(raw, field, schema) in [stored(value, field, schema) for value in wanted]
        case Between(field=field, low=low, high=high, low_open=after, high_open=before):
            one, least, most = stored(raw, field, schema), stored(low, field, schema), stored(high, field, schema)
            return (one > least if after else one >= least) and (one < most if before else one <= most)
        case Glob(pattern=pattern, fold=fold):
            return glob(tuple(lower(p) if isinstance(p, str) and fold else p for p in pattern), lower(raw) if fold else raw)
        case Fuzzy(text=text, edits=edits):
            return distance(text, raw) <= edits
        case InNetwork(text=text):
            address = ip_address(raw)
            return (getattr(address, "ipv4_mapped", None) or address) in ip_network(text, strict=False)
        case Contains(key=key, value=value):
            return key in raw and (value is None or raw[key] == value)
        case _:
            raise NotImplementedError(node)


def glob(pattern: Pattern, text: str) -> bool:
    """The places of the text that the pattern may have reached, part by part."""
    units = [unit for part in pattern for unit in (part if isinstance(part, str) else [part])]
    places = {0}
    for unit in units:
        if unit is Wild.RUN:
            places = set(range(min(places), len(text) + 1)) if places else set()
        elif unit is Wild.ONE:
            places = {place + 1 for place in places if place < len(text)}
        else:
            places = {place + 1 for place in places if text[place : place + 1] == unit}
    return len(text) in places


def distance(one: str, other: str) -> int:
    """Optimal string alignment, the whole table."""
    grid = [[max(i, j) if 0 in (i, j) else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            costs = [grid[i - 1][j] + 1, grid[i][j - 1] + 1, grid[i - 1][j - 1] + (one[i - 1] != other[j - 1])]
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                costs.append(grid[i - 2][j - 2] + 1)
            grid[i][j] = min(costs)
    return grid[-1][-1]
