"""The layout of a described schema (see `mapping`): every field is asked where the description says that it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from sqlglot import exp

from booruql.ast.nodes import Node
from booruql.backends.sql.arrays import Arrays
from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.held import FORMS, Held
from booruql.backends.sql.layout import (
    Cell,
    Driven,
    Layout,
    Origin,
    Related,
    Scope,
    Target,
    Test,
    both,
    is_not_null,
    one,
    select,
    source,
)
from booruql.backends.sql.layouts.array import arrays_of, ask_array, fenced
from booruql.backends.sql.mapping import Array, Beside, Entity, One, Rows
from booruql.backends.sql.tables import Stored
from booruql.errors import ConfigError
from booruql.schema import Field, Relation, Table, table

_BESIDE = "beside"
"""The alias of a table beside a row: a sub-select has one table of the kind, and no other table is called so."""


@dataclass(frozen=True, slots=True)
class MappedScope(Scope):
    """Rows of a described entity."""

    entity: Entity = field(kw_only=True)

    def column(self, name: str) -> exp.Expression:
        held = self.entity.fields.get(name)
        if not isinstance(held, One):
            raise ConfigError(f"rows of {self.table.name} have no {name} here: they can only be asked as what belongs to others")
        return held.value(self.alias)


@dataclass(frozen=True, eq=False)
class Mapped(Layout):
    """See the module. `entities` describes those that the database has."""

    entities: Mapping[str, Entity] = field(default_factory=dict)

    @property
    def is_own(self) -> bool:
        return False

    def lacks(self, table: Table, field: Field) -> bool:
        return (
            table.name not in self.entities or field.name not in self.entities[table.name].fields or super().lacks(table, field)
        )

    def origin(self, entity: str) -> Origin:
        if entity not in self.entities:
            raise ConfigError(f"the layout {self.name!r} has no {entity}")
        return self.entities[entity].origin

    def scope(self, table: Table, alias: str) -> Scope:
        return MappedScope(table, alias, entity=self.entities.get(table.name, _NOWHERE))

    def held(self, table: Table, field: Field) -> Held:
        held = None if self.lacks(table, field) else self.entities[table.name].fields[field.name]
        if not isinstance(held, One):
            return Held(field.kind, field.bits, is_cased=held is not None and held.is_cased)
        spell = FORMS[held.form][0] if held.form else None
        return Held(field.kind, field.bits, spell, held.words, held.is_cased)

    # --- fields with one value

    def cell(self, scope: Scope, field: Field) -> Cell:
        held = self._one(scope, field)
        if not held.beside:
            return held.cell(field, scope.alias)
        rows = _beside(self._entity(scope).beside[held.beside], scope, [held.value(scope.alias, _BESIDE)], None)
        return replace(held.cell(field, scope.alias, _BESIDE), column=exp.Subquery(this=rows), equal=None, nullable=True)

    def ask(self, scope: Scope, field: Field, test: Test, target: Target) -> tuple[exp.Expression, bool]:
        held = self._one(scope, field)
        if not held.beside:
            return super().ask(scope, field, test, target)
        asked = test(held.cell(field, scope.alias, _BESIDE))
        return exp.Exists(this=_beside(self._entity(scope).beside[held.beside], scope, [one()], asked)), False

    def present(self, scope: Scope, field: Field, target: Target) -> exp.Expression:
        held = self._one(scope, field)
        if not held.beside:
            return super().present(scope, field, target)
        known = is_not_null(held.value(scope.alias, _BESIDE)) if held.nullable else None
        return exp.Exists(this=_beside(self._entity(scope).beside[held.beside], scope, [one()], known))

    def _one(self, scope: Scope, field: Field) -> One:
        return cast(One, self._entity(scope).fields[field.name])

    def _entity(self, scope: Scope) -> Entity:
        return cast(MappedScope, scope).entity

    # --- fields with many

    def some_value(self, scope: Scope, field: Field, node: Node, test: Test, target: Target) -> exp.Expression:
        held = self._entity(scope).fields[field.name]
        if isinstance(held, Array):
            return ask_array(held.sql.at(scope.alias), held.element, field, node, test, target, is_cased=held.is_cased)
        assert isinstance(held, Rows)
        alias = target.aliases(field.name)
        cell = Cell(field.kind, field.bits, held.value.at(alias), is_cased=held.is_cased)
        return exp.Exists(this=_values(held, alias, scope, test(cell)))

    def any_value(self, scope: Scope, field: Field, target: Target) -> exp.Expression:
        held = self._entity(scope).fields[field.name]
        if isinstance(held, Array):
            return exp.Not(this=arrays_of(target).is_empty(held.sql.at(scope.alias)))
        assert isinstance(held, Rows)
        return exp.Exists(this=_values(held, target.aliases(field.name), scope, None))

    def holds(self, scope: Scope, field: Field, value: exp.Expression, target: Target) -> exp.Expression:
        held = self._entity(scope).fields[field.name]
        if isinstance(held, Array):
            return arrays_of(target).has(held.sql.at(scope.alias), value)
        assert isinstance(held, Rows)
        alias = target.aliases(field.name)
        own = exp.EQ(this=held.owner.at(alias), expression=scope.column("id"))
        return exp.In(this=value, query=exp.Subquery(this=select([held.value.at(alias)], held.origin, alias, own)))

    def related(self, relation: Relation, target: Target, *, bare: bool) -> Related:
        entity = self.entities[relation.entity]
        alias = target.aliases(relation.entity)
        scope = self.scope(self.target(relation), alias)
        other = entity.fields[relation.other]
        if isinstance(other, One):
            return Related(entity.origin, alias, scope.column(relation.other), scope)
        if isinstance(other, Array):
            return _listed(entity.origin, other, scope, arrays_of(target))
        link = target.aliases(relation.other)
        on = exp.EQ(this=scope.column("id"), expression=other.owner.at(link))
        joins = () if bare else (exp.Join(this=source(entity.origin, alias), on=on),)
        return Related(other.origin, link, other.value.at(link), scope, joins)

    def drive(self, scope: Scope, where: Node, target: Target, *, needs_row: bool, is_rare: bool | None) -> Driven | None:
        return fenced(self, scope, where, target, is_rare=is_rare)

    def values(self, schema: Table, field: Field, ids: Sequence[int], dialect: Dialect) -> tuple[str, bool]:
        """A statement that gives the owner and the value of a field of many for these rows; True: all values as one array."""
        held = self.entities[schema.name].fields[field.name]
        scope = self.scope(schema, "p")
        assert isinstance(held, Array | Rows)
        if isinstance(held, Array):
            owner, value, origin = scope.column("id"), held.sql.at("p"), self.origin(schema.name)
        else:
            owner, value, origin = held.owner.at("p"), held.value.at("p"), held.origin
        among = exp.In(this=owner, expressions=[exp.Literal.number(int(number)) for number in ids])
        return select([owner.copy(), value], origin, "p", among).sql(dialect.sqlglot), isinstance(held, Array)

    def indexes(self) -> Iterator[tuple[str, str]]:
        """Tables, and the columns and expressions of theirs that questions rely on to be indexed."""
        for entity in self.entities.values():
            name = entity.origin if isinstance(entity.origin, str) else entity.origin.name
            yield from ((name, text) for text in entity.indexes)

    def probe(self, entity: str, name: str | None, dialect: Dialect) -> str:
        """A statement that finds no row, and that a database takes when it has what the field is read from; None: the table."""
        origin, what = self.origin(entity), [one()]
        held = None if name is None else self.entities[entity].fields[name]
        if isinstance(held, One):
            scope = self.scope(table(entity), "p")
            what = [self.cell(scope, scope.table.fields[str(name)]).column]
        elif isinstance(held, Array):
            what = [held.sql.at("p")]
        elif isinstance(held, Rows):
            origin, what = held.origin, [held.owner.at("p"), held.value.at("p")]
        return select(what, origin, "p", exp.false()).sql(dialect.sqlglot)

    def tables(self, schema: Table, dialect: Dialect) -> tuple[Stored, ...]:
        raise ConfigError(f"the tables of {self.name!r} are made by the software whose they are")


_NOWHERE = Entity("", {})


def _beside(table: Beside, scope: Scope, what: list[exp.Expression], asked: exp.Expression | None) -> exp.Select:
    """`SELECT what FROM` the row beside a row."""
    return select(what, table.origin, _BESIDE, both(table.link.at(scope.alias, _BESIDE), asked))


def _values(held: Rows, alias: str, scope: Scope, asked: exp.Expression | None) -> exp.Select:
    """The rows that hold the values of a field of a row."""
    own = exp.EQ(this=held.owner.at(alias), expression=scope.column("id"))
    return select([one()], held.origin, alias, both(own, asked))


def _listed(origin: Origin, other: Array, scope: Scope, arrays: Arrays) -> Related:
    """Rows that name their owners in an array."""

    def link(own: exp.Expression) -> exp.Expression:
        return arrays.has(other.sql.at(scope.alias), own)

    return Related(origin, scope.alias, arrays.rows(other.sql.at(scope.alias)), scope, link=link)
