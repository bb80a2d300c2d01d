"""A schema of other people's making, described: where the rows of each entity are and what holds each field.

SQL in a description is trusted text of whoever embeds the library. It is parsed once, when the description is made;
nothing of a query is ever put into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp, parse, parse_one
from sqlglot.errors import SqlglotError

from booruql.ast.nodes import Value
from booruql.backends.sql.layout import Cell, Collation, Origin
from booruql.errors import ConfigError
from booruql.schema import Field

OWN, BESIDE = "\1own", "\1beside"
"""Stand for the aliases that the tables of an expression get in a statement."""
_WHOLE = (exp.Column, exp.Func, exp.Literal, exp.Boolean, exp.Null, exp.Cast, exp.Subquery, exp.Paren)
"""What needs no parentheses, wherever it stands."""
_PARTS = ("from_", "joins", "where", "group", "having", "order", "limit", "offset", "with_", "distinct")
"""What a statement has beside its expressions."""


class Sql:
    """An expression over a row, of which only the alias of its table is open.

    Columns without a table, and those of the table by its name, are the row's own; those of sub-selects have to be said
    with their table.
    """

    def __init__(self, text: str, tables: Mapping[str, str], dialect: str, bare: str = OWN) -> None:
        """`tables` has the names of tables that stand outside of the expression, with what stands for their aliases.

        `bare` stands for the alias of columns without a table.

        Raises:
            ConfigError: the text is no expression.
        """
        tree = _expression(text, dialect)
        is_whole = isinstance(tree, _WHOLE) and not isinstance(tree, exp.Binary)
        self._tree = tree if is_whole else exp.Paren(this=tree)
        inner_tables = _rename_inner(self._tree)
        for one in self._tree.find_all(exp.Column):
            inner = one.find_ancestor(exp.Select)
            if one.table in tables:
                one.set("table", exp.Identifier(this=tables[one.table]))
            elif not one.table and inner is None:
                one.set("table", exp.Identifier(this=bare))
            elif not one.table:
                raise ConfigError(f"{text!r}: say of which table {one.name!r} is")
            elif one.table not in inner_tables:
                raise ConfigError(f"{text!r}: there is no table {one.table!r} around it")

    @property
    def name(self) -> str | None:
        """The column's name, when the expression is nothing but one of its own row."""
        return self._tree.name if isinstance(self._tree, exp.Column) and self._tree.table in (OWN, BESIDE) else None

    def at(self, own: str, beside: str = "") -> exp.Expression:
        """The expression over the row under an alias."""
        tree = self._tree.copy()
        for one in tree.find_all(exp.Column):
            if one.table in (OWN, BESIDE):
                one.set("table", exp.Identifier(this=own if one.table == OWN else beside))
        return tree


def _expression(text: str, dialect: str) -> exp.Expression:
    """The one expression that a text is."""
    try:
        statements = parse(f"SELECT {text}", read=dialect)
    except SqlglotError as problem:
        raise ConfigError(f"{text!r} is no SQL: {str(problem).splitlines()[0]}") from None
    whole = statements[0]
    if len(statements) > 1 or not isinstance(whole, exp.Select) or not _is_bare(whole):
        raise ConfigError(f"{text!r} is not one SQL expression")
    found: exp.Expression = whole.expressions[0].unalias().pop()
    return found


def _is_bare(whole: exp.Select) -> bool:
    """Whether there is nothing in it but one expression."""
    return len(whole.expressions) == 1 and not any(whole.args.get(part) for part in _PARTS)


def _rename_inner(tree: exp.Expression) -> set[str]:
    """Tables of sub-selects get aliases that no statement gives to any other table; these."""
    named: dict[str, str] = {}
    for one in [*tree.find_all(exp.Table), *tree.find_all(exp.Subquery)]:
        if one.alias_or_name and (isinstance(one, exp.Table) or one.alias):
            named[one.alias_or_name] = f"{one.alias_or_name}_"
            one.set("alias", exp.TableAlias(this=exp.Identifier(this=named[one.alias_or_name])))
    for column_ in tree.find_all(exp.Column):
        if column_.table in named:
            column_.set("table", exp.Identifier(this=named[column_.table]))
    return set(named.values())


@dataclass(frozen=True)
class One:
    """What holds the one value of a field.

    `form` names how it is held there (see `held.FORMS`), `words` the few things that the column holds with the field's
    value for each. `beside` names the table that the expression is over, if that is not the entity's own.
    """

    sql: Sql
    nullable: bool = False
    form: str = ""
    words: tuple[tuple[Value, Value], ...] = ()
    type: str = ""
    collation: Collation = Collation.CODE_POINT
    is_cased: bool = False
    beside: str = ""

    def value(self, alias: str, beside: str = "") -> exp.Expression:
        """The value as a query sees it."""
        held = self.sql.at(alias, beside)
        if self.form == "uuid":
            text = exp.Cast(this=held, to=exp.DataType.build("TEXT"))
            return exp.Anonymous(this="REPLACE", expressions=[text, _literal("-"), _literal("")])
        if not self.words or all(word == value for word, value in self.words):
            return held
        ifs = [exp.If(this=_literal(word), true=_literal(value)) for word, value in self.words]
        return exp.Paren(this=exp.Case(this=held, ifs=ifs))

    def cell(self, field: Field, alias: str, beside: str = "") -> Cell:
        """The value under an alias, as conditions ask it."""
        equal = self.sql.at(alias, beside) if self.words or self.form == "uuid" else None
        return Cell(
            field.kind,
            field.bits,
            self.value(alias, beside),
            nullable=self.nullable,
            equal=equal,
            type=self.type,
            collation=self.collation,
            is_cased=self.is_cased,
            served=self.sql.at(alias, beside) if self.collation is Collation.LOOSE and self.sql.name else None,
        )


@dataclass(frozen=True)
class Array:
    """An array with the values of a field, and the type of its elements."""

    sql: Sql
    element: str
    is_cased: bool = False


@dataclass(frozen=True)
class Rows:
    """A row for each value of a field: `owner` tells whose it is."""

    origin: Origin
    owner: Sql
    value: Sql
    is_cased: bool = False
    collation: Collation = Collation.CODE_POINT
    served: Sql | None = None
    """A column that is asked too, as the database compares it, for its index."""

    def cell(self, field: Field, alias: str) -> Cell:
        """The value under an alias, as conditions ask it."""
        served = self.served.at(alias) if self.served is not None else None
        value = self.value.at(alias)
        return Cell(field.kind, field.bits, value, is_cased=self.is_cased, collation=self.collation, served=served)


@dataclass(frozen=True)
class Beside:
    """A table with at most one row for each row of the entity: `link` tells whether it is its."""

    origin: Origin
    link: Sql


@dataclass(frozen=True)
class Entity:
    """Where the rows of an entity are, and what holds its fields; a field that is not named is not there."""

    origin: Origin
    fields: Mapping[str, One | Array | Rows]
    beside: Mapping[str, Beside] = field(default_factory=dict)
    indexes: tuple[str, ...] = ()
    """Columns and expressions that questions rely on to be indexed."""


def make_origin(text: str, dialect: str) -> Origin:
    """The table of that name, or the query.

    Raises:
        ConfigError: it is neither.
    """
    try:
        if not text.lower().startswith("select"):
            return text if text.isidentifier() else parse_one(text, read=dialect, into=exp.Table)
        statements = parse(text, read=dialect)
    except (SqlglotError, ValueError) as problem:
        raise ConfigError(f"{text!r} is neither a table nor a query: {str(problem).splitlines()[0]}") from None
    if len(statements) > 1 or not isinstance(statements[0], exp.Query):
        raise ConfigError(f"{text!r} is not one query")
    return statements[0]


def _literal(value: Value) -> exp.Expression:
    return exp.Literal.string(value) if isinstance(value, str) else exp.Literal.number(value)
