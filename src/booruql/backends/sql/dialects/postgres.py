"""PostgreSQL 13 and later. https://www.postgresql.org/docs/current/sql.html

Text columns are declared `COLLATE "C"` in our own layouts: keys sort by code point, and a prefix pattern can use an index.
"""

from __future__ import annotations

from sqlglot import exp

from booruql.backends.sql.arrays import Arrays, call, cast_array, is_any, is_zero, unnested, value_of
from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.like import backslashed, bare_like
from booruql.backends.sql.strings import Strings, text
from booruql.backends.sql.tokens import COLUMN, Tokens
from booruql.schema import Kind

TEXT = "TEXT"


def _has_value(array: exp.Expression, value: exp.Expression, type_: str) -> exp.Expression:
    """`array @> ARRAY[?]::type[]`, by a GIN index."""
    return exp.ArrayContainsAll(this=array, expression=cast_array(exp.Array(expressions=[value]), type_))


def _shares(array: exp.Expression, values: exp.Expression, type_: str) -> exp.Expression:
    """`array && ?::type[]`, by a GIN index."""
    return exp.ArrayOverlaps(this=array, expression=cast_array(values, type_))


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
    pattern=backslashed,
    glob=bare_like,
    nulls="large",
    drives=True,
    fences=True,
    has_array_indexes=True,
    tokens=Tokens(
        table="posts",
        key="id",
        asked=COLUMN,
        match=lambda held, query: exp.MatchAgainst(this=query, expressions=[held]),
        query=lambda tokens: exp.Cast(this=tokens, to=exp.Var(this="TSQUERY")),
        either=" | ",
        type="TSVECTOR",
    ),
    strings=Strings(split=lambda names, separator: call("STRING_TO_ARRAY", names, text(separator))),
    arrays=Arrays(
        has_value=_has_value,
        shares=_shares,
        among=is_any,
        has=lambda array, value: exp.ArrayContainsAll(this=array, expression=exp.Array(expressions=[value])),
        each=value_of,
        some=unnested,
        is_empty=lambda array: is_zero(call("CARDINALITY", array)),
        rows=lambda array: call("UNNEST", array),
    ),
    searches_words=True,
    has_ilike=True,
    collation="C",
    array_type="{}[]",
    text_end=' COLLATE "C"',
    max_params=65_535,  # a 16-bit count: https://www.postgresql.org/docs/current/protocol-message-formats.html
)
