"""The commands: what each takes, runs and prints. A row of `COMMANDS` is a command; nothing else lists them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from booruql.app.request import Request, make_audience, make_context
from booruql.ast.nodes import Query
from booruql.context import Context
from booruql.engine import api
from booruql.errors import ConfigError, Diagnostic

Argument = tuple[tuple[str, ...], dict[str, Any]]
Answer = tuple[Any, Iterable[Diagnostic]]


def _flag(*names: str, **settings: Any) -> Argument:
    return names, settings


_READING: tuple[Argument, ...] = (
    _flag("--site", help="the site whose language it is (default: danbooru, or the source's own)"),
    _flag("--entity", help="what is searched, in the site's word (default: posts or images)"),
    _flag("--audience", choices=("anonymous", "user", "moderator"), help="whose vocabulary (default: the viewer's)"),
    _flag("--now", metavar="RFC3339", help="the time that relative dates count from (default: the clock)"),
    _flag("--tz", metavar="ZONE", help="the viewer's time zone (default: UTC)"),
    _flag("--as", dest="user", metavar="USER", help="the viewer, by id or name (default: anonymous)"),
    _flag("--strict", action="store_true", help="warnings are errors"),
    _flag("--lenient", action="store_true", help="what does not parse is what the site makes of it; no warnings"),
    _flag("--limits", choices=("none", "site"), default="none", help="apply the site's limits for the viewer's level"),
    _flag("--seed", type=int, metavar="N", help="the seed of random orders"),
    _flag("--timeout", type=float, metavar="S", help="give up on a query after so many seconds"),
    _flag("--context", metavar="FILE", help="JSON with now, tz, viewer, users, filters, limits, default_filter"),
)
_QUERIES: tuple[Argument, ...] = (
    _flag("--jsonl", action="store_true", help="read a JSON value a line from stdin, answer a JSON object a line"),
    _flag("query", nargs="*", metavar="QUERY", help="a query; - reads one a line from stdin"),
)


def _no_session(own: Mapping[str, Any], base: Request) -> AbstractContextManager[Any]:
    return nullcontext()


def _fine(result: Any) -> int:
    return 0


@dataclass(frozen=True)
class Command:
    """One command. `own` are arguments that are the command's, not the query's; `session` opens what they name."""

    name: str
    help: str
    arguments: tuple[Argument, ...]
    run: Callable[[Request, Any], Answer]
    show: Callable[[Any, Request, Mapping[str, Any]], str]
    own: tuple[str, ...] = ()
    session: Callable[[Mapping[str, Any], Request], AbstractContextManager[Any]] = _no_session
    status: Callable[[Any], int] = _fine
    whole: Callable[[dict[str, Any]], int] | None = None


def read_query(request: Request, context: Context) -> Query:
    """The request's query, parsed."""
    return api.parse(
        request.q,
        site=request.site_name,
        entity=request.entity,
        audience=make_audience(request, context),
        limits=context.limits,
        lenient=request.lenient,
    )


def _plain(result: Any, request: Request, own: Mapping[str, Any]) -> str:
    return result if isinstance(result, str) else json.dumps(result, indent=2, ensure_ascii=False)


# --- parse


def _parse(request: Request, session: Any) -> Answer:
    return api.printed(read_query(request, make_context(request)), request.to or "sexp"), ()


# --- compile


def _compile(request: Request, session: Any) -> Answer:
    context = make_context(request)
    closed = api.close(read_query(request, context), context)
    target = request.to or "sql"
    return _TARGETS[target](request, closed), closed.warnings


def _to_sql(request: Request, closed: api.Closed) -> Any:
    from booruql.ast import show

    statement = api.sql(
        closed, database=request.database or "sqlite", layout=request.layout, exact="residual", inline=request.inline
    )
    residual = None if statement.residual is None else show.sexp(statement.residual)
    return {"sql": statement.text, "params": statement.params, "residual": residual}


def _to_elastic(request: Request, closed: api.Closed) -> Any:
    return api.elastic(closed)


def _to_python(request: Request, closed: api.Closed) -> Any:
    return api.predicate(closed).source


_TARGETS: Mapping[str, Callable[[Request, api.Closed], Any]] = {"sql": _to_sql, "elastic": _to_elastic, "python": _to_python}


def _show_compiled(result: Any, request: Request, own: Mapping[str, Any]) -> str:
    if (request.to or "sql") != "sql":
        return _plain(result, request, own)
    lines = [result["sql"]]
    if result["params"]:
        lines.append(f"-- params: {json.dumps(result['params'], ensure_ascii=False, default=str)}")
    if result["residual"]:
        lines.append(f"-- residual: {result['residual']}")
    return "\n".join(lines)


# --- check, value, errors


def _check(request: Request, session: Any) -> Answer:
    context = make_context(request)
    _, problems = api.diagnose(
        request.q, site=request.site_name, entity=request.entity, audience=make_audience(request, context), context=context
    )
    return [problem.to_dict() for problem in problems], ()


def _show_check(result: Any, request: Request, own: Mapping[str, Any]) -> str:
    from booruql.errors import Span, render

    return "\n".join(
        render(
            Diagnostic(
                p["code"], p["message"], None if p["start"] is None else Span(p["start"], p["end"]), p["hint"], request.q
            )
        )
        for p in result
    )


def _check_status(result: Any) -> int:
    return int(any(problem["code"].startswith("E") for problem in result))


def _value(request: Request, session: Any) -> Answer:
    from booruql.syntax._values import show_value

    if request.type is None:
        raise ConfigError("value needs --type")
    return show_value(request.site_name, request.type, request.q, make_context(request)), ()


def _show_value(result: Any, request: Request, own: Mapping[str, Any]) -> str:
    return json.dumps(result, ensure_ascii=False)


def _errors(values: dict[str, Any]) -> int:
    from booruql.codes import CODES

    wanted = [code.upper() for code in values["code"]] or list(CODES)
    unknown = [code for code in wanted if code not in CODES]
    if unknown:
        raise ConfigError(f"no error code {unknown[0]!r}; the codes are {', '.join(CODES)}")
    for code in wanted:
        row = CODES[code]
        print(f"{code}: {row.title}" + (f"\n{row.paragraph}" if values["code"] else ""))
    return 0


def _never(request: Request, session: Any) -> Answer:
    raise NotImplementedError("this command runs whole")


# --- match


def _load_post(own: Mapping[str, Any], base: Request) -> AbstractContextManager[Any]:
    path = own["post"]
    try:
        text = Path("/dev/stdin" if path == "-" else path).read_text(encoding="utf-8")
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
        result["explain"] = str(matches.explain(record))
    return result, closed.warnings


def _show_match(result: Any, request: Request, own: Mapping[str, Any]) -> str:
    word = "matches" if result["matches"] else "does not match"
    return f"{word}\n{result['explain']}" if "explain" in result else word


def _match_status(result: Any) -> int:
    return 0 if result["matches"] else 1


_ROWS = (
    Command(
        "parse",
        "print a query's tree",
        (
            _flag("--to", choices=("sexp", "cnf", "normal", "infix", "tree", "json"), default="sexp", help="the printed form"),
            *_READING,
            *_QUERIES,
        ),
        _parse,
        _plain,
    ),
    Command(
        "compile",
        "compile a query to a target",
        (
            _flag("--to", choices=tuple(_TARGETS), required=True, help="the target"),
            _flag("--database", help="the SQL spelling (default: sqlite)"),
            _flag("--layout", default="join", help="how posts and tags are stored (default: join)"),
            _flag("--inline", action="store_true", help="write values into the SQL, for reading only"),
            *_READING,
            *_QUERIES,
        ),
        _compile,
        _show_compiled,
    ),
    Command("check", "print every problem of a query", (*_READING, *_QUERIES), _check, _show_check, status=_check_status),
    Command(
        "value",
        "read a range or value text alone",
        (_flag("--type", help="the value's type"), *_READING, *_QUERIES),
        _value,
        _show_value,
    ),
    Command(
        "match",
        "tell whether one post matches",
        (
            _flag("--post", required=True, metavar="FILE", help="an API record as JSON; - reads stdin"),
            _flag("--explain", action="store_true", help="tell which terms held and which failed"),
            *_READING,
            _flag("query", nargs=1, metavar="QUERY", help="the query"),
        ),
        _match,
        _show_match,
        own=("post",),
        session=_load_post,
        status=_match_status,
    ),
    Command(
        "errors",
        "print what an error code means",
        (_flag("code", nargs="*", metavar="CODE", help="codes; all when none is named"),),
        _never,
        _plain,
        whole=_errors,
    ),
)
COMMANDS: Mapping[str, Command] = {row.name: row for row in _ROWS}
