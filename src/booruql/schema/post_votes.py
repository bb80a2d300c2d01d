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
    ),
    (Relation("user", "users", "id", "user_id", help="who voted"),),
)
