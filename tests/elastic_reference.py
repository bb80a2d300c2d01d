"""What a search engine does with our bodies, written straight from its rules and slowly: the judge of the other back ends.

It shares no code with them: words, wildcards, edits and 32-bit rounding are done again here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ctypes import c_float
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

from snowballstemmer import stemmer

STOP = set(
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was "
    "will with".split()
)
_STEM = stemmer("english").stemWord


def holds(query: Mapping[str, Any], document: Mapping[str, Any], types: Mapping[str, Any]) -> bool:  # noqa: C901, PLR0911, PLR0912
    """Whether a stored document matches a query; `types` are the mapping's properties."""
    ((kind, body),) = query.items()
    match kind:
        case "match_all":
            return True
        case "match_none":
            return False
        case "function_score":
            return holds(body["query"], document, types)
        case "constant_score":
            return holds(body["filter"], document, types)
        case "bool":
            return _bool(body, document, types)
        case "nested":
            inner = types[body["path"]]["properties"]
            rows = document.get(body["path"]) or []
            return any(holds(body["query"], {body["path"]: row}, {body["path"]: {"properties": inner}}) for row in rows)
        case "exists":
            return bool(_values(document, body["field"]))
    ((field, asked),) = ((name, value) for name, value in body.items() if name != "boost")
    stated = _type(types, field)
    tokens = [token for value in _values(document, field) for token in _tokens(value, stated)]
    match kind:
        case "term":
            return any(_equals(token, asked, stated) for token in tokens)
        case "terms":
            return any(_equals(token, one, stated) for token in tokens for one in asked)
        case "range":
            return any(all(_bound(token, op, end, stated) for op, end in asked.items()) for token in tokens)
        case "wildcard":
            pattern = _wildcard(asked if isinstance(asked, str) else asked["value"])
            return any(pattern.fullmatch(str(token)) for token in tokens)
        case "fuzzy":
            return any(distance(asked["value"], str(token)) <= edits(asked["value"], asked["fuzziness"]) for token in tokens)
        case "match_phrase":
            return any(_phrase(asked, value) for value in _values(document, field))
    raise NotImplementedError(kind)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _bool(body: Mapping[str, Any], document: Mapping[str, Any], types: Mapping[str, Any]) -> bool:
    must = _listed(body.get("must")) + _listed(body.get("filter"))
    should = _listed(body.get("should"))
    if not all(holds(one, document, types) for one in must):
        return False
    if any(holds(one, document, types) for one in _listed(body.get("must_not"))):
        return False
    return not should or bool(must) or any(holds(one, document, types) for one in should)


def _values(document: Mapping[str, Any], path: str) -> list[Any]:
    found: Any = document
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return _listed(found)


def _type(types: Mapping[str, Any], path: str) -> str:
    *above, last = path.split(".")
    for step in above:
        types = types[step]["properties"]
    return str(types[last]["type"])


def _tokens(value: Any, stated: str) -> list[Any]:
    if stated == "keyword":
        return [_text(value)]
    if stated == "text":
        return [one for _, one in _stems(value)]
    return [value]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: Any, stated: str) -> Any:
    if stated == "float":
        return c_float(float(value)).value
    if stated == "date":
        return datetime.fromisoformat(value).astimezone(UTC)
    if stated == "boolean":
        return _text(value)
    return value


def _equals(token: Any, asked: Any, stated: str) -> bool:
    if stated in ("keyword", "text"):
        return bool(token == _text(asked))
    if stated == "ip":
        return ip_address(token) in ip_network(asked, strict=False)
    return bool(_number(token, stated) == _number(asked, stated))


def _bound(token: Any, op: str, end: Any, stated: str) -> bool:
    one, other = _number(token, stated), _number(end, stated)
    return bool({"gt": one > other, "gte": one >= other, "lt": one < other, "lte": one <= other}[op])


def _wildcard(pattern: str) -> re.Pattern[str]:
    pieces = re.findall(r"\\.|\*|\?|.", pattern, re.DOTALL)
    spelled = {"*": ".*", "?": "."}
    made = (spelled.get(p) or re.escape(p[1:] if p.startswith("\\") and len(p) > 1 else p) for p in pieces)
    return re.compile("".join(made), re.DOTALL)


def edits(value: str, fuzziness: float) -> int:
    """The distance that a fuzziness allows; nothing but the empty text is near an empty one."""
    if not value:
        return 0
    return min(int(fuzziness), 2) if fuzziness >= 1 else 0 if fuzziness == 0 else min(int((1 - fuzziness) * len(value)), 2)


def distance(one: str, other: str) -> int:
    """Optimal string alignment, the whole table of it."""
    table = [[max(i, j) if not i or not j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            best = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (one[i - 1] != other[j - 1]))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, table[i - 2][j - 2] + 1)
            table[i][j] = best
    return table[-1][-1]


def _stems(text: str) -> list[tuple[int, str]]:
    """Of plain English text only."""
    words = [re.sub("'s$", "", word) for word in re.findall(r"\w+(?:'\w+)*", text.lower())]
    return [(place, _STEM(word)) for place, word in enumerate(words) if word not in STOP]


def _phrase(asked: str, value: str) -> bool:
    wanted, there = _stems(asked), dict(_stems(value))
    return bool(wanted) and any(
        all(there.get(start + place - wanted[0][0]) == one for place, one in wanted) for start in range(len(value) + 1)
    )
