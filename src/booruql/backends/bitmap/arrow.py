"""Arrow columns -> a segment, without a document in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from booruql.backends.bitmap.bits import Array
from booruql.backends.bitmap.columns import Column, Numbers, Postings, Values, make_numbers
from booruql.backends.bitmap.dictionary import Dictionary
from booruql.backends.bitmap.segment import Dictionaries, Segment, dictionary_of, make_column
from booruql.schema import Field, Kind, Table

_INTEGERS = (Kind.INT, Kind.INSTANT)
_PLAIN = (Kind.INT, Kind.INSTANT, Kind.FLOAT, Kind.FLOAT32)


def arrow_segment(
    columns: Mapping[str, Any], schema: Table, dictionaries: Dictionaries, vocabulary: Mapping[str, Sequence[Any]] | None = None
) -> Segment:
    """A segment of chunked arrays by our field names; `id` is among them.

    `vocabulary` gives, for a list column of integers, the values that they number.
    """
    ids = columns["id"].to_numpy().astype(np.int64)
    falling = bool(np.all(ids[1:] < ids[:-1]))
    rising = bool(np.all(ids[1:] > ids[:-1]))
    order = np.arange(len(ids)) if falling else np.arange(len(ids))[::-1] if rising else np.argsort(-ids, kind="stable")
    reader = _Reader(schema, dictionaries, vocabulary or {}, order)
    found = {name: reader.column(schema.fields[name], data) for name, data in columns.items() if name in schema.fields}
    return Segment(len(ids), ids[order], found)


class _Reader:
    """Reads columns into the order of a segment."""

    def __init__(self, schema: Table, dictionaries: Dictionaries, vocabulary: Mapping[str, Sequence[Any]], order: Array) -> None:
        self.schema, self.dictionaries, self.vocabulary, self.order = schema, dictionaries, vocabulary, order

    def column(self, field: Field, data: Any) -> Column:
        import pyarrow as pa

        if pa.types.is_list(data.type) or pa.types.is_large_list(data.type):
            return self._postings(field, data)
        if field.kind in _PLAIN:
            numbers = self._numbers(field, data)
            if numbers is not None:
                return numbers
        elif field.kind not in (Kind.TEXT, Kind.JSON) and not field.many:
            return self._values(field, data)
        values = data.to_pylist()
        return make_column(field, [values[at] for at in self.order.tolist()], self.dictionaries)

    def _numbers(self, field: Field, data: Any) -> Numbers | None:
        import pyarrow as pa

        if pa.types.is_timestamp(data.type):
            data = data.cast(pa.timestamp("us")).cast(pa.int64())
        gaps = data.null_count > 0
        if not pa.types.is_integer(data.type) or gaps or field.kind not in _INTEGERS:
            values = data.to_pylist()
            kind = int if field.kind in _INTEGERS else float
            if field.kind is Kind.FLOAT32:
                values = [None if value is None else float(np.float32(value)) for value in values]
            return make_numbers([values[at] for at in self.order.tolist()], kind)
        found = data.to_numpy()[self.order]
        bounds = np.iinfo(np.int32)
        fits = found.size == 0 or (int(found.min()) > bounds.min and int(found.max()) <= bounds.max)
        return Numbers(np.ascontiguousarray(found, np.int32 if fits else np.int64), has_gaps=False)

    def _values(self, field: Field, data: Any) -> Values:
        dictionary = dictionary_of(field.name, self.dictionaries)
        coded = data.combine_chunks().dictionary_encode()
        own = np.array([dictionary.codes[value] for value in coded.dictionary.to_pylist()] or [0], np.int32)
        indices = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return Values(dictionary, np.where(indices < 0, -1, own[indices]).astype(np.int32)[self.order])

    def _postings(self, field: Field, data: Any) -> Postings:
        dictionary = dictionary_of(field.name, self.dictionaries)
        starts, flat = _lists(data.chunks)
        values = self.vocabulary.get(field.name)
        codes = self._coded(dictionary, flat) if values is None else _numbered(dictionary, values)[flat.to_numpy()]
        places = np.empty(len(self.order), np.uint32)
        places[self.order] = np.arange(len(self.order), dtype=np.uint32)
        docs = np.repeat(places, np.diff(starts))
        return Postings.invert(dictionary, codes, docs)

    def _coded(self, dictionary: Dictionary, flat: Any) -> Array:
        coded = flat.dictionary_encode()
        own = np.array([dictionary.codes[value] for value in coded.dictionary.to_pylist()] or [0], np.int64)
        return np.asarray(own[coded.indices.to_numpy(zero_copy_only=False)])


def _lists(chunks: Sequence[Any]) -> tuple[Array, Any]:
    """Where each row's list starts, and all values one after the other."""
    import pyarrow as pa

    starts, flats, base = [np.zeros(1, np.int64)], [], 0
    for chunk in chunks:
        offsets = chunk.offsets.to_numpy().astype(np.int64)
        flats.append(chunk.values.slice(int(offsets[0]), int(offsets[-1] - offsets[0])))
        starts.append(offsets[1:] - offsets[0] + base)
        base += int(offsets[-1] - offsets[0])
    flat = pa.concat_arrays(flats) if flats else pa.array([], pa.int64())
    return np.concatenate(starts), flat


def _numbered(dictionary: Dictionary, values: Sequence[Any]) -> Array:
    return np.array([dictionary.codes[value] for value in values], np.int64)


def parquet_columns(path: str, names: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Columns of a Parquet file under our field names; `names` maps the file's own."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    there = {name: names.get(name, name) for name in file.schema_arrow.names}
    table = file.read(columns=list(there))
    for own, ours in there.items():
        yield ours, table.column(own)
