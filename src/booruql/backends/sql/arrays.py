"""How databases with arrays ask them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp

Sql = exp.Expression


@dataclass(frozen=True, slots=True)
class Arrays:
    """The questions about an array column that a database can answer.

    `has_any(array, values, element type)`; `has(array, value)` of a value in the same statement; `each(alias)` is what an
    element is called in a test, `some(array, alias, test)` whether one passes; `rows(array)` gives a row for each element.
    """

    has_any: Callable[[Sql, Sequence[Sql], str], Sql]
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


def is_zero(number: Sql) -> Sql:
    """`number = 0`."""
    return exp.EQ(this=number, expression=exp.Literal.number(0))
