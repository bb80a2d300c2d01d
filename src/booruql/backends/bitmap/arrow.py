"""Columns of a Parquet file or an Arrow table -> a segment, without a document in between."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from booruql.backends.bitmap.bits import Array
from booruql.backends.bitmap.columns import NUMBERS, Column, Columns, Objects, Values, make_column, pack_numbers
from booruql.backends.bitmap.dictionary import Dictionaries, Dictionary, dictionary_of
from booruql.backends.bitmap.postings import Inverter, Postings
from booruql.backends.bitmap.segment import Segment
from booruql.errors import ConfigError
from booruql.schema import Field, Kind, Table
from booruql.sites import Flat, Resource
from booruql.sites.records import instant

Progress = Callable[[int], None]
Names = Mapping[int, str] | Sequence[str]
"""The names of tags by their numbers."""

_BATCH = 1 << 18  # rows that are read at a time


class Rows:
    """A Parquet file, or anything that gives itself as an Arrow stream, read by batches.

    Raises:
        ConfigError: it cannot be read, or pyarrow is not there.
    """

    def __init__(self, source: Any) -> None:
        try:
            import pyarrow
            from pyarrow.parquet import ParquetFile
        except ImportError:
            raise ConfigError("Parquet and Arrow need the package pyarrow: install booruql[parquet]") from None
        is_file = isinstance(source, (str, Path))
        self.name = str(source) if is_file else "the table"
        try:
            self._source: Any = ParquetFile(source) if is_file else pyarrow.table(source)
        except (OSError, ValueError, TypeError, pyarrow.ArrowException) as problem:
            raise ConfigError(f"{self.name}: {problem}") from None
        self._is_file = is_file
        self.names: list[str] = (self._source.schema_arrow if is_file else self._source.schema).names

    def batches(self, names: Sequence[str]) -> Iterator[Any]:
        """Some columns, batch by batch."""
        from pyarrow import ArrowException

        try:
            if self._is_file:
                yield from self._source.iter_batches(_BATCH, columns=list(names))
            else:
                yield from self._source.select(list(names)).to_batches(_BATCH)
        except (OSError, ArrowException) as problem:
            raise ConfigError(f"{self.name}: {problem}") from None

    def column(self, name: str) -> Any:
        """One column, whole."""
        import pyarrow

        return pyarrow.chunked_array([batch.column(0) for batch in self.batches([name])] or [pyarrow.array([], pyarrow.int64())])

    def take(self, rows: Array) -> Rows:
        """Some of the rows, in that order."""
        import pyarrow

        return Rows(pyarrow.Table.from_batches(list(self.batches(self.names))).take(pyarrow.array(rows)))

    def records(self) -> Iterator[Mapping[str, Any]]:
        """Each row as a record; a column `record` holds them whole, as JSON."""
        whole = "record" in self.names
        for batch in self.batches(["record"] if whole else self.names):
            if whole:
                yield from map(json.loads, batch.column(0).to_pylist())
            else:
                yield from batch.to_pylist()


class Reading(NamedTuple):
    """How columns become fields: the columns of each, the first that has a value; and what a site adds to its own records."""

    members: Mapping[str, tuple[str, ...]]
    flat: Flat | None


def reading_of(rows: Rows, resource: Resource, names: Names | None) -> Reading | None:
    """How the columns are read; None: the rows must be read one by one.

    Raises:
        ConfigError: there is no column of ids.
    """
    there = set(rows.names)
    if "id" not in there:
        raise ConfigError(f"{rows.name} has no column 'id'")
    flat = None if there <= resource.table.fields.keys() else resource.flat
    if flat is not None and "record" not in there and not there & flat.whole:
        found = {field: tuple(m for m in members if m in there) for field, members in flat.members.items()}
        found = {field: members for field, members in found.items() if members}
    elif there <= resource.table.fields.keys():
        found = {name: (name,) for name in rows.names}
    else:
        return None
    if names is not None and "tag_ids" in there and resource.default_field not in found:
        found[resource.default_field] = ("tag_ids",)
        found.pop("tag_ids", None)
    return Reading(found, flat)


def read_segment(
    rows: Rows,
    resource: Resource,
    dictionaries: Dictionaries,
    reading: Reading,
    names: Names | None = None,
    progress: Progress | None = None,
) -> Segment:
    """The rows as a segment; of rows with one id the last counts.

    Raises:
        ConfigError: a column does not hold what its field needs.
    """
    ids = rows.column("id")
    if ids.null_count:
        raise ConfigError(f"{rows.name}: a row has no id")
    numbers = ids.to_numpy().astype(np.int64)
    is_rising = bool(np.all(numbers[1:] > numbers[:-1]))
    if not is_rising and not np.all(numbers[1:] < numbers[:-1]):
        rows = rows.take(_newest_first(numbers))
        numbers = rows.column("id").to_numpy().astype(np.int64)
    if not len(numbers):
        return Segment(0, numbers, {})
    builder = _Builder(resource, dictionaries, reading, names, len(numbers), is_rising)
    for batch in rows.batches(sorted({name for members in reading.members.values() for name in members})):
        try:
            builder.add(batch)
        except (ValueError, TypeError, KeyError, IndexError) as problem:
            raise ConfigError(f"{rows.name}: {problem}") from None
        if progress:
            progress(builder.done)
    return Segment(len(numbers), numbers[::-1].copy() if is_rising else numbers, builder.columns())


def _newest_first(ids: Array) -> Array:
    """The rows by falling id, of equal ones the last."""
    rows = np.lexsort((-np.arange(len(ids)), -ids))
    fresh = np.append(True, np.diff(ids[rows]) != 0)
    return np.asarray(rows[fresh])


class _Builder:
    """Columns of a segment, grown batch by batch."""

    def __init__(
        self,
        resource: Resource,
        dictionaries: Dictionaries,
        reading: Reading,
        names: Names | None,
        size: int,
        is_rising: bool,
    ) -> None:
        self.resource, self.schema, self.dictionaries = resource, resource.table, dictionaries
        self.members, self.flat = reading
        self.size, self.is_rising, self.done = size, is_rising, 0
        self.inverters = {name: Inverter() for name in self.members if self.schema.fields[name].many}
        self.pieces: dict[str, list[Any]] = {name: [] for name in self.members if name not in self.inverters}
        self.numbered = None if names is None else _numbered(dictionary_of(resource.default_field, dictionaries), names)

    def add(self, batch: Any) -> None:
        """The next rows."""
        for name, members in self.members.items():
            field = self.schema.fields[name]
            data = _first(batch.column(member) for member in members)
            try:
                if field.many:
                    self._invert(field, data)
                else:
                    self.pieces[name].append(self._piece(field, data))
            except (ValueError, TypeError, KeyError, IndexError, NotImplementedError) as problem:
                raise ValueError(f"column {members[0]!r}: {problem}") from None
        self.done += batch.num_rows

    def _piece(self, field: Field, data: Any) -> Any:
        if field.kind in (Kind.TEXT, Kind.JSON):
            return data.to_pylist()
        if field.kind in NUMBERS:
            return _numbers(field, data)
        return _coded(dictionary_of(field.name, self.dictionaries), data)

    def _invert(self, field: Field, data: Any) -> None:
        flat, sizes = _lists(data)
        dictionary = dictionary_of(field.name, self.dictionaries)
        if self.numbered is not None and field.name == self.resource.default_field:
            codes = _named(self.numbered, flat.to_numpy())
        else:
            codes = _coded(dictionary, flat)
        first = self.size - self.done - len(sizes) if self.is_rising else self.done
        self.inverters[field.name].add(codes, sizes, first, falling=self.is_rising)

    def columns(self) -> Columns:
        """All that was read; what follows from other fields is made when it is asked for."""
        found: dict[str, Column] = {}
        for name, inverter in self.inverters.items():
            found[name] = inverter.postings(dictionary_of(name, self.dictionaries))
        for name, pieces in self.pieces.items():
            found[name] = self._joined(self.schema.fields[name], pieces)
        flat = self.flat
        if flat is None:
            return Columns(found)
        for name in flat.filled.keys() - found.keys():
            found[name] = self._joined(self.schema.fields[name], [self._missing(self.schema.fields[name])])
        derived = _Derived(found, flat, self.schema, self.dictionaries, self.size)
        return Columns(found, {name: partial(derived.column, name) for name in flat.derived})

    def _missing(self, field: Field) -> Any:
        if field.kind in NUMBERS:
            return np.zeros(self.size, np.int64), np.ones(self.size, bool)
        return np.full(self.size, -1)

    def _joined(self, field: Field, pieces: Sequence[Any]) -> Column:
        step = -1 if self.is_rising else 1
        if field.kind in (Kind.TEXT, Kind.JSON):
            return Objects([value for piece in pieces for value in piece][::step])
        filled = self.flat.filled.get(field.name) if self.flat else None
        if field.kind in NUMBERS:
            values = np.concatenate([values for values, _ in pieces])[::step]
            missing = np.concatenate([missing for _, missing in pieces])[::step]
            if filled is not None:
                values, missing = np.where(missing, filled, values), np.zeros(len(values), bool)
            if self.flat and field.name in self.flat.sizes:
                values = np.abs(values)
            return pack_numbers(values, missing)
        dictionary = dictionary_of(field.name, self.dictionaries)
        codes = np.concatenate(pieces)[::step].astype(np.int32)
        if filled is not None:
            codes[codes < 0] = dictionary.codes[filled]
        return Values(dictionary, codes)


class _Derived:
    """Fields that follow from others of the same document, all worked out when the first of them is asked for."""

    def __init__(self, columns: Mapping[str, Column], flat: Flat, schema: Table, dictionaries: Dictionaries, size: int) -> None:
        self.columns, self.flat, self.schema, self.dictionaries, self.size = columns, flat, schema, dictionaries, size
        self._found: dict[str, Column] = {}

    def column(self, name: str) -> Column:
        """The column of one of them."""
        if not self._found:
            self._found = self._derive()
        return self._found.pop(name)

    def _derive(self) -> dict[str, Column]:
        flat, fields = self.flat, self.schema.fields
        rows = [flat.derive(*values) for values in zip(*map(self._listed, flat.needed), strict=True)]
        return {
            name: make_column(fields[name], [row[at] for row in rows], self.dictionaries) for at, name in enumerate(flat.derived)
        }

    def _listed(self, name: str) -> Sequence[Any]:
        column = self.columns.get(name)
        return [None] * self.size if column is None or isinstance(column, Postings) else column.listed()


# --- values of one batch


def _first(columns: Iterator[Any]) -> Any:
    """Of each row the first value that is there."""
    from pyarrow.compute import coalesce
    from pyarrow.types import is_null

    found = list(columns)
    told = [column for column in found if not is_null(column.type)] or found[:1]
    return told[0] if len(told) == 1 else coalesce(*told)


def _numbers(field: Field, data: Any) -> tuple[Array, Array]:
    """Numbers, and where there is none."""
    import pyarrow as pa

    kind, is_instant = data.type, field.kind is Kind.INSTANT
    if is_instant and (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        data = pa.array([instant(value) for value in data.to_pylist()], pa.int64())
    elif is_instant and (pa.types.is_timestamp(kind) or pa.types.is_date(kind)):
        data = data.cast(pa.timestamp("us", tz="UTC" if getattr(kind, "tz", None) else None)).cast(pa.int64())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_null(kind)):
        raise TypeError(f"{kind} is no {'time' if is_instant else 'number'}")
    missing = data.is_null(nan_is_null=True).to_numpy(zero_copy_only=False)
    if field.kind in (Kind.FLOAT, Kind.FLOAT32):
        values = data.cast(pa.float64()).fill_null(0).to_numpy(zero_copy_only=False)
        return (values.astype(np.float32).astype(np.float64) if field.kind is Kind.FLOAT32 else values), missing
    return data.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False), missing


def _coded(dictionary: Dictionary, data: Any) -> Array:
    """The codes of values, -1 for missing ones."""
    import pyarrow as pa

    coded = data if pa.types.is_dictionary(data.type) else data.dictionary_encode()
    own = np.array([-1 if value is None else dictionary.codes[value] for value in coded.dictionary.to_pylist()] + [-1], np.int64)
    return np.asarray(own[coded.indices.fill_null(len(own) - 1).to_numpy(zero_copy_only=False)])


def _lists(data: Any) -> tuple[Any, Array]:
    """All values of lists, one after the other, and how many each row has. A text is its words."""
    import pyarrow as pa
    import pyarrow.compute as pc

    data = data.cast(pa.string()) if pa.types.is_null(data.type) else data
    is_text = pa.types.is_string(data.type) or pa.types.is_large_string(data.type)
    if not (is_text or pa.types.is_list(data.type) or pa.types.is_large_list(data.type)):
        raise TypeError(f"{data.type} is no list")
    data = pc.utf8_split_whitespace(data) if is_text else data
    flat, sizes = data.flatten(), pc.fill_null(pc.list_value_length(data), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    kept = pc.not_equal(flat, "") if is_text else flat.is_valid()
    if pc.all(kept).as_py() is not False:
        return flat, sizes
    owners = np.repeat(np.arange(len(sizes)), sizes)[kept.to_numpy(zero_copy_only=False)]
    return flat.filter(kept), np.bincount(owners, minlength=len(sizes))


def _named(codes: Array, numbers: Array) -> Array:
    if numbers.size and not 0 <= int(numbers.min()) <= int(numbers.max()) < len(codes):
        raise ValueError("a number has no name")
    found = codes[numbers]
    if found.min(initial=0) < 0:
        raise ValueError("a number has no name")
    return np.asarray(found)


def _numbered(dictionary: Dictionary, names: Names) -> Array:
    """The codes of names by their numbers, -1 where there is none."""
    if not isinstance(names, Mapping):
        return np.array([dictionary.codes[name] for name in names], np.int64)
    found = np.full(max(names, default=-1) + 1, -1, np.int64)
    for number, name in names.items():
        found[number] = dictionary.codes[name]
    return found
