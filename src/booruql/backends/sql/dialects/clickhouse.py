"""ClickHouse 25.8 and later. https://clickhouse.com/docs/sql-reference"""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from booruql.backends.sql.arrays import Arrays, call
from booruql.backends.sql.dialect import Dialect, quoted
from booruql.backends.sql.like import backslashed, bare_like
from booruql.backends.sql.statement import Parameter
from booruql.backends.sql.strings import Strings, text
from booruql.schema import Kind

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\0": "\\0"})


def encode(parameter: Parameter) -> Any:
    """Text in the escapes of a TSV cell, which is how parameters are read; a list as a literal: such a cell is not unescaped."""
    value = parameter.value
    if isinstance(value, list):
        return _array(value)
    return value.translate(_ESCAPES) if isinstance(value, str) else value


def literal(parameter: Parameter) -> str:
    """A value as a literal: the backslash escapes."""
    if isinstance(parameter.value, list):
        return _array(parameter.value)
    return quoted(parameter).replace("\\", "\\\\")


def _array(values: list[Any]) -> str:
    """`[1, 2]`: inside an array text is quoted in either place."""
    return "[" + ", ".join([literal(Parameter(value, Kind.KEYWORD)) for value in values]) + "]"


def _some(array: exp.Expression, alias: str, test: exp.Expression) -> exp.Expression:
    """`arrayExists(alias -> test, array)`."""
    return call("arrayExists", exp.Lambda(this=test, expressions=[exp.Identifier(this=alias)]), array)


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
    pattern=backslashed,
    glob=bare_like,
    wide="Int64",
    nulls="last",
    quotes="`",
    has_indexes=False,
    gaps={"fts": "its text index only skips parts of a table that a scan reads; the layout array can have one"},
    array_type="Array({})",
    strings=Strings(split=lambda names, separator: call("splitByChar", text(separator), names)),
    arrays=Arrays(
        has_value=lambda array, value, _: call("has", array, value),
        shares=lambda array, values, _: call("hasAny", array, values),
        among=lambda value, values, _: exp.In(this=value, field=values),
        has=lambda array, value: call("has", array, value),
        each=lambda alias: exp.Column(this=exp.Identifier(this=alias)),
        some=_some,
        is_empty=lambda array: call("empty", array),
        rows=lambda array: call("arrayJoin", array),
    ),
    nullable_type="Nullable({})",
    table_end="ENGINE = MergeTree ORDER BY ({key})",
    joins_orders=True,
    encode=encode,
    literal=literal,
)
