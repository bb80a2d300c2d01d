"""Every state that a note has had."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

TABLE = make_table(
    "note_versions",
    (
        Field("id", Kind.INT, "number of the version", "1"),
        Field("note_id", Kind.ID, "note it is of", "1", nullable=True),
        Field("post_id", Kind.ID, "post the note is on", "1"),
        Field("updater_id", Kind.ID, "user who made it", "1"),
        Field("version", Kind.INT, "1 for the first", "1"),
        Field("body", Kind.TEXT, "text", "hello", nullable=True),
    ),
)
