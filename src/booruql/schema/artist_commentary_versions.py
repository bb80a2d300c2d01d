"""Every state that a commentary has had."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

TABLE = make_table(
    "artist_commentary_versions",
    (
        Field("id", Kind.INT, "number of the version", "1"),
        Field("post_id", Kind.ID, "post", "1"),
        Field("updater_id", Kind.ID, "user who made it", "1"),
        Field("created_at", Kind.INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", Kind.INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
    (
        Relation("post", "posts", "id", "post_id", help="the post"),
        Relation("updater", "users", "id", "updater_id", help="who made it"),
    ),
)
