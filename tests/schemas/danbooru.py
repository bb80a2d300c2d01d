"""A board in Danbooru's tables."""

from __future__ import annotations

from typing import Any

from booruql.documents import Document
from tests.danbooru_dump import STATUSES
from tests.schemas import Fold, Held, Row, Rows, moment
from tests.schemas.board import TAGS, Board, counted, derived, documents, make_catalog

DATABASES = ("postgres",)
_STATES = {"processing": 100, "active": 200, "deleted": 300}
_FILE = ("file_ext", "file_size", "width", "height", "duration", "pixel_hash")
_TIMES = ("created_at", "updated_at")
_PLAIN = (
    "id", "score", "source", "md5", "rating", "is_pending", "is_flagged", "is_deleted", "is_banned", "uploader_id", "approver_id",
    "parent_id", "has_children", "has_active_children", "pixiv_id", "bit_flags", "file_ext", "file_size",
)  # fmt: skip
_MOMENTS = ("created_at", "updated_at", "last_noted_at", "last_commented_at", "last_comment_bumped_at")
_RENAMED = {"up_score": "upvotes", "fav_count": "favorite_count", "image_width": "width", "image_height": "height"}
_DERIVED = ("pixels", "megapixels", "ratio", "shape")
_NUMBERS = {name: number for number, (name, _) in enumerate(TAGS, 1)}
_CATEGORIES = dict(TAGS)
_COPIED = (
    "favorite_groups", "pools", "post_votes", "comments", "notes", "note_versions", "post_approvals",
    "post_disapprovals", "post_replacements", "artist_commentaries", "artist_commentary_versions",
)  # fmt: skip


def ddl(database: str) -> str:
    return "danbooru"


def hold(board: Board, fold: Fold) -> Held:
    """The rows, and the documents that they are; all of a board is kept but the dates of favorites."""
    rows: Rows = {
        "posts": [_post(row) for row in board["posts"]],
        "media_assets": [asset for row in board["posts"] for asset in _assets(row)],
        "ai_tags": _ai_tags(board),
        "tags": [_tag(row) for row in board["tags"]],
        "tag_aliases": [{**row, "creator_id": 1, **_now()} for row in board["tag_aliases"]],
        "favorites": [_without(row, "created_at") for row in board["favorites"]],
        **{name: [_timed(row) for row in board[name]] for name in _COPIED},
        **{name: [_judged(row) for row in board[name]] for name in ("post_flags", "post_appeals")},
        "users": [_user(row) for row in board["users"]],
        "reactions": [_reaction(row) for row in board["reactions"]] + [_other_reaction(row) for row in board["reactions"]],
        "dtext_links": _links(board),
        "saved_searches": [{**row, **_now()} for row in board["saved_searches"]],
    }
    found = {name: documents(rows, *({"created_at"} if name == "favorites" else ())) for name, rows in board.items()}
    found["posts"] = [_document(row) for row in board["posts"]]
    active = {row["id"] for row in board["posts"] if row["asset"] == "active"}
    found["ai_tags"] = documents((row for row in board["ai_tags"] if row["post_id"] in active), "id")
    del found["saved_searches"]
    return Held(rows, found, make_catalog(board))


def _document(row: Row) -> Document:
    post = {**row, **counted(row["tags"], _CATEGORIES), **derived(row)}
    post["has_embedded_notes"] = bool(row["bit_flags"] & 1)
    post["tag_ids"] = frozenset(_NUMBERS[name] for name in row["tags"])
    post["tags"] = frozenset(row["tags"])
    without = ("asset", *(() if row["asset"] == "active" else (*_FILE, *_DERIVED)))
    return documents([post], *without)[0]


def _post(row: Row) -> Row:
    return {
        **{name: row[name] for name in _PLAIN},
        **{name: moment(row[name]) for name in _MOMENTS},
        **{theirs: row[ours] for theirs, ours in _RENAMED.items()},
        "down_score": -row["downvotes"],
        "tag_string": " ".join(sorted(row["tags"])),
        **counted(row["tags"], _CATEGORIES),
    }


def _assets(row: Row) -> list[Row]:
    """The post's asset, and for some an old one that was deleted: it has the same MD5."""
    found = [] if row["asset"] == "none" else [_asset(row, row["id"], _STATES[row["asset"]])]
    return [*found, {**_asset(row, row["id"] + 1_000_000, 300), "file_ext": "old"}] if row["id"] % 7 == 0 else found


def _asset(row: Row, number: int, status: int) -> Row:
    return {
        "id": number, "created_at": moment(row["created_at"]), "updated_at": moment(row["created_at"]), "md5": row["md5"],
        "file_ext": row["file_ext"], "file_size": row["file_size"], "image_width": row["width"], "image_height": row["height"],
        "duration": row["duration"], "status": status, "file_key": f"{number:09}", "pixel_hash": row["pixel_hash"],
    }  # fmt: skip


def _ai_tags(board: Board) -> list[Row]:
    held = {row["id"] for row in board["posts"] if row["asset"] != "none"}
    return [
        {"media_asset_id": row["post_id"], "tag_id": _NUMBERS[row["name"]], "score": row["score"]}
        for row in board["ai_tags"]
        if row["post_id"] in held
    ]


def _tag(row: Row) -> Row:
    return {"id": row["id"], "name": row["name"], "post_count": row["post_count"], "category": row["category_id"], **_now()}


def _user(row: Row) -> Row:
    return {
        "id": row["id"], "name": row["name"], "level": row["level"], "created_at": moment(row["created_at"]),
        "bit_prefs": 64 * row["private_favorites"] + 1,
    }  # fmt: skip


def _judged(row: Row) -> Row:
    return {**_timed(row), "status": STATUSES.index(row["status"])}


def _reaction(row: Row) -> Row:
    return {
        "id": row["id"], "creator_id": row["creator_id"], "reaction_id": 1, "model_type": "Post", "model_id": row["post_id"],
        **_now(),
    }  # fmt: skip


def _other_reaction(row: Row) -> Row:
    """One to something else of that number."""
    return {**_reaction(row), "id": row["id"] + 1_000_000, "model_type": "Comment", "model_id": row["post_id"] + 1}


def _links(board: Board) -> list[Row]:
    """The pages that show a post, and links of other kinds."""
    found = []
    for row in board["wiki_embeds"]:
        link = {"model_type": "WikiPage", "model_id": 1, "link_target": str(row["post_id"]), **_now()}
        found.append({"id": row["id"], "link_type": 2, **link})
        found.append({"id": row["id"] + 1_000_000, "link_type": 0, **link, "link_target": str(row["post_id"] + 1)})
    return found


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def _timed(row: Row) -> Row:
    return {name: moment(value) if name in _TIMES else value for name, value in row.items()}


def _now() -> dict[str, Any]:
    return dict.fromkeys(_TIMES, moment(0))
