"""A search with slots where its values would stand, made of nothing but the key of its shape (see `shape`)."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias, cast

from booruql.ast.nodes import (
    And,
    Between,
    Compare,
    Count,
    Exists,
    Glob,
    Key,
    Latest,
    Node,
    Not,
    OneOf,
    Or,
    Page,
    Place,
    Position,
    Search,
    Some,
    Wild,
    Words,
)
from booruql.ast.quick import quick
from booruql.backends.sql.begin import Begin
from booruql.errors import Span

Tokens: TypeAlias = tuple[Hashable, ...]
"""A tree in prefix order: And or Or with the number of its members, Not, and leaves.

A leaf is its class with its arguments but the values, or the node itself where nothing of it is ever bound.
"""


class Slot(int):
    """The place of a value among a statement's values, where the value itself would stand."""


class ListSlot(Slot):
    """The place of a whole list, which is bound as one array."""


@quick
@dataclass(frozen=True, slots=True)
class Numbered(Count):
    """A count of related rows; `of_none` tells whether what is asked of it holds for none."""

    of_none: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What the text of a statement is written from: a search of slots, and how it begins."""

    search: Search
    begin: Begin


def restore(key: Any, spans: list[Span | None], entity: str) -> Shape:
    """The shape of a key; `spans` are the places of its leaves in a query that has it, for messages."""
    tokens, order, beside, (is_sized, is_sample), is_seeded, fields, begin = key
    slots = _Slots(spans)
    where = slots.tree(tokens)
    keys = tuple([Key(slots.by(by), descending, nulls_first) for by, descending, nulls_first in order])
    page = Page() if beside is None else Page(**{beside: slots.next()})
    seed = slots.next() if is_seeded else None
    size, sample = (0 if asked else None for asked in (is_sized, is_sample))
    return Shape(Search("", entity, where, keys, page, size, sample, fields, seed), begin)


class _Slots:
    """Numbers the slots of a key as its values were taken."""

    def __init__(self, spans: list[Span | None]) -> None:
        self._numbers, self._spans = count(), iter(spans)

    def next(self) -> Slot:
        return Slot(next(self._numbers))

    def tree(self, tokens: Tokens) -> Node:
        parts = [self._leaf(token) if isinstance(token, tuple) else self._plain(token) for token in tokens]
        stack: list[Any] = []
        for part in reversed(parts):
            if part is And or part is Or:
                members = stack.pop()
                stack.append(cast(Any, part)(tuple([stack.pop() for _ in range(members)])))
            elif part is Not:
                stack.append(Not(stack.pop()))
            else:
                stack.append(part)
        found: Node = stack[0]
        return found

    def _plain(self, token: Any) -> Any:
        """A boolean node, its number of members, or a leaf of which nothing is bound, whose own place is passed over."""
        if token is not And and token is not Or and token is not Not and type(token) is not int:
            next(self._spans)
        return token

    def _leaf(self, token: Any) -> Node:
        span = next(self._spans)
        kind, *arguments = token
        if kind is Some:
            return Some(arguments[0], self.tree(arguments[1]), span)
        operand = self._operand(arguments[0])
        if kind is Compare:
            return Compare(operand, arguments[1], arguments[2] if len(arguments) > 2 else self.next(), span)
        if kind is OneOf:
            number = arguments[1]
            slots = (ListSlot(self.next()),) if number is None else tuple([self.next() for _ in range(number)])
            return OneOf(operand, slots, span)
        if kind is Between:
            return Between(operand, self.next(), self.next(), arguments[1], arguments[2], span)
        if kind is Glob:
            return Glob(operand, cast(Any, self._pattern(arguments[2])), arguments[1], span)
        if kind is Words:
            return Words(operand, cast(Any, self.next()), span)
        return Exists(operand, span)

    def _pattern(self, form: str) -> tuple[Any, ...]:
        """The whole text in one slot, with a wildcard after it when it has some; none for one that cannot be said."""
        if form == "unsaid":
            return ()
        return (self.next(),) if form == "whole" else (self.next(), Wild.RUN)

    def _operand(self, operand: Any) -> Any:
        return self.by(operand) if isinstance(operand, tuple) else operand

    def by(self, by: Any) -> Any:
        """What an order key sorts by, or what a leaf counts."""
        if not isinstance(by, tuple):
            return by
        kind, *arguments = by
        if kind is Place:
            return Place(tuple([self.next() for _ in range(arguments[0])]))
        if kind is Latest:
            return Latest(tuple([self.by(part) for part in arguments]))
        if kind is Position:
            return Position(arguments[0], arguments[1], self.tree(arguments[2]))
        return Numbered(arguments[0], self.tree(arguments[1]), arguments[2])
