"""The shape of a search: all that the text of its statement depends on. Values are taken out, and bound when it is written.

`Shaper.take` gives a hashable key and the values; `slots.restore` makes of the key alone a search that has a `Slot` for
each value. Since a text is written from what `restore` gives, two searches of one key cannot have different texts.
What values decide is decided while they are taken: those that a column cannot hold, patterns, the length of lists.
"""

from __future__ import annotations

import operator
import secrets
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from booruql.ast.nodes import (
    All,
    And,
    Between,
    Boost,
    Compare,
    Count,
    Exists,
    Glob,
    Key,
    Latest,
    Node,
    Not,
    OneOf,
    Op,
    Or,
    Place,
    Position,
    Search,
    Some,
    Special,
    Value,
    Wild,
    Words,
)
from booruql.backends.sql.begin import Rarity, rarest_first
from booruql.backends.sql.held import Held, is_caseless
from booruql.backends.sql.slots import Slot, Tokens
from booruql.backends.sql.values import Test, is_storable
from booruql.errors import Span
from booruql.schema import Kind, Table
from booruql.text import lower
from booruql.websearch import spoken

if TYPE_CHECKING:
    from booruql.backends.sql.dialect import Dialect
    from booruql.backends.sql.layout import Layout

_PADDED = 1024
"""Longest list that is padded; longer ones are as long as they are."""


@dataclass(slots=True)
class Taken:
    """What was taken out of a search: its values and the places of its leaves in the query, in the order of the key."""

    values: list[Any] = field(default_factory=list)
    spans: list[Span | None] = field(default_factory=list)
    where: Node = All()
    """The condition as its members stand in the key."""
    tags: dict[Value, Slot] = field(default_factory=dict)
    """Where each tag stands: one that is asked for twice is one value."""


class Shaper:
    """Takes the values out of searches of one entity, as the columns of a database in a layout can hold them."""

    def __init__(self, table: Table, layout: Layout, dialect: Dialect) -> None:
        self.table, self._layout, self._dialect = table, layout, dialect
        self._columns: dict[int, dict[str, Held]] = {}

    def take(self, search: Search, rarity: Rarity | None = None) -> tuple[Hashable, Taken]:
        """The key of the search, and what was taken out of it."""
        where, begin = rarest_first(search, rarity)
        taken = Taken(where=where)
        tokens = self._tokens(where, self.table, taken)
        keys = _AT_RANDOM if search.sample is not None else search.order
        order = tuple([(self._key(key.by, taken), key.descending, key.nulls_first) for key in keys])
        page, beside = search.page, None
        if page.before is not None:
            beside = "before"
            taken.values.append(page.before)
        elif page.after is not None:
            beside = "after"
            taken.values.append(page.after)
        sized = search.size is not None, search.sample is not None
        seeded = any(key.by is Special.RANDOM for key in keys)
        if seeded:
            taken.values.append(search.seed if search.seed is not None else secrets.randbits(31))
        return (tokens, order, beside, sized, seeded, search.fields, begin), taken

    # --- conditions

    def _tokens(self, node: Node, table: Table, taken: Taken) -> Tokens:
        found: list[Any] = []
        stack = [node]
        while stack:
            current = stack.pop()
            kind = type(current)
            if kind is And or kind is Or:
                members = current.children  # type: ignore[union-attr]
                found += [kind, len(members)]
                stack += members[::-1]
            elif kind is Not:
                found.append(Not)
                stack.append(current.child)  # type: ignore[union-attr]
            elif kind is Boost:
                stack.append(current.child)  # type: ignore[union-attr]
            else:
                taken.spans.append(current.span)
                take = _TAKERS.get(kind)
                found.append(take(self, current, table, taken) if take else current)
        return tuple(found)

    def _column(self, name: str, table: Table) -> Held | None:
        """What holds the field; None: there is no such field."""
        known = self._columns.setdefault(id(table), {})
        found = known.get(name)
        if found is None and name in table.fields:
            held = self._layout.held(table, table.fields[name])
            found = known[name] = replace(held, bits=max(held.bits, self._dialect.int_bits))
        return found

    def _operand(self, node: Any, table: Table, taken: Taken) -> tuple[Hashable, Held] | None:
        """The field or count that a leaf asks of, with what holds it."""
        operand = node.field
        if isinstance(operand, Count):
            inner = self._inner(operand.relation, operand.where, table, taken)
            of_none = self._dialect.joins_orders and admits(node, 0)
            return (Count, operand.relation, inner, of_none), _COUNTED
        column = self._column(operand, table)
        return None if column is None else (operand, column)

    def _inner(self, relation: str, where: Node, table: Table, taken: Taken) -> Tokens:
        """A condition on related rows."""
        if relation not in table.relations:
            return self._tokens(All(), table, taken)
        return self._tokens(where, self._layout.target(table.relations[relation]), taken)

    def _tested(self, operand: Hashable, kind: Kind, test: Test, taken: Taken) -> Hashable:
        if test is True and not isinstance(operand, str):
            test = Op.GE, 0
        if test is True:
            return (Exists, operand)
        if test is False:
            return (OneOf, operand, 0)
        op, value = test
        if kind is Kind.BOOL:
            return (Compare, operand, op, value)
        if kind is Kind.TAG:
            known = taken.tags.setdefault(value, Slot(len(taken.values)))
            if known < len(taken.values):
                return (Compare, operand, op, known)
        taken.values.append(value)
        return (Compare, operand, op)

    def _compare(self, node: Compare, table: Table, taken: Taken) -> Hashable:
        asked = self._operand(node, table, taken)
        if asked is None:
            return node
        operand, held = asked
        if held.words:
            return self._some_words(operand, held, node, taken)
        return self._tested(operand, held.kind, held.close(node.op, node.value), taken)

    def _one_of(self, node: OneOf, table: Table, taken: Taken) -> Hashable:
        asked = self._operand(node, table, taken)
        if asked is None:
            return node
        operand, held = asked
        if held.words:
            return self._some_words(operand, held, node, taken)
        values = held.close_many(node.values)
        if len(values) == 1:
            return self._tested(operand, held.kind, (Op.EQ, values[0]), taken)
        if held.kind is Kind.BOOL and values:
            return (Exists, operand)
        return (OneOf, operand, self._take_list(values, taken))

    def _some_words(self, operand: Hashable, held: Held, node: Node, taken: Taken) -> Hashable:
        """A comparison of a value for which one of a few words stands, as one of those that it holds for."""
        words = [word for word, value in held.words if admits(node, value)]
        if len(words) == 1:
            return self._tested(operand, held.kind, (Op.EQ, words[0]), taken)
        return (OneOf, operand, self._take_list(words, taken))

    def _take_list(self, values: list[Any], taken: Taken) -> int | None:
        """How many slots the list takes; None when it is one array."""
        if values and self._dialect.arrays is not None:
            taken.values.append(values)
            return None
        padded = _padded(values)
        taken.values += padded
        return len(padded)

    def _between(self, node: Between, table: Table, taken: Taken) -> Hashable:
        asked = self._operand(node, table, taken)
        if asked is None:
            return node
        operand, held = asked
        if held.words:
            return self._some_words(operand, held, node, taken)
        low = held.close(Op.GT if node.low_open else Op.GE, node.low)
        high = held.close(Op.LT if node.high_open else Op.LE, node.high)
        if isinstance(low, bool) or isinstance(high, bool):
            return self._tested(operand, held.kind, (low and high) if low is not True else high, taken)
        taken.values += (low[1], high[1])
        return (Between, operand, low[0] is Op.GT, high[0] is Op.LT)

    def _glob(self, node: Glob, table: Table, taken: Taken) -> Hashable:
        asked = self._operand(node, table, taken)
        if asked is None or node.words:
            return node
        operand, held = asked
        if not is_storable("".join([part for part in node.pattern if isinstance(part, str)])):
            return (OneOf, operand, 0)
        pattern = node.pattern
        if node.fold and held.is_cased and not is_caseless("".join([part for part in pattern if isinstance(part, str)])):
            return (Glob, operand, True, "unsaid")
        if node.fold:
            pattern = tuple([lower(part) if isinstance(part, str) else part for part in pattern])
        if not any(isinstance(part, Wild) for part in pattern):
            literal = "".join(map(str, pattern))
            if not node.fold:
                return self._compare(Compare(node.field, Op.EQ, literal), table, taken)
            taken.values.append(literal)
            return (Glob, operand, True, "whole")
        text = self._dialect.pattern(pattern)
        if text is None:
            return (Glob, operand, node.fold, "unsaid")
        taken.values.append(text)
        return (Glob, operand, node.fold, "wild")

    def _words(self, node: Words, table: Table, taken: Taken) -> Hashable:
        text = spoken(node.text)
        if not is_storable(text):
            return (OneOf, node.field, 0)
        taken.values.append(text)
        return (Words, node.field)

    def _exists(self, node: Exists, table: Table, taken: Taken) -> Hashable:
        return (Exists, node.field)

    def _some(self, node: Some, table: Table, taken: Taken) -> Hashable:
        return (Some, node.relation, self._inner(node.relation, node.where, table, taken))

    # --- orders

    def _key(self, by: Any, taken: Taken) -> Hashable:
        match by:
            case Place(ids=ids):
                places = _padded(list(dict.fromkeys(ids)))
                taken.values += places
                return (Place, len(places))
            case Position():
                return (Position, by.relation, by.column, self._inner(by.relation, by.where, self.table, taken))
            case Count():
                return (Count, by.relation, self._inner(by.relation, by.where, self.table, taken), False)
            case Latest():
                return (Latest, *[self._key(part, taken) for part in by.parts])
            case _:
                known: Hashable = by
                return known


_TAKERS: Mapping[type, Callable[[Shaper, Any, Table, Taken], Hashable]] = {
    Compare: Shaper._compare,
    OneOf: Shaper._one_of,
    Between: Shaper._between,
    Exists: Shaper._exists,
    Glob: Shaper._glob,
    Words: Shaper._words,
    Some: Shaper._some,
}
_COUNTED = Held(Kind.INT, 64)
_AT_RANDOM = (Key(Special.RANDOM), Key("id"))


def _padded(values: list[Any]) -> list[Any]:
    """The values with the last one repeated up to a power of two, so that few lengths have texts of their own."""
    number = len(values)
    if number < 3 or number > _PADDED:
        return values
    return values + values[-1:] * ((1 << (number - 1).bit_length()) - number)


_HOLDS: Mapping[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: operator.eq,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}


def admits(node: Node, held: Value) -> bool:
    """Whether a comparison holds for this value; none of a number with a text does."""

    def holds(op: Op, value: Value) -> bool:
        return isinstance(value, str) is isinstance(held, str) and bool(_HOLDS[op](held, value))

    match node:
        case Compare(op=op, value=value):
            return holds(op, value)
        case OneOf(values=values):
            return held in values
        case Between(low=low, high=high, low_open=low_open, high_open=high_open):
            return holds(Op.GT if low_open else Op.GE, low) and holds(Op.LT if high_open else Op.LE, high)
        case _:
            raise TypeError(f"{node!r} compares no number")
