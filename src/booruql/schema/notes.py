"""Notes on posts: texts over a part of the picture."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

TABLE = make_table(
    "notes",
    (
        Field("id", Kind.INT, "number of the note", "1"),
        Field("post_id", Kind.ID, "post it is on", "1"),
        Field("body", Kind.TEXT, "text", "hello"),
        Field("is_active", Kind.BOOL, "is not deleted"),
        Field("created_at", Kind.INSTANT, "when it was written", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", Kind.INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
        Field("x", Kind.INT, "left edge", "10", nullable=True),
        Field("y", Kind.INT, "upper edge", "10", nullable=True),
        Field("width", Kind.INT, "width", "100", nullable=True),
        Field("height", Kind.INT, "height", "100", nullable=True),
        Field("version", Kind.INT, "number of its version", "1", nullable=True),
    ),
    (Relation("post", "posts", "id", "post_id", help="the post"),),
)
