"""Flags: who asked moderators to look at a post, and why."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

TABLE = make_table(
    "post_flags",
    (
        Field("id", Kind.INT, "number of the flag", "1"),
        Field("post_id", Kind.ID, "post", "1"),
        Field("creator_id", Kind.ID, "user who flagged it", "1", nullable=True),
        Field("status", Kind.KEYWORD, "pending, succeeded or rejected", "pending", nullable=True),
        Field("reason", Kind.TEXT, "why", "bad quality", nullable=True),
        Field("created_at", Kind.INSTANT, "when", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", Kind.INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
    (
        Relation("post", "posts", "id", "post_id", help="the post"),
        Relation("creator", "users", "id", "creator_id", help="who made it"),
    ),
)
