"""Comments on posts."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

TABLE = make_table(
    "comments",
    (
        Field("id", Kind.INT, "number of the comment", "1"),
        Field("post_id", Kind.ID, "post it is on", "1"),
        Field("creator_id", Kind.ID, "user who wrote it", "1", nullable=True),
        Field("body", Kind.TEXT, "text", "hello"),
        Field("score", Kind.INT, "votes", "1", nullable=True),
        Field("is_deleted", Kind.BOOL, "is deleted"),
        Field("created_at", Kind.INSTANT, "when it was written", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", Kind.INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
)
