"""`join`: a table for each entity; tags are `tags(id, name)` joined by `posts_tags(post_id, tag_id)`.

`tags.uses` is the number of posts that have the tag, for planning.
`tag_names(tag_id, name)` holds every name a tag answers to, its own and its aliases; both tables have a `name_folded`
for patterns in any letter case, which no site asks of tags. Any other many-valued field is a
side table `<entity>_<field>(owner_id, value[, value_folded])`. Related rows are rows of their own tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from booruql.ast.nodes import And, Compare, Node, OneOf, Op
from booruql.backends.sql.begin import Begin
from booruql.backends.sql.dialect import Dialect
from booruql.backends.sql.layout import (
    Aliases,
    Cell,
    Driven,
    Layout,
    Related,
    Scope,
    Target,
    Test,
    both,
    column,
    conjunction,
    is_not_null,
    is_required,
    one,
    select,
    source,
)
from booruql.backends.sql.tables import NUMBER, Column, Stored
from booruql.errors import ConfigError
from booruql.schema import Field, Kind, Relation, Table

LINKED = {"tags", "tag_names", "tag_ids"}
"""The many-valued fields that `posts_tags` answers."""
PROBED = 12
"""Tags up to which a look-up for each of them is cheaper than reading all that a post has."""


def is_linked(entity: str, field: Field) -> bool:
    """Whether the field's values are tags of a post."""
    return entity == "posts" and field.name in LINKED


@dataclass(frozen=True)
class Join(Layout):
    """See the module. `listed_tags` names the tags that are searched themselves, where posts may carry others too."""

    listed_tags: str = "tags"

    @property
    def walks(self) -> bool:
        return True

    def table_name(self, entity: str) -> str:
        return self.listed_tags if entity == "tags" else entity

    def some_value(self, scope: Scope, field: Field, node: Node, test: Test, target: Target) -> exp.Expression:
        aliases = target.aliases
        if is_linked(scope.table.name, field):
            return self._some_tag(scope, field, node, test, target)
        name = f"{scope.table.name}_{field.name}"
        alias = aliases(name)
        folded = column(alias, "value_folded") if self.has_shadow(scope.table, field) else None
        asked = test(Cell(field.kind, field.bits, column(alias, "value"), folded))
        link = exp.EQ(this=column(alias, "owner_id"), expression=scope.column("id"))
        return exp.Exists(this=select([one()], name, alias, both(link, asked)))

    def _some_tag(self, scope: Scope, field: Field, node: Node, test: Test, target: Target) -> exp.Expression:
        alias = target.aliases("posts_tags")
        tag: exp.Expression = column(alias, "tag_id")
        if target.dialect.probes and _is_long(node):
            tag = exp.Add(this=tag, expression=exp.Literal.number(0))
        if field.name == "tag_ids":
            asked = test(Cell(field.kind, field.bits, tag))
        elif field.name == "tags" and isinstance(node, Compare) and node.op is Op.EQ:
            asked = exp.EQ(this=tag, expression=_number_of(test, target))
        else:
            named, key = ("tag_names", "tag_id") if field.name == "tag_names" else ("tags", "id")
            other = target.aliases(named)
            name = Cell(field.kind, field.bits, column(other, "name"), column(other, "name_folded"))
            numbers = select([column(other, key)], named, other, test(name))
            asked = _among(tag, numbers, is_once=target.dialect.fences and scope.is_pinned)
        return _linked(scope, alias, asked, target)

    def drive(self, scope: Scope, where: Node, target: Target, *, needs_row: bool, begin: Begin, by_id: bool) -> Driven | None:
        """`FROM posts_tags [JOIN posts] WHERE tag_id =` the rarest required tag, told by the tag table when nobody knows."""
        members = where.children if isinstance(where, And) else (where,)
        required = list({node.value: node for node in members if is_required(node)}.values())
        if not target.dialect.drives or scope.table.name != "posts" or not required:
            return None
        if begin is not Begin.UNKNOWN:
            required = required[:1]
        alias = target.aliases("posts_tags")
        driven = Scope(scope.table, scope.alias, (alias, "post_id"), is_pinned=begin.is_few or by_id)
        condition: exp.Expression = exp.EQ(this=column(alias, "tag_id"), expression=_rarest(required, target))
        if len(required) > 1:
            condition = exp.And(this=condition, expression=_all_known(required, target))
        rest = members if len(required) > 1 else tuple(node for node in members if node is not required[0])
        joins = [_row(scope, driven, target, is_pinned=driven.is_pinned)] if needs_row else []
        links = exp.From(this=source("posts_tags", alias))
        return Driven(links, joins, condition, driven, conjunction(rest), begin.is_few)

    def any_value(self, scope: Scope, field: Field, target: Target) -> exp.Expression:
        aliases = target.aliases
        linked = is_linked(scope.table.name, field)
        name, owner = ("posts_tags", "post_id") if linked else (f"{scope.table.name}_{field.name}", "owner_id")
        alias = aliases(name)
        link: exp.Expression = exp.EQ(this=column(alias, owner), expression=scope.column("id"))
        if linked:
            link = both(link, _has_tag(field, column(alias, "tag_id"), aliases))
        return exp.Exists(this=select([one()], name, alias, link))

    def holds(self, scope: Scope, field: Field, value: exp.Expression, target: Target) -> exp.Expression:
        """`value IN (SELECT value FROM <entity>_<field> WHERE owner_id = id)`: the list leads to its rows."""
        if is_linked(scope.table.name, field):
            raise ConfigError(f"{field.name} are no list that names rows")
        name = f"{scope.table.name}_{field.name}"
        alias = target.aliases(name)
        link = exp.EQ(this=column(alias, "owner_id"), expression=scope.column("id"))
        return exp.In(this=value, query=exp.Subquery(this=select([column(alias, "value")], name, alias, link)))

    def related(self, relation: Relation, target: Target, *, bare: bool) -> Related:
        aliases = target.aliases
        inner = self.target(relation)
        name = self.table_name(relation.entity)
        alias = aliases(name)
        scope = Scope(inner, alias)
        if not inner.fields[relation.other].many:
            return Related(name, alias, column(alias, relation.other), scope)
        side = f"{relation.entity}_{relation.other}"
        side_alias = aliases(side)
        on = exp.EQ(this=column(alias, "id"), expression=column(side_alias, "owner_id"))
        joins = () if bare else (exp.Join(this=source(name, alias), on=on),)
        return Related(side, side_alias, column(side_alias, "value"), scope, joins)

    def tables(self, schema: Table, dialect: Dialect) -> tuple[Stored, ...]:
        return (self._own_table(schema), *self._sides(schema), *((_LINKS, *NAMES) if schema.name == "posts" else ()))

    def _sides(self, schema: Table) -> Iterator[Stored]:
        for field in schema.fields.values():
            if field.many and not is_linked(schema.name, field):
                one = replace(field, many=False)
                shadow = (Column("value_folded", one, is_shadow=True),) if self.is_folded(field) else ()
                columns = (Column("owner_id", NUMBER, nullable=False), Column("value", one, nullable=False), *shadow)
                name = f"{schema.name}_{field.name}"
                yield Stored(name, schema.name, columns, ("value", "owner_id"), (("owner_id",),))


def _among(tag: exp.Expression, numbers: exp.Select, *, is_once: bool) -> exp.Expression:
    """Whether the tag is one of those; `IS TRUE` keeps them a set that is made once, whatever stands around."""
    among = exp.In(this=tag, query=exp.Subquery(this=numbers))
    return exp.Is(this=exp.Paren(this=among), expression=exp.true()) if is_once else among


def _linked(scope: Scope, alias: str, asked: exp.Expression, target: Target) -> exp.Expression:
    """Whether a link of the post is one that is asked for: looked for from the post, or the post among all such links."""
    dialect, post = target.dialect, column(alias, "post_id")
    if dialect.fences and scope.ids and not scope.is_pinned:
        return exp.In(this=scope.column("id"), query=exp.Subquery(this=_fence(select([post], "posts_tags", alias, asked))))
    same = exp.NullSafeEQ if dialect.pins and scope.is_pinned else exp.EQ
    rows = select([one()], "posts_tags", alias, both(same(this=post, expression=scope.column("id")), asked))
    return exp.Exists(this=_fence(rows) if dialect.fences and scope.is_pinned else rows)


def _fence(rows: exp.Select) -> exp.Select:
    """The rows, found before the planner goes on."""
    rows.set("offset", exp.Offset(expression=exp.Literal.number(0)))
    return rows


def _is_long(node: Node) -> bool:
    """Whether the leaf may ask for more tags than are worth a look-up each."""
    if isinstance(node, OneOf):
        return len(node.values) > PROBED
    return not isinstance(node, Compare)


def _number_of(test: Test, target: Target) -> exp.Expression:
    """`(SELECT id FROM tags WHERE name = ?)`."""
    alias = target.aliases("tags")
    cell = Cell(Kind.TAG, 32, column(alias, "name"))
    return exp.Subquery(this=select([column(alias, "id")], "tags", alias, test(cell)))


def _rarest(required: Sequence[Compare], target: Target) -> exp.Expression:
    """The number of the tag; of several the one that the fewest posts have."""
    alias = target.aliases("tags")
    names = [target.bind(node.value, Kind.TAG) for node in required]
    name = column(alias, "name")
    asked = exp.In(this=name, expressions=names) if len(names) > 1 else exp.EQ(this=name, expression=names[0])
    rows = select([column(alias, "id")], "tags", alias, asked)
    if len(names) > 1:
        first = exp.Ordered(this=column(alias, "uses"), desc=False, nulls_first=target.dialect.nulls_first(False))
        rows.set("order", exp.Order(expressions=[first]))
        rows.set("limit", exp.Limit(expression=one()))
    return exp.Subquery(this=rows)


def _all_known(required: Sequence[Compare], target: Target) -> exp.Expression:
    """Whether every name is a tag's: the rarest of the others must not drive when one is on no post at all."""
    alias = target.aliases("tags")
    names = [target.bind(node.value, Kind.TAG) for node in required]
    asked = exp.In(this=column(alias, "name"), expressions=names)
    number = exp.Subquery(this=select([exp.Count(this=exp.Star())], "tags", alias, asked))
    return exp.EQ(this=number, expression=exp.Literal.number(len(names)))


def _row(scope: Scope, driven: Scope, target: Target, *, is_pinned: bool) -> exp.Join:
    """The post of a link. Where the planner might begin with an index over the posts instead, each is looked up by itself."""
    if not (is_pinned and target.dialect.fences):
        kind = "CROSS" if target.dialect.forces else None
        return exp.Join(this=source("posts", scope.alias), on=_same_id(scope, driven), kind=kind)
    inner = Scope(scope.table, target.aliases("posts"))
    rows = _fence(select([exp.Star()], "posts", inner.alias, _same_id(inner, driven)))
    alias = exp.TableAlias(this=exp.Identifier(this=scope.alias))
    return exp.Join(this=exp.Lateral(this=exp.Subquery(this=rows), alias=alias), kind="CROSS")


def _same_id(row: Scope, driven: Scope) -> exp.Expression:
    return exp.EQ(this=row.column("id"), expression=driven.column("id"))


_TAG_NAME = Field("name", Kind.TAG, "name of a tag", nullable=True)
_LINKS = Stored(
    "posts_tags",
    "posts",
    (Column("tag_id", NUMBER, nullable=False), Column("post_id", NUMBER, nullable=False)),
    ("tag_id", "post_id"),
    (("post_id", "tag_id"),),
)
NAMES = (
    Stored(
        "tag_names",
        "posts",
        (
            Column("name", _TAG_NAME, nullable=False),
            Column("tag_id", NUMBER, nullable=False),
            Column("name_folded", _TAG_NAME, is_shadow=True, nullable=False),
        ),
        ("name", "tag_id"),
        (("tag_id",),),
    ),
    Stored(
        "tags",
        "posts",
        (
            Column("id", NUMBER, nullable=False),
            Column("name", _TAG_NAME),
            Column("name_folded", _TAG_NAME, is_shadow=True),
            Column("uses", NUMBER),
        ),
        ("id",),
        (("name",),),
    ),
)
"""What tells the numbers of names."""


def _has_tag(field: Field, tag: exp.Expression, aliases: Aliases) -> exp.Expression:
    """A link may name a tag whose number or name is unknown (see `booruql.store`)."""
    if field.kind is not Kind.TAG:
        return exp.GT(this=tag, expression=exp.Literal.number(0))
    named, key = ("tag_names", "tag_id") if field.name == "tag_names" else ("tags", "id")
    alias = aliases(named)
    known = is_not_null(column(alias, "name"))
    return exp.In(this=tag, query=exp.Subquery(this=select([column(alias, key)], named, alias, known)))


LAYOUT = Join("join")
