"""rule-engine, rules over Python objects: tags as a set and no declared types, which is the fastest."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.peers import need
from benchmarks.workload import Expression


def make_post(post: Mapping[str, Any]) -> dict[str, Any]:
    """A post as it takes it."""
    return {**post, "tags": set(post["tags"])}


def make_test(e: Expression) -> Callable[[Any], Any]:
    """What tells whether a post matches.

    Raises:
        Missing: rule-engine is not installed.
    """
    package = need("rule_engine")
    found: Callable[[Any], Any] = package.Rule(_text(e), context=package.Context(resolver=package.resolve_item)).matches
    return found


def _text(e: Expression) -> str:
    match e:
        case {"tag": name}:
            return f"{json.dumps(name)} in tags"
        case {"not": member}:
            return f"not ({_text(member)})"
        case {"and": members}:
            return "(" + " and ".join(map(_text, members)) + ")"
        case {"or": members}:
            return "(" + " or ".join(map(_text, members)) + ")"
        case {"field": name, "op": "between", "value": [low, high]}:
            return f"({name} >= {low} and {name} <= {high})"
        case {"field": name, "op": op, "value": value}:
            return f"{name} {'==' if op == '=' else op} {json.dumps(value)}"
    raise TypeError(e)
