"""Artists, with their names and addresses."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

INT, INSTANT, BOOL, KEYWORD, ID, JSON = Kind.INT, Kind.INSTANT, Kind.BOOL, Kind.KEYWORD, Kind.ID, Kind.JSON

TABLE = make_table(
    "artists",
    (
        Field("id", INT, "number of the artist", "1"),
        Field("name", KEYWORD, "name, as the artist's tag", "alma"),
        Field("group_name", KEYWORD, "group the artist belongs to", "studio", nullable=True),
        Field("other_names", KEYWORD, "other names", "Alma", many=True),
        Field("other_name_count", INT, "number of other names", "1", nullable=True),
        Field("is_deleted", BOOL, "is deleted", nullable=True),
        Field("is_banned", BOOL, "wants no posts here", nullable=True),
        Field("created_at", INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
    (
        Relation("urls", "artist_urls", "artist_id", "id", help="the artist's addresses"),
        Relation("wiki_page", "wiki_pages", "title", "name", help="page of the artist"),
        Relation("tag_alias", "tag_aliases", "antecedent_name", "name", help="alias of the artist's tag"),
        Relation("tag", "tags", "name", "name", help="the artist's tag"),
    ),
)
