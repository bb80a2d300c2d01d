"""Implications: a tag that brings another with it. They are asked for and approved as aliases are."""

from __future__ import annotations

from booruql.schema import tag_aliases
from booruql.schema.field import Field, Kind, make_table

_OWN = (
    Field("id", Kind.INT, "number of the implication", "1"),
    Field("antecedent_name", Kind.KEYWORD, "tag that implies", "kitty", nullable=True),
    Field("consequent_name", Kind.KEYWORD, "tag that is implied", "cat", nullable=True),
)

TABLE = make_table(
    "tag_implications",
    {**tag_aliases.TABLE.fields, **{field.name: field for field in _OWN}}.values(),
    tag_aliases.TABLE.relations.values(),
)
