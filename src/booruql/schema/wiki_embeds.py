"""Pages that show a post."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

TABLE = make_table(
    "wiki_embeds",
    (
        Field("id", Kind.INT, "number of the link", "1"),
        Field("post_id", Kind.ID, "post", "1"),
    ),
)
