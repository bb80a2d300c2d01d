"""Bitmaps of the texts that hold each run of up to three characters. Needs numpy and pyroaring."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from pyroaring import BitMap

from booruql.vocabulary.names import Names, Places, Sorted, letters_of

Array = np.ndarray[Any, np.dtype[Any]]

_FEW = 512  # texts that are sooner tested than looked up
_ENOUGH = 64  # candidates that are sooner tested than thinned out
_SCANS = 200  # passes over the joined texts that take as long as making the bitmaps
_LONGEST = 1 << 24  # characters of all texts: each takes about 100 bytes while bitmaps are made
_LETTERS = 4093  # a prime below 2 ** 12: characters with the same remainder are taken for one, until the text is tested
_SLOT, _OWNER = 12, 28  # bits of a character and of a place


class IndexedNames(Names):
    """Names with bitmaps: made when many patterns have asked for them, or by `prepare`."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__(texts)
        self._scans = 0

    def prepare(self) -> None:
        super().prepare()
        self._scans = _SCANS
        if self._has_grams:
            len(self._grams)

    @property
    def _has_grams(self) -> bool:
        return self._scans >= _SCANS and len(self._joined) <= _LONGEST

    def similar(self, text: str, edits: int) -> Iterator[int]:
        masks, letters = self._letters, np.uint64(letters_of(text))
        near = np.abs(self._lengths - len(text)) <= edits
        near &= np.bitwise_count(masks & ~letters) <= edits
        near &= np.bitwise_count(~masks & letters) <= edits
        return iter(np.flatnonzero(near).tolist())

    def _first(self, places: Places, limit: int | None) -> list[int]:
        found = np.asarray(places)
        if limit is not None and len(found) > 8 * limit:
            found = np.partition(found, limit)[:limit]
        return list(np.sort(found)[:limit].tolist())

    def _candidates(self, literals: Sequence[str]) -> Iterator[int] | Places:
        end = self._end(literals)
        if end is not None and len(end) <= _FEW:
            return self._first(end, None)
        if not literals or not self._has_grams:
            self._scans += 1
            return super()._candidates(literals)
        return self._grams.holding(literals).to_array()

    @cached_property
    def _forward(self) -> Sorted:
        return _with_array(super()._forward)

    @cached_property
    def _backward(self) -> Sorted:
        return _with_array(super()._backward)

    @cached_property
    def _lengths(self) -> Array:
        found: Array = np.diff(np.asarray(self._starts, np.int64)) - 1
        return found

    @cached_property
    def _letters(self) -> Array:
        text = _characters(self._joined)
        bits = np.uint64(1) << (text & np.uint32(63)).astype(np.uint64)
        bits[text == ord(self._separator)] = 0
        found: Array = np.bitwise_or.reduceat(bits, np.asarray(self._starts[:-1], np.int64)) if len(self) else bits[:0]
        return found

    @cached_property
    def _grams(self) -> Grams:
        return Grams(self._joined, self._separator)


def _characters(text: str) -> Array:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _with_array(found: Sorted) -> Sorted:
    found.places = np.frombuffer(found.places, np.uint32)
    return found


class Grams:
    """For one, two and three characters in a row, the texts that hold them; for one character also how often.

    A number stands for each: twelve bits a character, `(a, b, c)`, `(a, b, 0)`, and `(a, 0, n)` for n times `a`.
    """

    def __init__(self, joined: str, separator: str) -> None:
        self._separator = separator
        text = _characters(joined)
        between = text == ord(separator)
        owners = np.cumsum(between, dtype=np.uint64) - np.uint64(1)
        keys = _keys(text % np.uint32(_LETTERS) + np.uint32(1), between, owners)
        grams = keys >> np.uint64(_OWNER)
        cuts = np.flatnonzero(np.diff(grams, prepend=np.uint64(0)))  # no gram is 0
        self._docs = (keys & np.uint64((1 << _OWNER) - 1)).astype(np.uint32)
        self._starts: list[int] = np.append(cuts, len(keys)).tolist()
        self._numbers = {gram: number for number, gram in enumerate(grams[cuts].tolist())}
        self._bitmaps: dict[int, BitMap] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def holding(self, literals: Sequence[str]) -> BitMap:
        """The texts that hold every gram of the literals (one at least), or somewhat more."""
        numbers = [self._numbers.get(gram) for gram in self._grams_of(literals)]
        known = [number for number in numbers if number is not None]
        if len(known) < len(numbers):
            return BitMap()
        known.sort(key=self._size)
        found = self._bitmap(known[0])
        for number in known[1:]:
            if len(found) <= _ENOUGH:
                break
            found = found & self._bitmap(number)
        return found

    def _size(self, number: int) -> int:
        return self._starts[number + 1] - self._starts[number]

    def _bitmap(self, number: int) -> BitMap:
        found = self._bitmaps.get(number)
        if found is None:
            docs = self._docs[self._starts[number] : self._starts[number + 1]]
            found = self._bitmaps[number] = BitMap(array("I", docs.tobytes()))
        return found

    def _grams_of(self, literals: Sequence[str]) -> set[int]:
        found: set[int] = set()
        for literal in literals:
            codes = [*map(_code, literal)]
            if len(codes) > 2:
                found.update(map(_pack, codes, codes[1:], codes[2:]))
            elif len(codes) == 2:
                found.add(_pack(codes[0], codes[1], 0))
        if not found or len(literals) > 1:
            letters = Counter(char for literal in literals for char in literal if char != self._separator)
            found.update(_pack(_code(char), 0, min(number, _LETTERS)) for char, number in letters.items())
        return found


def _code(char: str) -> int:
    return ord(char) % _LETTERS + 1


def _pack(first: int, second: int, third: int) -> int:
    return (first << 2 * _SLOT) | (second << _SLOT) | third


def _keys(codes: Array, between: Array, owners: Array) -> Array:
    """Grams with the places of the texts that hold them, sorted, each once."""
    codes = codes.astype(np.uint64)
    slot = np.uint64(_SLOT)
    inside = ~between
    pairs = ((codes[:-1] << slot | codes[1:]) << slot) << np.uint64(_OWNER) | owners[:-1]
    kept = inside[:-1] | inside[1:]
    threes = ((codes[:-2] << slot | codes[1:-1]) << slot | codes[2:]) << np.uint64(_OWNER) | owners[:-2]
    found = np.concatenate([_counted(codes[inside], owners[inside]), pairs[kept], threes[inside[1:-1]]])
    found.sort()
    return found[np.diff(found, prepend=np.uint64(0)) > 0]


def _counted(codes: Array, owners: Array) -> Array:
    """The nth occurrence of a character in a text stands for holding it n times."""
    keys = (codes << np.uint64(2 * _SLOT)) << np.uint64(_OWNER) | owners
    keys.sort()
    firsts = np.flatnonzero(np.diff(keys, prepend=np.uint64(0)))
    sizes = np.diff(np.append(firsts, len(keys)))
    nth = np.arange(1, len(keys) + 1, dtype=np.uint64) - np.repeat(firsts, sizes).astype(np.uint64)
    keys = keys[nth <= _LETTERS]
    return keys | nth[nth <= _LETTERS] << np.uint64(_OWNER)
