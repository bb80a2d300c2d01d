"""How databases ask a text in which a separator parts names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from booruql.backends.sql.arrays import call

Sql = exp.Expression


@dataclass(frozen=True, slots=True)
class Strings:
    """`split(text, separator)` gives the names as an array, where the database has arrays.

    Elsewhere `rows(text, separator)` gives a table of them with the column `value`. Both make one empty name of an empty text.
    """

    split: Callable[[Sql, str], Sql] | None = None
    rows: Callable[[Sql, str], Sql] | None = None


def joined(*parts: Sql) -> Sql:
    """`part || part ...`."""
    found = parts[0]
    for part in parts[1:]:
        found = exp.DPipe(this=found, expression=part, safe=True)
    return found


def text(value: str) -> Sql:
    """A literal: text of ours."""
    return exp.Literal.string(value)


def has_name(names: Sql, separator: str, wanted: Sql) -> Sql:
    """`INSTR(' ' || names || ' ', wanted) > 0`; `wanted` stands between two separators itself."""
    place = call("INSTR", joined(text(separator), names, text(separator)), wanted)
    return exp.GT(this=place, expression=exp.Literal.number(0))


def as_json(names: Sql, separator: str) -> Sql:
    """`'["a","b"]'`: quoted whole, no name has a separator and no escape of JSON's is one."""
    parted = call("REPLACE", call("JSON_QUOTE", names), text(separator), text('","'))
    return joined(text("["), parted, text("]"))
