"""DuckDB 1.1 and later. https://duckdb.org/docs/stable/sql/introduction"""

from __future__ import annotations

from booruql.backends.sql.arrays import Arrays, call, cast_array, is_any, is_zero, unnested, value_of
from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.like import banged, like
from booruql.backends.sql.strings import Strings, text
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
    pattern=banged,
    glob=like,
    nulls="last",
    has_indexes=False,  # columns are scanned with their zone maps; its indexes cost more than they give here
    gaps={"fts": "its full-text index is an extension, and does not follow changes of the table"},
    array_type="{}[]",
    strings=Strings(split=lambda names, separator: call("STRING_SPLIT", names, text(separator))),
    arrays=Arrays(
        has_value=lambda array, value, _: call("LIST_CONTAINS", array, value),
        shares=lambda array, values, type_: call("LIST_HAS_ANY", array, cast_array(values, type_)),
        among=is_any,
        has=lambda array, value: call("LIST_CONTAINS", array, value),
        each=value_of,
        some=unnested,
        is_empty=lambda array: is_zero(call("LEN", array)),
        rows=lambda array: call("UNNEST", array),
    ),
)
