"""Texts that are compared by code point, whatever the collation of the column that holds them."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from booruql.ast.nodes import Value
from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.layout import Cell, Collation, Target, Test


def by_code_point(text: exp.Expression, dialect: Dialect) -> exp.Expression:
    """The text as one that compares by code point."""
    if dialect.charset:
        text = exp.Cast(this=text, to=exp.DataType(this=exp.DataType.Type.CHARACTER_SET, kind=exp.Var(this=dialect.charset)))
    return exp.Collate(this=text, expression=exp.Identifier(this=dialect.collation, quoted=dialect.quotes == '"'))


def exactly(text: exp.Expression, dialect: Dialect) -> exp.Expression:
    """The text as one that is equal to itself alone."""
    if dialect.charset:
        return exp.Cast(this=text, to=exp.DataType(this=exp.DataType.Type.BINARY))
    return by_code_point(text, dialect)


def sortable(cell: Cell, dialect: Dialect) -> exp.Expression:
    """The value as it is put in order."""
    return cell.column if cell.collation is Collation.CODE_POINT else by_code_point(cell.column, dialect)


def comparable(cell: Cell, dialect: Dialect) -> exp.Expression:
    """The value as it is less or greater than others."""
    return exactly(cell.column, dialect) if cell.collation is Collation.LOOSE else sortable(cell, dialect)


def equal(cell: Cell, dialect: Dialect, test: Callable[[exp.Expression], exp.Expression]) -> exp.Expression:
    """Whether what holds the value is equal to something by code point: `test` says to what."""
    asked = cell.column if cell.equal is None else cell.equal
    if cell.collation is not Collation.LOOSE:
        return test(asked)
    exact = test(exactly(asked, dialect))
    return exact if cell.served is None else exp.And(this=test(cell.served), expression=exact)


def is_equal(value: Value, target: Target) -> Test:
    """The test whether a place holds this value."""
    return lambda cell: equal(cell, target.dialect, lambda asked: exp.EQ(this=asked, expression=target.bind(value, cell.kind)))
