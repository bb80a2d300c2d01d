"""How databases with arrays ask them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

Sql = exp.Expression


@dataclass(frozen=True, slots=True)
class Arrays:
    """The questions about an array column that a database can answer.

    `has_value(array, value, element type)` and `shares(array, values, element type)` of a bound value and a bound array;
    `among(value, values, element type)` whether a value is in a bound array; `has(array, value)` of a value in the same
    statement; `each(alias)` is what an element is called in a test, `some(array, alias, test)` whether one passes;
    `rows(array)` gives a row for each element.
    """

    has_value: Callable[[Sql, Sql, str], Sql]
    shares: Callable[[Sql, Sql, str], Sql]
    among: Callable[[Sql, Sql, str], Sql]
    has: Callable[[Sql, Sql], Sql]
    each: Callable[[str], Sql]
    some: Callable[[Sql, str, Sql], Sql]
    is_empty: Callable[[Sql], Sql]
    rows: Callable[[Sql], Sql]


def call(name: str, *arguments: Sql) -> Sql:
    """`NAME(arguments)`."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def unnested(array: Sql, alias: str, test: Sql) -> Sql:
    """`EXISTS(SELECT 1 FROM UNNEST(array) AS alias(value) WHERE test)`."""
    names = exp.TableAlias(this=exp.Identifier(this=alias), columns=[exp.Identifier(this="value")])
    rows = exp.Unnest(expressions=[array], alias=names)
    asked = exp.Select(expressions=[exp.Literal.number(1)], from_=exp.From(this=rows), where=exp.Where(this=test))
    return exp.Exists(this=asked)


def value_of(alias: str) -> Sql:
    """`alias.value`."""
    return exp.Column(this=exp.Identifier(this="value"), table=exp.Identifier(this=alias))


def cast_array(array: Sql, type_: str) -> Sql:
    """`CAST(array AS type[])`: uncast, a driver may send a narrower type."""
    return exp.Cast(this=array, to=exp.Var(this=f"{type_}[]"))


def is_any(value: Sql, values: Sql, type_: str) -> Sql:
    """`value = ANY(CAST(values AS type[]))`."""
    return exp.EQ(this=value, expression=exp.Any(this=exp.Paren(this=cast_array(values, type_))))


def is_zero(number: Sql) -> Sql:
    """`number = 0`."""
    return exp.EQ(this=number, expression=exp.Literal.number(0))
