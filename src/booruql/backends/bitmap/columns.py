"""How a segment keeps a field: numbers in document order, documents by value, or plain objects.

Documents are numbered from the newest (0) to the oldest, so results by falling id come out as they are.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from pyroaring import BitMap

from booruql.backends.bitmap.bits import Array, from_mask, make_bitmap, to_array
from booruql.backends.bitmap.dictionary import Dictionaries, Dictionary, dictionary_of
from booruql.backends.bitmap.postings import EMPTY, Inverter, Postings
from booruql.backends.predicate.values import single
from booruql.schema import Field, Kind

NUMBERS = (Kind.INT, Kind.INSTANT, Kind.FLOAT, Kind.FLOAT32)
_GATHER = 12_000  # candidates from which bins pay
_BINS = 64
_UNBINNED = 20_000  # documents below which a column has no bins


class Values:
    """A field with at most one value a document: its code by document, and its postings when asked."""

    def __init__(self, dictionary: Dictionary, codes: Array) -> None:
        self.dictionary, self.codes = dictionary, codes

    @cached_property
    def postings(self) -> Postings:
        there = self.codes >= 0
        inverter = Inverter()
        inverter.add(self.codes[there], there.astype(np.int64), 0)
        return inverter.postings(self.dictionary)

    def value(self, doc: int) -> Any:
        code = int(self.codes[doc])
        return None if code < 0 else self.dictionary.values[code]

    def listed(self) -> list[Any]:
        """The values by document."""
        values = self.dictionary.values
        return [None if code < 0 else values[code] for code in self.codes.tolist()]


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
    def least(self) -> Any:
        """The least value of a column without gaps."""
        return self.values.min().item()

    @cached_property
    def most(self) -> Any:
        """The greatest value of a column without gaps."""
        return self.values.max().item()

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

    def listed(self) -> list[Any]:
        """The values by document."""
        found: list[Any] = self.values.tolist()
        if not self.has_gaps:
            return found
        missing = self.missing
        return [None if value == missing or value != value else value for value in found]

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

    def listed(self) -> list[Any]:
        """The values by document."""
        return list(self.values)


Column = Postings | Values | Numbers | Objects


Maker = Callable[[], Column]


class Columns(Mapping[str, Column]):
    """Columns by field; some are made when they are first asked for."""

    def __init__(self, made: Mapping[str, Column], makers: Mapping[str, Maker] | None = None) -> None:
        self._made = dict(made)
        self._makers = dict(makers or {})
        self._making = Lock()

    def get(self, field: str, default: Any = None) -> Any:
        found = self._made.get(field)
        return self._make(field, default) if found is None else found

    def _make(self, field: str, default: Any = None) -> Any:
        with self._making:
            if field not in self._made and field in self._makers:
                self._made[field] = self._makers[field]()
                del self._makers[field]
            return self._made.get(field, default)

    def __getitem__(self, field: str) -> Column:
        found: Column | None = self.get(field)
        if found is None:
            raise KeyError(field)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._made.keys() | self._makers.keys()))

    def __contains__(self, field: object) -> bool:
        return field in self._made or field in self._makers

    def __len__(self) -> int:
        return len(self._made) + len(self._makers)


def make_column(field: Field, values: Sequence[Any], dictionaries: Dictionaries) -> Column:
    """The values of a field in document order, None for missing."""
    if field.kind in (Kind.TEXT, Kind.JSON):
        return Objects(values)
    dictionary = dictionary_of(field.name, dictionaries)
    codes = dictionary.codes
    if field.many:
        inverter = Inverter()
        inverter.add(
            np.array([codes[value] for found in values if found for value in found], np.int64),
            np.array([len(found) if found else 0 for found in values], np.int64),
            0,
        )
        return inverter.postings(dictionary)
    if field.kind in NUMBERS:
        return _make_numbers(field.kind, values) or Objects(values)
    return Values(dictionary, np.array([-1 if value is None else codes[value] for value in values], np.int32))


def _make_numbers(kind: Kind, values: Sequence[Any]) -> Numbers | None:
    """A column of numbers; None where a value is too large for one."""
    missing = np.array([value is None for value in values], bool)
    found = [0 if value is None else value for value in values] if missing.any() else values
    if kind in (Kind.FLOAT, Kind.FLOAT32):
        return pack_numbers(np.array([single(value) for value in found] if kind is Kind.FLOAT32 else found, np.float64), missing)
    try:
        return pack_numbers(np.array(found, np.int64), missing)
    except OverflowError:
        return None


def pack_numbers(values: Array, missing: Array) -> Numbers:
    """A column of the narrowest type that holds the numbers.

    Raises:
        OverflowError: one is the least of 64 bits, which stands for a missing one.
    """
    has_gaps = bool(missing.any())
    if values.dtype.kind == "f":
        return Numbers(np.where(missing, np.nan, values) if has_gaps else values, has_gaps)
    known = values[~missing] if has_gaps else values
    low, high = int(known.min(initial=0)), int(known.max(initial=0))
    dtype = next((dtype for dtype in (np.int32, np.int64) if np.iinfo(dtype).min < low and high <= np.iinfo(dtype).max), None)
    if dtype is None:
        raise OverflowError(f"{low} is too small")
    packed = np.ascontiguousarray(values, dtype)
    return Numbers(np.where(missing, np.iinfo(dtype).min, packed).astype(dtype) if has_gaps else packed, has_gaps)
