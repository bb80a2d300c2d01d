"""The peer of compiling: the same statement in SQLAlchemy's Core. Importing this needs SQLAlchemy."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from benchmarks.sql_nodes import LONG, is_of_post, members
from booruql.ast.nodes import And, Between, Compare, Exists, Node, Not, Nothing, OneOf, Op, Or, Search

sa: Any = import_module("sqlalchemy")
_DIALECT = import_module("sqlalchemy.dialects.sqlite").dialect()
_TABLES = sa.MetaData()
_POSTS = sa.Table(
    "posts",
    _TABLES,
    *(sa.Column(name, sa.BigInteger) for name in ("id", "created_at", "score", "favorite_count", "width")),
    *(sa.Column(name, sa.Text) for name in ("rating", "file_ext")),
)
_LINKS = sa.Table("posts_tags", _TABLES, sa.Column("post_id", sa.BigInteger), sa.Column("tag_id", sa.BigInteger))
_TAGS = sa.Table("tags", _TABLES, sa.Column("id", sa.BigInteger), sa.Column("name", sa.Text), sa.Column("uses", sa.BigInteger))
_COMPARED: dict[Op, Callable[[Any, Any], Any]] = {
    Op.EQ: lambda column, value: column == value,
    Op.LT: lambda column, value: column < value,
    Op.LE: lambda column, value: column <= value,
    Op.GT: lambda column, value: column > value,
    Op.GE: lambda column, value: column >= value,
}


class Core:
    """Builds one statement."""

    def write(self, search: Search) -> str:
        """Its text; nothing is kept from statement to statement."""
        return str(self.build(search).compile(dialect=_DIALECT))

    def build(self, search: Search) -> Any:
        """The statement, not yet compiled."""
        found, tags = members(search.where)
        posts = _POSTS.alias("p")
        links: Any = _LINKS.alias() if tags else None
        self.posts, self.key = posts, links.c.post_id if tags else posts.c.id
        rest = [node for node in found if len(tags) > 1 or not (isinstance(node, Compare) and node.field == "tags")]
        shown = [key.by for key in search.order if isinstance(key.by, str) and key.by != "id"]
        rows = sa.select(self.key.label("id"), *(posts.c[name] for name in shown))
        if tags and (shown or any(is_of_post(node) for node in rest)):
            rows = rows.select_from(links.join(posts, posts.c.id == links.c.post_id))
        wanted = [*(self._all_of(links, tags) if tags else ()), *map(self._test, rest)]
        order = [self._value(str(key.by)) for key in search.order]
        order = [value.desc() if key.descending else value for key, value in zip(search.order, order, strict=True)]
        return rows.where(*wanted).order_by(*order).limit(search.size)

    def _value(self, field: str) -> Any:
        return self.key if field == "id" else self.posts.c[field]

    def _all_of(self, links: Any, tags: list[Any]) -> list[Any]:
        first = _TAGS.alias()
        rows = sa.select(first.c.id).where(_named(first, tags))
        if len(tags) == 1:
            return [links.c.tag_id == rows.scalar_subquery()]
        every = _TAGS.alias()
        known = sa.select(sa.func.count()).select_from(every).where(_named(every, tags))
        rarest = rows.order_by(first.c.uses).limit(sa.literal_column("1"))
        return [links.c.tag_id == rarest.scalar_subquery(), known.scalar_subquery() == sa.literal_column(str(len(tags)))]

    def _test(self, node: Node) -> Any:
        match node:
            case And(children=children):
                return sa.and_(*map(self._test, children))
            case Or(children=children):
                return sa.or_(*map(self._test, children))
            case Not(child=child):
                return sa.not_(self._test(child))
            case Nothing() | OneOf(values=()):
                return sa.false()
            case Compare(field="tags", value=value):
                return self._has([value])
            case OneOf(field="tags", values=values):
                return self._has(values)
            case Compare(field=str(field), op=op, value=value):
                return _COMPARED[op](self._value(field), value)
            case Exists(field=field):
                return self._value(field).is_not(None)
            case Between(field=str(field), low=low, high=high):
                return self._value(field).between(low, high)
        raise TypeError(node)

    def _has(self, tags: Sequence[Any]) -> Any:
        links = _LINKS.alias()
        tagged = _TAGS.alias()
        found = sa.select(tagged.c.id).where(_named(tagged, tags))
        number = links.c.tag_id + sa.literal_column("0") if len(tags) > LONG else links.c.tag_id
        asked = number == found.scalar_subquery() if len(tags) == 1 else number.in_(found)
        return sa.exists(sa.select(sa.literal_column("1")).where(links.c.post_id == self.key, asked))


def _named(tagged: Any, tags: Sequence[Any]) -> Any:
    return tagged.c.name == tags[0] if len(tags) == 1 else tagged.c.name.in_(tags)


def ask(rows: Any, connection: sqlite3.Connection) -> list[Any]:
    """The first column of what the statement finds."""
    made = rows.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    return [row[0] for row in connection.execute(str(made), [made.params[name] for name in made.positiontup])]
