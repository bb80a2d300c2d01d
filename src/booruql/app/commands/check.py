"""`booruql check`: every problem of a query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from booruql.app.command import QUERIES, READING, Answer, Command
from booruql.app.request import Request, make_audience, make_context
from booruql.engine import api
from booruql.errors import Diagnostic, Span, render


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


COMMAND = Command("check", "print every problem of a query", (*READING, *QUERIES), _check, _show, status=_status, order=5)
