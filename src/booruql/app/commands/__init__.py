"""The commands, one module each: its `COMMAND` is listed by being in this folder. `order` is that of the help."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from booruql.app.command import Command


def _found() -> Mapping[str, Command]:
    rows: list[Command] = [import_module(f"{__name__}.{module.name}").COMMAND for module in iter_modules(__path__)]
    return {row.name: row for row in sorted(rows, key=lambda row: (row.order, row.name))}


COMMANDS = _found()
