"""Votes on posts."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

TABLE = make_table(
    "post_votes",
    (
        Field("id", Kind.INT, "number of the vote", "1"),
        Field("post_id", Kind.ID, "post", "1"),
        Field("user_id", Kind.ID, "user who voted", "1"),
        Field("score", Kind.INT, "1 or -1", "1"),
        Field("is_deleted", Kind.BOOL, "was taken back", nullable=True),
        Field("created_at", Kind.INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", Kind.INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
    (
        Relation("user", "users", "id", "user_id", help="who voted"),
        Relation("post", "posts", "id", "post_id", help="the post"),
    ),
)
