"""Appeals against the deletion of a post."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

TABLE = make_table(
    "post_appeals",
    (
        Field("id", Kind.INT, "number of the appeal", "1"),
        Field("post_id", Kind.ID, "post", "1"),
        Field("creator_id", Kind.ID, "user who appealed", "1", nullable=True),
        Field("status", Kind.KEYWORD, "pending, succeeded or rejected", "pending", nullable=True),
        Field("reason", Kind.TEXT, "why", nullable=True),
        Field("created_at", Kind.INSTANT, "when", "2024-01-02", nullable=True, bits=64),
    ),
)
