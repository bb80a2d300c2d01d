"""DuckDB 1.1 and later. https://duckdb.org/docs/stable/sql/introduction"""

from __future__ import annotations

from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.like import like
from booruql.schema import Kind

DIALECT = Dialect(
    name="duckdb",
    sqlglot="duckdb",
    paramstyle="qmark",
    types={
        Kind.INT: "INTEGER",
        Kind.ID: "INTEGER",
        Kind.INSTANT: "BIGINT",
        Kind.FLOAT: "DOUBLE",
        Kind.FLOAT32: "DOUBLE",
        Kind.BOOL: "BOOLEAN",
        **dict.fromkeys((Kind.KEYWORD, Kind.TEXT, Kind.TAG, Kind.IP, Kind.JSON), "VARCHAR"),
    },
    glob=like,
    nulls="last",
    has_indexes=False,  # columns are scanned with their zone maps; its indexes cost more than they give here
    array_type="{}[]",
)
