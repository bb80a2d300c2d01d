"""A closed search -> one SQL statement, for any pair of a dialect and a layout.

`dialects/` and `layouts/` are listed, never registered: one more database or storage shape is one more file.
Only this folder imports sqlglot.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from booruql.ast.nodes import Search
from booruql.backends.sql.dialect import names as databases
from booruql.backends.sql.statement import Statement
from booruql.sites import Resource

if TYPE_CHECKING:
    from booruql.backends.sql.layout import Layout

__all__ = ["Statement", "compile", "databases"]


def compile(
    search: Search,
    resource: Resource,
    *,
    database: str = "sqlite",
    layout: str | Layout = "join",
    exact: str = "refuse",
    paramstyle: str | None = None,
    inline: bool = False,
    rarity: Callable[[str], int | None] | None = None,
) -> Statement:
    """The search as SQL with bound parameters. A row holds the id, the order's keys and the chosen fields that have one value.

    `exact="residual"` answers a superset and the rest as `.residual` where `refuse` raises. `inline` writes the values
    into the text, for reading only. `rarity` tells how many posts have a tag: with it the rarest required tag is chosen
    here, without it by the database.

    Raises:
        UnsupportedError: a leaf or the order has no exact form there.
        LimitError: the condition nests deeper, or holds more values, than the database takes.
        ConfigError: unknown database, layout, paramstyle; the pair does not exist.
    """
    from booruql.backends.sql.writer import writer

    return writer(resource, database, layout).ask(search, exact, paramstyle, inline, rarity).write("rows")
