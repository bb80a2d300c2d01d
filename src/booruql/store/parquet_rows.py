"""Records from Parquet: a column `record` of JSON texts as `export` writes it, else a column for each member."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from booruql.errors import ConfigError
from booruql.store.files import STDIN, Opened
from booruql.store.json_rows import loads
from booruql.store.records import Found, Item, Place, Reading, Rejected, numbered

_ROWS = 2_000


def read_parquet(opened: Opened, reading: Reading, start: Place) -> Found:
    """The records of a Parquet file; a line is a row there.

    Raises:
        ConfigError: it cannot be read.
    """
    yield from numbered(_records(opened), reading, start)


def _records(opened: Opened) -> Found:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise ConfigError("Parquet files need the package pyarrow: install booruql[parquet]") from None
    source: Any = io.BytesIO(opened.stream.read()) if opened.is_packed or opened.path == STDIN else opened.path
    try:
        with ParquetFile(source) as file:
            names = file.schema_arrow.names
            columns = ["record"] if "record" in names else None
            for number, row in _rows(file, columns):
                yield _whole(opened.path, number, row["record"]) if columns else _plain(opened.path, number, row)
    except ArrowException as problem:
        raise ConfigError(f"{opened.path}: {problem}") from None


def _rows(file: Any, columns: list[str] | None) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    for batch in file.iter_batches(batch_size=_ROWS, columns=columns):
        for row in batch.to_pylist():
            number += 1
            yield number, row


def _whole(path: str, number: int, text: Any) -> Item | Rejected:
    try:
        record, shown = loads(text.encode())
    except (ValueError, AttributeError) as problem:
        return Rejected(path, number, 0, f"row {number}: {problem}", str(text))
    if not isinstance(record, dict):
        return Rejected(path, number, 0, f"row {number} is no JSON object", shown)
    return Item(record, None, path, number, 0, shown)


def _plain(path: str, number: int, row: dict[str, Any]) -> Item | Rejected:
    try:
        text = json.dumps(row, default=_spelled, separators=(",", ":"), ensure_ascii=False)
        return Item(loads(text.encode())[0], None, path, number, 0, text)
    except ValueError as problem:
        return Rejected(path, number, 0, f"row {number}: {problem}", str(row)[:1000])


def _spelled(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise ValueError(f"{type(value).__name__} has no form in JSON")
