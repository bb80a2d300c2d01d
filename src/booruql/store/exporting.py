"""A store's records into files: JSON Lines, Parquet, or a site dump with every table."""

from __future__ import annotations

import gzip
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

from booruql.errors import ConfigError
from booruql.schema import Field, Kind, Table
from booruql.store.files import STDIN
from booruql.store.records import MAIN, TABLES
from booruql.store.sqlite import Store
from booruql.store.tables import reader_of, schema_of

_ROWS = 5_000
_LISTS = (frozenset, set, tuple)


def export(store: Store, to: str, entity: str) -> int:
    """Write the records of an entity to `.jsonl` or `.parquet`, or every table to `.json`; how many there were.

    A file is there whole or not at all. `-` is standard output, as JSON Lines.

    Raises:
        ConfigError: the file's name has another ending, or it cannot be written.
    """
    name = to.removesuffix(".gz")
    if to == STDIN:
        return _write_lines(store, sys.stdout.buffer, entity)
    write = next((write for ending, write in _FORMS.items() if name.endswith(ending)), None)
    if write is None:
        raise ConfigError(f"{to}: a file to export to ends in {', '.join(_FORMS)}, also with .gz")
    try:
        with _opened(to) as stream:
            return write(store, stream, entity)
    except OSError as problem:
        raise ConfigError(f"{to}: {problem.strerror or problem}") from None


@contextmanager
def _opened(path: str) -> Iterator[IO[bytes]]:
    """A file that takes its place when it is complete."""
    part = f"{path}.part"
    try:
        with open(part, "wb") as raw:
            if path.endswith(".gz"):
                with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6, mtime=0) as packed:
                    yield packed  # type: ignore[misc]
            else:
                yield raw
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)


def _write_lines(store: Store, stream: IO[bytes], entity: str) -> int:
    number = 0
    for _, text in store.texts(entity):
        stream.write(text.encode() + b"\n")
        number += 1
    return number


def _write_dump(store: Store, stream: IO[bytes], entity: str) -> int:
    main = store.site.resource()
    names = {main.entity: next(name for name in (main.name, *MAIN) if name in MAIN)}
    resources = {resource.entity: resource.name for resource in store.site.resources.values()}
    number, mark = 0, b"{"
    for key, value in (store.fact("facts") or {}).items():
        stream.write(mark + f"{json.dumps(key)}: {json.dumps(value)}".encode())
        mark = b",\n"
    for stored in sorted(store.entities(), key=lambda name: (name != main.entity, name)):
        shown = names.get(stored) or (stored if stored in TABLES else resources.get(stored, stored))
        stream.write(mark + json.dumps(shown).encode() + b": [")
        mark, comma = b",\n", b"\n"
        for _, text in store.texts(stored):
            stream.write(comma + text.encode())
            comma, number = b",\n", number + 1
        stream.write(b"\n]")
    stream.write(b"}\n" if mark != b"{" else b"{}\n")
    return number


def _write_parquet(store: Store, stream: IO[bytes], entity: str) -> int:
    """A column for each of our fields, and the record as it came."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise ConfigError("Parquet files need the package pyarrow: install booruql[parquet]") from None
    schema, read = schema_of(store.site, entity), reader_of(store.site, entity)
    fields = [pa.field(field.name, _arrow(field)) for field in _fields(schema)]
    columns = pa.schema([*fields, pa.field("record", pa.string())])
    number, texts = 0, store.texts(entity)
    with parquet.ParquetWriter(stream, columns, compression="zstd") as writer:
        while batch := list(islice(texts, _ROWS)):
            rows = [{**_plain(read(json.loads(text))), "record": text} for _, text in batch]
            writer.write_table(pa.Table.from_pylist(rows, columns))
            number += len(batch)
    return number


def _fields(schema: Table | None) -> list[Field]:
    return [field for field in schema.fields.values() if field.kind is not Kind.JSON] if schema else []


def _plain(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: sorted(value) if isinstance(value, _LISTS) and _is_plain(value) else value for name, value in document.items()}


def _is_plain(values: Any) -> bool:
    return not any(isinstance(value, Mapping) for value in values)


def _arrow(field: Field) -> Any:
    import pyarrow as pa

    types = {Kind.FLOAT: pa.float64(), Kind.FLOAT32: pa.float32(), Kind.BOOL: pa.bool_(), Kind.INSTANT: pa.timestamp("us", "UTC")}
    found = types.get(field.kind) or (pa.int64() if field.kind in (Kind.INT, Kind.ID) else pa.string())
    return pa.list_(found) if field.many else found


_FORMS = {".jsonl": _write_lines, ".ndjson": _write_lines, ".parquet": _write_parquet, ".json": _write_dump}
