"""Aliases: a tag that is replaced by another."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

INT, INSTANT, BOOL, KEYWORD, ID, JSON = Kind.INT, Kind.INSTANT, Kind.BOOL, Kind.KEYWORD, Kind.ID, Kind.JSON

TABLE = make_table(
    "tag_aliases",
    (
        Field("id", INT, "number of the alias", "1"),
        Field("antecedent_name", KEYWORD, "tag that is replaced", "kitty", nullable=True),
        Field("consequent_name", KEYWORD, "tag that replaces it", "cat", nullable=True),
        Field("status", KEYWORD, "active, deleted, retired or pending", "active", nullable=True),
        Field("reason", KEYWORD, "why", nullable=True),
        Field("creator_id", ID, "user who asked for it", "1", nullable=True),
        Field("approver_id", ID, "user who approved it", "1", nullable=True),
        Field("forum_post_id", ID, "forum post about it", "1", nullable=True),
        Field("forum_topic_id", ID, "forum topic about it", "1", nullable=True),
        Field("created_at", INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
    (
        Relation("creator", "users", "id", "creator_id", help="who asked for it"),
        Relation("approver", "users", "id", "approver_id", help="who approved it"),
        Relation("antecedent_tag", "tags", "name", "antecedent_name", help="the first tag"),
        Relation("consequent_tag", "tags", "name", "consequent_name", help="the second tag"),
        Relation("antecedent_wiki", "wiki_pages", "title", "antecedent_name", help="page of the first tag"),
        Relation("consequent_wiki", "wiki_pages", "title", "consequent_name", help="page of the second tag"),
        Relation("forum_post", "forum_posts", "id", "forum_post_id", help="forum post about it"),
        Relation("forum_topic", "forum_topics", "id", "forum_topic_id", help="forum topic about it"),
    ),
)
