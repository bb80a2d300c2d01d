"""`booruql compile`: a query in the form of a target."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from booruql.app.command import LAYOUTS, QUERIES, READING, Answer, Command, flag, plain, read_query
from booruql.app.request import Request, chosen_layout, make_context
from booruql.ast import show
from booruql.engine import api
from booruql.errors import ConfigError

if TYPE_CHECKING:
    from booruql.backends.sql import Statement
    from booruql.backends.sql.layout import Layout
    from booruql.store.servers import Server


class Planner:
    """The database whose plans are shown."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.interrupt = server.interrupt
        self._layouts: dict[tuple[str, str], Layout] = {}

    def layout(self, name: str, site: str) -> Layout:
        """The layout as this database has it."""
        from booruql import sites
        from booruql.store.fitting import fit

        if (name, site) not in self._layouts:
            self._layouts[name, site] = fit(chosen_layout(name), sites.load(site), self.server.columns(), self.server.dialect)
        return self._layouts[name, site]


@contextmanager
def _open(own: Mapping[str, Any], base: Request) -> Iterator[Planner | None]:
    if not base.plan:
        yield None
        return
    if own["url"] is None or base.inline or base.to != "sql":
        raise ConfigError("--plan asks a database: --to sql --plan --url postgresql://..., without --inline")
    from booruql.store.servers import open_url

    server = open_url(own["url"])
    try:
        yield Planner(server)
    finally:
        server.close()


def _compile(request: Request, session: Planner | None) -> Answer:
    context = make_context(request)
    query = read_query(request, context)
    if request.to == "remote":
        found = api.remote(query, context=context, page=request.page)
        return {"params": found.params, "residual": None if found.residual is None else found.residual.text}, found.warnings
    closed = api.close(query, context)
    if session is not None:
        return _planned(request, closed, session), closed.warnings
    return TARGETS[request.to or "sql"](request, closed), closed.warnings


def to_sql(request: Request, closed: api.Closed) -> Any:
    """The statement's text, its parameters, and what is left for its answer to pass."""
    database = request.database or "sqlite"
    statement = api.sql(closed, database=database, layout=chosen_layout(request.layout), exact="residual", inline=request.inline)
    return _told(statement)


def _told(statement: Statement) -> dict[str, Any]:
    residual = None if statement.residual is None else show.sexp(statement.residual)
    return {"sql": statement.text, "params": statement.params, "residual": residual}


def _planned(request: Request, closed: api.Closed, planner: Planner) -> Any:
    """The statement, and how the database would run it."""
    server, layout = planner.server, planner.layout(request.layout, request.site_name)
    statement = api.sql(closed, database=server.dialect.name, layout=layout, exact="residual")
    return {**_told(statement), "plan": server.plan(statement.text, statement.params)}


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
    if "plan" in result:
        lines += ["-- plan:", result["plan"]]
    return "\n".join(lines)


COMMAND = Command(
    "compile",
    "compile a query to a target",
    (
        flag("--to", choices=(*TARGETS, "remote"), required=True, help="the target"),
        flag("--database", help="the SQL spelling (default: sqlite)"),
        flag("--layout", default="join", help=f"how posts and tags are stored: {LAYOUTS}"),
        flag("--inline", action="store_true", help="write values into the SQL, for reading only"),
        flag("--plan", action="store_true", help="show how the database at --url would run the SQL"),
        flag("--url", help="the database whose plan is shown; only read"),
        flag("--page", metavar="P", help="the page to ask a remote site for"),
        *READING,
        *QUERIES,
    ),
    _compile,
    show_compiled,
    own=("url",),
    session=_open,
    order=2,
)
