"""Tags as rows of their own."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

INT, BOOL, KEYWORD, TEXT = Kind.INT, Kind.BOOL, Kind.KEYWORD, Kind.TEXT

TABLE = make_table(
    "tags",
    (
        Field("id", INT, "number of the tag", "21"),
        Field("name", KEYWORD, "name", "fox"),
        Field("name_words", KEYWORD, "words of the name, lower case", "fox", many=True),
        Field("slug", KEYWORD, "name as it stands in addresses", "artist-colon-ash", nullable=True),
        Field("namespace", KEYWORD, "what stands before the colon", "artist", nullable=True),
        Field("name_in_namespace", KEYWORD, "what stands after the colon", "ash", nullable=True),
        Field("category", KEYWORD, "category", "species", nullable=True),
        Field("post_count", INT, "number of posts", "100"),
        Field("is_alias", BOOL, "is an alias of another tag", nullable=True),
        Field("alias_of", KEYWORD, "tag that it is an alias of", nullable=True),
        Field("aliases", KEYWORD, "aliases of it", "vulpine", many=True),
        Field("implies", KEYWORD, "tags that it implies", "canine", many=True),
        Field("implied_by", KEYWORD, "tags that imply it", "red fox", many=True),
        Field("description", TEXT, "description", nullable=True),
        Field("short_description", TEXT, "description in a line", nullable=True),
    ),
)
