"""A frozen run of posts, held by column, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from pyroaring import BitMap

from booruql.backends.bitmap.bits import Array
from booruql.backends.bitmap.columns import Column, Columns, Numbers, Objects, Values, make_column
from booruql.backends.bitmap.dictionary import Dictionaries, Dictionary
from booruql.backends.bitmap.postings import Postings, merge_postings
from booruql.documents import Document
from booruql.schema import Table


class Segment:
    """Documents 0 to `size` - 1 by falling id. Nothing of it changes; deleted ones are named by the snapshot."""

    def __init__(self, size: int, ids: Array, columns: Mapping[str, Column]) -> None:
        self.size, self.ids = size, ids
        self.columns = columns if isinstance(columns, Columns) else Columns(columns)

    @cached_property
    def full(self) -> BitMap:
        return BitMap(range(self.size))

    @cached_property
    def _rising(self) -> Array:
        return self.ids[::-1]

    def find(self, ids: Array) -> Array:
        """The documents that have some of the ids."""
        if not self.size:
            return np.zeros(0, np.uint32)
        at = np.searchsorted(self._rising, ids)
        at = at[at < self.size]
        wanted = ids[: len(at)] if len(at) == len(ids) else ids[np.searchsorted(self._rising, ids) < self.size]
        return np.sort(self.size - 1 - at[self._rising[at] == wanted]).astype(np.uint32)

    def document(self, doc: int, fields: Iterable[str]) -> Document:
        """The document as far as fields with at most one value and related rows go."""
        found = Document(id=int(self.ids[doc]))
        for name in fields:
            column = self.columns.get(name)
            if column is not None and not isinstance(column, Postings):
                value = column.value(doc)
                if value is not None:
                    found[name] = value
        return found


def make_segment(documents: Iterable[Document], schema: Table, dictionaries: Dictionaries) -> Segment:
    """A segment of documents with ids of their own; new values enter the dictionaries."""
    rows = sorted(documents, key=_id, reverse=True)
    ids = np.array([row["id"] for row in rows], np.int64)
    names: set[str] = set().union(*rows)
    columns: dict[str, Column] = {}
    for name in names:
        values = [row[name] for row in rows]
        if name in schema.relations:
            columns[name] = Objects(values)
        elif name in schema.fields:
            columns[name] = make_column(schema.fields[name], values, dictionaries)
    return Segment(len(rows), ids, columns)


def _id(row: Document) -> int:
    found: int = row["id"]
    return found


# --- merging

Part = tuple[Segment, BitMap]
"""A segment and its documents that are gone."""


def merge(parts: Sequence[Part], schema: Table, dictionaries: Dictionaries) -> Segment:
    """One segment of what is left of several."""
    kept = [_kept(segment, gone) for segment, gone in parts]
    ids = np.concatenate([segment.ids[keep] for (segment, _), keep in zip(parts, kept, strict=True)])
    order = np.argsort(-ids, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    maps, first = [], 0
    for (segment, _), keep in zip(parts, kept, strict=True):
        new = np.full(segment.size, -1, np.int64)
        new[keep] = place[first : first + len(keep)]
        first += len(keep)
        maps.append(new)
    names = set().union(*(segment.columns for segment, _ in parts))
    merger = _Merger([segment for segment, _ in parts], kept, maps, order, schema, dictionaries)
    return Segment(len(ids), ids[order], {name: merger.column(name) for name in names})


def _kept(segment: Segment, gone: BitMap) -> Array:
    keep = np.ones(segment.size, bool)
    if gone:
        keep[np.frombuffer(gone.to_array(), np.uint32)] = False
    return np.flatnonzero(keep)


class _Merger:
    """Columns of several segments as one: `kept` documents of each, `maps` to their new numbers, `order` of all."""

    def __init__(
        self,
        segments: Sequence[Segment],
        kept: Sequence[Array],
        maps: Sequence[Array],
        order: Array,
        schema: Table,
        dictionaries: Dictionaries,
    ) -> None:
        self.segments, self.kept, self.maps, self.order = segments, kept, maps, order
        self.schema, self.dictionaries = schema, dictionaries

    def column(self, name: str) -> Column:
        columns = [segment.columns.get(name) for segment in self.segments]
        there = [column for column in columns if column is not None]
        if all(isinstance(column, Postings) for column in there):
            return self._postings(columns)
        if all(isinstance(column, Values) for column in there):
            return self._values(columns)
        if all(isinstance(column, Numbers) for column in there):
            return self._numbers(columns)
        return self._objects(name, columns)

    def _postings(self, columns: Sequence[Column | None]) -> Postings:
        there = [(column, new) for column, new in zip(columns, self.maps, strict=True) if isinstance(column, Postings)]
        return merge_postings(there, there[0][0].dictionary)

    def _values(self, columns: Sequence[Column | None]) -> Values:
        found, dictionary = [], Dictionary()
        for column, keep in zip(columns, self.kept, strict=True):
            if isinstance(column, Values):
                dictionary = column.dictionary
                found.append(column.codes[keep])
            else:
                found.append(np.full(len(keep), -1, np.int32))
        return Values(dictionary, np.concatenate(found)[self.order])

    def _numbers(self, columns: Sequence[Column | None]) -> Numbers:
        numbers = [column for column in columns if isinstance(column, Numbers)]
        dtype = max((column.values.dtype for column in numbers), key=lambda dtype: dtype.itemsize)
        missing: Any = np.nan if dtype.kind == "f" else np.iinfo(dtype).min
        found, has_gaps = [], False
        for column, keep in zip(columns, self.kept, strict=True):
            if not isinstance(column, Numbers):
                found.append(np.full(len(keep), missing, dtype))
                has_gaps = has_gaps or len(keep) > 0
                continue
            values = column.values[keep].astype(dtype)
            if column.has_gaps:
                has_gaps = True
                if column.values.dtype != dtype:
                    values[column.values[keep] == column.missing] = missing
            found.append(values)
        return Numbers(np.concatenate(found)[self.order], has_gaps)

    def _objects(self, name: str, columns: Sequence[Column | None]) -> Column:
        found: list[Any] = []
        for column, keep in zip(columns, self.kept, strict=True):
            if column is None or isinstance(column, Postings):
                found += [None] * len(keep)
            else:
                found += map(column.value, keep.tolist())
        return Objects([found[at] for at in self.order.tolist()])
