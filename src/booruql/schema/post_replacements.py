"""Replacements of the file of a post."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

TABLE = make_table(
    "post_replacements",
    (
        Field("id", Kind.INT, "number of the replacement", "1"),
        Field("post_id", Kind.ID, "post", "1"),
        Field("creator_id", Kind.ID, "user who replaced it", "1", nullable=True),
        Field("created_at", Kind.INSTANT, "when", "2024-01-02", nullable=True, bits=64),
    ),
)
