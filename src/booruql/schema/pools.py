"""Pools: posts in an order of their own."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

TABLE = make_table(
    "pools",
    (
        Field("id", Kind.INT, "number of the pool", "1"),
        Field("name", Kind.KEYWORD, "name, with underscores", "Sky_Story"),
        Field("category", Kind.KEYWORD, "series or collection", "series", values=("series", "collection")),
        Field("is_deleted", Kind.BOOL, "is deleted"),
        Field("post_ids", Kind.ID, "its posts, in order", "1", many=True),
        Field("created_at", Kind.INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", Kind.INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
        Field("description", Kind.KEYWORD, "description", nullable=True),
        Field("post_id_count", Kind.INT, "number of its posts", "20", nullable=True),
    ),
    (
        Relation("dtext_links", "dtext_links", "model_id", "id", help="links in its description"),
        Relation("members", "posts", "id", "post_ids", help="its posts"),
    ),
)
