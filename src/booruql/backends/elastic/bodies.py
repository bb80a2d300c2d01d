"""Queries made of queries, and the engine's limits on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from booruql.ast.nodes import Value
from booruql.errors import make_error

Body = dict[str, Any]

MAX_CLAUSES = 1024  # leaves of one query (indices.query.bool.max_clause_count)
MAX_TERMS = 65_536  # values of one `terms` (index.max_terms_count)


def placed(query: Body, ids: Sequence[int]) -> Body:
    """The query with a score by the place in the list: the first has the highest, what is not in it has 1."""
    functions = [{"filter": {"term": {"id": number}}, "weight": len(ids) + 1 - place} for place, number in enumerate(ids)]
    return {"function_score": {"query": query, "functions": functions, "score_mode": "max", "boost_mode": "replace"}}


def check_clauses(query: Body) -> None:
    """Raise for more leaves than the engine takes in one query."""
    count, stack = 0, [query]
    while stack:
        for kind, body in stack.pop().items():
            inner = body if kind == "bool" else {kind: body.get("query")} if kind in ("nested", "function_score") else {}
            below = [q for part in inner.values() for q in (part if isinstance(part, list) else [part]) if q]
            stack.extend(below)
            count += not below
    if count > MAX_CLAUSES:
        raise make_error("E604", f"the query has {count} leaves; the engine takes {MAX_CLAUSES}")


def any_of(name: str, values: Sequence[Value]) -> list[Body]:
    """The values of a field as `term` or `terms`, in as many parts as the engine's limit asks for."""
    parts = [values[at : at + MAX_TERMS] for at in range(0, len(values), MAX_TERMS)]
    return [{"terms": {name: list(part)}} if len(part) > 1 else {"term": {name: part[0]}} for part in parts]


def joined(below: Sequence[Body]) -> list[Body]:
    """The members of a union, those that ask one field for a value made one `terms`."""
    kept: list[Body] = []
    sets: dict[str, list[Value]] = {}
    for query in below:
        found = query.get("term") or query.get("terms")
        if not found or len(query) > 1:
            kept.append(query)
            continue
        for name, value in found.items():
            sets.setdefault(name, []).extend(value if isinstance(value, list) else [value])
    for name, values in sets.items():
        distinct = list({(type(value), value): value for value in values}.values())
        kept.extend(any_of(name, distinct))
    return kept
