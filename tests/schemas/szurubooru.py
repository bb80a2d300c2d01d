"""A board in szurubooru's tables."""

from __future__ import annotations

from typing import Any

from booruql.documents import Document
from tests.schemas import Fold, Held, Row, moment
from tests.schemas.board import (
    TAGS,
    Board,
    apart,
    as_written,
    counted,
    counts,
    derived,
    documents,
    flags,
    latest,
    make_catalog,
    picked,
)

DATABASES = ("postgres",)
MIMES = {
    "jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp", "mp4": "video/mp4", "webm": "video/webm",
    "zip": "application/zip",
}  # fmt: skip
_SAFETY = {"g": "safe", "s": "safe", "q": "sketchy", "e": "unsafe"}
_CATEGORIES = dict(TAGS)
_NUMBERS = {name: number for number, (name, _) in enumerate(TAGS, 1)}
_OTHER_NAMES = {"cat": "Kitty", "éa": "É"}
_NAMES = {"general": "default", "artist": "artist", "copyright": "copyright", "character": "character", "meta": "meta"}
_DROPPED = (
    "asset", "pixel_hash", "duration", "pixiv_id", "last_comment_bumped_at", "last_noted_at", "bit_flags", "approver_id",
    "parent_id", "has_active_children",
)  # fmt: skip


def ddl(database: str) -> str:
    return "szurubooru"


def hold(board: Board, fold: Fold) -> Held:
    """The rows, and the documents that they are: a tag's other names are names of a post's tags too, in lower case."""
    votes = [row for row in board["post_votes"] if not row["is_deleted"]]
    posts = _posts(board, votes, fold)
    pools = apart(board["pools"], "name")
    kinds = [0, 1, 3, 4, 5]
    rows = {
        "user": [_user(row) for row in board["users"]],
        "tag_category": [
            {"id": n, "name": name, "color": "default", "default": n == 0, "version": 1, "order": n}
            for n, name in zip(kinds, _NAMES.values(), strict=True)
        ],
        "tag": [{"id": _NUMBERS[name], "category_id": kind, "creation_time": moment(0), "version": 1} for name, kind in TAGS],
        "tag_name": _tag_names(),
        "post": [_post(row) for row in posts],
        "post_tag": [{"post_id": p["id"], "tag_id": _NUMBERS[name]} for p in board["posts"] for name in sorted(p["tags"])],
        "pool_category": [
            {"id": n, "name": name, "color": "x", "default": n == 1, "version": 1}
            for n, name in enumerate(("series", "collection"))
        ],
        "pool": picked(
            pools, "id", category_id=lambda r: int(r["category"] == "collection"), version=lambda _: 1,
            creation_time=lambda r: moment(r["created_at"]), last_edit_time=lambda r: moment(r["updated_at"]),
        ),
        "pool_name": [
            {"pool_name_id": 2 * p["id"] + ord_, "pool_id": p["id"], "name": name, "ord": ord_}
            for p in pools for ord_, name in enumerate((p["name"], f"other_{p['id']}"))
        ],
        "pool_post": [{"pool_id": p["id"], "post_id": post, "ord": at} for p in pools for at, post in enumerate(p["post_ids"])],
        "post_favorite": picked(board["favorites"], "post_id user_id", time=lambda r: moment(r["created_at"])),
        "post_score": picked(votes, "post_id user_id score", time=lambda r: moment(r["created_at"])),
        "post_relation": [{"parent_id": a, "child_id": b} for a, b in sorted(_pairs(board))],
        "post_note": picked(
            board["notes"], "id post_id", text=lambda r: r["body"], polygon=lambda _: b"",
        ),
        "comment": picked(
            board["comments"], "id post_id", user_id=lambda r: r["creator_id"], creation_time=lambda r: moment(r["created_at"]),
            last_edit_time=lambda r: moment(r["updated_at"]), text=lambda r: r["body"] or None, version=lambda _: 1,
        ),
        "comment_score": [
            {"comment_id": row["id"], "user_id": user, "time": moment(0), "score": 1 if row["score"] > 0 else -1}
            for row in board["comments"] for user in range(1, abs(row["score"]) + 1)
        ],
    }  # fmt: skip
    public = {
        "users": [{**row, "private_favorites": False} for row in board["users"]],
        "pools": [{**row, "is_deleted": False} for row in pools],
        "tags": [
            {"id": row["tag_id"], "name": fold(row["name"]), "post_count": sum(fold(row["name"]) in p["tags"] for p in posts)}
            for row in rows["tag_name"]
        ],
        "saved_searches": board["saved_searches"],
    }
    return Held(rows, _documents(board, posts, votes, public), make_catalog(public))


def _documents(board: Board, posts: list[Row], votes: list[Row], public: Board) -> dict[str, list[Document]]:
    return {
        "posts": documents(posts, *_DROPPED),
        "users": documents(public["users"], "level"),
        "pools": documents(public["pools"]),
        "post_votes": documents(votes, "id", "updated_at"),
        "favorites": documents(picked(board["favorites"], "post_id user_id", id=lambda r: r["created_at"])),
        "comments": documents({**row, "is_deleted": False} for row in board["comments"]),
        "notes": documents(picked(board["notes"], "id post_id body", is_active=lambda _: True)),
        "post_flags": [],
        "post_appeals": [],
        "post_disapprovals": [],
    }


def _names_of(name: str) -> list[str]:
    other = _OTHER_NAMES.get(name)
    return [as_written(name, _NUMBERS[name]), *([other] if other else [])]


def _tag_names() -> list[Row]:
    """The first name is the one that is shown; numbers tell nothing of the order."""
    found = [(name, shown, ord_) for name, _ in TAGS for ord_, shown in enumerate(_names_of(name))]
    return [
        {"tag_name_id": 1000 - n, "tag_id": _NUMBERS[name], "name": shown, "ord": ord_}
        for n, (name, shown, ord_) in enumerate(found)
    ]


def _pairs(board: Board) -> set[tuple[int, int]]:
    """Relations, both ways."""
    ways = {(row["parent_id"], row["id"]) for row in board["posts"] if row["parent_id"] not in (None, row["id"])}
    return ways | {(b, a) for a, b in ways}


def _posts(board: Board, votes: list[Row], fold: Fold) -> list[Row]:
    fans, ups, downs = (
        counts(board["favorites"]), counts(v for v in votes if v["score"] > 0), counts(v for v in votes if v["score"] < 0)
    )  # fmt: skip
    commented = latest(board["comments"])
    related = {number for pair in _pairs(board) for number in pair}
    found = []
    for row in board["posts"]:
        number, is_there = row["id"], row["asset"] != "none"
        post = flags(row, False, False, False)
        post.update(
            {name: row[name] if is_there else None for name in ("width", "height", "file_size")},
            score=ups[number] - downs[number],
            upvotes=ups[number],
            downvotes=downs[number],
            favorite_count=fans[number],
            rating={"safe": "s", "sketchy": "q", "unsafe": "e"}[_SAFETY[row["rating"]]],
            uploader_id=row["uploader_id"] if number % 11 else None,
            updated_at=row["updated_at"] if number % 5 else None,
            md5=row["md5"] if number % 7 else None,
            sha1=row["md5"] + "00000000",
            file_ext=row["file_ext"] if row["file_ext"] != "zip" else None,
            mime_type=MIMES[row["file_ext"]],
            has_children=number in related,
            last_commented_at=commented.get(number),
            tags=frozenset(fold(name) for tag in row["tags"] for name in _names_of(tag)),
        )
        found.append({**post, **counted(row["tags"], _CATEGORIES), **derived(post)})
    return found


def _post(row: Row) -> Row:
    return {
        "id": row["id"], "user_id": row["uploader_id"], "creation_time": moment(row["created_at"]),
        "last_edit_time": moment(row["updated_at"]), "safety": {"s": "safe", "q": "sketchy", "e": "unsafe"}[row["rating"]],
        "type": "image", "checksum": row["sha1"], "checksum_md5": row["md5"],
        "source": row["source"] or (None, "")[row["id"] % 2], "file_size": row["file_size"], "image_width": row["width"],
        "image_height": row["height"], "mime-type": row["mime_type"], "version": 1, "flags": "",
    }  # fmt: skip


def _user(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"], "name": row["name"], "password_hash": "", "password_revision": 0, "rank": "regular",
        "creation_time": moment(row["created_at"]), "avatar_style": "gravatar", "version": 1,
    }  # fmt: skip
