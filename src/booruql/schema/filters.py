"""Filters: what a user hides and spoilers."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

INT, INSTANT, BOOL, KEYWORD, TEXT, ID = Kind.INT, Kind.INSTANT, Kind.BOOL, Kind.KEYWORD, Kind.TEXT, Kind.ID

TABLE = make_table(
    "filters",
    (
        Field("id", INT, "number of the filter", "2"),
        Field("name", KEYWORD, "name, lower case", "default"),
        Field("description", TEXT, "description", nullable=True),
        Field("creator_id", ID, "user who made it", "5", nullable=True),
        Field("creator", KEYWORD, "name of the user who made it, lower case", nullable=True),
        Field("hidden_count", INT, "number of tags that it hides", "5", nullable=True),
        Field("spoilered_count", INT, "number of tags that it spoilers", "5", nullable=True),
        Field("user_count", INT, "number of users who use it", "100", nullable=True),
        Field("is_public", BOOL, "anyone may use it"),
        Field("is_system", BOOL, "belongs to the site"),
        Field("created_at", INSTANT, "when it was made", "2024-01-02", bits=64, nullable=True),
    ),
)
