"""`booruql repl`: try queries by hand."""

from __future__ import annotations

from typing import Any

from booruql.app.command import Command, flag, only_whole


def _repl(values: dict[str, Any]) -> int:
    from booruql.app import repl

    return repl.run(values["source"], site=values["site"])


COMMAND = Command(
    "repl",
    "try queries by hand",
    (
        flag("source", nargs="?", metavar="SOURCE", help="what is searched; \\load opens another"),
        flag("--site", help="the site whose language it is (default: the source's own)"),
    ),
    only_whole,
    whole=_repl,
    order=15,
)
