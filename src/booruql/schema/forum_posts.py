"""Posts in forum topics."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

INT, INSTANT, BOOL, KEYWORD, TEXT, ID, IP = Kind.INT, Kind.INSTANT, Kind.BOOL, Kind.KEYWORD, Kind.TEXT, Kind.ID, Kind.IP

TABLE = make_table(
    "forum_posts",
    (
        Field("id", INT, "number of the forum post", "1234"),
        Field("topic_id", ID, "topic it is in", "12"),
        Field("topic_position", INT, "place in the topic, from 0", "0", nullable=True),
        Field("forum_id", ID, "forum it is in", "3", nullable=True),
        Field("forum", KEYWORD, "short name of the forum", "meta", nullable=True),
        Field("subject", TEXT, "title of the topic", "events", nullable=True),
        Field("body", TEXT, "text"),
        Field("creator_id", ID, "user who wrote it", "5", nullable=True),
        Field("creator", KEYWORD, "name of the user who wrote it", nullable=True),
        Field("created_at", INSTANT, "when it was written", "2024-01-02", bits=64),
        Field("updated_at", INSTANT, "when it last changed", "2024-01-02", bits=64, nullable=True),
        Field("is_deleted", BOOL, "is hidden from users", nullable=True),
        Field("is_destroyed", BOOL, "has lost its text", nullable=True),
        Field("is_anonymous", BOOL, "was written anonymously", nullable=True),
        Field("is_approved", BOOL, "is approved", nullable=True),
        Field("access_level", KEYWORD, "who may read the forum", "normal", nullable=True),
        Field("fingerprint", KEYWORD, "fingerprint of the browser it was written with", nullable=True),
        Field("ip", IP, "address it was written from", "203.0.113.5", nullable=True),
        Field("updater_id", ID, "user who last edited it", "5", nullable=True),
    ),
    (
        Relation("topic", "forum_topics", "id", "topic_id", help="the topic"),
        Relation("creator_user", "users", "id", "creator_id", help="who wrote it"),
        Relation("updater_user", "users", "id", "updater_id", help="who last edited it"),
    ),
)
