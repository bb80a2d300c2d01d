"""Layouts: how posts and what belongs to them are stored, so how a field is asked. `load(name)` lists `layouts/`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import NamedTuple, Self, TypeGuard

from sqlglot import exp

from booruql.ast.nodes import All, And, Compare, Node, Op
from booruql.backends.sql.begin import Begin
from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.held import Held
from booruql.backends.sql.slots import Slot
from booruql.backends.sql.statement import Binder
from booruql.backends.sql.tables import Column, Stored
from booruql.errors import ConfigError
from booruql.listing import Listing
from booruql.schema import Field, Kind, Relation, Table, table
from booruql.sites import Resource


class Aliases:
    """Gives every table of a statement an alias that no other has: the initials of its name and a number."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, name: str) -> str:
        self.count += 1
        return f"{_initials(name)}{self.count}"


@lru_cache(1024)
def _initials(name: str) -> str:
    return "".join([word[0] for word in name.split("_") if word])


class Collation(Enum):
    """How a text column compares: by code point; equal texts only by code point; or not even those."""

    CODE_POINT = "code point"
    EXACT = "exact"
    LOOSE = "loose"


Origin = str | exp.Table | exp.Query
"""What rows come from: a table by name, or a query."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A table that stands in the statement under an alias."""

    table: Table
    alias: str
    ids: tuple[str, str] | None = None
    """Alias and column that hold the id where another table drives the statement."""
    is_pinned: bool = False
    """Whether what belongs to a row is looked up from the row, whatever the planner thinks."""

    def column(self, name: str) -> exp.Expression:
        """A column of this row."""
        return column(*self.ids) if name == "id" and self.ids else column(self.alias, name)

    def joins(self) -> tuple[exp.Join, ...]:
        """What is joined to these rows, wherever they stand."""
        return ()

    def kind(self) -> Hashable:
        """What of this the text of a test of these rows depends on, for one table of one layout."""
        return type(self), self.alias, self.ids, self.is_pinned


@dataclass(frozen=True, slots=True)
class Driven:
    """A statement that begins with the rows of a required tag: its tables, their condition, and what is left to ask."""

    source: exp.From
    joins: list[exp.Join]
    condition: exp.Expression | None
    scope: Scope
    rest: Node
    is_fenced: bool = True
    """Whether its rows are found before they are put in order."""


class Target(NamedTuple):
    """What a statement is written for, and the counters that it shares."""

    dialect: Dialect
    layout: Layout
    bind: Binder
    aliases: Aliases
    parts: list[exp.CTE]
    joins: list[exp.Join]


@dataclass(frozen=True, slots=True)
class Cell:
    """A place that holds one value: what it is called, its folded shadow if there is one, whether it may be null.

    `equal` is what equality is asked of, where that is another column than the one with the value, and `type` the type of
    its column where it is not the usual one. `collation` tells how the database compares the texts (see `Collation`);
    `is_cased` that patterns in any letter case are asked of the column itself. `served` is asked beside `equal`, as the
    database compares it: it finds no less, and by an index.
    """

    kind: Kind
    bits: int
    column: exp.Expression
    folded: exp.Expression | None = None
    nullable: bool = False
    equal: exp.Expression | None = None
    type: str = ""
    collation: Collation = Collation.CODE_POINT
    is_cased: bool = False
    served: exp.Expression | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Rows of a relation, of whatever owner: where they come from, and what names the owner.

    `link` tells whether a row belongs to the owner of that id, where that is not an equality.
    """

    name: Origin
    alias: str
    owner: exp.Expression
    scope: Scope
    joins: tuple[exp.Join, ...] = ()
    link: Callable[[exp.Expression], exp.Expression] | None = None

    def belongs(self, own: exp.Expression) -> exp.Expression:
        """Whether a row belongs to the owner of that id."""
        return self.link(own) if self.link else exp.EQ(this=self.owner, expression=own)

    def select(self, what: list[exp.Expression], where: exp.Expression | None) -> exp.Select:
        """`SELECT what FROM` these rows."""
        return select(what, self.name, self.alias, where, self.joins)


Test = Callable[[Cell], exp.Expression]
INDEXED = ("post_id", "score", "created_at", "updated_at", "favorite_count", "uploader_id")
"""Fields that orders and relations look up: indexed where an entity has them."""


def column(alias: str, name: str) -> exp.Column:
    """`alias.name`."""
    return exp.Column(this=identifier(name), table=exp.Identifier(this=alias))


def identifier(name: str) -> exp.Identifier:
    """The name, quoted unless it is a plain one; the speller quotes the database's reserved words."""
    return exp.Identifier(this=name, quoted=not _is_plain(name))


@lru_cache(1024)
def _is_plain(name: str) -> bool:
    return name.isidentifier() and name.isascii() and name.islower()


def source(name: Origin, alias: str) -> exp.Expression:
    """`name AS alias`."""
    called = exp.TableAlias(this=exp.Identifier(this=alias))
    if isinstance(name, str):
        return exp.Table(this=identifier(name), alias=called)
    if isinstance(name, exp.Query):
        return exp.Subquery(this=name.copy(), alias=called)
    table = name.copy()
    table.set("alias", called)
    return table


def select(
    what: list[exp.Expression], name: Origin, alias: str, where: exp.Expression | None, joins: tuple[exp.Join, ...] = ()
) -> exp.Select:
    """`SELECT what FROM name AS alias [JOIN ...] [WHERE where]`."""
    rows = exp.Select(expressions=what, from_=exp.From(this=source(name, alias)), joins=list(joins))
    if where is not None:
        rows.set("where", exp.Where(this=where))
    return rows


def both(left: exp.Expression, right: exp.Expression | None) -> exp.Expression:
    """`left AND right`, an Or in parentheses; no right side is true."""
    if right is None:
        return left
    return exp.And(this=left, expression=exp.Paren(this=right) if isinstance(right, exp.Or) else right)


def is_required(node: Node) -> TypeGuard[Compare]:
    """Whether the member of a root And asks for a tag that every match has."""
    return isinstance(node, Compare) and node.field == "tags" and node.op is Op.EQ and isinstance(node.value, Slot)


def conjunction(members: Sequence[Node]) -> Node:
    """The members of an And that are left."""
    if not members:
        return All()
    return members[0] if len(members) == 1 else And(tuple(members))


def is_not_null(value: exp.Expression) -> exp.Is:
    """`value IS NOT NULL`."""
    return exp.Is(this=value, expression=exp.Not(this=exp.Null()))


def one() -> exp.Expression:
    """`1`, where the rows alone count."""
    return exp.Literal.number(1)


@dataclass(frozen=True)
class Layout(ABC):
    """A storage shape. Names are our field and entity names unless a subclass maps them.

    `sparse` holds `entity.field` names that may be null although the schema says they are not; `missing` holds
    entities (`pools`) and many-valued fields (`posts.favorited_by`) that this database does not carry.
    """

    name: str
    sparse: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    databases: tuple[str, ...] = ()
    """Those that have it; none are named: whichever have no gap there."""

    @property
    def is_own(self) -> bool:
        """Whether it is a shape of ours, whose tables we can make."""
        return True

    @property
    def walks(self) -> bool:
        """Whether a common tag is asked of rows in the order of an index, rather than its rows put in order."""
        return False

    @property
    def is_readable(self) -> bool:
        """Whether posts can be read out of its tables as they went in."""
        return True

    def gap(self, dialect: Dialect) -> str | None:
        """Why the database does not have the layout; None: it has it."""
        if self.databases and dialect.name not in self.databases:
            return f"the software keeps its posts in {' or '.join(self.databases)}"
        return dialect.gaps.get(self.name)

    def of(self, resource: Resource) -> Self:
        """The shape as it holds a resource's records."""
        return self

    def check(self, dialect: Dialect) -> None:
        """Refuse a database that does not have the layout.

        Raises:
            ConfigError: it tells why.
        """
        reason = self.gap(dialect)
        if reason is not None:
            raise ConfigError(f"{dialect.name} has no layout {self.name!r}: {reason}")

    def on(self, database: str) -> Layout:
        """The layout as that database spells it."""
        return self

    def with_facts(self, *, sparse: frozenset[str] = frozenset(), missing: frozenset[str] = frozenset()) -> Self:
        """The same shape for a database of which more is known."""
        return replace(self, sparse=self.sparse | sparse, missing=self.missing | missing)

    def lacks(self, table: Table, field: Field) -> bool:
        """Whether the database does not carry the field."""
        return f"{table.name}.{field.name}" in self.missing

    def table_name(self, entity: str) -> str:
        """The database's name of an entity's table."""
        return entity

    def origin(self, entity: str) -> Origin:
        """What an entity's rows come from."""
        return self.table_name(entity)

    def scope(self, table: Table, alias: str) -> Scope:
        """An entity's rows under an alias."""
        return Scope(table, alias)

    def is_nullable(self, table: Table, field: Field) -> bool:
        """Whether the field's column may be null."""
        return field.nullable or f"{table.name}.{field.name}" in self.sparse

    def is_folded(self, field: Field) -> bool:
        """Whether a shadow column holds the value in lower case."""
        return field.kind in (Kind.KEYWORD, Kind.TEXT, Kind.TAG)

    def has_shadow(self, table: Table, field: Field) -> bool:
        """Whether this database has that column: `missing` may hold `posts.source_folded`."""
        return self.is_folded(field) and f"{table.name}.{field.name}_folded" not in self.missing

    def cell(self, scope: Scope, field: Field) -> Cell:
        """The column of a field with one value."""
        folded = scope.column(f"{field.name}_folded") if self.has_shadow(scope.table, field) else None
        plain = scope.column(field.name)
        return Cell(field.kind, field.bits, plain, folded, self.is_nullable(scope.table, field))

    def ask(self, scope: Scope, field: Field, test: Test, target: Target) -> tuple[exp.Expression, bool]:
        """Whether the one value of a field passes `test`, and whether that may be null when the value is."""
        cell = self.cell(scope, field)
        return test(cell), cell.nullable

    def present(self, scope: Scope, field: Field, target: Target) -> exp.Expression:
        """Whether a field with one value has it."""
        cell = self.cell(scope, field)
        return is_not_null(cell.column) if cell.nullable else exp.true()

    def held(self, table: Table, field: Field) -> Held:
        """What the layout holds a field's values in: what lies beyond it equals nothing there."""
        if field.many:
            return Held(field.kind, field.bits)
        cell = self.cell(self.scope(table, "p"), field)
        return Held(cell.kind, cell.bits)

    @abstractmethod
    def some_value(self, scope: Scope, field: Field, node: Node, test: Test, target: Target) -> exp.Expression:
        """Whether some value of a many-valued field passes `test`; `node` is the leaf that it was made from."""

    @abstractmethod
    def any_value(self, scope: Scope, field: Field, target: Target) -> exp.Expression:
        """Whether a many-valued field has a value at all."""

    @abstractmethod
    def holds(self, scope: Scope, field: Field, value: exp.Expression, target: Target) -> exp.Expression:
        """Whether a many-valued field has the value of another column."""

    @abstractmethod
    def related(self, relation: Relation, target: Target, *, bare: bool) -> Related:
        """The rows of a relation; `bare` when nothing is asked of them but that they are there."""

    def beside(self, scope: Scope, where: Node) -> tuple[Scope, Node]:
        """The rows with what stands beside each joined to them, where the condition needs it anyway; and what is left to ask."""
        return scope, where

    def drive(self, scope: Scope, where: Node, target: Target, *, needs_row: bool, begin: Begin, by_id: bool) -> Driven | None:
        """The statement begun with the rows of a required tag, so that few others are visited; None: there is no such way.

        Unless `begin` is unknown the first required tag is the rarest one. `by_id`: a page is filled in the order of ids.
        """
        return None

    @abstractmethod
    def tables(self, schema: Table, dialect: Dialect) -> tuple[Stored, ...]:
        """The tables that hold an entity."""

    def _own_table(self, schema: Table, *arrays: Column) -> Stored:
        """The entity's own table: a column for each field with one value, and its shadow."""
        columns = []
        for field in schema.fields.values():
            if not field.many:
                columns.append(Column(field.name, field, nullable=field.name != "id"))
                if self.is_folded(field):
                    columns.append(Column(f"{field.name}_folded", field, is_shadow=True))
        links = [(r.other,) for r in schema.relations.values() if r.entity == schema.name and r.other != "id"]
        indexes = [*links, *((name,) for name in INDEXED if name in schema.fields and not schema.fields[name].many)]
        indexes += [(column.name,) for column in arrays if not column.is_shadow]
        key = ("id",) if "id" in schema.fields else ()
        return Stored(self.table_name(schema.name), schema.name, (*columns, *arrays), key, tuple(dict.fromkeys(indexes)))

    def target(self, relation: Relation) -> Table:
        """The schema table of the related rows."""
        return table(relation.entity)


_LAYOUTS: Listing[Layout] = Listing("booruql.backends.sql.layouts", "LAYOUT", "layout")


def names() -> tuple[str, ...]:
    """The layouts that this version knows."""
    return _LAYOUTS.names


def load(name: str) -> Layout:
    """The layout of that name.

    Raises:
        ConfigError: there is none.
    """
    return _LAYOUTS.load(name)
