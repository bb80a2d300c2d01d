"""How a segment keeps a field: numbers in document order, documents by value, or plain objects.

Documents are numbered from the newest (0) to the oldest, so results by falling id come out as they are.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from pyroaring import BitMap

from booruql.backends.bitmap.bits import Array, distinct, from_mask, make_bitmap, to_array
from booruql.backends.bitmap.dictionary import Dictionary

EMPTY = BitMap()
_FREQUENT = 1024  # documents from which a value has a bitmap of its own
_GATHER = 12_000  # candidates from which bins pay
_BINS = 64
_UNBINNED = 20_000  # documents below which a column has no bins


class Postings:
    """The documents of each value: a bitmap for frequent values, a stretch of one array for the others."""

    def __init__(self, dictionary: Dictionary, codes: Array, starts: Array, docs: Array, bitmaps: dict[int, BitMap]) -> None:
        self.dictionary = dictionary
        self.codes, self.starts, self.docs = codes, starts, docs
        self.bitmaps = bitmaps
        self.stored: dict[int, bytes | memoryview] = {}
        """Bitmaps of a file that nobody has asked for yet."""

    @classmethod
    def invert(cls, dictionary: Dictionary, codes: Array, docs: Array) -> Postings:
        """From pairs of a code and a document, in any order, all distinct."""
        keys = codes.astype(np.uint64)
        keys <<= np.uint64(32)
        keys |= docs if docs.dtype == np.uint64 else docs.astype(np.uint64)
        keys.sort()
        low = keys.astype(np.uint32)
        keys >>= np.uint64(32)
        return cls.grouped(dictionary, keys.view(np.int64), low)

    @classmethod
    def grouped(cls, dictionary: Dictionary, codes: Array, docs: Array) -> Postings:
        """From pairs sorted by code, then document."""
        cuts = np.flatnonzero(np.diff(codes, prepend=-1))
        ends = np.append(cuts[1:], len(codes))
        present, sizes = codes[cuts], ends - cuts
        bitmaps = {}
        rare = np.ones(len(codes), bool)
        for at in np.flatnonzero(sizes >= _FREQUENT).tolist():
            start, end = int(cuts[at]), int(ends[at])
            bitmaps[int(present[at])] = make_bitmap(docs[start:end])
            rare[start:end] = False
        few = sizes < _FREQUENT
        starts = np.append(0, np.cumsum(sizes[few]))
        return cls(dictionary, present[few], starts, docs[rare] if bitmaps else docs, bitmaps)

    @cached_property
    def _places(self) -> dict[int, int]:
        return {code: at for at, code in enumerate(self.codes.tolist())}

    def of(self, code: int | None) -> BitMap:
        """The documents that have the value."""
        if code is None:
            return EMPTY
        found = self.bitmaps.get(code)
        if found is not None:
            return found
        at = self._places.get(code)
        if at is not None:
            return make_bitmap(self.docs[self.starts[at] : self.starts[at + 1]])
        return self._read(code) if code in self.stored else EMPTY

    def _read(self, code: int) -> BitMap:
        found = self.bitmaps[code] = BitMap.deserialize(bytes(self.stored[code]))
        return found

    @property
    def every(self) -> dict[int, BitMap]:
        """All bitmaps, read."""
        for code in self.stored:
            if code not in self.bitmaps:
                self._read(code)
        return self.bitmaps

    def any_of(self, codes: Iterable[int]) -> list[BitMap]:
        """Bitmaps whose union has the documents of some values: those of rare values are one."""
        found, stretches = [], []
        for code in codes:
            at = self._places.get(code)
            if at is not None:
                stretches.append(self.docs[self.starts[at] : self.starts[at + 1]])
            elif docs := self.of(code):
                found.append(docs)
        if len(stretches) > 1:
            found.append(make_bitmap(distinct(np.concatenate(stretches))))
        elif stretches:
            found.append(make_bitmap(stretches[0]))
        return found

    @cached_property
    def present(self) -> BitMap:
        """The documents that have any value."""
        return BitMap.union(make_bitmap(distinct(self.docs.copy())), *self.every.values())

    def pairs(self) -> tuple[Array, Array]:
        """All pairs of a code and a document."""
        codes, docs = [np.repeat(self.codes, np.diff(self.starts))], [self.docs]
        for code, bitmap in self.every.items():
            docs.append(to_array(bitmap))
            codes.append(np.full(len(docs[-1]), code, np.int64))
        return np.concatenate(codes), np.concatenate(docs)

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


class Values:
    """A field with at most one value a document: its code by document, and its postings when asked."""

    def __init__(self, dictionary: Dictionary, codes: Array) -> None:
        self.dictionary, self.codes = dictionary, codes

    @cached_property
    def postings(self) -> Postings:
        docs = np.flatnonzero(self.codes >= 0).astype(np.uint32)
        codes = self.codes[docs]
        order = np.argsort(codes, kind="stable")
        return Postings.grouped(self.dictionary, codes[order].astype(np.int64), docs[order])

    def value(self, doc: int) -> Any:
        code = int(self.codes[doc])
        return None if code < 0 else self.dictionary.values[code]


class Numbers:
    """A field of numbers in document order. A missing integer is the least of its type, a missing float NaN."""

    def __init__(self, values: Array, has_gaps: bool) -> None:
        self.values, self.has_gaps = values, has_gaps
        self.is_integer = values.dtype.kind == "i"

    @cached_property
    def missing(self) -> Any:
        return np.iinfo(self.values.dtype).min if self.is_integer else np.nan

    @property
    def limits(self) -> tuple[int, int]:
        """The least and the greatest integer that may be in the column."""
        bounds = np.iinfo(self.values.dtype)
        return int(bounds.min) + 1, int(bounds.max)

    @cached_property
    def is_falling(self) -> bool:
        """Whether it never rises from one document to the next: then a range is a stretch of documents."""
        return not self.has_gaps and bool(np.all(self.values[1:] <= self.values[:-1]))

    @cached_property
    def present(self) -> BitMap:
        size = len(self.values)
        if not self.has_gaps:
            return BitMap(range(size))
        return from_mask(self.values != self.missing if self.is_integer else ~np.isnan(self.values))

    def value(self, doc: int) -> Any:
        found = self.values[doc].item()
        return None if self.has_gaps and (found == self.missing or found != found) else found

    def stretch(self, low: Any, high: Any) -> tuple[int, int]:
        """First and last-but-one document of a closed range of a falling column."""
        rising, size, exact = self.values[::-1], len(self.values), self.values.dtype.type
        first = 0 if high is None else size - int(np.searchsorted(rising, exact(high), "right"))
        end = size if low is None else size - int(np.searchsorted(rising, exact(low), "left"))
        return first, max(first, end)

    def mask(self, values: Array, low: Any, high: Any) -> Array:
        """Which values lie in a closed range."""
        if low is None and self.has_gaps and self.is_integer:
            low = int(self.missing) + 1
        if low is None and high is None:
            return np.ones(len(values), bool) if self.is_integer or not self.has_gaps else ~np.isnan(values)
        if high is None:
            return np.asarray(values >= low)
        if low is None:
            return np.asarray(values <= high)
        return np.asarray((values >= low) & (values <= high))

    @cached_property
    def _falling_order(self) -> Array:
        return np.argsort(-self.values.astype(np.int64) if self.is_integer else -self.values, kind="stable").astype(np.uint32)

    def ranked(self, descending: bool) -> Array:
        """All documents by falling value, ties by falling id; or the other way round."""
        return self._falling_order if descending else self._falling_order[::-1]

    @cached_property
    def bins(self) -> Bins | None:
        """Bitmaps of the documents at or above some of the values, for large columns."""
        return Bins(self) if len(self.values) >= _UNBINNED else None

    def select(self, low: Any, high: Any, within: BitMap | None) -> BitMap:
        """The documents whose value lies in a closed range."""
        if self.is_falling:
            found = BitMap(range(*self.stretch(low, high)))
            return found if within is None else found & within
        if within is not None and len(within) < _GATHER:
            docs = to_array(within)
            return make_bitmap(docs[self.mask(self.values[docs], low, high)])
        if self.bins is not None:
            return self.bins.select(low, high, within)
        found = from_mask(self.mask(self.values, low, high))
        return found if within is None else found & within

    def count(self, low: Any, high: Any, within: BitMap | None) -> int:
        """How many of them."""
        if within is None and self.is_falling:
            first, end = self.stretch(low, high)
            return end - first
        if within is not None and len(within) < _GATHER and not self.is_falling:
            return int(np.count_nonzero(self.mask(self.values[to_array(within)], low, high)))
        if self.is_falling and within is not None:
            return within.range_cardinality(*self.stretch(low, high))
        return self.bins.count(low, high, within) if self.bins is not None else len(self.select(low, high, within))

    def size(self, low: Any, high: Any) -> int:
        """About how many documents lie in a closed range."""
        if self.is_falling:
            first, end = self.stretch(low, high)
            return end - first
        return self.bins.size(low, high) if self.bins is not None else len(self.values) // 2


class Bins:
    """Range-encoded bins: of some values, the documents at or above them."""

    def __init__(self, column: Numbers) -> None:
        self.column = column
        docs = to_array(column.present) if column.has_gaps else None
        values = column.values if docs is None else column.values[docs]
        edges = np.unique(np.quantile(values, np.linspace(0, 1, _BINS + 1)[:-1], method="higher")) if len(values) else values[:0]
        self.edges = edges.tolist()
        if docs is None:
            self.above = [from_mask(values >= edge) for edge in self.edges]
        else:
            self.above = [make_bitmap(docs[values >= edge]) for edge in self.edges]
        for bitmap in self.above:
            bitmap.run_optimize()
        self.sizes = [len(bitmap) for bitmap in self.above]

    def select(self, low: Any, high: Any, within: BitMap | None) -> BitMap:
        """The documents in a closed range: whole bins, and the checked ones of the bins at its ends."""
        first, end = self._whole(low, high)
        found = self._suffix(first) if within is None else self._suffix(first) & within
        if end < len(self.above):
            found = found - self.above[end]
        for docs in self._ends(low, high, first, end, within):
            found = found | make_bitmap(docs)
        return found

    def count(self, low: Any, high: Any, within: BitMap | None) -> int:
        """How many of them."""
        first, end = self._whole(low, high)
        found = self._size(first, within) - self._size(end, within)
        return found + sum(map(len, self._ends(low, high, first, end, within)))

    def _size(self, at: int, within: BitMap | None) -> int:
        if at >= len(self.above):
            return 0
        return self.sizes[at] if within is None else within.intersection_cardinality(self.above[at])

    def _whole(self, low: Any, high: Any) -> tuple[int, int]:
        """The first bin that lies wholly in the range, and the one after the last."""
        first = 0 if low is None else bisect_left(self.edges, low)
        end = len(self.edges) if high is None else bisect_right(self.edges, high) - 1
        return first, max(first, end)

    def _ends(self, low: Any, high: Any, first: int, end: int, within: BitMap | None) -> Iterator[Array]:
        """The documents in the range that are in no whole bin."""
        bins = {end} if high is not None and end < len(self.edges) else set()
        if low is not None and first and (first == len(self.edges) or self.edges[first] != low):
            bins.add(first - 1)
        for at in bins:
            docs = to_array(self._bin(at, within))
            yield docs[self.column.mask(self.column.values[docs], low, high)]

    def _suffix(self, at: int) -> BitMap:
        return self.above[at] if at < len(self.above) else EMPTY

    def _bin(self, at: int, within: BitMap | None) -> BitMap:
        found = self.above[at] if within is None else self.above[at] & within
        return found - self.above[at + 1] if at + 1 < len(self.above) else found

    def size(self, low: Any, high: Any) -> int:
        at = 0 if low is None else max(0, bisect_right(self.edges, low) - 1)
        over = len(self.edges) if high is None else bisect_right(self.edges, high)
        above = self.sizes[at] if at < len(self.sizes) else 0
        return max(0, above - (self.sizes[over] if over < len(self.sizes) else 0))


class Objects:
    """Anything else, by document: texts, JSON, related rows."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values

    def value(self, doc: int) -> Any:
        return self.values[doc]


Column = Postings | Values | Numbers | Objects


def make_numbers(values: Iterable[Any], kind: type) -> Numbers | None:
    """A column of numbers; None where a value is too large for one."""
    found = list(values)
    has_gaps = any(value is None for value in found)
    if kind is float:
        return Numbers(np.array([np.nan if value is None else value for value in found], np.float64), has_gaps)
    known = [value for value in found if value is not None]
    low, high = (min(known), max(known)) if known else (0, 0)
    for dtype in (np.int32, np.int64):
        least = np.iinfo(dtype).min
        if least < low and high <= np.iinfo(dtype).max:
            return Numbers(np.array([least if value is None else value for value in found], dtype), has_gaps)
    return None
