"""`booruql compile`: a query in the form of a target."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from booruql.app.command import QUERIES, READING, Answer, Command, flag, plain, read_query
from booruql.app.request import Request, make_context
from booruql.ast import show
from booruql.engine import api


def _compile(request: Request, session: Any) -> Answer:
    context = make_context(request)
    query = read_query(request, context)
    if request.to == "remote":
        found = api.remote(query, context=context, page=request.page)
        return {"params": found.params, "residual": None if found.residual is None else found.residual.text}, found.warnings
    closed = api.close(query, context)
    return TARGETS[request.to or "sql"](request, closed), closed.warnings


def to_sql(request: Request, closed: api.Closed) -> Any:
    """The statement's text, its parameters, and what is left for its answer to pass."""
    database = request.database or "sqlite"
    statement = api.sql(closed, database=database, layout=request.layout, exact="residual", inline=request.inline)
    residual = None if statement.residual is None else show.sexp(statement.residual)
    return {"sql": statement.text, "params": statement.params, "residual": residual}


def to_elastic(request: Request, closed: api.Closed) -> Any:
    """The request body."""
    return api.elastic(closed)


def to_percolator(request: Request, closed: api.Closed) -> Any:
    """The query as a document of an index of queries."""
    from booruql.backends import elastic

    return elastic.percolator_document(closed.search, closed.resource)


def to_python(request: Request, closed: api.Closed) -> Any:
    """The text of the generated function."""
    return api.predicate(closed).source


TARGETS: Mapping[str, Callable[[Request, api.Closed], Any]] = {
    "sql": to_sql,
    "elastic": to_elastic,
    "python": to_python,
    "percolator": to_percolator,
}


def show_compiled(result: Any, request: Request, session: Any) -> str:
    """SQL with its parameters as comments, other targets as they are."""
    if (request.to or "sql") != "sql":
        return plain(result, request, session)
    lines = [result["sql"]]
    if result["params"]:
        lines.append(f"-- params: {json.dumps(result['params'], ensure_ascii=False, default=str)}")
    if result["residual"]:
        lines.append(f"-- residual: {result['residual']}")
    return "\n".join(lines)


COMMAND = Command(
    "compile",
    "compile a query to a target",
    (
        flag("--to", choices=(*TARGETS, "remote"), required=True, help="the target"),
        flag("--database", help="the SQL spelling (default: sqlite)"),
        flag("--layout", default="join", help="how posts and tags are stored (default: join)"),
        flag("--inline", action="store_true", help="write values into the SQL, for reading only"),
        flag("--page", metavar="P", help="the page to ask a remote site for"),
        *READING,
        *QUERIES,
    ),
    _compile,
    show_compiled,
    order=2,
)
