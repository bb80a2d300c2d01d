"""Many posts by hand: a roaring bitmap a tag over numbers that fall with age, and columns; the best known for this workload."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from pyroaring import BitMap

from benchmarks.corpus import Corpus, read_corpus
from benchmarks.tag_table import TagTable
from benchmarks.workload import Expression
from booruql.backends.bitmap.bits import from_mask, make_bitmap

COLUMNS = ("id", "created_at", "score", "favorite_count", "width", "file_ext", "rating")
"""What it keeps beside the tags."""
_MIXED = ("score", "favorite_count", "width")  # in no order that goes with the ids: a range is asked of each candidate
_RATINGS = "gsqe"
_EMPTY = BitMap()
Pairs = tuple[Any, Any]
"""Where the documents of each tag begin, and the rising documents of one tag after the other."""


def build_by_hand(file: Path, table: TagTable) -> HandIndex:
    """The index of a Parquet file with `tag_ids` and the columns."""
    return HandIndex(read_corpus(file, table, COLUMNS))


def pack(docs: Any) -> BitMap:
    """The bitmap of sorted distinct uint32 numbers."""
    size = len(docs)
    if 2500 <= size <= 4096 and docs[0] >> 16 == docs[-1] >> 16:  # one container of roaring's portable format
        head = struct.pack("<IIHHI", 12346, 1, int(docs[0]) >> 16, size - 1, 16)
        return BitMap.deserialize(head + docs.astype(np.uint16).tobytes())
    return make_bitmap(docs)


class HandIndex:
    """Document 0 is the newest post. Expressions are those that `workload.resolve` makes."""

    def __init__(self, corpus: Corpus) -> None:
        self.size = corpus.size
        starts, docs = _invert(corpus)
        cuts = starts.tolist()
        self.bitmaps = {name: pack(docs[cuts[at] : cuts[at + 1]]) for at, name in enumerate(corpus.names)}
        self.columns = {name: _turned(corpus.columns[name]) for name in COLUMNS if name != "rating"}
        rating = corpus.columns["rating"][::-1]
        self.ratings = {letter: from_mask(rating == letter) for letter in _RATINGS}
        self.ids = self.columns["id"]
        self._falling = {name: -self.columns[name] for name in ("id", "created_at")}
        self.by_score = np.argsort(-self.columns["score"], kind="stable").astype(np.uint32)

    # --- answers

    def count(self, e: Expression) -> int:
        if "and" in e:
            found: int = self._and(e["and"], is_count=True)
            return found
        return len(self.run(e))

    def newest(self, e: Expression, size: int) -> Any:
        return self.ids[list(itertools.islice(self.run(e), size))]

    def best(self, e: Expression, size: int) -> Any:
        """By score; which of equals stand at the end of the list is chance. Gathered when few, else met on the way down."""
        found = self.run(e)
        if len(found) ** 2 < 40 * self.size:
            return self._gathered(found, size)
        return self.ids[self._walk(found, size)]

    # --- sets

    def run(self, e: Expression) -> BitMap:
        """The documents of an expression."""
        if "tag" in e:
            return self.bitmaps.get(e["tag"], _EMPTY)
        if "any" in e:
            return BitMap.union(_EMPTY, *[self.bitmaps.get(name, _EMPTY) for name in e["any"]])
        if "or" in e:
            members = [self.run(member) for member in e["or"]]
            return members[0] | members[1] if len(members) == 2 else BitMap.union(*members)
        if "not" in e:
            return self._full() - self.run(e["not"])
        if "field" in e:
            return from_mask(self._mask(e, self.columns[e["field"]])) if e["field"] in _MIXED else self._stretch(e)
        found: BitMap = self._and(e["and"])
        return found

    def _full(self) -> BitMap:
        return BitMap(range(self.size))

    def _and(self, members: Iterable[Expression], *, is_count: bool = False) -> Any:
        wanted, unwanted, numbers = [], [], []
        for member in members:
            if "not" in member:
                unwanted.append(self.run(member["not"]))
            elif "field" in member and member["field"] in _MIXED:
                numbers.append(member)
            else:
                wanted.append(self.run(member))
        if len(wanted) > 1:
            wanted.sort(key=len)
        if not wanted:
            wanted = [self._full()]
        if is_count and not numbers:
            return _counted(wanted, unwanted)
        found = _met(wanted, unwanted)
        return self._passed(found, numbers, is_count) if numbers else found

    def _passed(self, found: BitMap, numbers: Iterable[Expression], is_count: bool) -> Any:
        docs = np.frombuffer(found.to_array(), np.uint32)
        for e in numbers:
            docs = docs[self._mask(e, self.columns[e["field"]][docs])]
        return len(docs) if is_count else pack(docs)

    @staticmethod
    def _mask(e: Expression, values: Any) -> Any:
        op, value = e["op"], e["value"]
        return (
            values > value if op == ">" else values >= value if op == ">=" else values < value if op == "<" else values == value
        )

    def _stretch(self, e: Expression) -> BitMap:
        """Of what is in the order of the documents: ids, dates; and ratings."""
        field, op, value = e["field"], e["op"], e["value"]
        if field == "rating":
            return self.ratings[value]
        column = self._falling[field]
        if op == "between":
            start, end = np.searchsorted(column, -value[1], "left"), np.searchsorted(column, -value[0], "right")
        elif op == "<":
            start, end = np.searchsorted(column, -value, "right"), self.size
        else:
            start, end = 0, np.searchsorted(column, -value, "right")
        return BitMap(range(start, end)) if end > start else BitMap()

    # --- by score

    def _gathered(self, found: BitMap, size: int) -> Any:
        docs = np.frombuffer(found.to_array(), np.uint32)
        scores = self.columns["score"][docs]
        if len(docs) > size:
            near = np.argpartition(scores, len(scores) - size)[-size:]
            near = near[np.argsort(-scores[near], kind="stable")]
        else:
            near = np.argsort(-scores, kind="stable")
        return self.ids[docs[near]]

    def _walk(self, found: BitMap, size: int) -> list[int]:
        met: list[int] = []
        start, width = 0, max(256, int(4 * size * self.size / len(found)))
        while start < self.size and len(met) < size:
            block = self.by_score[start : start + width]
            hits = pack(np.sort(block)) & found
            if hits:
                met += block[np.isin(block, np.frombuffer(hits.to_array(), np.uint32))][: size - len(met)].tolist()
            start, width = start + width, width * 2
        return met

    def exact_best(self, e: Expression, size: int) -> list[int]:
        """The best by score, ties by falling id: what the others are checked against, and not timed."""
        docs = np.frombuffer(self.run(e).to_array(), np.uint32)
        order = np.argsort(-self.columns["score"][docs], kind="stable")
        return list(self.ids[docs[order[:size]]].tolist())


def _counted(wanted: list[BitMap], unwanted: list[BitMap]) -> int:
    """The last step counts only."""
    if unwanted:
        return _met(wanted, unwanted[:-1]).difference_cardinality(unwanted[-1])
    return _met(wanted[:-1], []).intersection_cardinality(wanted[-1]) if len(wanted) > 1 else len(wanted[0])


def _met(wanted: list[BitMap], unwanted: list[BitMap]) -> BitMap:
    found = wanted[0]
    for docs in wanted[1:]:
        found = found & docs
    for docs in unwanted:
        found = found - docs
    return found


def _invert(corpus: Corpus) -> Pairs:
    size = corpus.size
    docs = np.repeat(np.arange(size - 1, -1, -1, dtype=np.uint32), np.diff(corpus.starts))
    keys = corpus.tags.astype(np.uint64) << np.uint64(32) | docs
    del docs
    keys.sort()
    starts = np.zeros(len(corpus.names) + 1, np.int64)
    np.cumsum(np.bincount(corpus.tags, minlength=len(corpus.names)), out=starts[1:])
    return starts, keys.view(np.uint32)[::2].copy()


def _turned(values: Any) -> Any:
    """Newest first; numbers as narrow as they may be."""
    is_narrow = values.dtype == np.int64 and np.abs(values).max(initial=0) < 1 << 31
    return np.ascontiguousarray(values[::-1].astype(np.int32) if is_narrow else values[::-1])
