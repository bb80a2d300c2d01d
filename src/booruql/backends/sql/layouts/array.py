"""`array`: a table for each entity, every many-valued field an array column; in PostgreSQL with GIN indexes.

`posts(id, ..., tags text[], tag_names text[], tag_ids int[], sources text[], ...)`; shadows in lower case are arrays too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import exp

from booruql.ast.nodes import And, Compare, Glob, Node, OneOf, Op
from booruql.backends.sql.arrays import Arrays
from booruql.backends.sql.begin import Begin
from booruql.backends.sql.collations import is_equal
from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.layout import (
    Cell,
    Driven,
    Layout,
    Related,
    Scope,
    Target,
    Test,
    column,
    conjunction,
    is_required,
    select,
)
from booruql.backends.sql.tables import Column, Stored
from booruql.errors import ConfigError, make_error
from booruql.schema import Field, Relation, Table


@dataclass(frozen=True)
class Array(Layout):
    """See the module."""

    def some_value(self, scope: Scope, field: Field, node: Node, test: Test, target: Target) -> exp.Expression:
        is_folded = isinstance(node, Glob) and node.fold
        if is_folded and not self.has_shadow(scope.table, field):
            raise make_error("E501", "a pattern in any letter case over this field is not possible here", node.span)
        array = scope.column(f"{field.name}_folded" if is_folded else field.name)
        return ask_array(array, target.dialect.type_of(field.kind, field.bits), field, node, test, target)

    def any_value(self, scope: Scope, field: Field, target: Target) -> exp.Expression:
        return exp.Not(this=arrays_of(target).is_empty(scope.column(field.name)))

    def holds(self, scope: Scope, field: Field, value: exp.Expression, target: Target) -> exp.Expression:
        return arrays_of(target).has(scope.column(field.name), value)

    def related(self, relation: Relation, target: Target, *, bare: bool) -> Related:
        inner = self.target(relation)
        name = self.table_name(relation.entity)
        alias = target.aliases(name)
        other = column(alias, relation.other)
        if not inner.fields[relation.other].many:
            return Related(name, alias, other, Scope(inner, alias))
        arrays = arrays_of(target)
        return Related(name, alias, arrays.rows(other), Scope(inner, alias), link=lambda own: arrays.has(other.copy(), own))

    def drive(self, scope: Scope, where: Node, target: Target, *, needs_row: bool, begin: Begin, by_id: bool) -> Driven | None:
        return fenced(self, scope, where, target, begin=begin)

    def tables(self, schema: Table, dialect: Dialect) -> tuple[Stored, ...]:
        arrays = []
        for field in schema.fields.values():
            if field.many:
                one = replace(field, many=False)
                arrays.append(Column(field.name, one, is_array=True))
                if self.is_folded(field):
                    arrays.append(Column(f"{field.name}_folded", one, is_shadow=True, is_array=True))
        return (self._own_table(schema, *arrays),)


def ask_array(
    array: exp.Expression, element: str, field: Field, node: Node, test: Test, target: Target, *, is_cased: bool = False
) -> exp.Expression:
    """Whether some element passes `test`, which was made of `node`; `element` is the type of one."""
    arrays = arrays_of(target)
    if isinstance(node, Compare) and node.op is Op.EQ:
        return arrays.has_value(array, target.bind(node.value, field.kind), element)
    if isinstance(node, OneOf):
        values = [target.bind(value, field.kind) for value in node.values]
        return arrays.shares(array, values[0], element) if values else exp.false()
    alias = target.aliases("each")
    each = arrays.each(alias)
    return arrays.some(array, alias, test(Cell(field.kind, field.bits, each, each, is_cased=is_cased)))


def fenced(layout: Layout, scope: Scope, where: Node, target: Target, *, begin: Begin) -> Driven | None:
    """`FROM (SELECT * FROM posts WHERE tags @> ... OFFSET 0)` when a required tag is known to be rare.

    Without the fence the planner walks the order's index, whatever the tag.
    """
    members = where.children if isinstance(where, And) else (where,)
    required = [node for node in members if is_required(node)]
    if not target.dialect.fences or begin is not Begin.RARE or scope.table.name != "posts" or not required:
        return None
    inner = layout.scope(scope.table, target.aliases("posts"))
    tags = scope.table.fields["tags"]
    asked = [layout.some_value(inner, tags, node, is_equal(node.value, target), target) for node in required]
    condition = asked[0]
    for more in asked[1:]:
        condition = exp.And(this=condition, expression=more)
    rows = select([exp.Star()], layout.origin("posts"), inner.alias, condition)
    rows.set("offset", exp.Offset(expression=exp.Literal.number(0)))
    inside = exp.Subquery(this=rows, alias=exp.TableAlias(this=exp.Identifier(this=scope.alias)))
    return Driven(exp.From(this=inside), [], None, scope, conjunction([m for m in members if not is_required(m)]))


def arrays_of(target: Target) -> Arrays:
    """How the database asks arrays.

    Raises:
        ConfigError: it has none.
    """
    if target.dialect.arrays is None:
        raise ConfigError(f"{target.dialect.name} has no arrays")
    return target.dialect.arrays


LAYOUT = Array("array")
