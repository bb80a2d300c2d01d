"""ClickHouse 25.8 and later. https://clickhouse.com/docs/sql-reference"""

from __future__ import annotations

from typing import Any

from booruql.backends.sql.dialect import Dialect, quoted
from booruql.backends.sql.like import bare_like
from booruql.backends.sql.statement import Parameter
from booruql.schema import Kind

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\0": "\\0"})


def encode(parameter: Parameter) -> Any:
    """Text in the escapes of a TSV cell, which is how parameters are read."""
    value = parameter.value
    return value.translate(_ESCAPES) if isinstance(value, str) else value


def literal(parameter: Parameter) -> str:
    """A value as a literal: the backslash escapes."""
    return quoted(parameter).replace("\\", "\\\\")


DIALECT = Dialect(
    name="clickhouse",
    sqlglot="clickhouse",
    paramstyle="typed",
    types={
        Kind.INT: "Int32",
        Kind.ID: "Int32",
        Kind.INSTANT: "Int64",
        Kind.FLOAT: "Float64",
        Kind.FLOAT32: "Float64",
        Kind.BOOL: "Bool",
        **dict.fromkeys((Kind.KEYWORD, Kind.TEXT, Kind.TAG, Kind.IP, Kind.JSON), "String"),
    },
    glob=bare_like,
    wide="Int64",
    nulls="last",
    quotes="`",
    has_indexes=False,
    array_type="Array({})",
    nullable_type="Nullable({})",
    table_end="ENGINE = MergeTree ORDER BY ({key})",
    joins_orders=True,
    encode=encode,
    literal=literal,
)
