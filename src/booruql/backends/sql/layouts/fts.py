"""`fts`: the tags of a post as opaque tokens in the database's full-text index, `t12` for the tag of that number.

SQLite: `posts_tokens(tag_tokens)`, FTS5 with a post's id as its rowid, without content and positions. PostgreSQL:
`posts.tag_tokens`, an `array_to_tsvector` of the tokens, with a GIN index. Three more tokens tell that a post has tags at all:
`named` (tags), `called` (names that it answers to), `numbered` (numbers). Names are looked up in `tags` and `tag_names`, which
are, like all else, as in `join`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from booruql.ast.nodes import And, Compare, Node, Not, OneOf, Op
from booruql.backends.sql.begin import Begin
from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.layout import Cell, Driven, Scope, Target, Test, both, column, conjunction, select, source
from booruql.backends.sql.layouts.array import fenced
from booruql.backends.sql.layouts.join import LINKED, NAMES, Join, is_linked
from booruql.backends.sql.slots import ListSlot
from booruql.backends.sql.strings import joined, text
from booruql.backends.sql.tables import Column, Stored
from booruql.backends.sql.tokens import COLUMN, NO_TAG, Tokens, token
from booruql.errors import ConfigError
from booruql.schema import Field, Kind, Table

MARKS = {"tags": "named", "tag_names": "called", "tag_ids": "numbered"}
MOST = 64
"""Tags in one query of the index: FTS5 takes time with the square of their number. More are looked up tag by tag."""


@dataclass(frozen=True)
class Fts(Join):
    """See the module."""

    @property
    def walks(self) -> bool:
        return False

    @property
    def is_readable(self) -> bool:
        return False

    def gap(self, dialect: Dialect) -> str | None:
        return super().gap(dialect) or ("how it asks tokens is not told" if dialect.tokens is None else None)

    def some_value(self, scope: Scope, field: Field, node: Node, test: Test, target: Target) -> exp.Expression:
        if not is_linked(scope.table.name, field):
            return super().some_value(scope, field, node, test, target)
        if _number(node) <= MOST:
            return _has(scope, _either(field, test, target), target)
        return _has_any(scope, field, test, target)

    def any_value(self, scope: Scope, field: Field, target: Target) -> exp.Expression:
        if not is_linked(scope.table.name, field):
            return super().any_value(scope, field, target)
        return _has(scope, text(MARKS[field.name]), target)

    def drive(self, scope: Scope, where: Node, target: Target, *, needs_row: bool, begin: Begin, by_id: bool) -> Driven | None:
        """`FROM posts_tokens [JOIN posts] WHERE posts_tokens MATCH` the required tags without the forbidden ones."""
        tokens = _tokens(target)
        if not tokens.combines:
            return fenced(self, scope, where, target, begin=begin)
        members = where.children if isinstance(where, And) else (where,)
        asked, rest = _chosen(members, scope.table)
        if not any(not isinstance(node, Not) for node in asked):
            return None
        alias = target.aliases(tokens.table)
        driven = Scope(scope.table, scope.alias, (alias, tokens.key))
        condition = tokens.match(column(alias, tokens.asked), _combined(asked, scope.table, target))
        same = exp.EQ(this=scope.column("id"), expression=driven.column("id"))
        kind = "CROSS" if target.dialect.forces else None
        joins = [exp.Join(this=source("posts", scope.alias), on=same, kind=kind)] if needs_row else []
        links = exp.From(this=source(tokens.table, alias))
        return Driven(links, joins, condition, driven, conjunction(rest), begin.is_few)

    def tables(self, schema: Table, dialect: Dialect) -> tuple[Stored, ...]:
        tokens = dialect.tokens
        if schema.name != "posts" or tokens is None:
            return super().tables(schema, dialect)
        listed = Column(COLUMN, schema.fields["tags"], nullable=False, is_tokens=True)
        if tokens.table == "posts":
            return (self._own_table(schema, listed), *self._sides(schema), *NAMES)
        beside = Stored(tokens.table, "posts", (Column(tokens.key, schema.fields["id"]), listed), made=tokens.made)
        return (self._own_table(schema), beside, *self._sides(schema), *NAMES)


def _tokens(target: Target) -> Tokens:
    if target.dialect.tokens is None:
        raise ConfigError(f"{target.dialect.name} has no index of tokens")
    return target.dialect.tokens


def _named(field: Field) -> tuple[str, str, str]:
    """The table that tells a tag of what is asked, its column with the tag's number, the column that is asked."""
    if field.name == "tag_names":
        return "tag_names", "tag_id", "name"
    return "tags", "id", "name" if field.name == "tags" else "id"


def _asked(field: Field, alias: str, test: Test) -> exp.Expression:
    """Whether a row of that table is of such a tag; numbers below 0 are those of tags that the tag table lacks."""
    number = column(alias, _named(field)[2])
    if field.kind is not Kind.TAG:
        return both(exp.GT(this=number, expression=exp.Literal.number(0)), test(Cell(field.kind, field.bits, number)))
    return test(Cell(field.kind, field.bits, number, column(alias, "name_folded")))


def _number(node: Node) -> int:
    """How many tags a leaf asks for at most: more than `MOST` where nobody knows."""
    if isinstance(node, Compare) and node.op is Op.EQ:
        return 1
    is_known = isinstance(node, OneOf) and not any(isinstance(value, ListSlot) for value in node.values)
    return len(node.values) if is_known and isinstance(node, OneOf) else MOST + 1


def _either(field: Field, test: Test, target: Target) -> exp.Expression:
    """`COALESCE((SELECT GROUP_CONCAT(token, ' OR ') FROM tags WHERE name = ?), 't')`: some of the tags that pass."""
    table, key, _ = _named(field)
    alias = target.aliases(table)
    listed = exp.GroupConcat(this=token(column(alias, key)), separator=text(_tokens(target).either))
    found = exp.Subquery(this=select([listed], table, alias, _asked(field, alias, test)))
    return exp.Coalesce(this=found, expressions=[text(NO_TAG)])


def _has(scope: Scope, wanted: exp.Expression, target: Target) -> exp.Expression:
    """Whether the post is among those that a text of tokens finds."""
    tokens = _tokens(target)
    query = tokens.query(wanted)
    if tokens.table == "posts":
        return tokens.match(column(scope.alias, tokens.asked), query)
    alias = target.aliases(tokens.table)
    rows = select([column(alias, tokens.key)], tokens.table, alias, tokens.match(column(alias, tokens.asked), query))
    return exp.In(this=scope.column("id"), query=exp.Subquery(this=rows))


def _has_any(scope: Scope, field: Field, test: Test, target: Target) -> exp.Expression:
    """`id IN (SELECT rowid FROM tags JOIN posts_tokens ON posts_tokens MATCH token WHERE test)`, in linear time."""
    tokens, (table, key, _) = _tokens(target), _named(field)
    tag, found = target.aliases(table), target.aliases(tokens.table)
    on = tokens.match(column(found, tokens.asked), tokens.query(token(column(tag, key))))
    kind = "CROSS" if target.dialect.forces else None
    join = exp.Join(this=source(tokens.table, found), on=on, kind=kind)
    rows = select([column(found, tokens.key)], table, tag, _asked(field, tag, test), (join,))
    return exp.In(this=scope.column("id"), query=exp.Subquery(this=rows))


# --- one query for several members of the condition


def _chosen(members: Sequence[Node], table: Table) -> tuple[list[Node], list[Node]]:
    """The members that one query of the index takes, required ones first, and the others."""
    asked: list[Node] = []
    rest: list[Node] = []
    left = MOST
    for node in sorted(members, key=lambda node: isinstance(node, Not)):
        leaf = node.child if isinstance(node, Not) else node
        is_asked = isinstance(leaf, Compare | OneOf) and leaf.field in LINKED and 0 < _number(leaf) <= left
        (asked if is_asked and table.name == "posts" else rest).append(node)
        left -= _number(leaf) if is_asked else 0
    return asked, rest


def _combined(asked: Sequence[Node], table: Table, target: Target) -> exp.Expression:
    """`a AND (b OR c) NOT (d OR e)` as a text."""
    required = [_text(node, table, target) for node in asked if not isinstance(node, Not)]
    forbidden = [_text(node.child, table, target) for node in asked if isinstance(node, Not)]
    parts = _between(required, " AND ")
    if forbidden:
        parts += [text(" NOT ("), *_between(forbidden, " OR "), text(")")]
    return joined(*parts)


def _between(parts: Sequence[exp.Expression], sign: str) -> list[exp.Expression]:
    return [one for part in parts for one in (text(sign), part)][1:]


def _text(node: Node, table: Table, target: Target) -> exp.Expression:
    """The tokens of a leaf, in parentheses where they may be several."""
    assert isinstance(node, Compare | OneOf)
    field = table.fields[str(node.field)]
    found = _either(field, _equal(node, target), target)
    is_one = field.name == "tags" and isinstance(node, Compare)
    return found if is_one else joined(text("("), found, text(")"))


def _equal(node: Compare | OneOf, target: Target) -> Callable[[Cell], exp.Expression]:
    """Whether a place holds what the leaf asks for."""

    def test(cell: Cell) -> exp.Expression:
        if isinstance(node, Compare):
            return exp.EQ(this=cell.column, expression=target.bind(node.value, cell.kind))
        return exp.In(this=cell.column, expressions=[target.bind(value, cell.kind) for value in node.values])

    return test


LAYOUT = Fts("fts")
