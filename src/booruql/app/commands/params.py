"""`booruql params`: URL parameters in the form of a target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from booruql import sites
from booruql.app.command import LAYOUTS, QUERIES, READING, Answer, Command, flag, plain
from booruql.app.commands.compile import TARGETS, show_compiled
from booruql.app.request import Request, make_audience, make_context
from booruql.ast import show
from booruql.ast.nodes import Key, Position, Query, Search
from booruql.context import Context
from booruql.engine import api
from booruql.errors import Diagnostic, promote
from booruql.sites import Resource
from booruql.sites.chosen import index_paths, row_fields, unknown

_COMPILED = ("sql", "elastic", "python")
_HELD: Mapping[str, tuple[str, Callable[[Iterable[str], Resource], Mapping[str, str]]]] = {
    "sql": ("a row", row_fields), "elastic": ("the index", index_paths),
}  # fmt: skip
"""What is compiled, and which of the chosen fields it gives."""


def read_params(request: Request, context: Context) -> Query:
    """The request's query string, parsed."""
    return api.params(
        request.q,
        site=request.site_name,
        entity=request.entity,
        audience=make_audience(request, context),
        limits=context.limits,
        lenient=request.lenient,
    )


def _params(request: Request, session: Any) -> Answer:
    context = make_context(request)
    closed = api.close(read_params(request, context), context)
    target = request.to or "json"
    if target not in _COMPILED:
        return to_json(closed.search), closed.warnings
    left = tuple(_not_carried(target, closed)) if closed.search.fields else ()
    if left and context.strict:
        raise promote(left[0])
    return TARGETS[target](request, closed), closed.warnings + (() if context.lenient else left)


def _not_carried(target: str, closed: api.Closed) -> Iterator[Diagnostic]:
    """A warning for the chosen fields that what is compiled does not give."""
    search, resource = closed.search, closed.resource
    if target == "python":
        yield Diagnostic("W208", "'only' chooses fields of records, which a function of one record does not make")
        return
    what, held = _HELD[target]
    given = held(search.fields or (), resource)
    ignored = {missing.path for missing in unknown(search.fields or (), sites.load(search.site), resource)}
    for name in search.fields or ():
        if name not in given and name not in ignored:
            yield Diagnostic("W208", f"{what} does not hold {name!r}, so it is in no answer")


def to_json(search: Search) -> dict[str, Any]:
    """What the parameters ask: the condition's tree, the order, the page, the chosen fields."""
    page = search.page
    found = {
        "entity": search.entity,
        "where": show.to_json(search.where),
        "order": [_key(key) for key in search.order],
        "page": page.number if page.before is None and page.after is None else None,
        "before": page.before,
        "after": page.after,
        "limit": search.size,
        "random": search.sample,
        "only": list(search.fields) if search.fields is not None else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _key(key: Key) -> str:
    by = key.by if isinstance(key.by, str) else type(key.by).__name__.lower()
    if isinstance(key.by, Position):
        by = f"{key.by.relation}.{key.by.column}"
    return f"{by} {'desc' if key.descending else 'asc'}{' nulls first' if key.nulls_first else ''}"


def _show(result: Any, request: Request, session: Any) -> str:
    return plain(result, request, session) if (request.to or "json") == "json" else show_compiled(result, request, session)


COMMAND = Command(
    "params",
    "read URL parameters and compile them",
    (
        flag("--to", choices=("json", *_COMPILED), default="json", help="the target (default: json)"),
        flag("--database", help="the SQL spelling (default: sqlite)"),
        flag("--layout", default="join", help=f"how posts and tags are stored: {LAYOUTS}"),
        flag("--inline", action="store_true", help="write values into the SQL, for reading only"),
        *READING,
        *QUERIES,
    ),
    _params,
    _show,
    order=4,
)
