"""Addresses of artists."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

INT, INSTANT, BOOL, KEYWORD, ID, JSON = Kind.INT, Kind.INSTANT, Kind.BOOL, Kind.KEYWORD, Kind.ID, Kind.JSON

TABLE = make_table(
    "artist_urls",
    (
        Field("id", INT, "number of the address", "1"),
        Field("artist_id", ID, "artist", "1"),
        Field("url", KEYWORD, "address", "https://example.com/alma", nullable=True),
        Field("is_active", BOOL, "still works", nullable=True),
        Field("created_at", INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
    (Relation("artist", "artists", "id", "artist_id", help="whose it is"),),
)
