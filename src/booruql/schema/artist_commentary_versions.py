"""Every state that a commentary has had."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

TABLE = make_table(
    "artist_commentary_versions",
    (
        Field("id", Kind.INT, "number of the version", "1"),
        Field("post_id", Kind.ID, "post", "1"),
        Field("updater_id", Kind.ID, "user who made it", "1"),
    ),
)
