"""The documents of each value of a field, and how they are found from the values of each document."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
from pyroaring import BitMap

from booruql.backends.bitmap.bits import Array, distinct, make_bitmap, to_array
from booruql.backends.bitmap.dictionary import Dictionary

EMPTY = BitMap()
_FREQUENT = 1024  # documents from which a value has a bitmap of its own
_RECENT = 4096  # rare values whose bitmaps are kept once they were asked for
_FEWEST = 8  # bits that a document must have in a key of 32
_STRETCH = 1 << 16  # documents whose pairs are sorted at a time, at most


class Postings:
    """The documents of each value: a bitmap for frequent values, a stretch of one array for the others."""

    def __init__(self, dictionary: Dictionary, codes: Array, starts: Array, docs: Array, bitmaps: dict[int, BitMap]) -> None:
        self.dictionary = dictionary
        self.codes, self.starts, self.docs = codes, starts, docs
        self.bitmaps = bitmaps
        self.stored: dict[int, bytes | memoryview] = {}
        """Bitmaps of a file that nobody has asked for yet."""
        self._recent: dict[int, BitMap] = {}

    @classmethod
    def grouped(cls, dictionary: Dictionary, codes: Array, sizes: Array, docs: Array) -> Postings:
        """Of values by rising code, how many documents each has, and the rising documents of one after the other."""
        ends = np.cumsum(sizes)
        is_frequent = sizes >= _FREQUENT
        bitmaps = {}
        rare, last = [], 0
        for at in np.flatnonzero(is_frequent).tolist():
            end = int(ends[at])
            start = end - int(sizes[at])
            bitmaps[int(codes[at])] = make_bitmap(docs[start:end])
            rare.append(docs[last:start])
            last = end
        few = ~is_frequent
        starts = np.append(0, np.cumsum(sizes[few])).astype(np.int32 if len(docs) < 1 << 31 else np.int64)
        kept = np.concatenate([*rare, docs[last:]]) if bitmaps else docs
        return cls(dictionary, codes[few], starts, kept, bitmaps)

    def having(self, value: Any) -> BitMap:
        """The documents that have a value."""
        code = self.dictionary.codes.get(value)
        return EMPTY if code is None else self.of(code)

    def of(self, code: int) -> BitMap:
        """The documents that have the value of a code."""
        found = self.bitmaps.get(code)
        if found is None:
            found = self._recent.get(code)
        return self._made(code) if found is None else found

    def _made(self, code: int) -> BitMap:
        if code in self.stored:
            return self._read(code)
        if len(self._recent) >= _RECENT:
            self._recent = {}
        at = int(self.codes.searchsorted(code))
        if at < len(self.codes) and self.codes[at] == code:
            found = make_bitmap(self.docs[self.starts[at] : self.starts[at + 1]])
        else:
            found = EMPTY
        self._recent[code] = found
        return found

    def _read(self, code: int) -> BitMap:
        found = self.bitmaps[code] = BitMap.deserialize(bytes(self.stored[code]))
        return found

    @property
    def every(self) -> dict[int, BitMap]:
        """The bitmaps of all frequent values, read."""
        for code in self.stored:
            if code not in self.bitmaps:
                self._read(code)
        return self.bitmaps

    def any_of(self, codes: Iterable[int]) -> list[BitMap]:
        """Bitmaps whose union has the documents of some values."""
        of = self.of
        return [docs for code in codes if (docs := of(code))]

    @cached_property
    def present(self) -> BitMap:
        """The documents that have any value."""
        return BitMap.union(make_bitmap(distinct(self.docs.copy())), *self.every.values())

    def rare_pairs(self) -> tuple[Array, Array]:
        """All pairs of a rare value's code and a document."""
        return np.repeat(self.codes, np.diff(self.starts)), self.docs

    def counts(self, within: BitMap, size: int) -> list[tuple[int, int]]:
        """How many of some documents have each value, for the values that any has."""
        mask = np.zeros(size, np.uint8)
        mask[to_array(within)] = 1
        summed = np.concatenate([[0], np.cumsum(mask[self.docs], dtype=np.int64)])
        rare = summed[self.starts[1:]] - summed[self.starts[:-1]] if len(self.codes) else np.zeros(0, np.int64)
        found = [(int(self.codes[at]), int(rare[at])) for at in np.flatnonzero(rare).tolist()]
        for code, bitmap in self.every.items():
            number = bitmap.intersection_cardinality(within)
            if number:
                found.append((code, number))
        return found


class Inverter:
    """Pairs of a code and a document, taken stretch by stretch of documents, to postings.

    The pairs of a stretch are sorted as single integers, 32 bits wide where code and document fit into them; then each
    stretch is dealt out to the places that its codes have in the whole.
    """

    def __init__(self) -> None:
        self._stretches: list[tuple[int, int, Array]] = []  # first document, bits of a document, sorted keys
        self._sizes = np.zeros(0, np.int64)

    def add(self, codes: Array, sizes: Array, first: int, *, falling: bool = False) -> None:
        """The codes of documents from `first` on, so many each; a code that a document has twice counts once.

        `falling`: they are listed from the last of these documents to the first.
        """
        bits = 32 - int(codes.max(initial=0)).bit_length()
        kind: np.dtype[Any] = np.dtype(np.uint32)
        if bits < _FEWEST:
            bits, kind = 32, np.dtype(np.uint64)
        width, ends = min(1 << bits, _STRETCH), np.append(0, np.cumsum(sizes))
        for start in range(0, len(sizes), width):
            end = min(len(sizes), start + width)
            docs = np.arange(end - start, dtype=kind)
            keys = codes[ends[start] : ends[end]].astype(kind)
            keys <<= kind.type(bits)
            keys |= np.repeat(docs[::-1] if falling else docs, sizes[start:end])
            keys = distinct(keys)
            self._sizes = _summed(self._sizes, np.bincount(_codes(bits, keys)))
            self._stretches.append((first + (len(sizes) - end if falling else start), bits, keys))

    def postings(self, dictionary: Dictionary) -> Postings:
        """The documents of each code."""
        codes = np.flatnonzero(self._sizes)
        sizes, self._stretches = self._sizes, sorted(self._stretches, key=lambda stretch: stretch[0])
        if len(self._stretches) == 1:
            docs = _documents(*self._stretches[0])
        else:
            docs = np.empty(int(sizes.sum()), np.uint32)
            places = np.cumsum(sizes) - sizes
            for first, bits, keys in self._stretches:
                own = _codes(bits, keys)
                here = np.bincount(own, minlength=len(sizes))
                at = (places - np.cumsum(here) + here)[own]
                at += np.arange(len(keys))
                docs[at] = _documents(first, bits, keys)
                places += here
        return Postings.grouped(dictionary, codes, sizes[codes], docs)


def _codes(bits: int, keys: Array) -> Array:
    return np.asarray(keys >> keys.dtype.type(bits), np.int64)


def _documents(first: int, bits: int, keys: Array) -> Array:
    low = np.asarray(keys & keys.dtype.type((1 << bits) - 1), np.uint32)
    low += np.uint32(first)
    return low


def _summed(old: Array, new: Array) -> Array:
    if len(old) < len(new):
        old, new = new, old
    old[: len(new)] += new
    return old


def merge_postings(parts: Iterable[tuple[Postings, Array]], dictionary: Dictionary) -> Postings:
    """Postings of several segments as one; each with the new numbers of its documents, rising, -1 for those that are gone."""
    found = list(parts)
    frequent: dict[int, list[BitMap]] = {code: [] for postings, _ in found for code in postings.bitmaps | postings.stored}
    codes, docs = [np.zeros(0, np.int64)], [np.zeros(0, np.uint32)]
    for postings, new in found:
        for code, bitmap in postings.every.items():
            frequent[code].append(make_bitmap(_left(new[to_array(bitmap)])))
        own, old = postings.rare_pairs()
        now = new[old]
        codes.append(own[now >= 0])
        docs.append(_left(now))
    rare_codes, rare_docs = _sorted_pairs(np.concatenate(codes), np.concatenate(docs))
    is_frequent = np.isin(rare_codes, np.array(list(frequent), np.int64))
    cuts = np.flatnonzero(np.diff(rare_codes[~is_frequent], prepend=-1))
    kept = rare_codes[~is_frequent]
    made = Postings.grouped(dictionary, kept[cuts], np.diff(np.append(cuts, len(kept))), rare_docs[~is_frequent])
    more_codes, more_docs = rare_codes[is_frequent], rare_docs[is_frequent]
    for code, bitmaps in frequent.items():
        start, end = np.searchsorted(more_codes, [code, code + 1]).tolist()
        made.bitmaps[code] = BitMap.union(make_bitmap(more_docs[start:end]), *bitmaps)
    return made


def _left(new: Array) -> Array:
    return new[new >= 0].astype(np.uint32)


def _sorted_pairs(codes: Array, docs: Array) -> tuple[Array, Array]:
    keys = codes.astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= docs
    keys.sort()
    return (keys >> np.uint64(32)).astype(np.int64), keys.astype(np.uint32)
