"""Pools: posts in an order of their own."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

TABLE = make_table(
    "pools",
    (
        Field("id", Kind.INT, "number of the pool", "1"),
        Field("name", Kind.KEYWORD, "name, with underscores", "Sky_Story"),
        Field("category", Kind.KEYWORD, "series or collection", "series", values=("series", "collection")),
        Field("is_deleted", Kind.BOOL, "is deleted"),
        Field("post_ids", Kind.ID, "its posts, in order", "1", many=True),
    ),
)
