"""A term of tag search while it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from booruql.ast.nodes import Node, Nothing, Symbol, Term
from booruql.errors import Notes
from booruql.sites import Resource, Word


@dataclass(frozen=True, slots=True)
class Reading:
    """A term being read: its row of the vocabulary, the table, where warnings go."""

    term: Term
    word: Word
    resource: Resource
    notes: Notes

    @property
    def value(self) -> str:
        return self.term.text

    @property
    def span(self) -> Any:
        return self.term.span

    def nothing(self, hint: str | None = None) -> Node:
        """The site's answer to a value that it cannot read, with a warning."""
        self.notes.warn(
            "W203",
            f"{self.value!r} is no value of {self.word.name!r} and matches nothing",
            self.span,
            hint=hint or f"write {self.word.name}:{self.word.sample}",
        )
        return Nothing(self.span)

    def symbol(self, word: str, *args: Any) -> Node:
        return Symbol(word, args, self.span)


Reader = Callable[[Reading], Node]
