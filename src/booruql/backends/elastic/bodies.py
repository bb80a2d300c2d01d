"""Queries made of queries, and the engine's limits on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from booruql.ast.nodes import Value
from booruql.errors import make_error

Body = dict[str, Any]

MAX_CLAUSES = 1024  # leaves of one query (indices.query.bool.max_clause_count)
_WRAPPERS = ("nested", "function_score")
MAX_TERMS = 65_536  # values of one `terms` (index.max_terms_count)


def placed(query: Body, ids: Sequence[int]) -> Body:
    """The query with a score by the place in the list: the first has the highest, what is not in it has 1."""
    functions = [{"filter": {"term": {"id": number}}, "weight": len(ids) + 1 - place} for place, number in enumerate(ids)]
    return {"function_score": {"query": query, "functions": functions, "score_mode": "max", "boost_mode": "replace"}}


def check_clauses(query: Body) -> None:
    """Raise for more clauses than the engine takes in one query."""
    count, stack = 0, [query]
    while stack:
        ((kind, body),) = stack.pop().items()
        if kind == "bool":
            parts = [part if isinstance(part, list) else [part] for part in body.values()]
            stack.extend(one for part in parts for one in part)
            count += body.keys() == {"must_not"}
        elif kind in _WRAPPERS and "query" in body:
            stack.append(body["query"])
        elif kind == "constant_score":
            stack.append(body["filter"])
        else:
            count += 2 if _is_numeric(kind, body) else 1
    if count > MAX_CLAUSES:
        hint = "ask for less, or raise indices.query.bool.max_clause_count"
        raise make_error("E604", f"the query has {count} clauses, as the engine counts them; it takes {MAX_CLAUSES}", hint=hint)


def _is_numeric(kind: str, body: Body) -> bool:
    """Whether a leaf counts twice: the engine keeps two ways to find a number, and takes the cheaper one."""
    if kind not in ("term", "terms"):
        return kind == "range"
    found = next(iter(body.values()))
    value = found[0] if isinstance(found, list) and found else found
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_negation(query: Body) -> bool:
    """Whether a query is the negation of one other."""
    return query.keys() == {"bool"} and query["bool"].keys() == {"must_not"} and isinstance(query["bool"]["must_not"], dict)


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
