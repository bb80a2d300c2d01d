"""`danbooru`: the tables of Danbooru's own software, in PostgreSQL, as they are at commit 06587d1f9.

https://github.com/danbooru/danbooru: `db/structure.sql`. Dates have no zone and hold UTC. The file of a post is its active
media asset. Texts compare by the database's collation; letter case is asked as the software asks it, by ILIKE.
"""

from __future__ import annotations

from typing import Any

from booruql.backends.sql.described import fields, of_post, of_size, rank
from booruql.backends.sql.mapping_text import read_mapping

_FILE = "media"
_DATES = "created_at updated_at"
_CATEGORIES = ("general", "artist", "copyright", "character", "meta")
_LISTED: dict[str, Any] = {
    "post_ids": {"array": "post_ids", "element": "integer"},
    "post_id_count": "cardinality(post_ids) NOT NULL",
}
_ASSET = "JOIN media_assets m ON m.md5 = p.md5 AND m.status = 200"
"""From a post `p` to its file: no two active assets have one MD5 hash."""


def _of_file(sql: str, *, null: bool = False, **more: Any) -> dict[str, Any]:
    return {"beside": _FILE, "sql": sql, "null": null, **more}


def _judged() -> dict[str, Any]:
    status = {"sql": "status", "null": False, "words": {"pending": 0, "succeeded": 1, "rejected": 2}}
    return fields(f"id post_id creator_id {_DATES}", texts="reason", status=status)


_POSTS = {
    "table": "posts",
    "beside": {_FILE: {"table": "media_assets", "on": "media_assets.md5 = posts.md5 AND media_assets.status = 200"}},
    "indexes": ["string_to_array(tag_string, ' ')", "md5", "created_at", "uploader_id", "parent_id"],
    "fields": {
        **fields(
            "id score uploader_id md5 bit_flags has_children is_pending is_flagged is_deleted is_banned tag_count " + _DATES,
            "approver_id parent_id pixiv_id has_active_children last_commented_at last_comment_bumped_at last_noted_at",
            "source",
        ),
        **{f"tag_count_{name}": f"tag_count_{name}" for name in _CATEGORIES},
        "tags": {"array": "string_to_array(posts.tag_string, ' ')", "element": "text"},
        "upvotes": "up_score",
        "downvotes": "abs(down_score)",
        "favorite_count": "fav_count",
        "rating": {"sql": "rating", "type": "bpchar", "words": {letter: letter for letter in "gsqe"}},
        "has_embedded_notes": "(bit_flags & 1) = 1 NOT NULL",
        "rank": rank("score", "EXTRACT(EPOCH FROM created_at)"),
        "file_ext": _of_file("file_ext"),
        "file_size": _of_file("file_size"),
        "width": _of_file("image_width"),
        "height": _of_file("image_height"),
        "duration": _of_file("duration", null=True),
        "pixel_hash": _of_file("pixel_hash", form="uuid"),
        **{name: _of_file(sql, null=name == "ratio") for name, sql in of_size("image_width", "image_height").items()},
    },
}

_PAIRED = fields(
    f"id creator_id status {_DATES}", "approver_id forum_topic_id forum_post_id", "antecedent_name consequent_name reason"
)

LAYOUT = read_mapping(
    {
        "name": "danbooru",
        "databases": ["postgres"],
        "posts": _POSTS,
        "tags": {
            "table": "tags",
            "indexes": ["name"],
            "fields": fields(f"id post_count is_deprecated {_DATES}", texts="name", category_id="category NOT NULL"),
        },
        "tag_aliases": {"table": "tag_aliases", "indexes": ["antecedent_name", "consequent_name"], "fields": _PAIRED},
        "tag_implications": {"table": "tag_implications", "indexes": ["antecedent_name", "consequent_name"], "fields": _PAIRED},
        "pools": {
            "table": "pools",
            "indexes": ["post_ids", "lower(name)"],
            "fields": fields(
                f"id category is_deleted {_DATES}",
                texts="name",
                description={"sql": "description NULL", "cased": True},
                **_LISTED,
            ),
        },
        "favorite_groups": {
            "table": "favorite_groups",
            "indexes": ["post_ids", "lower(name)"],
            "fields": fields(f"id creator_id is_public {_DATES}", texts="name", **_LISTED),
        },
        "favorites": of_post("favorites", fields("id post_id user_id")),
        "post_votes": of_post("post_votes", fields(f"id post_id user_id score {_DATES}", "is_deleted")),
        "comments": of_post(
            "comments",
            fields(
                f"id post_id creator_id score is_deleted is_sticky do_not_bump_post {_DATES}",
                "updater_id",
                "body",
                is_edited="updated_at - created_at > INTERVAL '5 minutes' NOT NULL",
            ),
        ),
        "notes": of_post("notes", fields(f"id post_id is_active x y width height version {_DATES}", texts="body")),
        "note_versions": of_post(
            "note_versions",
            fields(f"id note_id post_id updater_id version x y width height is_active {_DATES}", texts="body"),
        ),
        "post_flags": of_post("post_flags", _judged()),
        "post_appeals": of_post("post_appeals", _judged()),
        "post_approvals": of_post("post_approvals", fields(f"id post_id user_id {_DATES}")),
        "post_disapprovals": of_post(
            "post_disapprovals",
            fields("id post_id user_id reason", _DATES, "message"),
        ),
        "post_replacements": of_post("post_replacements", fields(f"id post_id creator_id {_DATES}")),
        "artist_commentaries": of_post(
            "artist_commentaries",
            fields(f"id post_id {_DATES}", texts="original_title original_description translated_title translated_description"),
        ),
        "artist_commentary_versions": of_post("artist_commentary_versions", fields(f"id post_id updater_id {_DATES}")),
        "users": {
            "table": "users",
            "indexes": ["lower(name)"],
            "fields": fields(
                "id level created_at is_deleted post_upload_count post_update_count note_update_count favorite_count",
                "updated_at",
                "name",
                private_favorites="get_bit(bit_prefs::bit(31), 24) = 1 NOT NULL",
            ),
        },
        "media_metadata": {
            "table": f"SELECT mm.*, p.id AS post_id FROM posts p {_ASSET} JOIN media_metadata mm ON mm.media_asset_id = m.id",
            "fields": fields(f"id post_id {_DATES}"),
        },
        "ai_tags": {
            "table": "SELECT p.id AS post_id, t.name, a.score FROM posts p"
            f" {_ASSET} JOIN ai_tags a ON a.media_asset_id = m.id JOIN tags t ON t.id = a.tag_id",
            "fields": fields("post_id name score"),
        },
        "reactions": {
            "table": "SELECT id, model_id AS post_id, creator_id FROM reactions WHERE model_type = 'Post'",
            "fields": fields("id post_id creator_id"),
        },
        "wiki_embeds": {
            "table": "SELECT id, CASE WHEN link_target ~ '^[0-9]{1,9}$' THEN link_target::integer END AS post_id"
            " FROM dtext_links WHERE model_type = 'WikiPage' AND link_type = 2",
            "fields": fields("id", "post_id"),
        },
        "dtext_links": {
            "table": "dtext_links",
            "indexes": ["link_target"],
            "fields": fields(
                f"id model_type model_id {_DATES}",
                texts="link_target",
                link_type={"sql": "link_type", "null": False, "words": {"wiki_link": 0, "external_link": 1}},
            ),
        },
    }
)
