"""Galleries: ordered collections of posts."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

INT, INSTANT, KEYWORD, TEXT, ID = Kind.INT, Kind.INSTANT, Kind.KEYWORD, Kind.TEXT, Kind.ID

TABLE = make_table(
    "galleries",
    (
        Field("id", INT, "number of the gallery", "1234"),
        Field("title", KEYWORD, "title, lower case", "red kites"),
        Field("description", TEXT, "description", nullable=True),
        Field("creator", KEYWORD, "name of the user who made it, lower case", nullable=True),
        Field("post_count", INT, "number of posts in it", "20", nullable=True),
        Field("post_ids", ID, "posts in it", "1234", many=True),
        Field("watcher_count", INT, "number of users who watch it", "2", nullable=True),
        Field("watcher_ids", ID, "users who watch it", "5", many=True),
        Field("created_at", INSTANT, "when it was made", "2024-01-02", bits=64, nullable=True),
        Field("updated_at", INSTANT, "when it last changed", "2024-01-02", bits=64, nullable=True),
    ),
)
