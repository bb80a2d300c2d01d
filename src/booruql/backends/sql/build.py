"""Statements: the condition, the order and the page put together and spelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import NamedTuple, cast

from sqlglot import exp

from booruql.ast.fold import depth, walk
from booruql.ast.nodes import All, Count, Key, Node, Page, Place, Position, Some, Special
from booruql.backends.sql.begin import Begin
from booruql.backends.sql.compiler import Compiler, Piece
from booruql.backends.sql.dialect import Dialect, plain
from booruql.backends.sql.keyset import after
from booruql.backends.sql.layout import INDEXED, Aliases, Driven, Layout, Target, both, column, identifier, source
from booruql.backends.sql.leaves import Leaves
from booruql.backends.sql.order import Ordering, ordered, read_key
from booruql.backends.sql.slots import Shape, Slot
from booruql.backends.sql.spelling import spell
from booruql.backends.sql.split import split
from booruql.backends.sql.statement import Binder, Template, finish
from booruql.errors import ConfigError, UnsupportedError, make_error
from booruql.schema import Kind, Table
from booruql.sites import Resource
from booruql.sites.chosen import row_fields

_DIVISIBLE = ("E501", "E504")
"""What a residual can take over."""


class Form(NamedTuple):
    """Which statement of a search: its rows, after a cursor of values of these types, or `count` or `exists`."""

    name: str
    after: tuple[type, ...] = ()
    limited: bool = False
    skipped: bool = False


class Builder:
    """Writes the statements of one shape for one database and layout; without a style their values stay marked."""

    def __init__(
        self,
        shape: Shape,
        resource: Resource,
        dialect: Dialect,
        layout: Layout,
        exact: str,
        paramstyle: str | None,
        leaves: Leaves,
    ) -> None:
        if exact not in ("refuse", "residual"):
            raise ConfigError(f"exact is 'refuse' or 'residual', not {exact!r}")
        self.search, self.begin, self.table = shape.search, shape.begin, resource.table
        self.chosen = row_fields(self.search.fields or (), resource)
        self.dialect, self.layout, self.paramstyle, self.leaves = dialect, layout, paramstyle, leaves
        self.where: Node = self.search.where
        self.residual: tuple[int, ...] | None = None
        self._check_depth()
        if exact == "residual":
            self.where, self.residual = split(self.search.where, self._can_say)

    def template(self, form: Form, begin: int) -> Template:
        """The text of a form; the values that it has beside the search's are numbered from `begin`."""
        slots = map(Slot, count(begin))
        if form.name == "count":
            return self._write(self._count(form, slots))
        if form.name == "exists":
            return self._write(self._exists())
        return self._write(self._rows(form, slots))

    # --- the forms

    def _rows(self, form: Form, slots: Iterator[Slot]) -> _Made:
        page, keys = self.search.page, self.search.order
        if page.before is not None or page.after is not None:
            keys = (Key("id", descending=True),)
        compiler, driven = self._start(keys)
        orderings = _distinct([read_key(key, compiler, self.search.seed) for key in keys])
        condition = self._where(compiler, page, driven)
        if form.after:
            condition = _both(condition, after(form.after, slots, keys, orderings, compiler))
        shown = _shown(orderings)
        more = self._chosen(compiler, {"id", *(name for name, _ in shown)})
        rows = self._select(compiler, [self._id(compiler), *(_named(*key) for key in shown), *more.values()], condition, driven)
        names = ("id", *(name for name, _ in shown))
        reverse = page.after is not None and self.search.size is not None and self.residual is None
        order = [Key("id")] if reverse else keys
        if driven is not None and driven.is_fenced and self.dialect.fences and not reverse and needs_row(All(), keys, self.table):
            rows.set("joins", [*rows.args["joins"], *compiler.target.joins])
            return _Made(compiler, self._fenced(rows, keys, orderings, compiler, form, slots), names, tuple(more))
        pairs = zip(order, orderings, strict=True)
        terms = [term for key, (name, value, null) in pairs for term in ordered(key, _reference(name, value), null, compiler)]
        rows.set("order", exp.Order(expressions=terms))
        rows.set("joins", [*rows.args["joins"], *compiler.target.joins])
        self._limit(rows, compiler, form, slots)
        return _Made(compiler, self._reversed(rows, compiler) if reverse else rows, names, tuple(more))

    def _chosen(self, compiler: Compiler, shown: set[str]) -> dict[str, exp.Expression]:
        """The fields that the search chooses, beside those that a row shows already, by the site's names."""
        found: dict[str, exp.Expression] = {}
        for name, field in self.chosen.items():
            value = compiler.cell(field).column
            if name not in shown:
                found[name] = value if value.name == name else exp.Alias(this=value, alias=identifier(name))
        return found

    def _fenced(
        self,
        rows: exp.Select,
        keys: tuple[Key, ...],
        orderings: list[Ordering],
        compiler: Compiler,
        form: Form,
        slots: Iterator[Slot],
    ) -> exp.Select:
        """The rows found first, then put in order: else the planner walks the order's index until enough have the tag."""
        rows.set("offset", exp.Offset(expression=exp.Literal.number(0)))
        alias = compiler.target.aliases("rows")
        inner = exp.Subquery(this=rows, alias=exp.TableAlias(this=exp.Identifier(this=alias)))
        shown = [column(alias, one.alias_or_name) for one in rows.expressions]
        outer = exp.Select(expressions=shown, from_=exp.From(this=inner))
        terms = []
        for key, (name, value, nullable) in zip(keys, orderings, strict=True):
            known = value.name if isinstance(value, exp.Column) else f"by_{name}"
            terms += ordered(key, column(alias, "id" if name == "id" else known), nullable, compiler)
        outer.set("order", exp.Order(expressions=terms))
        self._limit(outer, compiler, form, slots)
        return outer

    def _id(self, compiler: Compiler) -> exp.Expression:
        name = compiler.scope.column("id")
        plain = name.name == "id" and not compiler.scope.ids
        return name if plain else exp.Alias(this=name, alias=exp.Identifier(this="id"))

    def _reversed(self, rows: exp.Select, compiler: Compiler) -> exp.Select:
        """The same rows, newest first."""
        alias = compiler.target.aliases("rows")
        inner = exp.Subquery(this=rows, alias=exp.TableAlias(this=exp.Identifier(this=alias)))
        order = ordered(Key("id", descending=True), column(alias, "id"), False, compiler)
        shown = [column(alias, one.alias_or_name) for one in rows.expressions]
        return exp.Select(expressions=shown, from_=exp.From(this=inner), order=exp.Order(expressions=order))

    def _count(self, form: Form, slots: Iterator[Slot]) -> _Made:
        compiler, driven = self._start(())
        condition = self._where(compiler, Page(), driven)
        number = exp.Alias(this=exp.Count(this=exp.Star()), alias=exp.Identifier(this="total"))
        if self.search.sample is None and not form.limited:
            return _Made(compiler, self._select(compiler, [number], condition, driven), ("total",))
        rows = self._select(compiler, [self._id(compiler)], condition, driven)
        rows.set("limit", exp.Limit(expression=compiler.target.bind(next(slots), Kind.INT)))
        inner = exp.Subquery(this=rows, alias=exp.TableAlias(this=exp.Identifier(this=compiler.target.aliases("rows"))))
        return _Made(compiler, exp.Select(expressions=[number], from_=exp.From(this=inner)), ("total",))

    def _exists(self) -> _Made:
        compiler, driven = self._start(())
        one = exp.Alias(this=exp.Literal.number(1), alias=exp.Identifier(this="found"))
        rows = self._select(compiler, [one], self._where(compiler, Page(), driven), driven)
        rows.set("limit", exp.Limit(expression=exp.Literal.number(1)))
        return _Made(compiler, rows, ("found",))

    # --- their parts

    def _start(self, keys: tuple[Key, ...]) -> tuple[Compiler, Driven | None]:
        """A compiler over the main table, begun with a required tag where the layout knows how."""
        name = self.layout.table_name(self.table.name)
        alias = name[0] if name[0].isalpha() and name.isascii() else "p"
        target = Target(self.dialect, self.layout, Binder(), Aliases(), [], [])
        scope, where = self.layout.beside(self.layout.scope(self.table, alias), self.where)
        driven = None
        by_id = bool(keys) and keys[0].by == "id" and self.search.size is not None
        if self.begin is Begin.WALK and self.layout.walks and keys and self._has_index(keys[0]):
            scope = replace(scope, is_pinned=True)
        elif self.depth < self.dialect.max_nesting:
            needs = needs_row(self.where, keys, self.table) or bool(keys and self.chosen)
            driven = self.layout.drive(scope, where, target, needs_row=needs, begin=self.begin, by_id=by_id)
        if joins := scope.joins():
            begin = exp.From(this=source(self.layout.origin(self.table.name), alias))
            driven = driven or Driven(begin, [], None, scope, where, is_fenced=False)
            driven = replace(driven, joins=[*driven.joins, *joins])
        return Compiler(target, driven.scope if driven else scope, is_main=True, leaves=self.leaves), driven

    def _has_index(self, key: Key) -> bool:
        """Whether an index beside the ids' has the rows in the order of a key."""
        if not isinstance(key.by, str) or key.by not in INDEXED:
            return False
        usual = self.dialect.nulls_first(key.descending)
        return key.nulls_first == usual or not self.layout.is_nullable(self.table, self.table.fields[key.by])

    def _where(self, compiler: Compiler, page: Page, driven: Driven | None) -> Piece | None:
        where = driven.rest if driven else self.where
        piece = None if isinstance(where, All) else compiler.fold(where)
        if driven is not None and driven.condition is not None:
            piece = Piece(both(driven.condition, None if piece is None else piece.sql))
        name = compiler.scope.column("id")
        if page.before is not None:
            return _both(piece, exp.LT(this=name, expression=compiler.target.bind(page.before, Kind.INT)))
        if page.after is not None:
            return _both(piece, exp.GT(this=name, expression=compiler.target.bind(page.after, Kind.INT)))
        return piece

    def _select(
        self, compiler: Compiler, shown: list[exp.Expression], condition: Piece | None, driven: Driven | None
    ) -> exp.Select:
        origin = self.layout.origin(self.table.name)
        begin = driven.source if driven else exp.From(this=source(origin, compiler.scope.alias))
        rows = exp.Select(expressions=shown, from_=begin, joins=driven.joins if driven else [])
        if condition is not None:
            rows.set("where", exp.Where(this=condition.sql))
        return rows

    def _limit(self, rows: exp.Select, compiler: Compiler, form: Form, slots: Iterator[Slot]) -> None:
        if self.residual is not None:
            return
        if form.limited:
            rows.set("limit", exp.Limit(expression=compiler.target.bind(next(slots), Kind.INT)))
        if form.skipped:
            rows.set("offset", exp.Offset(expression=compiler.target.bind(next(slots), Kind.INT)))

    # --- what a database takes

    def _can_say(self, leaf: Node) -> bool:
        try:
            self._plain().fold(leaf)
        except UnsupportedError as problem:
            if problem.code in _DIVISIBLE:
                return False
            raise
        return True

    def _plain(self) -> Compiler:
        target = Target(self.dialect, self.layout, Binder(), Aliases(), [], [])
        return Compiler(target, self.layout.scope(self.table, "p"), is_main=True)

    def _check_depth(self) -> None:
        self.depth = depth(self.search.where)
        if self.depth > self.dialect.max_depth:
            raise make_error("E602", f"the condition nests deeper than {self.dialect.name} takes ({self.dialect.max_depth})")

    def _write(self, made: _Made) -> Template:
        compiler, tree, names, chosen = made
        columns = (*names, *chosen)
        if compiler.target.parts:
            tree.set("with_", exp.With(expressions=compiler.target.parts))
        parameters = compiler.target.bind.parameters
        raw = spell(tree, self.dialect.sqlglot)
        if self.paramstyle is None:
            return Template(raw, tuple(parameters), None, columns, len(names), self.residual, None)
        if len(parameters) > self.dialect.max_params:
            raise make_error("E603", f"the query holds more values than {self.dialect.name} takes ({self.dialect.max_params})")
        text, bound, keys = finish(raw, parameters, self.paramstyle)
        is_plain = self.dialect.encode is plain and all(p.spell is None and isinstance(p.value, Slot) for p in bound)
        slots = tuple([int(cast(Slot, p.value)) for p in bound]) if is_plain else None
        return Template(text, bound, keys, columns, len(names), self.residual, slots)


class _Made(NamedTuple):
    """A statement with the compiler that holds its parameters, its columns, and those of chosen fields after them."""

    compiler: Compiler
    tree: exp.Expression
    names: tuple[str, ...]
    chosen: tuple[str, ...] = ()


def needs_row(where: Node, keys: tuple[Key, ...], table: Table) -> bool:
    """Whether anything but the id is asked of the main table."""
    return any(_key_needs_row(key, table) for key in keys) or any(_leaf_needs_row(node, table) for node in walk(where))


def _key_needs_row(key: Key, table: Table) -> bool:
    if isinstance(key.by, str):
        return key.by != "id"
    if isinstance(key.by, Count | Position):
        return table.relations[key.by.relation].own != "id"
    return not isinstance(key.by, Special | Place)


def _leaf_needs_row(node: Node, table: Table) -> bool:
    asked = node if isinstance(node, Some) else getattr(node, "field", None)
    if isinstance(asked, Some | Count):
        relation = table.relations.get(asked.relation)
        return relation is None or relation.own != "id"
    return asked is not None and asked != "id" and not (asked in table.fields and table.fields[asked].many)


def _both(piece: Piece | None, more: exp.Expression) -> Piece:
    if piece is None:
        return Piece(more)
    return Piece(exp.And(this=exp.Paren(this=piece.sql) if isinstance(piece.sql, exp.Or) else piece.sql, expression=more))


def _named(name: str, value: exp.Expression) -> exp.Expression:
    if isinstance(value, exp.Column):
        return value.copy()
    return exp.Alias(this=value, alias=exp.Identifier(this=f"by_{name}"))


def _reference(name: str, value: exp.Expression) -> exp.Expression:
    """A key that a row shows is named, not said again."""
    return value if isinstance(value, exp.Column) else exp.Column(this=exp.Identifier(this=f"by_{name}"))


def _distinct(orderings: list[Ordering]) -> list[Ordering]:
    """The keys with names of their own; a column that is a key twice keeps its name."""
    found: list[Ordering] = []
    for name, value, nullable in orderings:
        taken = {other for other, before, _ in found if other.startswith(name) and before != value}
        found.append((f"{name}_{len(taken) + 1}" if name in taken else name, value, nullable))
    return found


def _shown(orderings: list[Ordering]) -> list[tuple[str, exp.Expression]]:
    """The keys that a row carries beside its id, each once: what a cursor is made of."""
    found: dict[str, exp.Expression] = {}
    for name, value, _ in orderings:
        if name != "id":
            found.setdefault(name, value)
    return list(found.items())
