"""What the artist wrote about a post, and its translation."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

TABLE = make_table(
    "artist_commentaries",
    (
        Field("id", Kind.INT, "number of the commentary", "1"),
        Field("post_id", Kind.ID, "post", "1"),
        Field("original_title", Kind.TEXT, "title", nullable=True),
        Field("original_description", Kind.TEXT, "text", nullable=True),
        Field("translated_title", Kind.TEXT, "translated title", nullable=True),
        Field("translated_description", Kind.TEXT, "translated text", nullable=True),
        Field("updated_at", Kind.INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
        Field("created_at", Kind.INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
    ),
    (Relation("post", "posts", "id", "post_id", help="the post"),),
)
