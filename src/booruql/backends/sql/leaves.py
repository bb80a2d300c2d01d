"""Texts of leaves: queries have many leaves of few kinds, and the text of one depends on little but its kind.

Only the numbers of its aliases and parameters differ from place to place. A leaf over a field of the main table is spelled
once, with marks where those numbers stand; in a statement it is one node, the text with its numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlglot import exp

from booruql.ast.nodes import Between, Compare, Exists, Glob, Node, OneOf
from booruql.backends.sql.layout import Aliases, Scope, Target
from booruql.backends.sql.slots import Slot
from booruql.backends.sql.spelling import spell
from booruql.backends.sql.statement import MARK, Binder, Parameter, Spell
from booruql.kept import Kept
from booruql.schema import Kind

if TYPE_CHECKING:
    from booruql.backends.sql.compiler import Piece

Compile = Callable[[Node, Target], "Piece"]
_KEPT = 4096
_ALIAS = "\1"
"""Stands on both sides of an alias's number, as `MARK` does of a parameter's."""
_NUMBER = re.compile(f"([{_ALIAS}{MARK}])([0-9]+)[{_ALIAS}{MARK}]")

_VALUES: Mapping[type, Callable[[Any], tuple[Hashable, tuple[Any, ...]]]] = {
    Compare: lambda leaf: (leaf.op, (leaf.value,)),
    OneOf: lambda leaf: (None, leaf.values),
    Between: lambda leaf: ((leaf.low_open, leaf.high_open), (leaf.low, leaf.high)),
    Exists: lambda leaf: (None, ()),
    Glob: lambda leaf: ((leaf.fold, leaf.pattern[1:]), leaf.pattern[:1]),
}
"""What the text of a leaf depends on beside its class and field; its values: of slots the number and classes count alone."""


class _Marked(Aliases):
    """Aliases with marks around their numbers."""

    def __call__(self, name: str) -> str:
        found = super().__call__(name)
        number = str(self.count)
        return f"{found.removesuffix(number)}{_ALIAS}{number}{_ALIAS}"


class _Leaf(NamedTuple):
    """A leaf of a kind: its text in pieces, the numbers between them (of parameters below 0), and what those numbers count."""

    pieces: tuple[str, ...]
    numbers: tuple[int, ...]
    parameters: tuple[tuple[int, Kind, Spell | None], ...]
    aliases: int
    unknown: bool

    def put(self, slots: Sequence[Any], target: Target) -> exp.Expression:
        """The leaf in a statement, with these slots."""
        bound, aliases = target.bind.parameters, target.aliases
        first, before = len(bound), aliases.count
        aliases.count += self.aliases
        for at, kind, spelled in self.parameters:
            bound.append(Parameter(slots[at], kind, spelled))
        text = self.pieces[0]
        for number, piece in zip(self.numbers, self.pieces[1:], strict=True):
            text += f"{before + number}{piece}" if number > 0 else f"{MARK}{first - number - 1}{MARK}{piece}"
        return exp.Var(this=text)


class Leaves:
    """The leaves that one writer has spelled."""

    _found: Kept[_Leaf] = Kept(_KEPT)

    @classmethod
    def forget(cls) -> None:
        """Let go of those of all writers."""
        cls._found.clear()

    def find(self, node: Node, scope: Scope, target: Target, compile_: Compile) -> tuple[exp.Expression, bool] | None:
        """The condition of a leaf, and whether it may be null; None for one that is not kept."""
        read, field = _VALUES.get(type(node)), getattr(node, "field", None)
        if read is None or type(field) is not str:
            return None
        more, slots = read(node)
        asked = tuple([type(slot) if isinstance(slot, Slot) else slot for slot in slots])
        key = self, type(node), field, more, asked, scope.kind()
        found = self._found.get(key)
        if found is None:
            found = _spelled(node, slots, target, compile_)
            if found is None:
                return None
            self._found.put(key, found)
        return found.put(slots, target), found.unknown


def _spelled(node: Node, slots: Sequence[Any], target: Target, compile_: Compile) -> _Leaf | None:
    """The leaf's text; None where others have to see what it is, and where it binds more than its slots."""
    alone = target._replace(bind=Binder(), aliases=_Marked())
    made = compile_(node, alone)
    parameters = alone.bind.parameters
    if isinstance(made.sql, exp.Connector | exp.Boolean) or not all(isinstance(p.value, Slot) for p in parameters):
        return None
    pieces = _NUMBER.split(spell(made.sql, target.dialect.sqlglot))
    marked = zip(pieces[1::3], pieces[2::3], strict=True)
    numbers = tuple([int(number) if mark == _ALIAS else -int(number) - 1 for mark, number in marked])
    bound = tuple([(slots.index(p.value), p.kind, p.spell) for p in parameters])
    return _Leaf(tuple(pieces[::3]), numbers, bound, alone.aliases.count, made.unknown)
