"""Tags that a machine sees in a post, with its confidence."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

TABLE = make_table(
    "ai_tags",
    (
        Field("post_id", Kind.ID, "post", "1"),
        Field("name", Kind.KEYWORD, "name of the tag", "cat"),
        Field("score", Kind.INT, "confidence in percent", "90"),
    ),
)
