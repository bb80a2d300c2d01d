"""ORDER BY: total, with the place of nulls spelled only where a key can be null and the database would do otherwise."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from booruql.ast.nodes import Count, Key, Latest, Node, Place, Position, Special
from booruql.backends.sql.collations import sortable
from booruql.backends.sql.compiler import Compiler
from booruql.backends.sql.layout import Scope, column
from booruql.chance import PRIME, draw
from booruql.errors import make_error
from booruql.schema import Kind

_COEFFICIENTS = tuple([lambda seed, at=at: draw(seed)[at] for at in range(4)])
"""What is sent of a seed."""
Ordering = tuple[str, exp.Expression, bool]
"""The key's name among a row's columns, its value, whether it may be null."""


def read_key(key: Key, compiler: Compiler, seed: int | None) -> Ordering:
    """The value that a key orders by."""
    match key.by:
        case Special.RANDOM:
            assert seed is not None
            return "random", shuffled(compiler, seed), False
        case Special.RELEVANCE:
            raise make_error("E503", "an order by relevance exists in Elasticsearch alone", hint="order by a field")
        case Place(ids=ids):
            return "place", _place(ids, compiler), True
        case Position():
            return f"{key.by.relation}_{key.by.column}", _position(key.by, key.descending, compiler), True
        case Latest():
            return "latest", _latest(key.by, compiler), True
        case Count(relation=relation):
            return f"{relation}_count", _count(key.by, compiler), False
        case str(name):
            cell = compiler.cell(name)
            return name, sortable(cell, compiler.target.dialect), cell.nullable
    raise TypeError(f"{key.by!r} is no order key")


def ordered(key: Key, value: exp.Expression, nullable: bool, compiler: Compiler) -> list[exp.Expression]:
    """The key as ORDER BY spells it."""
    dialect = compiler.target.dialect
    usual = dialect.nulls_first(key.descending)
    if not nullable or key.nulls_first == usual:
        return [exp.Ordered(this=value, desc=key.descending, nulls_first=usual)]
    if dialect.has_nulls_order:
        return [exp.Ordered(this=value, desc=key.descending, nulls_first=key.nulls_first)]
    missing = exp.Is(this=value.copy(), expression=exp.Null())
    first = exp.Ordered(this=missing, desc=key.nulls_first, nulls_first=dialect.nulls_first(key.nulls_first))
    return [first, exp.Ordered(this=value, desc=key.descending, nulls_first=usual)]


def shuffled(compiler: Compiler, seed: int) -> exp.Expression:
    """The rank of `chance`, in 64-bit arithmetic; the end brings what is left of negative ids above 0."""
    bind = compiler.target.bind
    found: exp.Expression = bind(seed, Kind.INT, _COEFFICIENTS[0])
    for coefficient in _COEFFICIENTS[1:]:
        wide = exp.Cast(this=compiler.scope.column("id"), to=exp.DataType(this=exp.DataType.Type.BIGINT))
        step = exp.Mul(this=found, expression=_modulo(wide))
        found = _modulo(exp.Add(this=step, expression=bind(seed, Kind.INT, coefficient)))
    return _modulo(exp.Add(this=found, expression=_number(PRIME)))


def _modulo(value: exp.Expression) -> exp.Expression:
    inner = exp.Paren(this=value) if isinstance(value, exp.Binary) else value
    return exp.Paren(this=exp.Mod(this=inner, expression=_number(PRIME)))


def _number(value: int) -> exp.Expression:
    return exp.Literal.number(value)


def _place(ids: tuple[int, ...], compiler: Compiler) -> exp.Expression:
    bind = compiler.target.bind
    if not ids:
        return exp.Null()
    ifs = [exp.If(this=bind(id_, Kind.INT), true=_number(at)) for at, id_ in enumerate(ids)]
    return exp.Case(this=compiler.scope.column("id"), ifs=ifs)


def _count(by: Count, compiler: Compiler) -> exp.Expression:
    if not compiler.target.dialect.joins_orders:
        return compiler.number(by)
    found = _joined(by.relation, by.where, lambda _: exp.Count(this=exp.Star()), compiler)
    return exp.Coalesce(this=found, expressions=[_number(0)])


def _position(by: Position, descending: bool, compiler: Compiler) -> exp.Expression:
    pick = exp.Max if descending else exp.Min

    def what(scope: Scope) -> exp.Expression:
        return pick(this=Compiler(compiler.target, scope).cell(by.column).column)

    if compiler.target.dialect.joins_orders:
        return _joined(by.relation, by.where, what, compiler)
    return exp.Subquery(this=compiler.rows(by.relation, by.where, what, None))


def _joined(relation: str, where: Node, what: Callable[[Scope], exp.Expression], compiler: Compiler) -> exp.Expression:
    """The value of a grouped table that is joined to the rows; null where it has no row of theirs."""
    target = compiler.target
    grouped = compiler.groups(relation, where, what, None)
    alias = target.aliases("grouped")
    name = compiler.relation(relation).own
    own = compiler.scope.column(name)
    inner = exp.Subquery(this=grouped, alias=exp.TableAlias(this=exp.Identifier(this=alias)))
    target.joins.append(exp.Join(this=inner, side="LEFT", on=exp.EQ(this=column(alias, "owner"), expression=own)))
    is_text = compiler.scope.table.fields[name].kind is Kind.KEYWORD
    absent = exp.Literal.string("") if is_text else _number(0)
    present = exp.GT(this=column(alias, "owner"), expression=absent)
    return exp.If(this=present, true=column(alias, "value"), false=exp.Null())


def _latest(by: Latest, compiler: Compiler) -> exp.Expression:
    """The greatest part. Of several the first is a field that always has a value: it stands in for missing rows."""
    parts = [compiler.cell(part).column if isinstance(part, str) else _position(part, True, compiler) for part in by.parts]
    first, *rest = parts
    if not rest:
        return first
    return exp.Greatest(this=first, expressions=[exp.Coalesce(this=part, expressions=[first.copy()]) for part in rest])
