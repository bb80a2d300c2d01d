"""Pages about tags."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

INT, INSTANT, BOOL, KEYWORD, ID, JSON = Kind.INT, Kind.INSTANT, Kind.BOOL, Kind.KEYWORD, Kind.ID, Kind.JSON

TABLE = make_table(
    "wiki_pages",
    (
        Field("id", INT, "number of the page", "1"),
        Field("title", KEYWORD, "title, as the tag's name", "cat"),
        Field("body", KEYWORD, "text", "hello", nullable=True),
        Field("other_names", KEYWORD, "names in other languages", "neko", many=True),
        Field("other_name_count", INT, "number of other names", "1", nullable=True),
        Field("is_locked", BOOL, "only builders may edit it", nullable=True),
        Field("is_deleted", BOOL, "is deleted", nullable=True),
        Field("created_at", INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
    (
        Relation("tag", "tags", "name", "title", help="the tag it is about"),
        Relation("artist", "artists", "name", "title", help="the artist it is about"),
        Relation("dtext_links", "dtext_links", "model_id", "id", help="links in its text"),
    ),
)
