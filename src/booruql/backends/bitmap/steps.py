"""What a closed tree becomes over one segment: steps that give bitmaps, whole or within some candidates."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pyroaring import BitMap

from booruql.backends.bitmap.columns import Numbers
from booruql.backends.bitmap.postings import EMPTY
from booruql.backends.bitmap.segment import Segment
from booruql.documents import Document

_FEW = 1000  # candidates that are met with each member of a union rather than with the whole of it


class Step(ABC):
    """A set of documents, made when asked.

    `size` is about how many. `price`: 0 takes bitmaps alone, 1 looks at numbers, 2 asks every candidate.
    """

    size: int
    price: int

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

    def count_within(self, docs: BitMap) -> int:
        """How many are among some candidates."""
        return len(self.within(docs))


class Fixed(Step):
    """A bitmap that is there."""

    price = 0

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

    def count_within(self, docs: BitMap) -> int:
        return docs.intersection_cardinality(self.docs)


class Union(Step):
    """The documents of any of some bitmaps."""

    price = 0

    def __init__(self, members: Sequence[BitMap], full: int) -> None:
        self.members = members
        self.size = min(full, sum(map(len, members)))

    def all(self) -> BitMap:
        if len(self.members) == 2:
            return self.members[0] | self.members[1]
        return BitMap.union(*self.members)

    def within(self, docs: BitMap) -> BitMap:
        if len(docs) > _FEW:
            return docs & self.all()
        return BitMap.union(*[docs & member for member in self.members])

    def without(self, docs: BitMap) -> BitMap:
        if len(docs) > _FEW and len(self.members) > _ONE_BY_ONE:
            return docs - self.all()
        for member in self.members:
            docs = docs - member
        return docs

    def count(self) -> int:
        if len(self.members) == 2:
            return self.members[0].union_cardinality(self.members[1])
        return len(self.all())

    def count_within(self, docs: BitMap) -> int:
        return docs.intersection_cardinality(self.all()) if len(docs) > _FEW else len(self.within(docs))


_ONE_BY_ONE = 4  # members of a union that are taken away one after the other


class Range(Step):
    """A closed range of a column of numbers."""

    def __init__(self, column: Numbers, low: Any, high: Any) -> None:
        self.column, self.low, self.high = column, low, high
        self.size = column.size(low, high)
        self.price = 0 if column.is_falling else 1

    def all(self) -> BitMap:
        return self.column.select(self.low, self.high, None)

    def within(self, docs: BitMap) -> BitMap:
        return self.column.select(self.low, self.high, docs)

    def count(self) -> int:
        return self.column.count(self.low, self.high, None)

    def count_within(self, docs: BitMap) -> int:
        return self.column.count(self.low, self.high, docs)


class Asked(Step):
    """What no column tells: each candidate is made a document again and asked."""

    price = 2

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

    def __init__(self, members: Iterable[Step], full: BitMap, documents: int) -> None:
        quick: list[Step] = []
        slow: list[Step] = []
        unwanted: list[Step] = []
        share, price = 1.0, 0
        count = documents or 1
        for step in members:
            share *= step.size / count
            price = max(price, step.price)
            if isinstance(step, Other):
                unwanted.append(step.step)
            else:
                (slow if step.price else quick).append(step)
        self.size, self.price = int(share * count), price
        if len(quick) > 1:
            quick.sort(key=_size)
        if len(slow) > 1:
            slow.sort(key=_price)
        if len(unwanted) > 1:
            unwanted.sort(key=_unwanted)
        self.first = quick.pop(0) if quick else slow.pop(0) if slow else Fixed(full)
        self.rest = [(False, step) for step in quick] + [(True, step) for step in unwanted] + [(False, step) for step in slow]

    def all(self) -> BitMap:
        return self._narrow(self.first.all(), self.rest)

    def within(self, docs: BitMap) -> BitMap:
        return self._narrow(self.first.within(docs), self.rest)

    def _narrow(self, docs: BitMap, steps: Sequence[tuple[bool, Step]]) -> BitMap:
        for is_unwanted, step in steps:
            if not docs:
                break
            docs = step.without(docs) if is_unwanted else step.within(docs)
        return docs

    def count(self) -> int:
        if not self.rest:
            return self.first.count()
        return self._last(self._narrow(self.first.all(), self.rest[:-1]))

    def count_within(self, docs: BitMap) -> int:
        if not self.rest:
            return self.first.count_within(docs)
        return self._last(self._narrow(self.first.within(docs), self.rest[:-1]))

    def _last(self, docs: BitMap) -> int:
        is_unwanted, step = self.rest[-1]
        found = step.count_within(docs)
        return len(docs) - found if is_unwanted else found


class Either(Step):
    """Or."""

    def __init__(self, members: Sequence[Step], full: int) -> None:
        self.members = members
        self.size = min(full, sum(step.size for step in members))
        self.price = max(step.price for step in members)

    def all(self) -> BitMap:
        return BitMap.union(*[step.all() for step in self.members])

    def within(self, docs: BitMap) -> BitMap:
        if not self.price and len(docs) > self.size:
            return docs & self.all()
        return BitMap.union(*[step.within(docs) for step in self.members])


class Other(Step):
    """Not."""

    def __init__(self, step: Step, full: BitMap, documents: int) -> None:
        self.step, self.full, self.price = step, full, step.price
        self.size = max(0, documents - step.size)

    def all(self) -> BitMap:
        return self.step.without(self.full)

    def within(self, docs: BitMap) -> BitMap:
        return self.step.without(docs)

    def without(self, docs: BitMap) -> BitMap:
        return self.step.within(docs)

    def count(self) -> int:
        return len(self.full) - self.step.count()

    def count_within(self, docs: BitMap) -> int:
        return len(docs) - self.step.count_within(docs)


def _size(step: Step) -> int:
    return step.size


def _price(step: Step) -> tuple[int, int]:
    return step.price, step.size


def _unwanted(step: Step) -> tuple[int, int]:
    return step.price, -step.size


def nothing() -> Fixed:
    """No document."""
    return Fixed(EMPTY)
