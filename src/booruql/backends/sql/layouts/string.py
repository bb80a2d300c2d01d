"""`string`: the tags of a post in one text, parted by a blank (Philomena's by a comma); in PostgreSQL with GIN indexes.

`posts(id, ..., tag_string, tag_name_string, tag_id_string)`: its own tags, every name that they answer to, their numbers.
All else is as in `join`. PostgreSQL asks `string_to_array(tag_string, ' ')`, which is what its index is made of; elsewhere
every post's text is read. A name that holds the separator is no post's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlglot import exp

from booruql.ast.nodes import Compare, Glob, Node, OneOf, Op, Value
from booruql.backends.sql.begin import Begin
from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.held import Held
from booruql.backends.sql.layout import Cell, Driven, Scope, Target, Test, both, column, one
from booruql.backends.sql.layouts.array import ask_array, fenced
from booruql.backends.sql.layouts.join import PROBED, Join, is_linked
from booruql.backends.sql.strings import Strings, has_name, text
from booruql.backends.sql.tables import Column, Stored
from booruql.backends.sql.values import Test as Closed
from booruql.errors import make_error
from booruql.schema import Field, Kind, Table
from booruql.sites import Resource

_TEXTS = {"tags": "tag_string", "tag_names": "tag_name_string", "tag_ids": "tag_id_string"}


@dataclass(frozen=True)
class String(Join):
    """See the module."""

    separator: str = " "

    def of(self, resource: Resource) -> Self:
        return replace(self, separator=resource.separator)

    @property
    def walks(self) -> bool:
        return False

    @property
    def is_readable(self) -> bool:
        return False

    def gap(self, dialect: Dialect) -> str | None:
        return super().gap(dialect) or ("how it asks names in one text is not told" if dialect.strings is None else None)

    def held(self, table: Table, field: Field) -> Held:
        return Held(field.kind, field.bits, self._named) if is_linked(table.name, field) else super().held(table, field)

    def _named(self, op: Op, value: object) -> Closed:
        name = str(value)
        return (op, name) if op is not Op.EQ or (name and self.separator not in name) else False

    def some_value(self, scope: Scope, field: Field, node: Node, test: Test, target: Target) -> exp.Expression:
        if not is_linked(scope.table.name, field):
            return super().some_value(scope, field, node, test, target)
        names, strings = scope.column(_TEXTS[field.name]), target.dialect.strings or Strings()
        is_plain = isinstance(node, OneOf) or (isinstance(node, Compare) and node.op is Op.EQ)
        _check(field, node, is_plain=is_plain)
        if strings.split is not None:
            array, element = strings.split(names, self.separator), target.dialect.type_of(Kind.TAG, 0)
            found = ask_array(array, element, replace(field, kind=Kind.TAG), node, test, target)
        elif is_plain and len(_values(node)) <= PROBED:
            return self._equal(names, _values(node), target)
        else:
            found = self._some_row(names, field, test, target, strings)
        return found if is_plain else both(exp.NEQ(this=names.copy(), expression=text("")), found)

    def _equal(self, names: exp.Expression, values: Sequence[Value], target: Target) -> exp.Expression:
        asked = [has_name(names.copy(), self.separator, target.bind(value, Kind.TAG, self._between)) for value in values]
        found: exp.Expression = asked[0] if asked else exp.false()
        for more in asked[1:]:
            found = exp.Or(this=found, expression=more)
        return found

    def _between(self, name: str) -> str:
        return f"{self.separator}{name}{self.separator}"

    def _some_row(self, names: exp.Expression, field: Field, test: Test, target: Target, strings: Strings) -> exp.Expression:
        assert strings.rows is not None
        alias = target.aliases("each")
        begin = exp.Alias(this=strings.rows(names, self.separator), alias=exp.Identifier(this=alias))
        asked = exp.Where(this=test(Cell(field.kind, field.bits, column(alias, "value"))))
        return exp.Exists(this=exp.Select(expressions=[one()], from_=exp.From(this=begin), where=asked))

    def any_value(self, scope: Scope, field: Field, target: Target) -> exp.Expression:
        if not is_linked(scope.table.name, field):
            return super().any_value(scope, field, target)
        return exp.NEQ(this=scope.column(_TEXTS[field.name]), expression=text(""))

    def drive(self, scope: Scope, where: Node, target: Target, *, needs_row: bool, begin: Begin, by_id: bool) -> Driven | None:
        return fenced(self, scope, where, target, begin=begin)

    def tables(self, schema: Table, dialect: Dialect) -> tuple[Stored, ...]:
        texts = []
        for field in schema.fields.values():
            if is_linked(schema.name, field):
                whole = replace(field, many=False, kind=Kind.TEXT)
                texts.append(Column(_TEXTS[field.name], whole, nullable=False, separator=self.separator))
        return (self._own_table(schema, *texts), *self._sides(schema))


def _values(node: Node) -> Sequence[Value]:
    """What an equality, or one of several, asks for."""
    return node.values if isinstance(node, OneOf) else (node.value,) if isinstance(node, Compare) else ()


def _check(field: Field, node: Node, *, is_plain: bool) -> None:
    """Refuse what the texts do not tell."""
    if isinstance(node, Glob) and node.fold:
        raise make_error("E501", "a pattern in any letter case is not possible over tags in one text", node.span)
    if field.kind is Kind.ID and not is_plain:
        raise make_error("E501", "a range of numbers is not possible over tags in one text", getattr(node, "span", None))


LAYOUT = String("string")
