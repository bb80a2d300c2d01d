"""Bans of users."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

INT, INSTANT, BOOL, KEYWORD, ID, JSON = Kind.INT, Kind.INSTANT, Kind.BOOL, Kind.KEYWORD, Kind.ID, Kind.JSON

TABLE = make_table(
    "bans",
    (
        Field("id", INT, "number of the ban", "1"),
        Field("user_id", ID, "user who is banned", "1", nullable=True),
        Field("banner_id", ID, "user who banned", "1", nullable=True),
        Field("duration", Kind.FLOAT, "length in seconds", "86400", nullable=True),
        Field("reason", KEYWORD, "why", nullable=True),
        Field("created_at", INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
    (
        Relation("user", "users", "id", "user_id", help="who is banned"),
        Relation("banner", "users", "id", "banner_id", help="who banned"),
    ),
)
