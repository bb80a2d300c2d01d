"""The commands, one module each, found by being in this folder; `COMMAND` is its row.

A module is imported when its command is asked for: `parse` has no need of what `search` needs. A name that is a
word of Python has a low line after it in the file's name.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from booruql.app.command import Command


@cache
def names() -> tuple[str, ...]:
    """What the commands are called."""
    return tuple(sorted(module.name.rstrip("_") for module in iter_modules(__path__)))


def load(name: str) -> Command:
    """The command of that name, one of `names()`."""
    files = (module.name for module in iter_modules(__path__) if module.name.rstrip("_") == name)
    command: Command = import_module(f"{__name__}.{next(files)}").COMMAND
    return command


def commands() -> list[Command]:
    """Every command, in the order of the help."""
    return sorted(map(load, names()), key=lambda command: (command.order, command.name))
