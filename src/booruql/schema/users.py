"""Users, as far as searching needs them."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

TABLE = make_table(
    "users",
    (
        Field("id", Kind.INT, "number of the user", "1"),
        Field("name", Kind.KEYWORD, "name", "albert"),
        Field("level", Kind.INT, "rights as a number", "20", nullable=True),
        Field("private_favorites", Kind.BOOL, "favorites and votes are hidden", nullable=True),
        Field("created_at", Kind.INSTANT, "when it was made", "2024-01-02", nullable=True, bits=64),
        Field("updated_at", Kind.INSTANT, "when it last changed", "2024-01-02", nullable=True, bits=64),
        Field("post_upload_count", Kind.INT, "number of uploads", "10", nullable=True),
        Field("post_update_count", Kind.INT, "number of edits of posts", "10", nullable=True),
        Field("note_update_count", Kind.INT, "number of edits of notes", "10", nullable=True),
        Field("favorite_count", Kind.INT, "number of favorites", "10", nullable=True),
        Field("is_deleted", Kind.BOOL, "is deleted", nullable=True),
        Field("is_banned", Kind.BOOL, "is banned", nullable=True),
        Field("inviter_id", Kind.ID, "user who invited them", "1", nullable=True),
    ),
    (
        Relation("inviter", "users", "id", "inviter_id", help="who invited them"),
        Relation("posts", "posts", "uploader_id", "id", help="posts they uploaded"),
        Relation("comments", "comments", "creator_id", "id", help="comments they wrote"),
    ),
)
