"""What a command is made of, and the arguments that queries share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from booruql.app.request import Request, make_audience
from booruql.app.timeout import run_within
from booruql.ast.nodes import Query
from booruql.context import Context
from booruql.engine import api
from booruql.errors import Diagnostic

Argument = tuple[tuple[str, ...], dict[str, Any]]
Answer = tuple[Any, Iterable[Diagnostic]]


def flag(*names: str, **settings: Any) -> Argument:
    """An argument as argparse takes it."""
    return names, settings


LAYOUTS = "a name, or a .toml or .json file that describes a schema (default: join)"
READING: tuple[Argument, ...] = (
    flag("--site", help="the site whose language it is (default: danbooru, or the source's own)"),
    flag("--entity", help="what is searched, in the site's word (default: posts or images)"),
    flag("--audience", choices=("anonymous", "user", "moderator"), help="whose vocabulary (default: the viewer's)"),
    flag("--now", metavar="RFC3339", help="the time that relative dates count from (default: the clock)"),
    flag("--tz", metavar="ZONE", help="the viewer's time zone (default: UTC)"),
    flag("--as", dest="user", metavar="USER", help="the viewer, by id or name (default: anonymous)"),
    flag("--strict", action="store_true", help="warnings are errors"),
    flag("--lenient", action="store_true", help="what does not parse is what the site makes of it; no warnings"),
    flag("--limits", choices=("none", "site"), default="none", help="apply the site's limits for the viewer's level"),
    flag("--seed", type=int, metavar="N", help="the seed of random orders"),
    flag("--timeout", type=float, metavar="S", help="give up on a query after so many seconds"),
    flag("--context", metavar="FILE", help="JSON with now, tz, viewer, users, filters, limits, default_filter"),
)
QUERIES: tuple[Argument, ...] = (
    flag("--jsonl", action="store_true", help="read a JSON value a line from stdin, answer a JSON object a line"),
    flag("query", nargs="*", metavar="QUERY", help="a query; - reads one a line from stdin"),
)


def _no_session(own: Mapping[str, Any], base: Request) -> AbstractContextManager[Any]:
    return nullcontext()


def _never(own: Mapping[str, Any], base: Request) -> int | None:
    return None


def _fine(result: Any) -> int:
    return 0


def plain(result: Any, request: Request, session: Any) -> str:
    """A text as it is, anything else as JSON."""
    return result if isinstance(result, str) else json.dumps(result, indent=2, ensure_ascii=False)


def only_whole(request: Request, session: Any) -> Answer:
    """What `run` is for a command that has `whole`."""
    raise NotImplementedError("this command runs whole")


@dataclass(frozen=True)
class Command:
    """One command. `own` are arguments that are the command's, not the query's; `session` opens what they name, and
    is told under `jsonl` whether it is for batch mode.

    `run` answers one request, `show` prints its result, `status` is the exit status of a result. A command that is
    no matter of single queries has `whole`, which gets the parsed arguments. `instead` is asked first: an exit status says
    that it did what arguments of `own` want in place of reading queries. `order` is the command's place in the help.
    """

    name: str
    help: str
    arguments: tuple[Argument, ...]
    run: Callable[[Request, Any], Answer]
    show: Callable[[Any, Request, Any], str] = plain
    own: tuple[str, ...] = ()
    session: Callable[[Mapping[str, Any], Request], AbstractContextManager[Any]] = _no_session
    status: Callable[[Any], int] = _fine
    whole: Callable[[dict[str, Any]], int] | None = None
    instead: Callable[[Mapping[str, Any], Request], int | None] = _never
    order: int = 10

    def answer(self, request: Request, session: Any) -> Answer:
        """What `run` gives, within the request's time; a session that has an `interrupt` can be stopped at its work.

        Raises:
            QueryError: the query is refused, or took too long.
        """
        if request.timeout is None:
            return self.run(request, session)
        interrupt = getattr(session, "interrupt", lambda: None)
        return run_within(float(request.timeout), lambda: self.run(request, session), interrupt)


def read_query(request: Request, context: Context) -> Query:
    """The request's query, parsed; with the site's own parameters when there are any, or all it hides in `api` mode."""
    shared: dict[str, Any] = {
        "site": request.site_name,
        "entity": request.entity,
        "audience": make_audience(request, context),
        "limits": context.limits,
        "lenient": request.lenient,
    }
    if request.api or request.has_site_parameters:
        return api.endpoint(request.q, request.site_parameters(), hides=request.api, **shared)
    return api.parse(request.q, **shared)
