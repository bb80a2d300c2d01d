"""`moebooru`: the tables of Moebooru, in PostgreSQL, as they are at commit d149a95f0e72.

https://github.com/moebooru/moebooru: `db/structure.sql`. Dates have a zone. Ratings are `s`, `q` and `e`, where `s` is safe.
A post is pending, flagged, deleted or none of these; a favorite is a vote of 3, a comment deleted when it is marked as spam.
That it has children means children that are not deleted. What Moebooru has none of is on no post: bans, appeals,
disapprovals, deleted pools, private favorites.
"""

from __future__ import annotations

from typing import Any

from booruql.backends.sql.described import fields, of_none, of_post, of_size, rank, text
from booruql.backends.sql.mapping_text import read_mapping

_TYPES = {"general": 0, "artist": 1, "copyright": 3, "character": 4}
"""Tag types as the software is shipped; sites may have more."""
_DATES = "created_at updated_at"


def _typed(number: int) -> str:
    return (
        "(SELECT count(*) FROM posts_tags pt JOIN tags t ON t.id = pt.tag_id"
        f" WHERE pt.post_id = posts.id AND t.tag_type = {number})"
    )


def _paired(table: str) -> dict[str, Any]:
    """Pairs of tags, by name: `good` is what `bad` becomes or brings."""
    status = "CASE WHEN is_pending THEN 'pending' ELSE 'active' END NOT NULL"
    names: dict[str, Any] = {"antecedent_name": text("bad"), "consequent_name": text("good"), "reason": text("reason")}
    return {"table": table, "fields": fields("id", "creator_id", "", status=status, **names)}


_POSTS = {
    "table": "posts",
    "indexes": ["tags_array", "md5", "created_at", "user_id", "parent_id"],
    "fields": {
        **fields(
            "id score file_size file_ext md5 created_at has_children is_rating_locked is_note_locked",
            "width height parent_id approver_id last_commented_at last_noted_at updated_at",
            "source",
        ),
        "has_active_children": "has_children NOT NULL",
        "tags": {"array": "tags_array", "element": "varchar"},
        "tag_count": "COALESCE(cardinality(tags_array), 0)",
        **{f"tag_count_{name}": _typed(number) for name, number in _TYPES.items()},
        "favorite_count": "(SELECT count(*) FROM post_votes v WHERE v.post_id = posts.id AND v.score = 3)",
        "rating": {"sql": "rating", "type": "bpchar", "words": {letter: letter for letter in "sqe"}},
        "uploader_id": "user_id",
        **{f"is_{state}": f"status = '{state}' NOT NULL" for state in ("pending", "flagged", "deleted")},
        "is_banned": False,
        **of_size("width", "height"),
        "rank": rank("score", "EXTRACT(EPOCH FROM created_at)"),
    },
}
_POOL_POSTS = {"rows": "SELECT pool_id, post_id FROM pools_posts WHERE active", "owner": "pool_id", "value": "post_id"}

LAYOUT = read_mapping(
    {
        "name": "moebooru",
        "databases": ["postgres"],
        "instants": "timestamptz",
        "posts": _POSTS,
        "tags": {
            "table": "tags",
            "indexes": ["name"],
            "fields": fields("id post_count", "", "name", category_id="tag_type NOT NULL"),
        },
        "tag_aliases": _paired(
            "SELECT a.id, a.name AS bad, t.name AS good, a.is_pending, a.reason, a.creator_id"
            " FROM tag_aliases a JOIN tags t ON t.id = a.alias_id"
        ),
        "tag_implications": _paired(
            "SELECT i.id, p.name AS bad, c.name AS good, i.is_pending, i.reason, i.creator_id"
            " FROM tag_implications i JOIN tags p ON p.id = i.predicate_id JOIN tags c ON c.id = i.consequent_id"
        ),
        "users": {
            "table": "users",
            "indexes": ["lower(name)"],
            "fields": fields("id level created_at", "", "name", private_favorites=False),
        },
        "pools": {
            "table": "pools",
            "fields": fields(
                f"id {_DATES}", "", "name", description=text("description"), is_deleted=False, post_ids=_POOL_POSTS,
                post_id_count="post_count NOT NULL",
            ),
        },
        "post_votes": of_post("post_votes", fields("id post_id user_id score updated_at", is_deleted=False)),
        "favorites": of_post("SELECT id, post_id, user_id FROM post_votes WHERE score = 3", fields("id post_id user_id")),
        "comments": of_post(
            "comments",
            fields(f"id post_id {_DATES}", "", "body", creator_id="user_id", is_deleted="COALESCE(is_spam, FALSE) NOT NULL"),
        ),
        "notes": of_post("notes", fields(f"id post_id is_active x y width height version {_DATES}", "", "body")),
        "note_versions": of_post(
            "note_versions",
            fields(
                f"id note_id post_id version is_active x y width height {_DATES}", updater_id="user_id NULL", body=text("body")
            ),
        ),
        "post_flags": of_post(
            "flagged_post_details", fields("id post_id created_at", creator_id="user_id", reason=text("reason"))
        ),
        "post_appeals": of_none("posts", "created_at", "status"),
        "post_disapprovals": of_none("posts", "created_at", "user_id reason"),
    }
)  # fmt: skip
