"""Reactions of users to posts."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

TABLE = make_table(
    "reactions",
    (
        Field("id", Kind.INT, "number of the reaction", "1"),
        Field("post_id", Kind.ID, "post", "1"),
        Field("creator_id", Kind.ID, "user who reacted", "1"),
    ),
)
