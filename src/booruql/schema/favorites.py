"""Favorites: which user likes which post, newest with the highest number."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

TABLE = make_table(
    "favorites",
    (
        Field("id", Kind.INT, "number of the favorite", "1"),
        Field("post_id", Kind.ID, "post", "1"),
        Field("user_id", Kind.ID, "user", "1"),
    ),
    (
        Relation("post", "posts", "id", "post_id", help="the post"),
        Relation("user", "users", "id", "user_id", help="who keeps it"),
    ),
)
