"""`danbooru`: the tables of Danbooru's own software, in PostgreSQL, as they are at commit 06587d1f9.

https://github.com/danbooru/danbooru: `db/structure.sql`. Dates have no zone and hold UTC. The file of a post is its active
media asset. Texts compare by the database's collation; letter case is asked as the software asks it, by ILIKE.
"""

from __future__ import annotations

from booruql.backends.sql.mapping_text import read_mapping

_FILE = "media"
_JUDGED = {"pending": 0, "succeeded": 1, "rejected": 2}
_DATES = {"created_at": "created_at NOT NULL", "updated_at": "updated_at NOT NULL"}
_CATEGORIES = ("general", "artist", "copyright", "character", "meta")
_LISTED = {"array": "post_ids", "element": "integer"}
_ASSET = "JOIN media_assets m ON m.md5 = p.md5 AND m.status = 200"
"""From a post `p` to its file: no two active assets have one MD5 hash."""


def _same(names: str, end: str = "") -> dict[str, str]:
    """Columns that are called as our fields are."""
    return {name: f"{name} {end}".strip() for name in names.split()}


def _texts(names: str) -> dict[str, dict[str, object]]:
    """Columns of text that are searched in any letter case."""
    return {name: {"sql": name, "cased": True} for name in names.split()}


def _of_file(sql: str, *, null: bool = False, **more: object) -> dict[str, object]:
    return {"beside": _FILE, "sql": sql, "null": null, **more}


_POSTS = {
    "table": "posts",
    "beside": {_FILE: {"table": "media_assets", "on": "media_assets.md5 = posts.md5 AND media_assets.status = 200"}},
    "indexes": ["string_to_array(tag_string, ' ')", "md5", "created_at", "uploader_id", "parent_id"],
    "fields": {
        **_same("id score has_children is_pending is_flagged is_deleted is_banned bit_flags"),
        **_same("uploader_id tag_count", "NOT NULL"),
        **_same("approver_id parent_id pixiv_id has_active_children"),
        **_same("last_commented_at last_comment_bumped_at last_noted_at"),
        **_DATES,
        **{f"tag_count_{name}": f"tag_count_{name}" for name in _CATEGORIES},
        "tags": {"array": "string_to_array(posts.tag_string, ' ')", "element": "text"},
        "upvotes": "up_score",
        "downvotes": "abs(down_score)",
        "favorite_count": "fav_count",
        "rating": {"sql": "rating", "type": "bpchar", "words": {letter: letter for letter in "gsqe"}},
        "source": {"sql": "source", "cased": True},
        "md5": "md5 NOT NULL",
        "has_embedded_notes": "(bit_flags & 1) = 1 NOT NULL",
        "rank": "CASE WHEN score > 0 THEN ln(score::double precision) / ln(3::double precision)"
        " + (EXTRACT(EPOCH FROM created_at) * 1000000 - 1116892800000000)::double precision / 35000000000 END",
        "file_ext": _of_file("file_ext"),
        "file_size": _of_file("file_size"),
        "width": _of_file("image_width"),
        "height": _of_file("image_height"),
        "duration": _of_file("duration", null=True),
        "pixel_hash": _of_file("pixel_hash", form="uuid"),
        "pixels": _of_file("image_width::bigint * image_height"),
        "megapixels": _of_file("(image_width::bigint * image_height)::double precision / 1000000"),
        "ratio": _of_file("(200 * image_width::bigint + image_height) / (2 * NULLIF(image_height, 0)::bigint)", null=True),
        "shape": _of_file("image_width::double precision / GREATEST(1, image_height)"),
    },
}

LAYOUT = read_mapping(
    {
        "name": "danbooru",
        "databases": ["postgres"],
        "posts": _POSTS,
        "tags": {
            "table": "tags",
            "fields": {**_same("id post_count is_deprecated"), **_DATES, **_texts("name"), "category_id": "category NOT NULL"},
        },
        "tag_aliases": {
            "table": "tag_aliases",
            "fields": {
                **_same("id approver_id forum_topic_id forum_post_id"),
                **_same("creator_id status", "NOT NULL"),
                **_texts("antecedent_name consequent_name reason"),
                **_DATES,
            },
        },
        "tag_implications": {
            "table": "tag_implications",
            "fields": {
                **_same("id approver_id forum_topic_id forum_post_id"),
                **_same("creator_id status", "NOT NULL"),
                **_texts("antecedent_name consequent_name reason"),
                **_DATES,
            },
        },
        "pools": {
            "table": "pools",
            "indexes": ["post_ids"],
            "fields": {
                **_same("id category is_deleted"),
                **_texts("name description"),
                **_DATES,
                "post_ids": _LISTED,
                "post_id_count": "cardinality(post_ids) NOT NULL",
            },
        },
        "favorite_groups": {
            "table": "favorite_groups",
            "indexes": ["post_ids"],
            "fields": {
                **_same("id creator_id"),
                **_texts("name"),
                **_DATES,
                "is_public": "is_public NOT NULL",
                "post_ids": _LISTED,
                "post_id_count": "cardinality(post_ids) NOT NULL",
            },
        },
        "favorites": {"table": "favorites", "indexes": ["post_id"], "fields": _same("id post_id user_id")},
        "post_votes": {
            "table": "post_votes",
            "indexes": ["post_id"],
            "fields": {**_same("id post_id user_id score is_deleted"), **_DATES},
        },
        "comments": {
            "table": "comments",
            "indexes": ["post_id"],
            "fields": {
                **_same("id post_id is_deleted updater_id"),
                **_same("creator_id score is_sticky do_not_bump_post", "NOT NULL"),
                **_texts("body"),
                **_DATES,
                "is_edited": "updated_at - created_at > INTERVAL '5 minutes' NOT NULL",
            },
        },
        "notes": {
            "table": "notes",
            "indexes": ["post_id"],
            "fields": {
                **_same("id post_id is_active"),
                **_same("x y width height version", "NOT NULL"),
                **_texts("body"),
                **_DATES,
            },
        },
        "note_versions": {
            "table": "note_versions",
            "indexes": ["post_id"],
            "fields": {
                **_same("id post_id updater_id version"),
                **_same("note_id x y width height is_active", "NOT NULL"),
                **_texts("body"),
                **_DATES,
            },
        },
        "post_flags": {
            "table": "post_flags",
            "indexes": ["post_id"],
            "fields": {
                **_same("id post_id"),
                "creator_id": "creator_id NOT NULL",
                "status": {"sql": "status", "null": False, "words": _JUDGED},
                "reason": {"sql": "reason", "null": False, "cased": True},
                **_DATES,
            },
        },
        "post_appeals": {
            "table": "post_appeals",
            "indexes": ["post_id"],
            "fields": {
                **_same("id post_id"),
                "creator_id": "creator_id NOT NULL",
                "status": {"sql": "status", "null": False, "words": _JUDGED},
                "reason": {"sql": "reason", "null": False, "cased": True},
                **_DATES,
            },
        },
        "post_approvals": {
            "table": "post_approvals",
            "indexes": ["post_id"],
            "fields": {**_same("id post_id"), "user_id": "user_id NOT NULL", **_DATES},
        },
        "post_disapprovals": {
            "table": "post_disapprovals",
            "indexes": ["post_id"],
            "fields": {
                **_same("id post_id created_at updated_at"),
                **_same("user_id reason", "NOT NULL"),
                **_texts("message"),
            },
        },
        "artist_commentaries": {
            "table": "artist_commentaries",
            "indexes": ["post_id"],
            "fields": {
                **_same("id post_id"),
                **_texts("original_title original_description translated_title translated_description"),
                **_DATES,
            },
        },
        "users": {
            "table": "users",
            "indexes": ["lower(name)"],
            "fields": {
                **_same("id"),
                **_same("level post_upload_count post_update_count note_update_count favorite_count is_deleted", "NOT NULL"),
                **_texts("name"),
                "private_favorites": "get_bit(bit_prefs::bit(31), 24) = 1 NOT NULL",
                "created_at": "created_at NOT NULL",
                "updated_at": "updated_at",
            },
        },
        "media_metadata": {
            "table": f"SELECT mm.*, p.id AS post_id FROM posts p {_ASSET} JOIN media_metadata mm ON mm.media_asset_id = m.id",
            "fields": {**_same("id"), "post_id": "post_id NOT NULL", **_DATES},
        },
        "ai_tags": {
            "table": "SELECT p.id AS post_id, t.name, a.score FROM posts p"
            f" {_ASSET} JOIN ai_tags a ON a.media_asset_id = m.id JOIN tags t ON t.id = a.tag_id",
            "fields": _same("post_id name score"),
        },
        "reactions": {
            "table": "SELECT id, model_id AS post_id, creator_id FROM reactions WHERE model_type = 'Post'",
            "fields": _same("id post_id creator_id"),
        },
        "wiki_embeds": {
            "table": "SELECT id, CASE WHEN link_target ~ '^[0-9]{1,9}$' THEN link_target::integer END AS post_id"
            " FROM dtext_links WHERE model_type = 'WikiPage' AND link_type = 2",
            "fields": _same("id post_id"),
        },
        "dtext_links": {
            "table": "dtext_links",
            "fields": {
                **_same("id"),
                "model_type": "model_type NOT NULL",
                "model_id": "model_id NOT NULL",
                "link_target": {"sql": "link_target", "null": False, "cased": True},
                "link_type": {"sql": "link_type", "null": False, "words": {"wiki_link": 0, "external_link": 1}},
                **_DATES,
            },
        },
    }
)
