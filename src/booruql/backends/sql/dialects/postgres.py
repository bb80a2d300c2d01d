"""PostgreSQL 13 and later. https://www.postgresql.org/docs/current/sql.html

Text columns are declared `COLLATE "C"` in our own layouts: keys sort by code point, and a prefix pattern can use an index.
"""

from __future__ import annotations

from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.like import bare_like
from booruql.schema import Kind

TEXT = "TEXT"

DIALECT = Dialect(
    name="postgres",
    sqlglot="postgres",
    paramstyle="format",
    types={
        Kind.INT: "INTEGER",
        Kind.ID: "INTEGER",
        Kind.INSTANT: "BIGINT",
        Kind.FLOAT: "DOUBLE PRECISION",
        Kind.FLOAT32: "DOUBLE PRECISION",
        Kind.BOOL: "BOOLEAN",
        **dict.fromkeys((Kind.KEYWORD, Kind.TEXT, Kind.TAG, Kind.IP, Kind.JSON), TEXT),
    },
    glob=bare_like,
    nulls="large",
    has_array_indexes=True,
    searches_words=True,
    array_type="{}[]",
    text_end=' COLLATE "C"',
    max_params=65_535,  # a 16-bit count: https://www.postgresql.org/docs/current/protocol-message-formats.html
)
