"""`shimmie2`: the tables of Shimmie2, in PostgreSQL, MySQL or MariaDB, and SQLite, as they are at commit 139750678.

https://github.com/shish/shimmie2: `core`, `ext`. The extensions rating, numeric_score, favorites, relationships, trash,
approval, notes, pools, report_image and tag_categories are there, beside those that are always on. A tag is found in any
letter case that the database's `lower` knows (SQLite's: ASCII). Instants are read as UTC: let the site's zone be that.
Ratings are `?` (unrated), `s` for safe, `q` and `e`. A post is pending unless it is approved, flagged while it is reported,
deleted when it is in the trash. Artist, copyright and character tags begin with `artist:`, `series:` and `character:`.
Favorites are numbered by their time. What Shimmie2 has none of is on no post: bans, appeals, disapprovals, deleted comments
and pools, private favorites.
"""

from __future__ import annotations

from typing import Any

from booruql.backends.sql.described import fields, of_none, of_post, of_size, rank, text
from booruql.backends.sql.mapping_text import read_mapping

_CATEGORIES = {"artist": "artist", "copyright": "series", "character": "character"}
"""Categories of tags by what stands before the colon, as the software is shipped."""
_VOTES = "(SELECT count(*) FROM numeric_score_votes v WHERE v.image_id = images.id AND v.score = {})"
_POOL_IMAGES = {"rows": "pool_images", "owner": "pool_id", "value": "image_id"}


def _categorised(category: str) -> str:
    return (
        "(SELECT count(*) FROM image_tags it JOIN tags t ON t.id = it.tag_id"
        f" WHERE it.image_id = images.id AND lower(t.tag) LIKE '{category}:%')"
    )


def _favorites(seconds: str) -> dict[str, Any]:
    return {"table": f"SELECT {seconds} AS id, f.image_id AS post_id, f.user_id FROM user_favorites f"}


_POSTS = {
    "table": "images",
    "indexes": ["owner_id", "width", "height", "hash", "parent_id"],
    "fields": {
        **fields("id width height has_children", "parent_id"),
        "created_at": "posted NOT NULL",
        "last_commented_at": "(SELECT max(c.posted) FROM comments c WHERE c.image_id = images.id)",
        "tags": {
            "rows": "SELECT it.image_id, t.tag FROM tags t JOIN image_tags it ON it.tag_id = t.id",
            "owner": "image_id",
            "value": "lower(tag)",
        },
        "tag_count": "(SELECT count(*) FROM image_tags it WHERE it.image_id = images.id)",
        **{f"tag_count_{ours}": _categorised(theirs) for ours, theirs in _CATEGORIES.items()},
        "score": "numeric_score",
        "upvotes": _VOTES.format(1),
        "downvotes": _VOTES.format(-1),
        "favorite_count": "favorites",
        "comment_count": "(SELECT count(*) FROM comments c WHERE c.image_id = images.id)",
        "rating": {"sql": "rating", "type": "bpchar", "words": {letter: letter for letter in "?sqe"}},
        "source": text("COALESCE(source, '')"),
        "md5": "hash NOT NULL",
        "file_ext": "ext NOT NULL",
        "mime_type": "mime",
        "file_size": "filesize NOT NULL",
        "duration": "CAST(length AS DOUBLE PRECISION) / 1000",
        **of_size("width", "height"),
        "rank": rank("numeric_score", "EXTRACT(EPOCH FROM posted)"),
        "uploader_id": "owner_id NOT NULL",
        "approver_id": "approved_by_id",
        "is_pending": "NOT approved NOT NULL",
        "is_flagged": "EXISTS(SELECT 1 FROM image_reports r WHERE r.image_id = images.id)",
        "is_deleted": "trash",
        "is_banned": False,
    },
}
_MYSQL = {
    "texts": "loose",
    "bmp": True,
    "posts": {
        "fields": {
            "tags": {"served": "tag"},
            "ratio": "(200 * CAST(width AS SIGNED) + height) DIV (2 * NULLIF(height, 0))",
            "rank": rank("numeric_score", "TIMESTAMPDIFF(SECOND, '1970-01-01', posted)"),
        }
    },
    "favorites": _favorites("TIMESTAMPDIFF(SECOND, '1970-01-01', f.created_at)"),
}
_SQLITE = {
    "texts": "code point",
    "instants": "timestamp text",
    "posts": {"fields": {"rank": None}},  # its logarithm is not in every build
    "favorites": _favorites("CAST(ROUND((JULIANDAY(f.created_at) - 2440587.5) * 86400) AS INTEGER)"),
}

LAYOUT = read_mapping(
    {
        "name": "shimmie2",
        "databases": ["postgres", "mysql", "sqlite"],
        "on": {"mysql": _MYSQL, "sqlite": _SQLITE},
        "posts": _POSTS,
        "tags": {
            "table": "SELECT t.id, lower(t.tag) AS name, t.count AS post_count FROM tags t",
            "fields": fields("id post_count", "", "name"),
        },
        "tag_aliases": {
            "table": "SELECT row_number() OVER (ORDER BY a.oldtag) AS id, lower(a.oldtag) AS bad, lower(a.newtag) AS good"
            " FROM aliases a WHERE a.newtag NOT LIKE '% %'",
            "fields": fields("id", antecedent_name=text("bad"), consequent_name=text("good"), status="'active' NOT NULL"),
        },
        "users": {
            "table": "users",
            "fields": fields("id", "", "name", private_favorites=False, created_at="joindate NOT NULL"),
        },
        "pools": {
            "table": "pools",
            "fields": fields(
                "id", name=text("REPLACE(title, ' ', '_')"), description={"sql": "description", "cased": True}, is_deleted=False,
                created_at="date NOT NULL", updated_at="lastupdated NOT NULL", post_ids=_POOL_IMAGES,
                post_id_count="posts NOT NULL",
            ),
        },
        "post_votes": of_post(
            "numeric_score_votes", fields("user_id score", post_id="image_id NOT NULL", is_deleted=False), "image_id"
        ),
        "favorites": {
            **_favorites("CAST(EXTRACT(EPOCH FROM f.created_at) AS BIGINT)"),
            "fields": fields("id post_id user_id"),
        },
        "comments": of_post(
            "comments",
            fields(
                "id", post_id="image_id NOT NULL", creator_id="owner_id NOT NULL", body=text("comment"), is_deleted=False,
                created_at="posted",
            ),
            "image_id",
        ),
        "notes": of_post(
            "notes",
            fields(
                "id width height", post_id="image_id NOT NULL", body=text("note"), is_active="enable = 1 NOT NULL",
                x="x1 NOT NULL", y="y1 NOT NULL", created_at="date NOT NULL",
            ),
            "image_id",
        ),
        "post_flags": {
            "table": "image_reports",
            "fields": fields("id", post_id="image_id NOT NULL", creator_id="reporter_id NOT NULL", reason=text("reason")),
        },
        "post_appeals": of_none("images", "posted", "status"),
        "post_disapprovals": of_none("images", "posted", "user_id reason"),
    }
)  # fmt: skip
