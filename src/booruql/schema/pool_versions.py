"""Versions of pools."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

INT, INSTANT, BOOL, KEYWORD, ID, JSON = Kind.INT, Kind.INSTANT, Kind.BOOL, Kind.KEYWORD, Kind.ID, Kind.JSON

TABLE = make_table(
    "pool_versions",
    (
        Field("id", INT, "number of the version", "1"),
        Field("pool_id", ID, "pool", "1"),
        Field("updater_id", ID, "user who made it", "1", nullable=True),
        Field("version", INT, "1 for the first", "1", nullable=True),
        Field("name", KEYWORD, "name", "Sky_Story", nullable=True),
        Field("description", KEYWORD, "description", nullable=True),
        Field("category", KEYWORD, "series or collection", "series", nullable=True),
        Field("post_ids", ID, "posts in it", "1", many=True),
        Field("added_post_ids", ID, "posts it adds", "1", many=True),
        Field("removed_post_ids", ID, "posts it removes", "1", many=True),
        Field("post_id_count", INT, "number of posts in it", "1", nullable=True),
        Field("added_post_id_count", INT, "number of posts it adds", "1", nullable=True),
        Field("removed_post_id_count", INT, "number of posts it removes", "1", nullable=True),
        Field("description_changed", BOOL, "changes the description", nullable=True),
        Field("name_changed", BOOL, "changes the name", nullable=True),
        Field("is_active", BOOL, "the pool is active", nullable=True),
        Field("is_deleted", BOOL, "the pool is deleted", nullable=True),
        Field("created_at", INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
    (
        Relation("pool", "pools", "id", "pool_id", help="the pool"),
        Relation("updater", "users", "id", "updater_id", help="who made it"),
    ),
)
