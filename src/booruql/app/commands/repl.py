"""`booruql repl`: try queries by hand."""

from __future__ import annotations

from typing import Any

from booruql.app.command import LAYOUTS, READING, Command, flag, only_whole
from booruql.app.request import Request, make_context


def _repl(values: dict[str, Any]) -> int:
    from booruql.app import repl

    source = values.pop("source")
    request = Request(**values)
    return repl.run(source, request, make_context(request))


COMMAND = Command(
    "repl",
    "try queries by hand",
    (
        flag("source", nargs="?", metavar="SOURCE", help="what is searched (default: the demo data); \\load opens another"),
        flag("--layout", default="join", help=f"how the database that a URL names stores posts and tags: {LAYOUTS}"),
        *READING,
    ),
    only_whole,
    whole=_repl,
    order=15,
)
