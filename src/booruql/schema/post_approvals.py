"""Approvals: which moderator let a post in."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

TABLE = make_table(
    "post_approvals",
    (
        Field("id", Kind.INT, "number of the approval", "1"),
        Field("post_id", Kind.ID, "post", "1"),
        Field("user_id", Kind.ID, "user who approved it", "1", nullable=True),
        Field("created_at", Kind.INSTANT, "when", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", Kind.INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
    (
        Relation("post", "posts", "id", "post_id", help="the post"),
        Relation("user", "users", "id", "user_id", help="who made it"),
    ),
)
