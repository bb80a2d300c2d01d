"""What a closed tree becomes over one segment: steps that give bitmaps, whole or within some candidates."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from pyroaring import BitMap

from booruql.backends.bitmap.bits import make_bitmap, to_array
from booruql.backends.bitmap.columns import EMPTY, Numbers
from booruql.backends.bitmap.segment import Segment
from booruql.documents import Document

_APART = 4  # how many times smaller the candidates must be than a union, to be met with each of its members


class Step(ABC):
    """A set of documents, made when asked. `size` is about how many."""

    size: int

    @abstractmethod
    def all(self) -> BitMap:
        """All of them."""

    @abstractmethod
    def within(self, docs: BitMap) -> BitMap:
        """Those among some candidates."""

    def without(self, docs: BitMap) -> BitMap:
        """The candidates that are none of them."""
        return docs - self.within(docs)

    def count(self) -> int:
        return len(self.all())


class Fixed(Step):
    """A bitmap that is there."""

    def __init__(self, docs: BitMap) -> None:
        self.docs = docs
        self.size = len(docs)

    def all(self) -> BitMap:
        return self.docs

    def within(self, docs: BitMap) -> BitMap:
        return docs & self.docs

    def without(self, docs: BitMap) -> BitMap:
        return docs - self.docs

    def count(self) -> int:
        return self.size


class Union(Step):
    """The documents of any of some bitmaps."""

    def __init__(self, members: Sequence[BitMap], full: int) -> None:
        self.members = members
        self.size = min(full, sum(map(len, members)))

    def all(self) -> BitMap:
        if len(self.members) == 2:
            return self.members[0] | self.members[1]
        return BitMap.union(*self.members)

    def within(self, docs: BitMap) -> BitMap:
        if len(docs) * _APART > self.size:
            return docs & self.all()
        return BitMap.union(*[docs & member for member in self.members])

    def without(self, docs: BitMap) -> BitMap:
        if len(docs) * _APART > self.size:
            return docs - self.all()
        for member in self.members:
            docs = docs - member
        return docs

    def count(self) -> int:
        if len(self.members) == 2:
            return self.members[0].union_cardinality(self.members[1])
        return len(self.all())


class Range(Step):
    """A closed range of a column of numbers."""

    def __init__(self, column: Numbers, low: Any, high: Any) -> None:
        self.column, self.low, self.high = column, low, high
        self.size = column.size(low, high)

    def all(self) -> BitMap:
        return self.column.select(self.low, self.high, None)

    def within(self, docs: BitMap) -> BitMap:
        return self.column.select(self.low, self.high, docs)


class Asked(Step):
    """What no column tells: each candidate is made a document again and asked."""

    def __init__(self, segment: Segment, test: Callable[[Document], bool], fields: Sequence[str]) -> None:
        self.segment, self.test, self.fields = segment, test, fields
        self.size = segment.size // 2

    def all(self) -> BitMap:
        return self.within(self.segment.full)

    def within(self, docs: BitMap) -> BitMap:
        test, document, fields = self.test, self.segment.document, self.fields
        return BitMap([doc for doc in docs if test(document(doc, fields))])


class Both(Step):
    """And: the smallest set first, then what takes away, then what must look at every candidate."""

    def __init__(self, members: Sequence[Step], full: BitMap) -> None:
        self.full = full
        wanted = [step for step in members if not isinstance(step, Other)]
        unwanted = [step.step for step in members if isinstance(step, Other)]
        quick = sorted((step for step in wanted if price(step) == 0), key=_size)
        slow = sorted((step for step in wanted if price(step)), key=lambda step: (price(step), step.size))
        self.first = next(iter((*quick, *slow)), None)
        self.rest = [step for step in (*quick, *slow) if step is not self.first]
        self.quick = [step for step in self.rest if price(step) == 0]
        self.slow = [step for step in self.rest if price(step)]
        self.unwanted = sorted(unwanted, key=lambda step: (price(step), -step.size))
        self.size = self._estimate(len(full))

    def _estimate(self, full: int) -> int:
        if not full:
            return 0
        share = 1.0
        for step in (self.first, *self.rest):
            share *= step.size / full if step is not None else 1.0
        for step in self.unwanted:
            share *= 1 - min(step.size, full) / full
        return int(share * full)

    def all(self) -> BitMap:
        return self._narrow(self.full if self.first is None else self.first.all())

    def within(self, docs: BitMap) -> BitMap:
        return self._narrow(docs if self.first is None else self.first.within(docs))

    def _narrow(self, docs: BitMap) -> BitMap:
        for step in self.quick:
            docs = step.within(docs)
        for step in self.unwanted:
            docs = step.without(docs)
        for step in self.slow:
            if not docs:
                break
            docs = step.within(docs)
        return docs

    def count(self) -> int:
        if self.slow or self.first is None:
            return len(self.all())
        steps = [*self.quick, *self.unwanted]
        if not steps or not isinstance(steps[-1], Fixed):
            return len(self.all())
        docs = self.first.all()
        for step in self.quick if self.unwanted else self.quick[:-1]:
            docs = step.within(docs)
        if not self.unwanted:
            return docs.intersection_cardinality(self.quick[-1].docs)  # type: ignore[attr-defined]
        for step in self.unwanted[:-1]:
            docs = step.without(docs)
        return docs.difference_cardinality(self.unwanted[-1].docs)  # type: ignore[attr-defined]


class Either(Step):
    """Or."""

    def __init__(self, members: Sequence[Step], full: int) -> None:
        self.members = members
        self.size = min(full, sum(step.size for step in members))

    def all(self) -> BitMap:
        return BitMap.union(*[step.all() for step in self.members])

    def within(self, docs: BitMap) -> BitMap:
        if len(docs) > self.size and not any(price(step) for step in self.members):
            return docs & self.all()
        return BitMap.union(*[step.within(docs) for step in self.members])


class Other(Step):
    """Not."""

    def __init__(self, step: Step, full: BitMap) -> None:
        self.step, self.full = step, full
        self.size = len(full) - min(step.size, len(full))

    def all(self) -> BitMap:
        return self.step.without(self.full)

    def within(self, docs: BitMap) -> BitMap:
        return self.step.without(docs)

    def without(self, docs: BitMap) -> BitMap:
        return self.step.within(docs)

    def count(self) -> int:
        return len(self.full) - self.step.count()


def _size(step: Step) -> int:
    return step.size


def price(step: Step) -> int:
    """0: bitmaps alone; 1: looks at numbers; 2: asks every candidate."""
    match step:
        case Asked():
            return 2
        case Range(column=column):
            return 0 if column.is_falling else 1
        case Both(first=first, rest=rest, unwanted=unwanted):
            return max((price(inner) for inner in (first, *rest, *unwanted) if inner is not None), default=0)
        case Either(members=members):
            return max(map(price, members), default=0)
        case Other(step=inner):
            return price(inner)
        case _:
            return 0


def nothing() -> Fixed:
    """No document."""
    return Fixed(EMPTY)


def candidates(docs: Any) -> BitMap:
    """A bitmap of unsorted distinct documents."""
    return make_bitmap(np.sort(docs).astype(np.uint32))


def members(docs: BitMap) -> Any:
    """The documents as an array."""
    return to_array(docs)
