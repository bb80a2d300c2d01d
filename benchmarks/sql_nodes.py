"""The limit of compiling: a query's statement for SQLite's `join` layout in sqlglot's nodes; no builder, no parsing, no copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from sqlglot import exp

from booruql.ast.nodes import And, Between, Compare, Exists, Node, Not, Nothing, OneOf, Op, Or, Search

LONG = 12
"""Tags from which a list is tested on those that a post has."""
_NODES: dict[Op, Callable[..., exp.Expression]] = {
    Op.EQ: exp.EQ,
    Op.LT: exp.LT,
    Op.LE: exp.LTE,
    Op.GT: exp.GT,
    Op.GE: exp.GTE,
}


def members(where: Node) -> tuple[Sequence[Node], list[Any]]:
    """What a condition asks all at once, and the tags among it."""
    found = where.children if isinstance(where, And) else (where,)
    tags = [node.value for node in found if isinstance(node, Compare) and node.field == "tags"]
    return found, list(dict.fromkeys(tags))


def padded(values: Sequence[Any]) -> list[Any]:
    """The list with its last value repeated to a power of two: the same statement serves many lengths."""
    found = list(values)
    size = 1 << (len(found) - 1).bit_length() if len(found) > 2 else len(found)
    return found + found[-1:] * (size - len(found))


class Nodes:
    """Builds one statement and spells it."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers = count(1)

    def write(self, search: Search) -> tuple[str, list[Any]]:
        """The text and its values."""
        found, tags = members(search.where)
        if tags:
            self.alias, self.key = self._name("pt"), "post_id"
            wanted = self._all_of(tags)
            begin = _table("posts_tags", self.alias)
            rest = [node for node in found if len(tags) > 1 or not (isinstance(node, Compare) and node.field == "tags")]
        else:
            self.alias, self.key, wanted, rest = "p", "id", [], [*found]
            begin = _table("posts", "p")
        wanted += [self._test(node, True) for node in rest]
        shown = [key.by for key in search.order if isinstance(key.by, str) and key.by != "id"]
        own = _column(self.alias, self.key)
        first = exp.Alias(this=own, alias=exp.Identifier(this="id")) if tags else own
        rows = exp.Select(expressions=[first, *(_column("p", name) for name in shown)], from_=exp.From(this=begin))
        if tags and (shown or any(is_of_post(node) for node in rest)):
            same = exp.EQ(this=_column("p", "id"), expression=_column(self.alias, "post_id"))
            rows.set("joins", [exp.Join(this=_table("posts", "p"), on=same, kind="CROSS")])
        if wanted:
            rows.set("where", exp.Where(this=_linked(exp.And, wanted)))
        order = [
            exp.Ordered(this=self._value(str(key.by)), desc=key.descending, nulls_first=not key.descending)
            for key in search.order
        ]
        rows.set("order", exp.Order(expressions=order))
        rows.set("limit", exp.Limit(expression=self._bind(search.size)))
        return rows.sql("sqlite", copy=False), self.values

    def _name(self, initials: str) -> str:
        return f"{initials}{next(self._numbers)}"

    def _bind(self, value: Any) -> exp.Expression:
        self.values.append(value)
        return exp.Placeholder()

    def _value(self, field: str) -> exp.Expression:
        return _column(self.alias, self.key) if field == "id" else _column("p", field)

    def _all_of(self, tags: list[Any]) -> list[exp.Expression]:
        """The rarest of the tags, if all of them are known."""
        first, number = self._name("t"), _column(self.alias, "tag_id")
        rows = _select(_column(first, "id"), "tags", first, self._named(first, tags))
        if len(tags) == 1:
            return [exp.EQ(this=number, expression=exp.Subquery(this=rows))]
        rarest = exp.Ordered(this=_column(first, "uses"), desc=False, nulls_first=True)
        rows.set("order", exp.Order(expressions=[rarest]))
        rows.set("limit", exp.Limit(expression=exp.Literal.number(1)))
        every = self._name("t")
        known = _select(exp.Count(this=exp.Star()), "tags", every, self._named(every, tags))
        return [
            exp.EQ(this=number, expression=exp.Subquery(this=rows)),
            exp.EQ(this=exp.Subquery(this=known), expression=exp.Literal.number(len(tags))),
        ]

    def _named(self, alias: str, tags: Sequence[Any]) -> exp.Expression:
        name = _column(alias, "name")
        if len(tags) == 1:
            return exp.EQ(this=name, expression=self._bind(tags[0]))
        return exp.In(this=name, expressions=[self._bind(tag) for tag in tags])

    def _test(self, node: Node, beside: bool = False) -> exp.Expression:
        match node:
            case And(children=children) | Or(children=children):
                kind = exp.And if isinstance(node, And) else exp.Or
                linked = _linked(kind, [self._test(child, True) for child in children])
                return exp.Paren(this=linked) if beside else linked
            case Not(child=child):
                return exp.Not(this=self._test(child, True))
            case Nothing() | OneOf(values=()):
                return exp.false()
            case Compare(field="tags", value=value):
                return self._has([value])
            case OneOf(field="tags", values=values):
                return self._has(padded(values))
            case Compare(field=str(field), op=op, value=value):
                return _NODES[op](this=self._value(field), expression=self._bind(value))
            case Exists(field=field):
                return exp.Is(this=self._value(field), expression=exp.Not(this=exp.Null()))
            case Between(field=str(field), low=low, high=high):
                return exp.Between(this=self._value(field), low=self._bind(low), high=self._bind(high))
        raise TypeError(node)

    def _has(self, tags: Sequence[Any]) -> exp.Expression:
        alias, name = self._name("pt"), self._name("t")
        link = exp.EQ(this=_column(alias, "post_id"), expression=_column(self.alias, self.key))
        number: exp.Expression = _column(alias, "tag_id")
        if len(tags) > LONG:
            number = exp.Add(this=number, expression=exp.Literal.number(0))
        found = exp.Subquery(this=_select(_column(name, "id"), "tags", name, self._named(name, tags)))
        asked = exp.EQ(this=number, expression=found) if len(tags) == 1 else exp.In(this=number, query=found)
        return exp.Exists(this=_select(exp.Literal.number(1), "posts_tags", alias, exp.And(this=link, expression=asked)))


def is_of_post(node: Node) -> bool:
    return isinstance(node, Compare | Between | Exists) and node.field not in ("tags", "id")


def _column(alias: str, name: str) -> exp.Expression:
    return exp.Column(this=exp.Identifier(this=name), table=exp.Identifier(this=alias))


def _table(name: str, alias: str) -> exp.Expression:
    return exp.Table(this=exp.Identifier(this=name), alias=exp.TableAlias(this=exp.Identifier(this=alias)))


def _select(what: exp.Expression, name: str, alias: str, where: exp.Expression) -> exp.Select:
    return exp.Select(expressions=[what], from_=exp.From(this=_table(name, alias)), where=exp.Where(this=where))


def _linked(kind: Callable[..., exp.Expression], parts: list[exp.Expression]) -> exp.Expression:
    linked = parts[0]
    for part in parts[1:]:
        linked = kind(this=linked, expression=part)
    return linked
