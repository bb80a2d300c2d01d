"""`booruql match`: does one post match, and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from booruql import sites
from booruql.app.command import READING, Answer, Command, flag, read_query
from booruql.app.request import Request, make_context
from booruql.engine import api
from booruql.engine.evaluators import differences
from booruql.engine.lacking import lacking
from booruql.errors import ConfigError


def _load(own: Mapping[str, Any], base: Request) -> AbstractContextManager[Any]:
    """The record that the file holds."""
    path = own["post"]
    try:
        text = sys.stdin.buffer.read().decode() if path == "-" else Path(path).read_text(encoding="utf-8")
        record = json.loads(text)
    except (OSError, ValueError) as problem:
        raise ConfigError(f"post {path}: {problem}") from None
    if isinstance(record, list) and len(record) == 1:
        record = record[0]
    if not isinstance(record, dict):
        raise ConfigError(f"post {path}: not one JSON object")
    return nullcontext(record)


def _match(request: Request, record: Any) -> Answer:
    context = make_context(request)
    closed = api.close(read_query(request, context), context)
    matches = api.predicate(closed)
    result: dict[str, Any] = {"matches": matches(record)}
    if request.explain:
        result["explain"] = matches.explain(record).show(request.q)
        if sites.load(request.site_name).syntax == "philomena":
            result["explain"] += "".join(f"\n  note: {note}" for note in differences(closed.search.where, closed.resource))
        own = sites.load(request.site_name).facts.get("note")
        result["explain"] += f"\n  note: {own}" if own else ""
    missing = None if request.lenient else lacking(closed.search.where, closed.resource, matches.read(record))
    return result, (*closed.warnings, *([missing] if missing else ()))


def _show(result: Any, request: Request, session: Any) -> str:
    word = "matches" if result["matches"] else "does not match"
    return str(result.get("explain", word))


def _status(result: Any) -> int:
    return 0 if result["matches"] else 1


COMMAND = Command(
    "match",
    "tell whether one post matches",
    (
        flag("--post", required=True, metavar="FILE", help="an API record as JSON; - reads stdin"),
        flag("--explain", action="store_true", help="tell which terms held and which failed"),
        *READING,
        flag("query", nargs=1, metavar="QUERY", help="the query"),
    ),
    _match,
    _show,
    own=("post",),
    session=_load,
    status=_status,
    order=4,
)
