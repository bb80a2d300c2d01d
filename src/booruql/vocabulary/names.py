"""Texts in a fixed order, found by pattern: by their beginnings, their ends, and by what they hold."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from heapq import nsmallest
from itertools import accumulate, compress, islice
from typing import Any

from booruql.ast.nodes import Pattern, Wild
from booruql.vocabulary.globs import Piece, make_glob, make_matcher, pieces, stretches

Places = Sequence[int]

_MANY = 4_096  # texts from which numpy and pyroaring are worth their import
_MANY_TESTS = 1_000  # texts from which an expression is worth its making
_LAST = "\U0010ffff"


class Names:
    """Texts by their places, 0 to size - 1; every answer is places that rise. Nothing changes; tables are made when first asked.

    >>> Names(["blue_hair", "blue_sky", "red_hair"]).find((Wild.RUN, "_hair"))
    [0, 2]
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts

    def __len__(self) -> int:
        return len(self.texts)

    def prepare(self) -> None:
        """Make the tables now."""
        for table in (self._forward, self._backward, self._starts):
            len(table)

    def find(self, pattern: Pattern, limit: int | None = None) -> list[int]:
        """The first places whose whole text matches; all without a limit. A text is tested in time linear in its length."""
        match pattern:
            case (str(start), Wild.RUN):
                return self._first(self._forward.beginning(start), limit)
            case (Wild.RUN, str(end)):
                return self._first(self._backward.beginning(end[::-1]), limit)
            case (str(whole),):
                return self._first(self._forward.equal(whole), limit)
        return list(islice(self.search(pattern), limit))

    def search(self, pattern: Pattern) -> Iterator[int]:
        """All places whose whole text matches, found while they are taken."""
        parts = pieces(pattern)
        if all(not piece for piece in parts):
            return iter(range(len(self)) if len(parts) > 1 else self._forward.equal(""))
        if any(self._separator in part for part in pattern if isinstance(part, str)):
            return iter(())
        texts = self.texts
        found = self._candidates(self._literals(parts))
        if isinstance(found, Iterator):
            test = make_glob(pattern)
            return (place for place in found if test(texts[place]))
        matcher = make_matcher(pattern) if len(found) > _MANY_TESTS else make_glob(pattern)
        return compress(found, map(matcher, map(texts.__getitem__, found)))

    def similar(self, text: str, edits: int) -> Iterator[int]:
        """The places of texts that may be within so many edits of a text, by their length and their letters."""
        least, most, letters = len(text) - edits, len(text) + edits, letters_of(text)
        for place, (size, own) in enumerate(zip(self._sizes, self._masks, strict=True)):
            if least <= size <= most and max((own & ~letters).bit_count(), (letters & ~own).bit_count()) <= edits:
                yield place

    def _first(self, places: Places, limit: int | None) -> list[int]:
        if limit is not None and len(places) > 8 * limit:
            return nsmallest(limit, places)
        return sorted(places)[:limit]

    # --- where a pattern may match

    def _literals(self, parts: Sequence[Piece]) -> list[str]:
        """What a text must hold, between separators: those at its ends hold a separator."""
        found = []
        for number, piece in enumerate(parts):
            for at, literal in stretches(piece):
                before = self._separator if number == at == 0 else ""
                after = self._separator if number == len(parts) - 1 and at + len(literal) == len(piece) else ""
                found.append(before + literal + after)
        return found

    def _candidates(self, literals: Sequence[str]) -> Iterator[int] | Places:
        """Places in order, among them all that hold the literals."""
        end = self._end(literals)
        if end is not None:
            return self._first(end, None)
        longest = max(literals, key=len, default="")
        return self._scan(longest) if len(longest) > 1 else range(len(self))

    def _end(self, literals: Sequence[str]) -> Places | None:
        """The texts with the beginning or with the end that is asked, whichever are fewer; None when neither is."""
        found = []
        for literal in (literals[0], literals[-1]) if literals else ():
            if literal.startswith(self._separator):
                found.append(self._forward.beginning(literal.strip(self._separator)))
            if literal.endswith(self._separator):
                found.append(self._backward.beginning(literal.strip(self._separator)[::-1]))
        return min(found, key=len, default=None)

    def _scan(self, literal: str) -> Iterator[int]:
        """The texts that hold a literal, by one pass over all of them."""
        joined, starts = self._joined, self._starts
        at = joined.find(literal)
        while at >= 0:
            place = bisect_right(starts, at) - 1
            yield place
            at = joined.find(literal, starts[place + 1])

    # --- tables

    @cached_property
    def _forward(self) -> Sorted:
        return Sorted(self.texts)

    @cached_property
    def _backward(self) -> Sorted:
        return Sorted([text[::-1] for text in self.texts])

    @cached_property
    def _separator(self) -> str:
        """A character that no text holds."""
        used = set().union(*self.texts)
        return next(char for char in map(chr, range(ord("\n"), 0x110000)) if char not in used)

    @cached_property
    def _joined(self) -> str:
        """All texts, a separator before and after each."""
        return self._separator.join(("", *self.texts, ""))

    @cached_property
    def _starts(self) -> Sequence[int]:
        """Where the separator before each text stands, and the one after the last."""
        return array("Q", accumulate((len(text) + 1 for text in self.texts), initial=0))

    @cached_property
    def _sizes(self) -> Sequence[int]:
        return array("L", map(len, self.texts))

    @cached_property
    def _masks(self) -> Sequence[int]:
        return array("Q", map(letters_of, self.texts))


def letters_of(text: str) -> int:
    """The letters of a text as bits; letters that share one make the bits say less, never wrong."""
    found = 0
    for char in set(text):
        found |= 1 << (ord(char) & 63)
    return found


class Sorted:
    """Texts in alphabetical order, with their places."""

    def __init__(self, texts: Sequence[str]) -> None:
        order = sorted(range(len(texts)), key=texts.__getitem__)
        self.texts = [texts[place] for place in order]
        self.places: Any = memoryview(array("I", order))  # slices are views; numpy's array takes its place

    def __len__(self) -> int:
        return len(self.texts)

    def beginning(self, start: str) -> Places:
        """The places of the texts that begin so, in alphabetical order."""
        low = bisect_left(self.texts, start)
        least = start.rstrip(_LAST)  # the least text after those: the last character that has a next one is it
        high = bisect_left(self.texts, least[:-1] + chr(ord(least[-1]) + 1), low) if least else len(self.texts)
        found: Places = self.places[low:high]
        return found

    def equal(self, text: str) -> Places:
        """The places of one text."""
        found: Places = self.places[bisect_left(self.texts, text) : bisect_right(self.texts, text)]
        return found


def make_names(texts: Sequence[str]) -> Names:
    """The texts, with tables of numpy and pyroaring (extra `index`) where they are many and the packages are there."""
    if len(texts) < _MANY:
        return Names(texts)
    try:
        from booruql.vocabulary.grams import IndexedNames
    except ImportError:
        return Names(texts)
    return IndexedNames(texts)
