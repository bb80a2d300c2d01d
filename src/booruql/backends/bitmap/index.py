"""Many posts in memory: segments of columns and bitmaps, searched by snapshot while posts come and go."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from pyroaring import BitMap

from booruql.ast.nodes import Search
from booruql.backends.bitmap.bits import Array, to_array
from booruql.backends.bitmap.columns import Values
from booruql.backends.bitmap.compiler import compile_steps
from booruql.backends.bitmap.dictionary import Dictionaries
from booruql.backends.bitmap.postings import Postings
from booruql.backends.bitmap.ranking import Order, arrange, first_documents, first_ids, make_order
from booruql.backends.bitmap.segment import Segment, make_segment, merge
from booruql.backends.bitmap.steps import Both, Fixed, Other, Step
from booruql.chance import rank
from booruql.documents import Document
from booruql.schema import Table
from booruql.sites import Resource

if TYPE_CHECKING:
    from booruql.backends.bitmap.arrow import Names, Rows

_BATCH = 50_000  # documents of one segment while building
_GROWTH = 4  # a segment is merged with the ones after it when they have this share of its size

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The segments at one moment, each with its documents that are gone."""

    segments: tuple[tuple[Segment, BitMap], ...] = ()
    carried: frozenset[str] = frozenset()
    """Relations that the documents carry."""

    @property
    def size(self) -> int:
        return sum(segment.size - len(gone) for segment, gone in self.segments)


class BitmapIndex:
    """Posts by their ids. Searches see the snapshot they began with; adding, updating and deleting publish a new one."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.dictionaries: Dictionaries = {}
        self.snapshot = Snapshot()
        self._writing = Lock()

    def __len__(self) -> int:
        return self.snapshot.size

    # --- posts

    def add(self, documents: Iterable[Document], progress: Progress | None = None) -> None:
        """Add documents; one whose id is there replaces the old one."""
        rows = iter(documents)
        done = 0
        while batch := list(islice(rows, _BATCH)):
            self._add({row["id"]: row for row in batch})
            done += len(batch)
            if progress:
                progress(done)

    def _add(self, rows: dict[int, Document]) -> None:
        with self._writing:
            self._put(make_segment(rows.values(), self._schema, self.dictionaries))

    def add_rows(self, rows: Rows, names: Names | None = None, progress: Progress | None = None) -> bool:
        """Add posts from columns; False, and nothing is done, when they must be read one by one.

        `names` are those of the tags that a column `tag_ids` numbers.

        Raises:
            ConfigError: they cannot be read, or a column does not hold what its field needs.
        """
        from booruql.backends.bitmap.arrow import read_segment, reading_of

        reading = reading_of(rows, self.resource, names)
        if reading is None:
            return False
        with self._writing:
            self._put(read_segment(rows, self.resource, self.dictionaries, reading, names, progress))
        return True

    def _put(self, fresh: Segment) -> None:
        kept = self._without(self.snapshot.segments, fresh.ids[::-1])
        carried = self.snapshot.carried.union(name for name in fresh.columns if name in self._schema.relations)
        self.snapshot = Snapshot(self._merged((*kept, (fresh, BitMap()))), carried)

    def delete(self, ids: Iterable[int]) -> None:
        """Remove posts; ids that are not there are passed over."""
        with self._writing:
            wanted = np.array(sorted(ids), np.int64)
            self.snapshot = Snapshot(self._without(self.snapshot.segments, wanted), self.snapshot.carried)

    def _without(self, segments: Sequence[tuple[Segment, BitMap]], wanted: Array) -> tuple[tuple[Segment, BitMap], ...]:
        """The segments without some posts, given by rising id."""
        found = []
        for segment, gone in segments:
            more = segment.find(wanted)
            found.append((segment, gone | BitMap(more) if len(more) else gone))
        return tuple(found)

    def _merged(self, segments: tuple[tuple[Segment, BitMap], ...]) -> tuple[tuple[Segment, BitMap], ...]:
        """Small segments join: each is several times larger than all after it."""
        parts = [part for part in segments if part[0].size > len(part[1])]
        after = 0
        first = len(parts)
        for at in range(len(parts) - 1, -1, -1):
            size = parts[at][0].size
            if after * _GROWTH >= size:
                first = at
            after += size
        if len(parts) - first < 2:
            return tuple(parts)
        return (*parts[:first], (merge(parts[first:], self._schema, self.dictionaries), BitMap()))

    @property
    def _schema(self) -> Table:
        return self.resource.table

    # --- searches

    def prepare(self, search: Search) -> Plan:
        """A search over the present snapshot, ready to run.

        Raises:
            UnsupportedError: the posts do not carry rows that it asks, or the order cannot be decided in memory.
        """
        return Plan(search, self.snapshot, self._schema)


class Plan:
    """A search over one snapshot."""

    def __init__(self, search: Search, snapshot: Snapshot, schema: Table) -> None:
        self.search, self.schema, self.snapshot = search, schema, snapshot
        self._steps: dict[int, Step] = {}
        if snapshot.segments:
            self._step(len(snapshot.segments) - 1)  # what is refused is refused by every segment

    def _step(self, at: int) -> Step:
        """The search over one of the segments, planned when it is first asked."""
        found = self._steps.get(at)
        if found is None:
            segment, gone = self.snapshot.segments[at]
            found = self._steps[at] = _living(self.search, segment, gone, self.schema, self.snapshot.carried)
        return found

    @property
    def parts(self) -> list[tuple[Segment, Step]]:
        """The segments, each with what finds the matches in it."""
        return [(segment, self._step(at)) for at, (segment, _) in enumerate(self.snapshot.segments)]

    @cached_property
    def order(self) -> Order:
        return make_order(self.search, self.schema)

    def count(self) -> int:
        """How many posts match."""
        return sum([self._step(at).count() for at in range(len(self.snapshot.segments))])

    @property
    def total(self) -> int:
        """How many the search finds before paging: all matches, or the sample."""
        found = self.count()
        return found if self.search.sample is None else min(found, self.search.sample)

    def ids(self, size: int | None = None, skip: int = 0) -> list[int]:
        """Ids in order, from the `skip`th on, at most `size`."""
        order = self.order
        if size is None:
            return list(arrange([(segment, to_array(step.all())) for segment, step in self.parts], order)[skip:].tolist())
        need = skip + size
        found = first_ids([segment for segment, _ in self.snapshot.segments], self._step, order, need)
        if found is None:
            rows = [(segment, first_documents(step, segment, order, need)) for segment, step in self.parts]
            found = arrange(rows, order)[:need].tolist()
        return found[skip:]

    def page(self) -> list[int]:
        """The ids of the search's own page."""
        search = self.search
        if search.sample is not None:
            return self._sampled()
        if search.page.before is not None or search.page.after is not None:
            return self._beside(search.page.before, search.page.after, search.size)
        if search.size is None:
            return self.ids() if search.page.number == 1 else []
        return self.ids(search.size, (search.page.number - 1) * search.size)

    def _beside(self, before: int | None, after: int | None, size: int | None) -> list[int]:
        found: list[int] = []
        for segment, step in self.parts:
            rising = segment.ids[::-1]
            if before is not None:
                start, end = segment.size - int(np.searchsorted(rising, before, "left")), segment.size
            else:
                start, end = 0, segment.size - int(np.searchsorted(rising, after or 0, "right"))
            docs = to_array(step.within(BitMap(range(start, max(start, end)))))
            if size is not None:
                docs = docs[:size] if before is not None else docs[max(0, len(docs) - size) :]
            found += segment.ids[docs].tolist()
        found.sort(reverse=True)
        if size is None:
            return found
        return found[:size] if before is not None else found[max(0, len(found) - size) :]

    def _sampled(self) -> list[int]:
        """A random pick, arranged and paged."""
        search = self.search
        seed = search.seed if search.seed is not None else secrets.randbits(64)
        rows = [(segment, to_array(step.all())) for segment, step in self.parts]
        ids = np.concatenate([np.zeros(0, np.int64), *[segment.ids[docs] for segment, docs in rows]])
        chosen = ids[np.lexsort((ids, rank(ids, seed)))[: search.sample]]
        picked = [(segment, _of_ids(segment, docs, chosen)) for segment, docs in rows]
        found = list(arrange(picked, self.order).tolist())
        if search.page.before is not None or search.page.after is not None:
            return _beside_listed(found, search)
        size = search.size
        first = search.page.number - 1
        return (found if first == 0 else []) if size is None else found[first * size : (first + 1) * size]

    def facet(self, field: str, limit: int | None = 20) -> list[tuple[Any, int]]:
        """The values of a field among the matches with their counts, most first, then by value."""
        counts: dict[Any, int] = {}
        for segment, step in self.parts:
            column = segment.columns.get(field)
            postings = column.postings if isinstance(column, Values) else column
            if not isinstance(postings, Postings):
                continue
            values = postings.dictionary.values
            for code, number in postings.counts(step.all(), segment.size):
                counts[values[code]] = counts.get(values[code], 0) + number
        ranked = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
        return ranked[:limit]


def _living(search: Search, segment: Segment, gone: BitMap, schema: Table, carried: Container[str]) -> Step:
    step = compile_steps(search.where, segment, schema, carried)
    if not gone:
        return step
    return Both([step, Other(Fixed(gone), segment.full, segment.size)], segment.full, segment.size)


def _of_ids(segment: Segment, docs: Array, ids: Array) -> Array:
    return docs[np.isin(segment.ids[docs], ids)]


def _beside_listed(ids: Sequence[int], search: Search) -> list[int]:
    before, after, size = search.page.before, search.page.after, search.size
    falling = sorted(ids, reverse=True)
    if before is not None:
        return [id_ for id_ in falling if id_ < before][:size]
    above = [id_ for id_ in falling if id_ > (after or 0)]
    return above if size is None else above[max(0, len(above) - size) :]
