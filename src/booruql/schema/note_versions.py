"""Every state that a note has had."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

TABLE = make_table(
    "note_versions",
    (
        Field("id", Kind.INT, "number of the version", "1"),
        Field("note_id", Kind.ID, "note it is of", "1", nullable=True),
        Field("post_id", Kind.ID, "post the note is on", "1"),
        Field("updater_id", Kind.ID, "user who made it", "1"),
        Field("version", Kind.INT, "1 for the first", "1"),
        Field("body", Kind.TEXT, "text", "hello", nullable=True),
        Field("x", Kind.INT, "left edge", "10", nullable=True),
        Field("y", Kind.INT, "upper edge", "10", nullable=True),
        Field("width", Kind.INT, "width", "100", nullable=True),
        Field("height", Kind.INT, "height", "100", nullable=True),
        Field("is_active", Kind.BOOL, "is not deleted", nullable=True),
        Field("created_at", Kind.INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", Kind.INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
    (
        Relation("post", "posts", "id", "post_id", help="the post"),
        Relation("updater", "users", "id", "updater_id", help="who made it"),
        Relation("note", "notes", "id", "note_id", help="the note"),
    ),
)
