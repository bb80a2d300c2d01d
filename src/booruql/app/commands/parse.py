"""`booruql parse`: a query's tree."""

from __future__ import annotations

from typing import Any

from booruql.app.command import QUERIES, READING, Answer, Command, flag, read_query
from booruql.app.request import Request, make_context
from booruql.engine import api


def _parse(request: Request, session: Any) -> Answer:
    return api.printed(read_query(request, make_context(request)), request.to or "sexp"), ()


COMMAND = Command(
    "parse",
    "print a query's tree",
    (
        flag("--to", choices=("sexp", "cnf", "normal", "infix", "tree", "json"), default="sexp", help="the printed form"),
        *READING,
        *QUERIES,
    ),
    _parse,
    order=1,
)
