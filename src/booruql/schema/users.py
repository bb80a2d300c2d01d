"""Users, as far as searching needs them."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

TABLE = make_table(
    "users",
    (
        Field("id", Kind.INT, "number of the user", "1"),
        Field("name", Kind.KEYWORD, "name", "albert"),
        Field("level", Kind.INT, "rights as a number", "20", nullable=True),
        Field("private_favorites", Kind.BOOL, "favorites and votes are hidden", nullable=True),
    ),
)
