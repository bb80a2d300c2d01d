"""`szurubooru`: the tables of szurubooru, in PostgreSQL, as they are at commit 22fd239e.

https://github.com/rr-/szurubooru: `server/szurubooru/migrations`. Dates have no zone and hold UTC. A post answers to every
name of its tags, in any letter case that the database's `lower` knows; each name counts as a tag where names are looked up,
and as one with the others where a post's tags are counted. Ratings are `s` for safe, `q` for sketchy and `e` for unsafe; the
category that new tags get is the general one, others go by their names. A post has children when it has relations. Favorites
are numbered by their time. What szurubooru has none of is on no post: moderation, flags, appeals, disapprovals, deleted
posts, comments and pools, private favorites.
"""

from __future__ import annotations

from booruql.backends.sql.described import fields, of_none, of_post, of_size, text
from booruql.backends.sql.mapping_text import read_mapping

_CATEGORIES = ("artist", "copyright", "character", "meta")
"""Categories of tags that sites usually make; the default one holds what is general."""
_MIMES = {
    "jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp", "bmp": "image/bmp", "avif": "image/avif",
    "heif": "image/heif", "heic": "image/heic", "mp4": "video/mp4", "webm": "video/webm", "mov": "video/quicktime",
    "swf": "application/x-shockwave-flash",
}  # fmt: skip
_NAMES = "SELECT pt.post_id, lower(n.name) AS name FROM tag_name n JOIN post_tag pt ON pt.tag_id = n.tag_id"
_SCORES = "FROM post_score s WHERE s.post_id = post.id"


def _categorised(test: str) -> str:
    return (
        "(SELECT count(*) FROM post_tag pt JOIN tag t ON t.id = pt.tag_id JOIN tag_category c ON c.id = t.category_id"
        f" WHERE pt.post_id = post.id AND {test})"
    )


_POSTS = {
    "table": "post",
    "indexes": ["user_id"],
    "fields": {
        **fields("id", "file_size"),
        "created_at": "creation_time NOT NULL",
        "updated_at": "last_edit_time",
        "last_commented_at": "(SELECT max(c.creation_time) FROM comment c WHERE c.post_id = post.id)",
        "tags": {"rows": _NAMES, "owner": "post_id", "value": "name"},
        "tag_count": "(SELECT count(*) FROM post_tag pt WHERE pt.post_id = post.id)",
        "tag_count_general": _categorised('c."default"'),
        **{f"tag_count_{name}": _categorised(f"c.name = '{name}'") for name in _CATEGORIES},
        "score": f"(SELECT COALESCE(sum(s.score), 0) {_SCORES})",
        "upvotes": f"(SELECT count(*) {_SCORES} AND s.score > 0)",
        "downvotes": f"(SELECT count(*) {_SCORES} AND s.score < 0)",
        "favorite_count": "(SELECT count(*) FROM post_favorite f WHERE f.post_id = post.id)",
        "comment_count": "(SELECT count(*) FROM comment c WHERE c.post_id = post.id)",
        "rating": {"sql": "safety", "words": {"s": "safe", "q": "sketchy", "e": "unsafe"}},
        "source": text("COALESCE(source, '')"),
        "md5": "checksum_md5",
        "mime_type": '"mime-type" NOT NULL',
        "file_ext": {"sql": '"mime-type"', "words": _MIMES},
        "width": "image_width",
        "height": "image_height",
        **of_size("image_width", "image_height"),
        "uploader_id": "user_id",
        "has_children": "EXISTS(SELECT 1 FROM post_relation r WHERE r.parent_id = post.id)",
        **{f"is_{state}": False for state in ("pending", "flagged", "deleted", "banned")},
    },
}


LAYOUT = read_mapping(
    {
        "name": "szurubooru",
        "databases": ["postgres"],
        "posts": _POSTS,
        "tags": {
            "table": "SELECT n.tag_name_id AS id, lower(n.name) AS name, c.name AS category, t.creation_time AS created_at,"
            " t.last_edit_time AS updated_at, (SELECT count(*) FROM post_tag pt WHERE pt.tag_id = t.id) AS post_count"
            " FROM tag_name n JOIN tag t ON t.id = n.tag_id JOIN tag_category c ON c.id = t.category_id",
            "fields": fields("id category post_count created_at", "updated_at", "name"),
        },
        "users": {
            "table": '"user"',
            "fields": fields("id", "", "name", private_favorites=False, created_at="creation_time NOT NULL"),
        },
        "pools": {
            "table": "SELECT p.id, (SELECT n.name FROM pool_name n WHERE n.pool_id = p.id ORDER BY n.ord LIMIT 1) AS name,"
            " c.name AS category, p.description, p.creation_time AS created_at, p.last_edit_time AS updated_at"
            " FROM pool p JOIN pool_category c ON c.id = p.category_id",
            "fields": fields(
                "id category created_at", "updated_at", "name description", is_deleted=False,
                post_ids={"rows": "pool_post", "owner": "pool_id", "value": "post_id"},
            ),
        },
        "post_votes": of_post(
            "post_score", fields("post_id user_id score", is_deleted=False, created_at="time NOT NULL")
        ),
        "favorites": of_post(
            "SELECT (EXTRACT(EPOCH FROM f.time) * 1000000)::bigint AS id, f.post_id, f.user_id FROM post_favorite f",
            fields("id post_id user_id"),
        ),
        "comments": of_post(
            "comment",
            fields(
                "id post_id", creator_id="user_id", body=text("COALESCE(text, '')"), is_deleted=False,
                score="(SELECT COALESCE(sum(s.score), 0) FROM comment_score s WHERE s.comment_id = comment.id) NOT NULL",
                created_at="creation_time NOT NULL", updated_at="last_edit_time",
            ),
        ),
        "notes": of_post("post_note", fields("id post_id", body=text("text"), is_active=True)),
        "post_flags": of_none("post", "creation_time", "creator_id reason"),
        "post_appeals": of_none("post", "creation_time", "status"),
        "post_disapprovals": of_none("post", "creation_time", "user_id reason"),
    }
)  # fmt: skip
