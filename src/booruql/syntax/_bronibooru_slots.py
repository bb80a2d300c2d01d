"""Which terms of a Danbooru 2 (2014) search count: most metatags have one place, and the last one stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from booruql.ast.nodes import And, Node, Not, Opt, Term
from booruql.sites import Word

ADDS = "adds"
"""Marks words that all apply when repeated."""
ADDS_NEGATED = "adds-negated"
"""Marks words whose negated form adds up although the plain one does not."""


class Entry(NamedTuple):
    """A term with its prefix."""

    term: Term
    mark: str = ""

    @property
    def negated(self) -> bool:
        return self.mark == "-"

    @property
    def joins(self) -> bool:
        """Whether it belongs to the one group of alternatives."""
        if self.term.name is None:
            return self.mark == "~" or self.term.wild
        return self.term.name == "pool" and not self.negated and "*" in self.term.text


Slot = tuple[str | None, bool, str | None]


def entries(tree: Node) -> Iterator[Entry]:
    """The terms of a written tree, in order."""
    for child in tree.children if isinstance(tree, And) else ():
        match child:
            case Not(child=Term() as term):
                yield Entry(term, "-")
            case Opt(child=Term() as term):
                yield Entry(term, "~")
            case Term() as term:
                yield Entry(term)


def slot(entry: Entry, vocabulary: Mapping[str, Word]) -> Slot:
    """What a later term must share with this one to replace it (or, where terms add up, to repeat it)."""
    term = entry.term
    if term.name is None:
        return None, entry.negated, f"{'~' if entry.joins else ''}{term.text}{'*' if term.wild else ''}"
    marks = vocabulary[term.name].args
    adds = ADDS in marks or (entry.negated and ADDS_NEGATED in marks)
    if term.name == "pool" and not entry.negated and term.text.lower() in ("none", "any"):
        return "pool", False, None
    return term.name, entry.negated, term.text if adds else None


def slots(tree: Node, vocabulary: Mapping[str, Word]) -> dict[Slot, list[Entry]]:
    """The terms of each slot in order; slots stand where their surviving term stands: the first one of repeats, else the last."""
    found: dict[Slot, list[Entry]] = {}
    for entry in entries(tree):
        key = slot(entry, vocabulary)
        if key[2] is None and key in found:
            found[key] = [*found.pop(key), entry]
        else:
            found.setdefault(key, []).append(entry)
    return found
