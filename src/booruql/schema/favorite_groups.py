"""Lists of posts that users keep."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

TABLE = make_table(
    "favorite_groups",
    (
        Field("id", Kind.INT, "number of the group", "1"),
        Field("name", Kind.KEYWORD, "name, with underscores", "Cats"),
        Field("creator_id", Kind.ID, "user who keeps it", "1"),
        Field("is_public", Kind.BOOL, "all may see it", nullable=True),
        Field("post_ids", Kind.ID, "its posts, in order", "1", many=True),
        Field("created_at", Kind.INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", Kind.INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
        Field("post_id_count", Kind.INT, "number of its posts", "20", nullable=True),
    ),
    (Relation("creator", "users", "id", "creator_id", help="who keeps it"),),
)
