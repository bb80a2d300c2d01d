"""One post by hand: the function that one would write for the one query at hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.workload import Expression, instant
from booruql.ast.nodes import And, Between, Compare, Exists, Node, Not, Nothing, OneOf, Op, Or

_OPS = {Op.EQ: "==", Op.GT: ">", Op.GE: ">=", Op.LT: "<", Op.LE: "<="}


def hand_lambda(tree: Node) -> Callable[[dict[str, Any]], bool]:  # noqa: C901 - one case a node
    """The query as a person would type it over a dict; constants are bound by name."""
    constants: dict[str, Any] = {}

    def name(value: Any) -> str:
        constants[f"k{len(constants)}"] = value
        return f"k{len(constants) - 1}"

    def text(node: Node) -> str:
        match node:
            case And(children=children):
                return "(" + " and ".join(map(text, children)) + ")"
            case Or(children=children):
                return "(" + " or ".join(map(text, children)) + ")"
            case Not(child=child):
                return f"not {text(child)}"
            case Exists(field=field):
                return f"p[{field!r}] is not None"
            case Nothing():
                return "False"
            case Compare(field="tags", value=value):
                return f"{name(value)} in p['tags']"
            case OneOf(field="tags", values=values):
                return f"any([x in {name(frozenset(values))} for x in p['tags']])"
            case Compare(field=str(field), op=op, value=value):
                return f"p[{field!r}] {_OPS[op]} {name(value)}"
            case Between(field=str(field), low=low, high=high, high_open=is_open):
                return f"{name(low)} <= p[{field!r}] {'<' if is_open else '<='} {name(high)}"
        raise TypeError(node)

    found: Callable[[dict[str, Any]], bool] = eval(f"lambda p: {text(tree)}", constants)
    return found


def typed_lambda(expression: Expression) -> Callable[[dict[str, Any]], bool]:  # noqa: C901 - as above
    """The query as a person would type it, in the order of its text, with a regular expression for a wildcard."""
    constants: dict[str, Any] = {"any_matches": _any_matches}

    def name(value: Any) -> str:
        constants[f"k{len(constants)}"] = value
        return f"k{len(constants) - 1}"

    def text(e: Expression) -> str:
        match e:
            case {"tag": tag}:
                return f"{tag!r} in p['tags']"
            case {"wild": glob}:
                pattern = re.compile(re.escape(glob).replace(r"\*", ".*"))
                return f"any_matches(p['tags'], {name(pattern.fullmatch)})"
            case {"not": member}:
                return f"not {text(member)}"
            case {"and": members}:
                return "(" + " and ".join(map(text, members)) + ")"
            case {"or": members}:
                return "(" + " or ".join(map(text, members)) + ")"
            case {"field": "created_at", "op": "between", "value": [low, high]}:
                return f"{instant(low)} <= p['created_at'] <= {instant(high)}"
            case {"field": "created_at", "op": op, "value": value}:
                return f"p['created_at'] {op} {instant(value)}"
            case {"field": field, "op": op, "value": value}:
                own = {"fav_count": "favorite_count"}.get(field, field)
                return f"p[{own!r}] {'==' if op == '=' else op} {value!r}"
        raise TypeError(e)

    found: Callable[[dict[str, Any]], bool] = eval(f"lambda p: {text(expression)}", constants)
    return found


def _any_matches(tags: Iterable[str], matches: Callable[[str], object]) -> bool:
    for tag in tags:  # noqa: SIM110 - a generator costs twice
        if matches(tag):
            return True
    return False
