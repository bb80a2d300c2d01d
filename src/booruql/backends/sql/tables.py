"""The tables that a layout expects: their columns and indexes, and the statements that make them in a database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from booruql.backends.sql.dialect import Dialect
from booruql.schema import Field, Kind


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a layout's table: the field whose values it holds, whether in lower case, whether as an array.

    `separator` stands between the values of a field with many in one text; `is_tokens`: it holds what `tokens` tells.
    """

    name: str
    field: Field
    is_shadow: bool = False
    is_array: bool = False
    nullable: bool = True
    separator: str = ""
    is_tokens: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """One table: `entity` names what its rows belong to, `key` what tells them apart (none: nothing does).

    `made` is the statement that makes it, where that is no plain table.
    """

    name: str
    entity: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    made: str = ""

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


_TEXTS = (Kind.KEYWORD, Kind.TEXT, Kind.TAG, Kind.IP, Kind.JSON)
NUMBER = Field("number", Kind.INT, "number of a row", bits=32)


def create(stored: Stored, dialect: Dialect) -> Iterator[str]:
    """`CREATE TABLE`, without indexes: those are made after loading.

    >>> from booruql.backends.sql.dialect import load
    >>> next(create(Stored("tags", "tags", (Column("id", NUMBER, nullable=False),), ("id",)), load("sqlite")))
    'CREATE TABLE "tags" ("id" INTEGER NOT NULL, PRIMARY KEY ("id"))'
    """
    if stored.made:
        yield stored.made
        return
    quote = dialect.quote
    columns = [f"{quote(column.name)} {column_type(column, dialect)}" for column in stored.columns]
    key = ", ".join(quote(name) + _prefix(stored.column(name), dialect) for name in stored.key)
    if dialect.table_end is None:
        if key:
            columns.append(f"PRIMARY KEY ({key})")
        yield f"CREATE TABLE {quote(stored.name)} ({', '.join(columns)})"
    else:
        yield f"CREATE TABLE {quote(stored.name)} ({', '.join(columns)}) {dialect.table_end.format(key=key)}"


def index(stored: Stored, dialect: Dialect) -> Iterator[str]:
    """`CREATE INDEX` for what the layout's statements look up."""
    for names in stored.indexes if dialect.has_indexes else ():
        columns = [stored.column(name) for name in names]
        if _is_listed(columns[0]) and not dialect.has_array_indexes:
            continue
        shown = ", ".join(_indexed(column, dialect) for column in columns)
        method = "USING gin " if _is_listed(columns[0]) else ""
        name = dialect.quote(f"{stored.name}_by_{'_'.join(names)}"[:60])
        yield f"CREATE INDEX {name} ON {dialect.quote(stored.name)} {method}({shown})"


def index_starts(stored: Stored, dialect: Dialect) -> Iterator[str]:
    """What each of these indexes begins with: a column, or an expression over one."""
    for first, *_ in stored.indexes if dialect.has_indexes else ():
        column = stored.column(first)
        if not _is_listed(column):
            yield first
        elif dialect.has_array_indexes:
            yield _indexed(column, dialect)


def _is_listed(column: Column) -> bool:
    """Whether the column holds many values of a row, which an inverted index takes apart."""
    return column.is_array or column.is_tokens or bool(column.separator)


def _indexed(column: Column, dialect: Dialect) -> str:
    """What an index holds of the column: of a text of values, what it is asked by."""
    named = exp.Column(this=exp.Identifier(this=column.name, quoted=True))
    if column.separator and dialect.strings is not None and dialect.strings.split is not None:
        return dialect.strings.split(named, column.separator).sql(dialect.sqlglot)
    return dialect.quote(column.name) + _prefix(column, dialect)


def column_type(column: Column, dialect: Dialect) -> str:
    """The column's type with its null rule."""
    if column.is_tokens and dialect.tokens is not None:
        return f"{dialect.tokens.type} NOT NULL"
    plain = dialect.column_type(column.field)
    end = dialect.text_end if column.field.kind in _TEXTS else ""
    if column.is_array:
        return dialect.array_type.format(plain) + end + ("" if dialect.nullable_type else " NOT NULL")
    if dialect.nullable_type:
        return dialect.nullable_type.format(plain) if column.nullable else plain
    return plain + end + ("" if column.nullable else " NOT NULL")


def _prefix(column: Column, dialect: Dialect) -> str:
    return dialect.text_prefix if column.field.kind in _TEXTS and column.field.kind is not Kind.TAG else ""
