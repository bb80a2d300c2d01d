"""Tags as rows of their own."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

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
        Field("created_at", Kind.INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", Kind.INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
        Field("category_id", INT, "category: 0 general, 1 artist, 3 copyright, 4 character, 5 meta", "4", nullable=True),
        Field("is_deprecated", BOOL, "should not be used", nullable=True),
    ),
    (
        Relation("wiki_page", "wiki_pages", "title", "name", help="its page"),
        Relation("artist", "artists", "name", "name", help="the artist it names"),
        Relation("antecedent_alias", "tag_aliases", "antecedent_name", "name", help="the alias that replaces it"),
        Relation("consequent_aliases", "tag_aliases", "consequent_name", "name", help="aliases of it"),
        Relation("antecedent_implications", "tag_implications", "antecedent_name", "name", help="implications from it"),
        Relation("consequent_implications", "tag_implications", "consequent_name", "name", help="implications to it"),
        Relation("dtext_links", "dtext_links", "link_target", "name", help="links to it"),
    ),
)
