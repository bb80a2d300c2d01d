"""`booruql check`: every problem of a query, or of a layout on a database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from booruql.app.command import LAYOUTS, QUERIES, READING, Answer, Command, flag
from booruql.app.request import Request, chosen_layout, make_audience, make_context
from booruql.engine import api
from booruql.errors import ConfigError, Diagnostic, Span, render


def _check(request: Request, session: Any) -> Answer:
    context = make_context(request)
    audience = make_audience(request, context)
    _, problems = api.diagnose(request.q, site=request.site_name, entity=request.entity, audience=audience, context=context)
    return [problem.to_dict() for problem in problems], ()


def _show(result: Any, request: Request, session: Any) -> str:
    return "\n".join(render(_diagnostic(problem, request.q)) for problem in result)


def _diagnostic(problem: Mapping[str, Any], text: str) -> Diagnostic:
    span = None if problem["start"] is None else Span(problem["start"], problem["end"])
    return Diagnostic(problem["code"], problem["message"], span, problem["hint"], text)


def _status(result: Any) -> int:
    return int(any(problem["code"].startswith("E") for problem in result))


def _check_layout(own: Mapping[str, Any], base: Request) -> int | None:
    """The layout at `--url`, when one is given: 0 when nothing is wrong with it, else 1."""
    if own["url"] is None:
        return None
    if own["query"]:
        raise ConfigError("--url checks a layout; give no query")
    from booruql import sites
    from booruql.store.checking import check_layout
    from booruql.store.servers import open_url

    server = open_url(own["url"])
    try:
        problems = check_layout(chosen_layout(base.layout), sites.load(base.site_name), server)
    finally:
        server.close()
    for problem in problems:
        print(problem)
    return int(bool(problems))


COMMAND = Command(
    "check",
    "print every problem of a query, or of a layout on a database",
    (
        flag("--layout", default="join", help=f"with --url, the layout that is checked: {LAYOUTS}"),
        flag("--url", help="the database whose tables are held against the layout; only read"),
        *READING,
        *QUERIES,
    ),
    _check,
    _show,
    own=("url",),
    status=_status,
    instead=_check_layout,
    order=5,
)
