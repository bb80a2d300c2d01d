"""`booruql search`: the posts of a source that a query finds."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from booruql.app.command import LAYOUTS, QUERIES, READING, Answer, Command, flag, read_query
from booruql.app.request import Request, make_context
from booruql.app.table import render_records
from booruql.ast.nodes import Page, Search
from booruql.context import Catalog
from booruql.engine import api
from booruql.errors import ConfigError
from booruql.store import VIA, Result, Source, open_source
from booruql.store.facets import MOST


class Session:
    """An open source and what all its queries share."""

    def __init__(self, source: Source, form: str, facets: Sequence[str] = (), *, tells_total: bool = True) -> None:
        self.source, self.form, self.facets, self.tells_total = source, form, facets, tells_total
        self.catalog: Catalog = source.catalog
        self.result: Result | None = None
        self.interrupt = source.interrupt


@contextmanager
def _open(own: Mapping[str, Any], base: Request) -> Iterator[Session]:
    database = base.database or "sqlite"
    url = os.environ.get(f"BOORUQL_{database.upper()}_URL")
    with open_source(own["source"], site=base.site, database=database, url=url, layout=base.layout) as source:
        for rejected in source.rejects:
            print(f"booruql: {rejected}", file=sys.stderr)
        form, facets = "ids" if own["ids"] else own["format"], own["facet"] or ()
        yield Session(source, form, facets, tells_total=own["jsonl"] or (form == "table" and not facets))


def _search(request: Request, session: Session) -> Answer:
    source = session.source
    request = replace(request, site=request.site or source.site.name)
    context = make_context(request, session.catalog, source.facts)
    closed = api.close(read_query(request, context), context)
    page, size = _page(request, closed.search)
    with source.snapshot():
        result = session.result = source.search(closed, page=page, limit=size, via=request.via)
        found: dict[str, Any] = {"ids": list(result.ids)}
        if session.tells_total:
            found["total"] = result.total
        if session.facets:
            most = MOST if size is None else size
            found["facets"] = {name: dict(source.facet(closed, name, via=request.via, limit=most)) for name in session.facets}
    return found, closed.warnings


def _page(request: Request, search: Search) -> tuple[int | str | Page | None, int | None]:
    """The page and its size: as the site read them, or as the options say; None and None for every match."""
    if search.size is not None and (request.api or request.per_page is not None):
        return search.page, search.size
    size = None if request.limit is None else _whole(request.limit, "limit")
    return (1 if request.api and request.page is None else request.page), size


def _whole(given: Any, name: str) -> int:
    try:
        number = int(given)
    except (TypeError, ValueError):
        raise ConfigError(f"{name} is a whole number, not {given!r}") from None
    if number < 0:
        raise ConfigError(f"{name} is not below 0")
    return number


def _show(result: Any, request: Request, session: Session) -> str:
    assert session.result is not None
    if "facets" in result:
        return _facets(result["facets"], session.form)
    return _FORMS[session.form](session.result)


def _facets(found: Mapping[str, Mapping[Any, int]], form: str) -> str:
    """What was counted, in place of what was found."""
    if form in ("json", "jsonl"):
        return json.dumps(found, indent=2 if form == "json" else None, ensure_ascii=False)
    lines = []
    for name, values in found.items():
        lines += [f"{number:>9,}  {value}" for value, number in values.items()] or [f"(no {name})"]
    return "\n".join(lines)


def _ids(result: Result) -> str:
    return "\n".join(map(str, result.ids))


def _json(result: Result) -> str:
    return json.dumps(list(result.records), indent=2, ensure_ascii=False)


def _jsonl(result: Result) -> str:
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in result.records)


def _table(result: Result) -> str:
    records = list(result.records)
    if not records:
        return f"(none of {result.total} on this page)" if result.total else "(none found)"
    count = f"{len(records)} of {result.total}" if len(records) < result.total else str(result.total)
    return f"{render_records(records)}\n({count} found)"


_FORMS: Mapping[str, Callable[[Result], str]] = {"table": _table, "json": _json, "jsonl": _jsonl, "ids": _ids}

COMMAND = Command(
    "search",
    "search a source",
    (
        flag("source", metavar="SOURCE", help="a .db that import made, a file of records, a site dump, or a URL"),
        flag("--via", choices=VIA, help="how it is searched (default: sql)"),
        flag("--database", help="the database that a file is loaded into (default: sqlite, in memory)"),
        flag("--layout", default="join", help=f"how the database, or what a file is loaded into, stores posts: {LAYOUTS}"),
        flag("--ids", action="store_true", help="print ids alone"),
        flag("--format", choices=("table", "json", "jsonl"), default="table", help="how records are printed"),
        flag("--limit", metavar="N", help="at most so many; the page size"),
        flag("--page", metavar="P", help="a page number, b or a and an id: before or after it, or the next page that was named"),
        flag("--facet", action="append", metavar="FIELD", help="count a field's values in all that is found, at most --limit"),
        *READING,
        *QUERIES,
    ),
    _search,
    _show,
    own=("source", "ids", "format", "facet"),
    session=_open,
    order=3,
)
