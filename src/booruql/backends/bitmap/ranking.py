"""The rows of a result in the order of a search, and its page: the newest by number, others by their keys."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from pyroaring import BitMap

from booruql.ast.nodes import Key, Search, Special
from booruql.backends.bitmap.bits import Array, make_bitmap, to_array
from booruql.backends.bitmap.columns import Numbers, Values
from booruql.backends.bitmap.segment import Segment
from booruql.backends.bitmap.steps import Fixed, Step
from booruql.backends.predicate.ordering import key_names, key_reader
from booruql.chance import rank
from booruql.schema import Table

Reader = Callable[[Segment, Array], tuple[Array, Array]]
"""The key of some documents as sortable numbers, and where it is missing."""

_FIRST_BLOCK = 512
_SMALL = 3000
_WALK = 40  # walking by falling key pays when matches * matches > this * documents


@dataclass(frozen=True, slots=True)
class Order:
    """The keys of a search, each with what reads it."""

    keys: tuple[tuple[Key, Reader], ...]

    @property
    def by_id(self) -> bool | None:
        """Whether the id alone decides: True falling, False rising, None when it does not."""
        key = self.keys[0][0] if self.keys else Key("id", True)
        return key.descending if key.by == "id" else None


def make_order(search: Search, schema: Table) -> Order:
    """What a search orders by.

    Raises:
        UnsupportedError: by relevance.
    """
    keys = []
    for key in search.order:
        keys.append((key, _reader(key, schema, search.seed)))
        if key.by == "id":
            break
    return Order(tuple(keys))


def _reader(key: Key, schema: Table, given: int | None) -> Reader:
    match key.by:
        case "id":
            return _ids
        case Special.RANDOM:
            seed = secrets.randbits(64) if given is None else given
            return lambda segment, docs: _whole(rank(segment.ids[docs], seed))
        case str(name):
            return lambda segment, docs: _field(segment, name, docs)
        case _:
            read, names = key_reader(key, schema, given or 0), key_names(key)  # no seed is asked here
            return lambda segment, docs: _listed([read(segment.document(doc, names)) for doc in docs.tolist()])


def _ids(segment: Segment, docs: Array) -> tuple[Array, Array]:
    return _whole(segment.ids[docs])


def _whole(values: Array) -> tuple[Array, Array]:
    return values, np.zeros(len(values), bool)


def _listed(values: Sequence[Any]) -> tuple[Array, Array]:
    missing = np.array([value is None for value in values], bool)
    if any(isinstance(value, str) for value in values):
        order = {value: at for at, value in enumerate(sorted({value for value in values if value is not None}))}
        return np.array([0 if value is None else order[value] for value in values], np.int64), missing
    return np.array([0 if value is None else value for value in values]), missing


def _field(segment: Segment, name: str, docs: Array) -> tuple[Array, Array]:
    column = segment.columns.get(name)
    if column is None:
        return np.zeros(len(docs), np.int64), np.ones(len(docs), bool)
    if isinstance(column, Numbers):
        values = column.values[docs]
        if not column.has_gaps:
            return _whole(values)
        missing = values == column.missing if column.is_integer else np.isnan(values)
        return np.where(missing, 0, values), missing
    if isinstance(column, Values):
        return _listed([column.value(doc) for doc in docs.tolist()])
    return _listed([segment.document(doc, (name,))[name] for doc in docs.tolist()])


# --- the first rows of all segments

_Row = tuple[Any, int]
"""A row's first key and its id, as they rank: the least is the first."""


def first_ids(segments: Sequence[Segment], step: Callable[[int], Step], order: Order, need: int) -> list[int] | None:
    """The first `need` ids for the usual orders; None for others.

    Segments are asked from the one that may hold the first row on, until none may hold one that still counts: as a rule
    the newest posts alone are searched.
    """
    if len(segments) == 1:
        found = ordered_documents(step(0), segments[0], order, need)
        return None if found is None else list(segments[0].ids[found].tolist())
    heads = [_head(segment, order) for segment in segments]
    if any(head is None for head in heads):
        return None
    rows: list[_Row] = []
    for best, at in sorted((head, at) for at, head in enumerate(heads)):
        if len(rows) >= need and (not need or rows[-1][0] < best):
            break
        docs = ordered_documents(step(at), segments[at], order, need)
        rows = sorted([*rows, *_rows(segments[at], docs, order)])[:need]
    return [-id_ for _, id_ in rows] if not order.keys or order.keys[0][0].descending else [id_ for _, id_ in rows]


def _head(segment: Segment, order: Order) -> Any:
    """How the first row of a segment may rank at best; None when an order is not usual."""
    if not segment.size:
        return float("inf")
    if order.by_id is True:
        return -int(segment.ids[0])
    column = _walkable(segment, order)
    if column is None:
        return None
    numbers, descending = column
    return -numbers.most if descending else numbers.least


def _rows(segment: Segment, docs: Any, order: Order) -> Iterator[_Row]:
    ids = segment.ids[docs]
    column = None if order.by_id else _walkable(segment, order)
    if column is None:
        return zip((-ids).tolist(), (-ids).tolist(), strict=True)
    numbers, descending = column
    values = numbers.values[docs]
    if not descending:
        return zip(values.tolist(), ids.tolist(), strict=True)
    return zip([-value for value in values.tolist()], (-ids).tolist(), strict=True)


# --- the first rows of one segment


def ordered_documents(step: Step, segment: Segment, order: Order, need: int) -> Any:
    """The first `need` documents in order, for the usual orders; None for others."""
    if order.by_id is True:
        return newest(step, segment, need)
    column = _walkable(segment, order)
    if column is None:
        return None
    numbers, descending = column
    if step.size * step.size > _WALK * max(1, segment.size):
        found = walk(step, segment, numbers, descending, need)
        if found is not None:
            return found[:need]
    docs = to_array(step.all())
    docs = docs if descending else docs[::-1]
    values = numbers.values[docs]
    ranks = -values if descending else values
    if len(docs) > 4 * need + 200 and need:
        near = ranks <= np.partition(ranks, need - 1)[need - 1]
        docs, ranks = docs[near], ranks[near]
    return docs[np.argsort(ranks, kind="stable")[:need]]


def first_documents(step: Step, segment: Segment, order: Order, need: int | None) -> Array:
    """The first `need` documents of a step in the order, or all of them; at least those, in any order."""
    if need is None:
        return to_array(step.all())
    found = ordered_documents(step, segment, order, need)
    if found is not None:
        return np.asarray(found, np.uint32)
    if order.by_id is False:
        docs = to_array(step.all())
        return docs[max(0, len(docs) - need) :]
    return gather(to_array(step.all()), segment, order, need)


def newest(step: Step, segment: Segment, need: int) -> list[int]:
    """The first documents: those of growing stretches from the newest on, until there are enough."""
    if isinstance(step, Fixed) or step.size < max(_SMALL, 8 * need):
        return list(islice(step.all(), need))
    found: list[int] = []
    start, width = 0, max(_FIRST_BLOCK, 4 * need * segment.size // max(1, step.size))
    while start < segment.size and len(found) < need:
        stretch = BitMap(range(start, min(segment.size, start + width)))
        found += islice(step.within(stretch), need - len(found))
        start, width = start + width, width * 8
    return found


def _walkable(segment: Segment, order: Order) -> tuple[Numbers, bool] | None:
    """The column and direction of an order by one number, then the id the same way."""
    if len(order.keys) != 2:
        return None
    (first, _), (last, _) = order.keys
    column = segment.columns.get(first.by) if isinstance(first.by, str) else None
    if last.by != "id" or last.descending != first.descending or not isinstance(column, Numbers) or column.has_gaps:
        return None
    return column, first.descending


def walk(step: Step, segment: Segment, column: Numbers, descending: bool, need: int) -> Array | None:
    """The first documents by a column, met on the way down its order; None when they are too far."""
    ranked = column.ranked(descending)
    found: list[Array] = []
    have, start, width = 0, 0, max(256, int(4 * need * segment.size / max(1, step.size)))
    while start < segment.size and have < need:
        if start > segment.size // 8:
            return None
        block = ranked[start : start + width]
        hits = step.within(make_bitmap(np.sort(block)))
        if hits:
            met = block[np.isin(block, to_array(hits))]
            found.append(met)
            have += len(met)
        start, width = start + width, width * 2
    return np.concatenate(found) if found else np.zeros(0, np.uint32)


def gather(docs: Array, segment: Segment, order: Order, need: int) -> Array:
    """The first documents by the first key; ties at the end stay in."""
    if len(docs) <= need or need == 0 or not order.keys:
        return docs
    key, read = order.keys[0]
    values, missing = read(segment, docs)
    if missing.any() or values.dtype.kind not in "if":
        return docs
    ranks = -values if key.descending else values
    edge = np.partition(ranks, need - 1)[need - 1]
    return np.asarray(docs[ranks <= edge])


# --- rows of several segments


def arrange(rows: Sequence[tuple[Segment, Array]], order: Order) -> Array:
    """The ids of documents of several segments, in the order."""
    if not rows:
        return np.zeros(0, np.int64)
    ids = np.concatenate([segment.ids[docs] for segment, docs in rows])
    if order.by_id is not None:
        ids = np.sort(ids)
        return ids[::-1] if order.by_id else ids
    columns: list[Array] = []
    for key, read in order.keys:
        parts = [read(segment, docs) for segment, docs in rows]
        columns += _sortable(key, parts, rows)
    return ids[np.lexsort(columns[::-1])] if columns else ids


def _sortable(key: Key, parts: Sequence[tuple[Array, Array]], rows: Sequence[tuple[Segment, Array]]) -> list[Array]:
    missing = np.concatenate([part[1] for part in parts])
    if _is_text(key, rows):
        values = _ranked_texts(key, rows)
    else:
        values = np.concatenate([part[0] for part in parts])
    if key.descending:
        values = _turned(values)
    values = np.where(missing, 0, values)
    return [missing != key.nulls_first, values] if missing.any() else [values]


def _turned(values: Array) -> Array:
    """The same numbers in falling order."""
    return ~values if values.dtype.kind in "iu" else -values


def _is_text(key: Key, rows: Sequence[tuple[Segment, Array]]) -> bool:
    return isinstance(key.by, str) and any(isinstance(segment.columns.get(key.by), Values) for segment, _ in rows)


def _ranked_texts(key: Key, rows: Sequence[tuple[Segment, Array]]) -> Array:
    """Texts as their places among all of the rows."""
    found: list[Any] = []
    for segment, docs in rows:
        column = segment.columns.get(str(key.by))
        found += [column.value(doc) for doc in docs.tolist()] if isinstance(column, Values) else [None] * len(docs)
    order = {value: at for at, value in enumerate(sorted({value for value in found if value is not None}))}
    return np.array([0 if value is None else order[value] for value in found], np.int64)
