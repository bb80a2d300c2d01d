"""The layout of a described schema (see `mapping`): every field is asked where the description says that it is."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from sqlglot import exp

from booruql.ast.nodes import And, Exists, Node
from booruql.backends.sql.arrays import Arrays
from booruql.backends.sql.begin import Begin
from booruql.backends.sql.collations import is_equal
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
    conjunction,
    is_not_null,
    is_required,
    one,
    select,
    source,
)
from booruql.backends.sql.layouts.array import arrays_of, ask_array, fenced
from booruql.backends.sql.mapping import Array, Entity, One, Rows
from booruql.backends.sql.tables import Stored
from booruql.errors import ConfigError
from booruql.schema import Field, Relation, Table, table

_BESIDE = "beside"
"""The alias of a table beside a row: a sub-select has one table of the kind, and no other table is called so."""


@dataclass(frozen=True, slots=True)
class MappedScope(Scope):
    """Rows of a described entity; `joined` names the tables beside it that the statement joins."""

    entity: Entity = field(kw_only=True)
    joined: frozenset[str] = frozenset()

    def column(self, name: str) -> exp.Expression:
        held = self.entity.fields.get(name)
        if not isinstance(held, One):
            raise ConfigError(f"rows of {self.table.name} have no {name} here: they can only be asked as what belongs to others")
        return held.value(self.alias)

    def joins(self) -> tuple[exp.Join, ...]:
        found = [(_joined(name), table) for name, table in self.entity.beside.items() if name in self.joined]
        return tuple(exp.Join(this=source(table.origin, as_), on=table.link.at(self.alias, as_)) for as_, table in found)

    def kind(self) -> Hashable:
        return self.alias, self.ids, self.is_pinned, self.joined


@dataclass(frozen=True, eq=False)
class Mapped(Layout):
    """See the module. `entities` describes those that the database has, `spelled` the same for databases that differ.

    `is_bmp`: no text in it has a character beyond U+FFFF.
    """

    entities: Mapping[str, Entity] = field(default_factory=dict)
    spelled: Mapping[str, Mapped] = field(default_factory=dict)
    is_bmp: bool = False

    @property
    def is_own(self) -> bool:
        return False

    def on(self, database: str) -> Layout:
        return self.spelled.get(database, self)

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
            return Held(field.kind, field.bits, is_cased=held is not None and held.is_cased, is_bmp=self.is_bmp)
        spell = FORMS[held.form][0] if held.form else None
        return Held(field.kind, field.bits, spell, held.words, held.is_cased, self.is_bmp)

    # --- fields with one value

    def cell(self, scope: Scope, field: Field) -> Cell:
        held = self._one(scope, field)
        if not held.beside:
            return held.cell(field, scope.alias)
        if held.beside in _mapped(scope).joined:
            return held.cell(field, scope.alias, _joined(held.beside))
        rows = _beside(scope, held.beside, [held.value(scope.alias, _BESIDE)], None)
        return replace(held.cell(field, scope.alias, _BESIDE), column=exp.Subquery(this=rows), equal=None, nullable=True)

    def ask(self, scope: Scope, field: Field, test: Test, target: Target) -> tuple[exp.Expression, bool]:
        held = self._one(scope, field)
        if not held.beside or held.beside in _mapped(scope).joined:
            return super().ask(scope, field, test, target)
        return exp.Exists(this=_beside(scope, held.beside, [one()], test(held.cell(field, scope.alias, _BESIDE)))), False

    def present(self, scope: Scope, field: Field, target: Target) -> exp.Expression:
        held = self._one(scope, field)
        if not held.beside or held.beside in _mapped(scope).joined:
            return super().present(scope, field, target)
        known = is_not_null(held.value(scope.alias, _BESIDE)) if held.nullable else None
        return exp.Exists(this=_beside(scope, held.beside, [one()], known))

    def beside(self, scope: Scope, where: Node) -> tuple[Scope, Node]:
        """Tables beside the rows that some member of the condition asks of: a row without one is in no answer anyway."""
        mapped, members = _mapped(scope), where.children if isinstance(where, And) else (where,)
        asked = {held.beside for node in members if (held := _asked(node, mapped.entity)) and held.beside}
        if not asked:
            return scope, where
        left = [node for node in members if not _is_presence(node, mapped.entity)]
        return replace(mapped, joined=frozenset(asked)), conjunction(left)

    def _one(self, scope: Scope, field: Field) -> One:
        return cast(One, _mapped(scope).entity.fields[field.name])

    # --- fields with many

    def some_value(self, scope: Scope, field: Field, node: Node, test: Test, target: Target) -> exp.Expression:
        held = _mapped(scope).entity.fields[field.name]
        if isinstance(held, Array):
            return ask_array(held.sql.at(scope.alias), held.element, field, node, test, target, is_cased=held.is_cased)
        assert isinstance(held, Rows)
        alias = target.aliases(field.name)
        return exp.Exists(this=_values(held, alias, scope, test(held.cell(field, alias))))

    def any_value(self, scope: Scope, field: Field, target: Target) -> exp.Expression:
        held = _mapped(scope).entity.fields[field.name]
        if isinstance(held, Array):
            return exp.Not(this=arrays_of(target).is_empty(held.sql.at(scope.alias)))
        assert isinstance(held, Rows)
        return exp.Exists(this=_values(held, target.aliases(field.name), scope, None))

    def holds(self, scope: Scope, field: Field, value: exp.Expression, target: Target) -> exp.Expression:
        held = _mapped(scope).entity.fields[field.name]
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

    def drive(self, scope: Scope, where: Node, target: Target, *, needs_row: bool, begin: Begin, by_id: bool) -> Driven | None:
        held = _mapped(scope).entity.fields.get("tags")
        if target.dialect.fences or not isinstance(held, Rows):
            return fenced(self, scope, where, target, begin=begin)
        return _listed_first(held, scope, where, target) if begin.is_few else None

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


def _mapped(scope: Scope) -> MappedScope:
    return cast(MappedScope, scope)


def _beside(scope: Scope, name: str, what: list[exp.Expression], asked: exp.Expression | None) -> exp.Select:
    """`SELECT what FROM` the row beside a row."""
    table = _mapped(scope).entity.beside[name]
    return select(what, table.origin, _BESIDE, both(table.link.at(scope.alias, _BESIDE), asked))


def _joined(name: str) -> str:
    """The alias of a joined table; no other has a low line in it."""
    return f"{_BESIDE}_{name}"


def _asked(node: Node, entity: Entity) -> One | None:
    """What holds the field that a leaf asks of, when it has one value; such a leaf never holds without one."""
    name = getattr(node, "field", None)
    held = entity.fields.get(name) if isinstance(name, str) else None
    return held if isinstance(held, One) else None


def _is_presence(node: Node, entity: Entity) -> bool:
    """Whether the leaf asks for no more than the row beside."""
    held = _asked(node, entity)
    return isinstance(node, Exists) and held is not None and held.beside != "" and not held.nullable


def _values(held: Rows, alias: str, scope: Scope, asked: exp.Expression | None) -> exp.Select:
    """The rows that hold the values of a field of a row."""
    own = exp.EQ(this=held.owner.at(alias), expression=scope.column("id"))
    return select([one()], held.origin, alias, both(own, asked))


def _listed_first(held: Rows, scope: Scope, where: Node, target: Target) -> Driven | None:
    """The statement with the posts of a required tag as a list: planners begin with it, where they would ask each post."""
    members = where.children if isinstance(where, And) else (where,)
    first = next((node for node in members if is_required(node)), None)
    if first is None:
        return None
    alias, tags = target.aliases("tags"), scope.table.fields["tags"]
    asked = is_equal(first.value, target)(held.cell(tags, alias))
    rows = select([held.owner.at(alias)], held.origin, alias, asked)
    among = exp.In(this=scope.column("id"), query=exp.Subquery(this=rows))
    begin = exp.From(this=source(_mapped(scope).entity.origin, scope.alias))
    return Driven(begin, [], among, scope, conjunction([node for node in members if node is not first]))


def _listed(origin: Origin, other: Array, scope: Scope, arrays: Arrays) -> Related:
    """Rows that name their owners in an array."""

    def link(own: exp.Expression) -> exp.Expression:
        return arrays.has(other.sql.at(scope.alias), own)

    return Related(origin, scope.alias, arrays.rows(other.sql.at(scope.alias)), scope, link=link)
