"""The commands, one module each, found by being in this folder; `COMMAND` is its row.

A module is imported when its command is asked for: `parse` has no need of what `search` needs. A name that is a
word of Python has a low line after it in the file's name.
"""

from __future__ import annotations

from booruql.app.command import Command
from booruql.listing import Listing

_COMMANDS: Listing[Command] = Listing(__name__, "COMMAND", "command")


def names() -> tuple[str, ...]:
    """What the commands are called."""
    return tuple(sorted(name.rstrip("_") for name in _COMMANDS.names))


def load(name: str) -> Command:
    """The command of that name, one of `names()`."""
    return _COMMANDS.load(next(file for file in _COMMANDS.names if file.rstrip("_") == name))


def commands() -> list[Command]:
    """Every command, in the order of the help."""
    return sorted(map(load, names()), key=lambda command: (command.order, command.name))
