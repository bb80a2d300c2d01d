"""A post's place in a gallery."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

TABLE = make_table(
    "gallery_items",
    (
        Field("post_id", Kind.ID, "post"),
        Field("gallery_id", Kind.INT, "gallery", bits=64),
        Field("position", Kind.INT, "place in the gallery"),
    ),
)
