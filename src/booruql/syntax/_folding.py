"""The table of an LALR grammar, as Lark made it, folded: what is known before a text is read is done before.

Lark looks an action up for each symbol and reduces one rule after the other. Most of these steps follow from the symbol
alone: a rule of one child without an action changes nothing, a state that can only reduce does so whatever is next, and
a left-recursive list that takes another member comes back to the state it was in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

Action = Callable[..., Any]
Step = tuple[int, Action | None, Action | None, Any]
"""What a symbol does in a state: see `Folded`."""
Row = dict[str, Any]
"""The steps of a state by symbol, and by rule and next terminal what follows a reduction to that rule."""
END = "$END"
EMPTY = -1_000_000
"""The count of a reduction of nothing."""
ADD: Step = 1, None, None, None
"""The step of most symbols: the next member of a list."""


def extend(items: list[Any], *more: Any) -> list[Any]:
    """The action of a rule that adds its last child to the list that its first child is."""
    items.append(more[-1])
    return items


def listed(item: Any) -> list[Any]:
    """The action of a rule that begins a list."""
    return [item]


def same(child: Any) -> Any:
    """The action of a rule that passes its only child on."""
    return child


class _Rule(NamedTuple):
    """A reduction."""

    size: int
    action: Action
    name: str
    extends: bool
    """Whether it adds one symbol to the list that it begins with."""


class Folded:
    """The rows of Lark's table, with all that is known before a text is read folded into their steps.

    A step says what a symbol (a terminal, or a rule that was reduced) does in a state: `(count, convert, action, to)`.
    First `convert` is applied to the symbol's value: all reductions of it alone that follow whatever is next. Then, by `count`:

    - 0: the value and the row `to` are put on the stacks,
    - 1: the value is added to the list on top: a left-recursive list comes back to the state it is in,
    - n > 1: `action` makes one value of the n - 1 on top and this one, and `to` names the rule whose step follows,
    - -n: as the symbol is only looked at, `action` makes one value of the n on top. `to` names what follows in the row
      that is then on top: `(convert, row)`, past all further reductions of one value that the same terminal asks for.
    """

    def __init__(self, table: Any, actions: dict[str, Action], start: str) -> None:
        from lark.parsers.lalr_analysis import Shift

        number = {state: i for i, state in enumerate(table.states)}

        def read(kind: Any, arg: Any) -> int | _Rule:
            if kind is Shift:
                return number[arg]
            action, name = actions.get(arg.alias or arg.origin.name, same), str(arg.origin.name)
            extends = action is extend and [symbol.name for symbol in arg.expansion[:-1]] == [name]
            return _Rule(len(arg.expansion), action, name, extends)

        # plain strings: Lark's own compare far slower
        self._raw = [{str(name): read(*action) for name, action in row.items()} for row in table.states.values()]
        self._start, self._last = number[table.start_states[start]], number[table.end_states[start]]
        self._rows: list[Row] = [{} for _ in self._raw]

    def first(self) -> Row:
        """The row of the first state, all rows filled."""
        terminals = {name for row in self._raw for name, action in row.items() if isinstance(action, _Rule)}
        for state, row in enumerate(self._raw):
            for name, action in row.items():
                if isinstance(action, _Rule):
                    count = -action.size or EMPTY
                    self._rows[state][name] = count, None, action.action, f"{action.name} {name}"
                else:
                    self._rows[state][name] = self._step(state, name)
                    for terminal in terminals:
                        self._rows[state][f"{name} {terminal}"] = self._after(state, name, terminal)
        self._rows[self._last][END] = 0, None, None, {}
        return self._rows[self._start]

    def _step(self, state: int, name: str) -> Step:
        to = self._raw[state][name]
        unary: list[Action] = []
        while to != self._last and (rule := self._only(to)):
            if rule.extends:
                convert = _chain(unary)
                return (1, convert, None, None) if convert else ADD
            if rule.size > 1:
                return rule.size, _chain(unary), rule.action, rule.name
            unary.append(rule.action)
            to = self._raw[state][rule.name]
        return 0, _chain(unary), None, self._rows[to]  # type: ignore[index]

    def _only(self, state: Any) -> _Rule | None:
        """The reduction of a state that does nothing else, whatever comes."""
        found = set(self._raw[state].values())
        rule = found.pop() if len(found) == 1 else None
        return rule if isinstance(rule, _Rule) and rule.size else None

    def _after(self, state: int, name: str, terminal: str) -> tuple[Action | None, Row]:
        """What follows the reduction to `name` above `state` when `terminal` is next."""
        to = self._raw[state][name]
        unary: list[Action] = []
        while to != self._last:
            rule = self._raw[to].get(terminal)  # type: ignore[index]
            if not isinstance(rule, _Rule) or rule.size != 1:
                break
            unary.append(rule.action)
            to = self._raw[state][rule.name]
        return _chain(unary), self._rows[to]  # type: ignore[index]


def _chain(actions: list[Action]) -> Action | None:
    """The actions one after the other; None for nothing to do."""
    wanted = [action for action in actions if action is not same]
    if len(wanted) < 2:
        return wanted[0] if wanted else None
    return lambda value: reduce(lambda made, action: action(made), wanted, value)
