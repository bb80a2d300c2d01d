"""Replacements of the file of a post."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

TABLE = make_table(
    "post_replacements",
    (
        Field("id", Kind.INT, "number of the replacement", "1"),
        Field("post_id", Kind.ID, "post", "1"),
        Field("creator_id", Kind.ID, "user who replaced it", "1", nullable=True),
        Field("created_at", Kind.INSTANT, "when", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", Kind.INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
        Field("original_url", Kind.KEYWORD, "address of the old file", nullable=True),
        Field("replacement_url", Kind.KEYWORD, "address of the new file", nullable=True),
        Field("md5", Kind.KEYWORD, "MD5 hash of the new file", nullable=True),
        Field("old_md5", Kind.KEYWORD, "MD5 hash of the old file", nullable=True),
    ),
    (
        Relation("post", "posts", "id", "post_id", help="the post"),
        Relation("creator", "users", "id", "creator_id", help="who made it"),
    ),
)
