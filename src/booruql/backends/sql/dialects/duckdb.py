"""DuckDB 1.1 and later. https://duckdb.org/docs/stable/sql/introduction"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from booruql.backends.sql.arrays import Arrays, call, is_zero, unnested, value_of
from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.like import like
from booruql.schema import Kind


def _has_any(array: exp.Expression, values: Sequence[exp.Expression], type_: str) -> exp.Expression:
    if len(values) == 1:
        return call("LIST_CONTAINS", array, values[0])
    return call("LIST_HAS_ANY", array, exp.Array(expressions=list(values)))


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
    arrays=Arrays(
        has_any=_has_any,
        has=lambda array, value: call("LIST_CONTAINS", array, value),
        each=value_of,
        some=unnested,
        is_empty=lambda array: is_zero(call("LEN", array)),
        rows=lambda array: call("UNNEST", array),
    ),
)
