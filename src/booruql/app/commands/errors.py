"""`booruql errors`: what a code means."""

from __future__ import annotations

from typing import Any

from booruql.app.command import Command, flag, only_whole
from booruql.codes import CODES
from booruql.errors import ConfigError


def _errors(values: dict[str, Any]) -> int:
    wanted = [code.upper() for code in values["code"]] or list(CODES)
    unknown = [code for code in wanted if code not in CODES]
    if unknown:
        raise ConfigError(f"no error code {unknown[0]!r}; the codes are {', '.join(CODES)}")
    for code in wanted:
        row = CODES[code]
        print(f"{code}: {row.title}" + (f"\n{row.paragraph}" if values["code"] else ""))
    return 0


COMMAND = Command(
    "errors",
    "print what an error code means",
    (flag("code", nargs="*", metavar="CODE", help="codes; all when none is named"),),
    only_whole,
    whole=_errors,
    order=20,
)
