"""How databases ask a full-text index of opaque tokens: `t12` for the tag of that number, never a name.

A name is text of somebody's, which a text parser would cut and stem; a number is not. The tokens of names are looked up in
the tag table by the statement itself, so no text of a query reaches the language of MATCH or of a tsquery.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from booruql.backends.sql.arrays import call
from booruql.backends.sql.strings import joined, text

Sql = exp.Expression
COLUMN = "tag_tokens"
NO_TAG = "t"
"""A token that no tag has."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """`table` is where the index is, `key` its column with the id of the post, `asked` the one that `match` takes.

    `query` makes a query of a text of tokens with `either` between them; `combines`: such a text may hold AND and NOT, and a
    statement should have one. `type` is the column's type, `made` the statement that makes the table where it is no other's.
    """

    table: str
    key: str
    asked: str
    match: Callable[[Sql, Sql], Sql]
    query: Callable[[Sql], Sql]
    either: str
    combines: bool = False
    type: str = ""
    made: str = ""


def token(number: Sql) -> Sql:
    """`REPLACE('t' || number, '-', '0')`: `t12`; one below 0, which a tag table does not have, is `t012`."""
    return call("REPLACE", joined(text(NO_TAG), number), text("-"), text("0"))


def token_of(number: int) -> str:
    """The token of a tag.

    >>> token_of(12), token_of(-12)
    ('t12', 't012')
    """
    return f"{NO_TAG}{number}".replace("-", "0")
