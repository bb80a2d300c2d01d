"""PostgreSQL 13 and later. https://www.postgresql.org/docs/current/sql.html

Text columns are declared `COLLATE "C"` in our own layouts: keys sort by code point, and a prefix pattern can use an index.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from booruql.backends.sql.arrays import Arrays, call, is_zero, unnested, value_of
from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.like import bare_like
from booruql.schema import Kind

TEXT = "TEXT"


def _has_any(array: exp.Expression, values: Sequence[exp.Expression], type_: str) -> exp.Expression:
    """`array @> ARRAY[?]::type[]` or `&&`; both by a GIN index. Uncast, a driver may send a narrower type."""
    listed = exp.Cast(this=exp.Array(expressions=list(values)), to=exp.Var(this=f"{type_}[]"))
    return (exp.ArrayContainsAll if len(values) == 1 else exp.ArrayOverlaps)(this=array, expression=listed)


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
    drives=True,
    fences=True,
    has_array_indexes=True,
    arrays=Arrays(
        has_any=_has_any,
        has=lambda array, value: exp.ArrayContainsAll(this=array, expression=exp.Array(expressions=[value])),
        each=value_of,
        some=unnested,
        is_empty=lambda array: is_zero(call("CARDINALITY", array)),
        rows=lambda array: call("UNNEST", array),
    ),
    searches_words=True,
    array_type="{}[]",
    text_end=' COLLATE "C"',
    max_params=65_535,  # a 16-bit count: https://www.postgresql.org/docs/current/protocol-message-formats.html
)
