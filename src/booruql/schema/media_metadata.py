"""Metadata of files."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

INT, INSTANT, BOOL, KEYWORD, ID, JSON = Kind.INT, Kind.INSTANT, Kind.BOOL, Kind.KEYWORD, Kind.ID, Kind.JSON

TABLE = make_table(
    "media_metadata",
    (
        Field("id", INT, "number of the row", "1"),
        Field("post_id", ID, "post", "1", nullable=True),
        Field("metadata", JSON, "metadata by name", nullable=True),
        Field("created_at", INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
    (Relation("post", "posts", "id", "post_id", help="the post of the file"),),
)
