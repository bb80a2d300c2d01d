"""Comments on posts."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

INT, INSTANT, BOOL, KEYWORD, TEXT, ID, IP = Kind.INT, Kind.INSTANT, Kind.BOOL, Kind.KEYWORD, Kind.TEXT, Kind.ID, Kind.IP

TABLE = make_table(
    "comments",
    (
        Field("id", INT, "number of the comment", "1"),
        Field("post_id", ID, "post it is on", "1234"),
        Field("post_tag_ids", ID, "numbers of the post's tags", "21", many=True),
        Field("creator_id", ID, "user who wrote it", "5", nullable=True),
        Field("creator", KEYWORD, "name of the user who wrote it", nullable=True),
        Field("body", TEXT, "text", "hello"),
        Field("score", INT, "votes up less votes down", "1", nullable=True),
        Field("created_at", INSTANT, "when it was written", "2024-01-02", bits=64, nullable=True),
        Field("updated_at", INSTANT, "when it last changed", "2024-01-02", bits=64, nullable=True),
        Field("is_deleted", BOOL, "is deleted"),
        Field("is_hidden", BOOL, "is hidden from users", nullable=True),
        Field("is_anonymous", BOOL, "was written anonymously", nullable=True),
        Field("is_approved", BOOL, "is approved", nullable=True),
        Field("fingerprint", KEYWORD, "fingerprint of the browser it was written with", nullable=True),
        Field("ip", IP, "address it was written from", "203.0.113.5", nullable=True),
        Field("updater_id", ID, "user who last edited it", "5", nullable=True),
        Field("is_edited", BOOL, "was changed more than five minutes after it was written", nullable=True),
        Field("is_sticky", BOOL, "stands on top", nullable=True),
        Field("do_not_bump_post", BOOL, "leaves the post where it is", nullable=True),
    ),
    (
        Relation("post", "posts", "id", "post_id", help="the post"),
        Relation("creator_user", "users", "id", "creator_id", help="who wrote it"),
        Relation("updater_user", "users", "id", "updater_id", help="who last edited it"),
    ),
)
