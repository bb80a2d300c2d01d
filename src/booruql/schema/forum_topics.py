"""Topics of the forum."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

INT, INSTANT, BOOL, KEYWORD, ID, JSON = Kind.INT, Kind.INSTANT, Kind.BOOL, Kind.KEYWORD, Kind.ID, Kind.JSON

TABLE = make_table(
    "forum_topics",
    (
        Field("id", INT, "number of the topic", "1"),
        Field("title", KEYWORD, "title", "events", nullable=True),
        Field("category", KEYWORD, "category", "general", nullable=True),
        Field("min_level", KEYWORD, "who may read it", "none", nullable=True),
        Field("response_count", INT, "number of answers", "3", nullable=True),
        Field("is_sticky", BOOL, "stands on top", nullable=True),
        Field("is_locked", BOOL, "takes no answers", nullable=True),
        Field("is_deleted", BOOL, "is deleted", nullable=True),
        Field("creator_id", ID, "user who opened it", "1", nullable=True),
        Field("updater_id", ID, "user who last answered", "1", nullable=True),
        Field("created_at", INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
    ),
    (
        Relation("creator", "users", "id", "creator_id", help="who opened it"),
        Relation("updater", "users", "id", "updater_id", help="who last answered"),
        Relation("forum_posts", "forum_posts", "topic_id", "id", help="its posts"),
    ),
)
