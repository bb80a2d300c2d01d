"""The closed tree folded into sqlglot nodes, built directly and never parsed from text. Values become bound parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, NoReturn, TypeGuard, cast

from sqlglot import exp

from booruql.ast.fold import Fold
from booruql.ast.nodes import (
    All,
    And,
    Between,
    Boost,
    Compare,
    Contains,
    Count,
    Exists,
    Fuzzy,
    Glob,
    InNetwork,
    Node,
    Not,
    Nothing,
    OneOf,
    Op,
    Operand,
    Or,
    Phrase,
    Regex,
    Some,
    Value,
    Words,
)
from booruql.backends.sql.collations import by_code_point, comparable, equal, exactly, is_equal
from booruql.backends.sql.layout import Cell, Collation, Related, Scope, Target, both, column, one, select, source
from booruql.backends.sql.layout import Test as Asked
from booruql.backends.sql.leaves import Leaves
from booruql.backends.sql.slots import ListSlot, Numbered, Slot
from booruql.errors import ConfigError, Span, UnsupportedError, make_error
from booruql.schema import Field, Kind, Relation, Table

COMPARISONS: Mapping[Op, Callable[..., exp.Expression]] = {
    Op.EQ: exp.EQ,
    Op.LT: exp.LT,
    Op.LE: exp.LTE,
    Op.GT: exp.GT,
    Op.GE: exp.GTE,
}
WIDTH = 64
"""Members of a chain before it is grouped: databases parse `a AND b AND c` as deep as it is long."""


class Piece(NamedTuple):
    """A condition; `unknown` tells that it may be null, so that NOT needs care; `depth` how deep its boolean nodes nest."""

    sql: exp.Expression
    unknown: bool = False
    depth: int = 0


class Compiler(Fold[Piece]):
    """Conditions over one table of the statement."""

    def __init__(self, target: Target, scope: Scope, *, is_main: bool = False, leaves: Leaves | None = None) -> None:
        self.target, self.scope, self._is_main, self._leaves = target, scope, is_main, leaves

    def _visit(self, node: Node, below: tuple[Piece, ...]) -> Piece:
        if self._leaves is not None and not below:
            found = self._leaves.find(node, self.scope, self.target, self._alone)
            if found is not None:
                return Piece(*found)
        return super()._visit(node, below)

    def _alone(self, node: Node, target: Target) -> Piece:
        """A leaf as it is written in a statement of its own."""
        return Compiler(target, self.scope, is_main=self._is_main)._visit(node, ())

    # --- boolean nodes

    def and_(self, node: And, below: tuple[Piece, ...]) -> Piece:
        return self._cut(chain(exp.And, below))

    def or_(self, node: Or, below: tuple[Piece, ...]) -> Piece:
        return self._cut(chain(exp.Or, below))

    def _cut(self, piece: Piece) -> Piece:
        """The condition, as a named part of the statement when it nests too deep to be written in one."""
        target = self.target
        if piece.depth < target.dialect.max_nesting:
            return piece
        if not self._is_main:
            raise make_error("E602", f"the condition nests deeper than {target.dialect.name} takes")
        table, alias = target.layout.origin(self.scope.table.name), self.scope.alias
        rows = select([_named_id(self.scope)], table, alias, piece.sql, self.scope.joins())
        name = f"part_{len(target.parts) + 1}"
        target.parts.append(exp.CTE(this=rows, alias=exp.TableAlias(this=exp.Identifier(this=name))))
        inner = target.aliases(name)
        found = exp.Select(expressions=[column(inner, "id")], from_=exp.From(this=source(name, inner)))
        return Piece(exp.In(this=self.scope.column("id"), query=exp.Subquery(this=found)))

    def not_(self, node: Not, below: Piece) -> Piece:
        sql = below.sql
        if not below.unknown:
            return Piece(exp.Not(this=wrap(sql)), False, below.depth + 1)
        if self.target.dialect.has_is_not_true:
            known: exp.Expression = exp.Is(this=exp.Paren(this=sql), expression=exp.Not(this=exp.true()))
            return Piece(known, False, below.depth + 1)
        known = exp.Coalesce(this=sql, expressions=[exp.false()])
        return Piece(exp.Not(this=known), False, below.depth + 1)

    def boost(self, node: Boost, below: Piece) -> Piece:
        return below

    def all_(self, node: All) -> Piece:
        return Piece(exp.true())

    def nothing(self, node: Nothing) -> Piece:
        return Piece(exp.false())

    # --- leaves over a field

    def compare(self, node: Compare) -> Piece:
        return self._ask(node, node.field, lambda cell: self._compared(cell, node.op, node.value))

    def one_of(self, node: OneOf) -> Piece:
        return self._ask(node, node.field, lambda cell: self._among(cell, node.values))

    def between(self, node: Between) -> Piece:
        return self._ask(node, node.field, lambda cell: self._ranged(cell, node))

    def exists(self, node: Exists) -> Piece:
        field = self._field(node.field, node.span)
        if field.many:
            return Piece(self.target.layout.any_value(self.scope, field, self.target))
        return Piece(self.target.layout.present(self.scope, field, self.target))

    def glob(self, node: Glob) -> Piece:
        if node.words:
            self._refuse("a wildcard over analysed words", node.span)
        return self._ask(node, node.field, lambda cell: self._globbed(cell, node))

    def fuzzy(self, node: Fuzzy) -> Piece:
        self._refuse("a match within some edits", node.span)

    def phrase(self, node: Phrase) -> Piece:
        self._refuse("a search for words", node.span)

    def words(self, node: Words) -> Piece:
        if not self.target.dialect.searches_words:
            self._refuse("a search for words", node.span)
        return self._ask(node, node.field, lambda cell: self._searched(cell, node.text))

    def regex(self, node: Regex) -> Piece:
        raise make_error("E504", "a regular expression needs PostgreSQL", node.span, hint="write a pattern with '*' instead")

    def in_network(self, node: InNetwork) -> Piece:
        self._refuse("a search for addresses", node.span)

    def contains(self, node: Contains) -> Piece:
        self._refuse("a search in structured values", node.span)

    def some(self, node: Some) -> Piece:
        relation, found, asked = self._related(node.relation, node.where, True, node.span)
        if found.link is not None and not self._is_list(relation) and singles_out(node.where, found.scope.table):
            rows = found.select([found.owner], asked)
            return Piece(exp.In(this=self.scope.column(relation.own), query=exp.Subquery(this=rows)))
        return Piece(exp.Exists(this=found.select([one()], both(self._link(relation, found), asked))))

    # --- what leaves are made of

    def number(self, count: Count, span: Span | None = None) -> exp.Expression:
        """How many related rows there are, as a value."""
        rows = self.rows(count.relation, count.where, exp.Count(this=exp.Star()), span)
        return exp.Subquery(this=rows)

    def _field(self, name: str, span: Span | None) -> Field:
        field = self.scope.table.fields.get(name)
        if field is None:
            raise ConfigError(f"{self.scope.table.name} has no field {name!r}")
        if self.target.layout.lacks(self.scope.table, field):
            raise make_error("E502", f"the source does not carry {field.help}", span)
        return field

    def _ask(self, node: Node, operand: Operand, test: Asked) -> Piece:
        target = self.target
        if isinstance(operand, Count) and target.dialect.joins_orders:
            return self._counted(node, operand, test)
        if isinstance(operand, Count):
            number = self.number(operand, getattr(node, "span", None))
            return Piece(test(Cell(Kind.INT, 64, number)))
        field = self._field(operand, getattr(node, "span", None))
        if field.many:
            return Piece(target.layout.some_value(self.scope, field, node, test, target))
        sql, unknown = target.layout.ask(self.scope, field, test, target)
        return Piece(sql, unknown and not is_known(sql))

    def _counted(self, node: Node, count: Count, test: Asked) -> Piece:
        """Whether an owner is among those with so many rows; one without rows is in no group."""
        span = getattr(node, "span", None)
        number = exp.Count(this=exp.Star())
        asked = test(Cell(Kind.INT, 64, number))
        of_none = isinstance(count, Numbered) and count.of_none
        groups = self.groups(count.relation, count.where, None, span)
        groups.set("having", exp.Having(this=exp.Not(this=wrap(asked)) if of_none else asked))
        own = self.scope.column(self.relation(count.relation).own)
        among: exp.Expression = exp.In(this=own, query=exp.Subquery(this=groups))
        return Piece(exp.Not(this=exp.Coalesce(this=among, expressions=[exp.false()])) if of_none else among)

    def _compared(self, cell: Cell, op: Op, value: Value) -> exp.Expression:
        if cell.kind is Kind.BOOL:
            return cell.column if value else exp.Not(this=cell.column)
        if op is Op.EQ:
            return is_equal(value, self.target)(cell)
        asked = comparable(cell, self.target.dialect)
        return COMPARISONS[op](this=asked, expression=self.target.bind(value, cell.kind))

    def _among(self, cell: Cell, values: Sequence[Value]) -> exp.Expression:
        bind, dialect = self.target.bind, self.target.dialect
        if not values:
            return exp.false()
        if isinstance(values[0], ListSlot) and dialect.arrays is not None:
            arrays, type_ = dialect.arrays, cell.type or dialect.type_of(cell.kind, cell.bits)
            return equal(cell, dialect, lambda asked: arrays.among(asked, bind(values[0], cell.kind), type_))
        return equal(cell, dialect, lambda asked: exp.In(this=asked, expressions=[bind(value, cell.kind) for value in values]))

    def _ranged(self, cell: Cell, node: Between) -> exp.Expression:
        bind = self.target.bind
        low, high = bind(node.low, cell.kind), bind(node.high, cell.kind)
        asked = comparable(cell, self.target.dialect)
        if not node.low_open and not node.high_open:
            return exp.Between(this=asked, low=low, high=high)
        above = COMPARISONS[Op.GT if node.low_open else Op.GE](this=asked, expression=low)
        below = COMPARISONS[Op.LT if node.high_open else Op.LE](this=asked.copy(), expression=high)
        return exp.And(this=above, expression=below)

    def _globbed(self, cell: Cell, node: Glob) -> exp.Expression:
        dialect, is_own = self.target.dialect, node.fold and cell.is_cased
        column = cell.folded if node.fold and not is_own else cell.column
        if column is None:
            self._refuse("a pattern in any letter case over this field", node.span)
        if not node.pattern:
            self._refuse("this pattern", node.span)
        pattern, is_wild = self.target.bind(cast(Slot, node.pattern[0]), cell.kind), len(node.pattern) > 1
        if is_own and is_wild and dialect.has_ilike:
            return exp.ILike(this=column, expression=pattern)
        if is_own:
            column = exp.Lower(this=column)
        if cell.collation is Collation.LOOSE:
            column = by_code_point(column, dialect) if is_wild else exactly(column, dialect)
        return dialect.glob(column, pattern) if is_wild else exp.EQ(this=column, expression=pattern)

    def _searched(self, cell: Cell, text: str) -> exp.Expression:
        """PostgreSQL's own word search, over its English configuration."""
        english = exp.Literal.string("english")
        wanted = exp.Anonymous(this="websearch_to_tsquery", expressions=[english, self.target.bind(text, Kind.TEXT)])
        held = exp.Anonymous(this="to_tsvector", expressions=[english.copy(), cell.column])
        return exp.MatchAgainst(this=wanted, expressions=[held])

    def rows(
        self, name: str, where: Node, what: exp.Expression | Callable[[Scope], exp.Expression], span: Span | None
    ) -> exp.Select:
        """`SELECT what FROM` the related rows of this row that satisfy `where`."""
        relation, found, asked = self._related(name, where, not callable(what), span)
        return found.select([what(found.scope) if callable(what) else what], both(self._link(relation, found), asked))

    def _link(self, relation: Relation, found: Related) -> exp.Expression:
        """Whether a related row is this row's: it names this row, or this row's list names it."""
        if self._is_list(relation):
            if self.target.dialect.joins_orders:
                self._refuse("following a list to the rows that it names", None)
            return self.target.layout.holds(self.scope, self._field(relation.own, None), found.owner, self.target)
        return found.belongs(self.scope.column(relation.own))

    def _is_list(self, relation: Relation) -> bool:
        own = self.scope.table.fields.get(relation.own)
        return own is not None and own.many

    def groups(self, name: str, where: Node, what: Callable[[Scope], exp.Expression] | None, span: Span | None) -> exp.Select:
        """`SELECT owner[, what]` for every owner that has such rows."""
        relation, found, asked = self._related(name, where, what is None, span)
        if self._is_list(relation):
            self._refuse("a number or a place of rows that a list names", span)
        shown: list[exp.Expression] = [exp.Alias(this=found.owner, alias=exp.Identifier(this="owner"))]
        if what is not None:
            shown.append(exp.Alias(this=what(found.scope), alias=exp.Identifier(this="value")))
        grouped = found.select(shown, asked)
        grouped.set("group", exp.Group(expressions=[found.owner.copy()]))
        return grouped

    def _related(self, name: str, where: Node, bare: bool, span: Span | None) -> tuple[Relation, Related, exp.Expression | None]:
        """The relation, its rows and what is asked of them."""
        target = self.target
        relation = self.relation(name)
        if relation.entity in target.layout.missing:
            raise make_error("E502", f"the source does not carry {relation.help or name.replace('_', ' ')}", span)
        anything = isinstance(where, All)
        self._field(relation.own, span)
        Compiler(target, Scope(target.layout.target(relation), ""))._field(relation.other, span)
        found = target.layout.related(relation, target, bare=bare and anything)
        return relation, found, None if anything else wrap(self._asked(found.scope, where, span))

    def _asked(self, scope: Scope, where: Node, span: Span | None) -> exp.Expression:
        """What is asked of related rows; what cannot be is told at the place of the whole."""
        try:
            return Compiler(self.target, scope).fold(where).sql
        except UnsupportedError as problem:
            raise problem.at(span) from None

    def relation(self, name: str) -> Relation:
        """The relation of that name."""
        relation = self.scope.table.relations.get(name)
        if relation is None:
            raise ConfigError(f"{self.scope.table.name} has no relation {name!r}")
        return relation

    def cell(self, name: str) -> Cell:
        """The column of a field with one value."""
        return self.target.layout.cell(self.scope, self._field(name, None))

    def _refuse(self, what: str, span: Span | None) -> NoReturn:
        raise make_error("E501", f"{what} is not possible on {self.target.dialect.name}", span)


def _named_id(scope: Scope) -> exp.Expression:
    """The id, called `id`."""
    found = scope.column("id")
    return found if found.name == "id" else exp.Alias(this=found, alias=exp.Identifier(this="id"))


def singles_out(where: Node, table: Table) -> bool:
    """Whether a condition holds for few rows, as far as its form tells: something is equal to a value, one of many.

    Rows that list their owners are then fetched first: no index leads from an owner to a row of a certain name.
    """
    members = where.children if isinstance(where, And) else (where,)
    return any(_is_equality(node) and not table.fields[str(node.field)].values for node in members)


def _is_equality(node: Node) -> TypeGuard[Compare | Glob]:
    is_equal = isinstance(node, Compare) and node.op is Op.EQ and isinstance(node.value, Slot)
    is_whole = isinstance(node, Glob) and len(node.pattern) == 1
    return (is_equal or is_whole) and isinstance(getattr(node, "field", None), str)


def is_known(sql: exp.Expression) -> bool:
    """Whether a test of a nullable column is never null: a constant or a test for null."""
    return isinstance(sql, exp.Boolean | exp.Is)


def wrap(sql: exp.Expression) -> exp.Expression:
    """The condition, in parentheses where it stands beside something stronger."""
    return exp.Paren(this=sql) if isinstance(sql, exp.Connector) else sql


def chain(kind: type[exp.And] | type[exp.Or], pieces: tuple[Piece, ...]) -> Piece:
    """One condition of many, grouped so that no group is long."""
    depth = max(piece.depth for piece in pieces) + 1
    unknown = any(piece.unknown for piece in pieces)
    parts = [wrap(piece.sql) for piece in pieces]
    while len(parts) > WIDTH:
        parts = [exp.Paren(this=_link(kind, parts[i : i + WIDTH])) for i in range(0, len(parts), WIDTH)]
        depth += 1
    return Piece(_link(kind, parts), unknown, depth)


def _link(kind: type[exp.And] | type[exp.Or], parts: list[exp.Expression]) -> exp.Expression:
    linked = parts[0]
    for part in parts[1:]:
        linked = kind(this=linked, expression=part)
    return linked
