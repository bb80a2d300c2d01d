"""Links in texts, of pages, pools and forum posts."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

INT, INSTANT, BOOL, KEYWORD, ID, JSON = Kind.INT, Kind.INSTANT, Kind.BOOL, Kind.KEYWORD, Kind.ID, Kind.JSON

TABLE = make_table(
    "dtext_links",
    (
        Field("id", INT, "number of the link", "1"),
        Field("model_type", KEYWORD, "what holds the text: WikiPage, Pool or ForumPost", "WikiPage", nullable=True),
        Field("model_id", ID, "number of what holds the text", "1", nullable=True),
        Field("link_type", KEYWORD, "wiki_link or external_link", "wiki_link", nullable=True),
        Field("link_target", KEYWORD, "where it leads", "cat", nullable=True),
        Field("created_at", INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
    (
        Relation("wiki_page", "wiki_pages", "id", "model_id", help="page that holds the text"),
        Relation("pool", "pools", "id", "model_id", help="pool that holds the text"),
        Relation("linked_tag", "tags", "name", "link_target", help="tag it leads to"),
    ),
)
