"""Versions of posts' tags and sources."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

INT, INSTANT, BOOL, KEYWORD, ID, JSON = Kind.INT, Kind.INSTANT, Kind.BOOL, Kind.KEYWORD, Kind.ID, Kind.JSON

TABLE = make_table(
    "post_versions",
    (
        Field("id", INT, "number of the version", "1"),
        Field("post_id", ID, "post", "1"),
        Field("updater_id", ID, "user who made it", "1", nullable=True),
        Field("parent_id", ID, "parent it gives", "1", nullable=True),
        Field("version", INT, "1 for the first", "1", nullable=True),
        Field("tags", KEYWORD, "tags, with blanks between", "cat sky", nullable=True),
        Field("source", KEYWORD, "source", nullable=True),
        Field("rating", KEYWORD, "rating", "g", nullable=True),
        Field("added_tags", KEYWORD, "tags it adds", "cat", many=True),
        Field("removed_tags", KEYWORD, "tags it removes", "dog", many=True),
        Field("added_tag_count", INT, "number of tags it adds", "1", nullable=True),
        Field("removed_tag_count", INT, "number of tags it removes", "1", nullable=True),
        Field("rating_changed", BOOL, "changes the rating", nullable=True),
        Field("parent_changed", BOOL, "changes the parent", nullable=True),
        Field("source_changed", BOOL, "changes the source", nullable=True),
        Field("created_at", INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
    (
        Relation("post", "posts", "id", "post_id", help="the post"),
        Relation("updater", "users", "id", "updater_id", help="who made it"),
    ),
)
