"""JMESPath, a query language over JSON: tags as a list, each expression compiled once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.peers import need
from benchmarks.workload import Expression


def make_post(post: Mapping[str, Any]) -> dict[str, Any]:
    """A post as it takes it."""
    return {**post, "tags": sorted(post["tags"])}


def make_test(e: Expression) -> Callable[[Any], Any]:
    """What tells whether a post matches.

    Raises:
        Missing: jmespath is not installed.
    """
    found: Callable[[Any], Any] = need("jmespath").compile(_text(e)).search
    return found


def _text(e: Expression) -> str:
    match e:
        case {"tag": name}:
            return f"contains(tags, {_literal(name)})"
        case {"not": member}:
            return f"!({_text(member)})"
        case {"and": members}:
            return "(" + " && ".join(map(_text, members)) + ")"
        case {"or": members}:
            return "(" + " || ".join(map(_text, members)) + ")"
        case {"field": name, "op": "between", "value": [low, high]}:
            return f"({name} >= {_literal(low)} && {name} <= {_literal(high)})"
        case {"field": name, "op": op, "value": value}:
            return f"{name} {'==' if op == '=' else op} {_literal(value)}"
    raise TypeError(e)


def _literal(value: object) -> str:
    return "`" + json.dumps(value).replace("`", "\\`") + "`"
