"""Posts (Furbooru: images): every field that some site searches, one line each."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, Relation, make_table

INT, FLOAT, FLOAT32, INSTANT, BOOL = Kind.INT, Kind.FLOAT, Kind.FLOAT32, Kind.INSTANT, Kind.BOOL
KEYWORD, TEXT, TAG, ID, IP, JSON = Kind.KEYWORD, Kind.TEXT, Kind.TAG, Kind.ID, Kind.IP, Kind.JSON

CATEGORIES = (
    "general", "artist", "copyright", "character", "meta",
    "error", "rating", "origin", "oc", "species", "body_type", "content_fanmade", "content_official", "spoiler",
)  # fmt: skip

FIELDS = (
    Field("id", INT, "number of the post", "1234"),
    Field("tags", TAG, "names of the post's own tags", "blue_sky", many=True),
    Field("tag_names", TAG, "names of the post's tags and of their aliases", "fox", many=True),
    Field("tag_ids", ID, "numbers of the post's own tags", "21", many=True),
    Field("tag_count", INT, "number of tags", "20"),
    *(Field(f"tag_count_{c}", INT, f"number of {c.replace('_', ' ')} tags", "2") for c in CATEGORIES),
    Field("score", INT, "upvotes less downvotes", "50"),
    Field("upvotes", INT, "number of upvotes", "12"),
    Field("downvotes", INT, "number of downvotes, positive", "2"),
    Field("favorites", INT, "number of users who favourited it", "10"),
    Field("comment_count", INT, "number of comments as stored", "3"),
    Field("rating", KEYWORD, "how safe it is", "g", values=("g", "s", "q", "e")),
    Field("created_at", INSTANT, "when it was posted", "2024-01-02", bits=64),
    Field("updated_at", INSTANT, "when it last changed", "2024-01-02", bits=64, nullable=True),
    Field("first_seen_at", INSTANT, "when it was first seen, before any merge", "2024-01-02", bits=64, nullable=True),
    Field("last_commented_at", INSTANT, "when it was last commented", bits=64, nullable=True),
    Field("last_comment_bumped_at", INSTANT, "when a comment last bumped it", bits=64, nullable=True),
    Field("last_noted_at", INSTANT, "when a note on it last changed", bits=64, nullable=True),
    Field("width", INT, "width in pixels", "1920", nullable=True),
    Field("height", INT, "height in pixels", "1080", nullable=True),
    Field("pixels", INT, "width times height", "2073600", nullable=True, bits=64),
    Field("megapixels", FLOAT, "width times height in millions", "2.1", nullable=True),
    Field("ratio", INT, "width by height in hundredths, rounded half up", "178", nullable=True),
    Field("aspect_ratio", FLOAT32, "width by height", "1.5", nullable=True),
    Field("file_size", INT, "size of the file in bytes", "1048576", nullable=True, bits=64),
    Field("original_file_size", INT, "size in bytes of the file as uploaded", "12000", nullable=True, bits=64),
    Field("file_ext", KEYWORD, "file type", "png"),
    Field("original_format", KEYWORD, "file type as uploaded", "png", nullable=True),
    Field("mime_type", KEYWORD, "MIME type", "image/png", nullable=True),
    Field("file_name", KEYWORD, "name of the file as uploaded", nullable=True),
    Field("duration", FLOAT, "length in seconds", "12.5", nullable=True),
    Field("md5", KEYWORD, "MD5 hash of the file", nullable=True),
    Field("pixel_hash", KEYWORD, "MD5 hash of the decoded pixels", nullable=True),
    Field("sha512", KEYWORD, "SHA-512 hash of the file", nullable=True),
    Field("original_sha512", KEYWORD, "SHA-512 hash of the file as uploaded", nullable=True),
    Field("source", KEYWORD, "where it comes from, '' when unknown", "https://example.com/*"),
    Field("sources", KEYWORD, "where it comes from", "https://example.com/*", many=True),
    Field("source_count", INT, "number of sources", "1", nullable=True),
    Field("uploader_id", ID, "user who posted it", "5", nullable=True),
    Field("uploader", KEYWORD, "name of the user who posted it, lower case", nullable=True),
    Field("approver_id", ID, "user who approved it", nullable=True),
    Field("parent_id", ID, "post it belongs to", nullable=True),
    Field("duplicate_id", ID, "post it was merged into", nullable=True),
    Field("pixiv_id", INT, "number of the work on Pixiv", nullable=True, bits=64),
    Field("bit_flags", INT, "further marks, bit 0: has embedded notes"),
    Field("wilson_score", FLOAT32, "lower bound of the share of upvotes", "0.9", nullable=True),
    Field("description", TEXT, "description", nullable=True),
    Field("deletion_reason", TEXT, "why it was hidden", nullable=True),
    Field("has_children", BOOL, "another post belongs to it"),
    Field("has_active_children", BOOL, "an undeleted post belongs to it", nullable=True),
    Field("is_pending", BOOL, "waits for approval"),
    Field("is_flagged", BOOL, "is flagged"),
    Field("is_deleted", BOOL, "is deleted"),
    Field("is_banned", BOOL, "is banned"),
    Field("is_animated", BOOL, "moves", nullable=True),
    Field("is_processed", BOOL, "is optimised", nullable=True),
    Field("has_thumbnails", BOOL, "has thumbnails", nullable=True),
    Field("is_hidden", BOOL, "is hidden from users", nullable=True),
    Field("is_approved", BOOL, "is approved", nullable=True),
    Field("is_anonymous", BOOL, "was posted anonymously", nullable=True),
    Field("favorited_by", KEYWORD, "names of users who favourited it, lower case", many=True),
    Field("favorited_by_ids", ID, "users who favourited it", many=True),
    Field("upvoted_by", KEYWORD, "names of users who voted it up, lower case", many=True),
    Field("upvoted_by_ids", ID, "users who voted it up", many=True),
    Field("downvoted_by", KEYWORD, "names of users who voted it down, lower case", many=True),
    Field("downvoted_by_ids", ID, "users who voted it down", many=True),
    Field("hidden_by", KEYWORD, "names of users who hid it for themselves, lower case", many=True),
    Field("hidden_by_ids", ID, "users who hid it for themselves", many=True),
    Field("true_uploader", KEYWORD, "name of the user who posted it, anonymously or not, lower case", nullable=True),
    Field("true_uploader_id", ID, "user who posted it, anonymously or not", nullable=True),
    Field("deleted_by", KEYWORD, "name of the user who hid it from all, as written", nullable=True),
    Field("deleted_by_id", ID, "user who hid it from all", nullable=True),
    Field("fingerprint", KEYWORD, "fingerprint of the browser it was posted with", nullable=True),
    Field("ip", IP, "address it was posted from", "203.0.113.5", nullable=True),
)

RELATIONS = (Relation("galleries", "gallery_items", "post_id", help="galleries it is in, with its position"),)

TABLE = make_table("posts", FIELDS, RELATIONS)
