"""Dialects: what a database's SQL can and cannot say, as facts. `load(name)` finds one by listing `dialects/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from booruql.ast.nodes import Pattern
from booruql.backends.sql.statement import MARK, Parameter
from booruql.errors import make_error
from booruql.listing import Listing
from booruql.schema import Field, Kind

if TYPE_CHECKING:
    from sqlglot import exp

    from booruql.backends.sql.arrays import Arrays
    from booruql.backends.sql.strings import Strings
    from booruql.backends.sql.tokens import Tokens

GlobTest = Callable[["exp.Expression", "exp.Expression"], "exp.Expression"]
"""(column, pattern as `Dialect.pattern` spells it) -> the test that the whole value matches, by code point."""


def plain(parameter: Parameter) -> Any:
    """The value as it is: what most drivers take."""
    return parameter.value


def quoted(parameter: Parameter) -> str:
    """The value as standard SQL writes it.

    Raises:
        UnsupportedError: it holds a character that no statement may hold.
    """
    value = parameter.value
    if isinstance(value, list):
        return f"ARRAY[{', '.join([quoted(Parameter(one, parameter.kind)) for one in value])}]"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        if "\0" in value:
            raise make_error("E501", "text with a NUL cannot be written into a statement")
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, datetime):
        return f"'{value}'"
    return repr(value)


@dataclass(frozen=True)
class Dialect:
    """One database.

    `sqlglot` names its speller. `pattern` spells a pattern for `glob`; None for one that the database does not take.
    `paramstyle` is the default one: `qmark` (?), `format` (%s), `dollar` ($1), `named` (:p1)
    or `typed` ({p1:Type}). `types` gives a column type for each kind, `wide` the type of 64-bit integers.
    `int_bits` is the width that an INT column really has when it is wider than the schema asks. `max_nesting` is how deep
    a condition is written in one piece; deeper ones are cut into named parts. `joins_orders`: an order key over related
    rows has to be a joined grouped table, since no correlated subquery may be ordered by. `searches_words`: it has
    PostgreSQL's `websearch_to_tsquery`. `collation` compares texts by code point, for columns of others that do not;
    where `charset` is named, once they are in that, and equal texts are told by their bytes: the collation pads.

    `drives`: a statement with a required tag begins with that tag's rows; `fences`: EXISTS needs `OFFSET 0`, else the
    planner turns it into a join over every row of a common tag; `pins`: EXISTS needs `<=>` for the same reason; `forces`:
    CROSS JOIN keeps the order of tables; `probes`:
    IN over an indexed column is a look-up for every member, however many, unless the column stands in an expression.

    The rest is for making the tables of a layout: `text_prefix` follows an indexed long text, `text_end` a
    text type, `array_type` and
    `nullable_type` are written around a type, `table_end` stands after the columns with `{key}` in it.
    """

    name: str
    sqlglot: str
    paramstyle: str
    types: Mapping[Kind, str]
    pattern: Callable[[Pattern], str | None]
    glob: GlobTest
    wide: str = "BIGINT"
    int_bits: int = 32
    has_is_not_true: bool = True
    nulls: str = "small"  # where ORDER BY puts nulls: `small`, `large` or `last`
    has_nulls_order: bool = True
    joins_orders: bool = False
    drives: bool = False
    fences: bool = False
    pins: bool = False
    forces: bool = False
    probes: bool = False
    max_depth: int = 400
    max_nesting: int = 40
    max_params: int = 32_000
    max_text: int = 1_000_000
    quotes: str = '"'
    has_indexes: bool = True
    has_array_indexes: bool = False
    searches_words: bool = False
    has_ilike: bool = False
    collation: str = ""
    charset: str = ""
    arrays: Arrays | None = None
    strings: Strings | None = None
    tokens: Tokens | None = None
    text_prefix: str = ""
    text_end: str = ""
    array_type: str = ""
    nullable_type: str = ""
    table_end: str | None = None
    encode: Callable[[Parameter], Any] = plain
    literal: Callable[[Parameter], str] = quoted
    gaps: Mapping[str, str] = field(default_factory=dict)
    """Layouts that this database does not have, with the reason."""

    def inline(self, raw: str, parameters: Sequence[Parameter]) -> str:
        """The raw text with its values written into it."""
        pieces = raw.split(MARK)
        pieces[1::2] = [self.literal(parameters[int(number)]) for number in pieces[1::2]]
        return "".join(pieces)

    def quote(self, name: str) -> str:
        """A name that is no key word."""
        return f"{self.quotes}{name}{self.quotes}"

    def column_type(self, field: Field) -> str:
        """The type of the column that holds the field."""
        return self.type_of(field.kind, field.bits)

    def type_of(self, kind: Kind, bits: int) -> str:
        """The type that holds values of the kind."""
        return self.wide if bits > 32 and kind in (Kind.INT, Kind.ID, Kind.INSTANT) else self.types[kind]

    def nulls_first(self, descending: bool) -> bool:
        """Where nulls go when nothing is said."""
        return self.nulls != "last" and descending == (self.nulls == "large")


_DIALECTS: Listing[Dialect] = Listing("booruql.backends.sql.dialects", "DIALECT", "database")


def names() -> tuple[str, ...]:
    """The databases that this version knows."""
    return _DIALECTS.names


def load(name: str) -> Dialect:
    """The dialect of that name.

    Raises:
        ConfigError: there is none.
    """
    return _DIALECTS.load(name)
