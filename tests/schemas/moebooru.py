"""A board in Moebooru's tables."""

from __future__ import annotations

from typing import Any

from booruql.documents import Document
from tests.schemas import Fold, Held, Row, zoned
from tests.schemas.board import TAGS, Board, counted, counts, derived, documents, flags, make_catalog, picked, sums

DATABASES = ("postgres",)
_CATEGORIES = dict(TAGS)
_NUMBERS = {name: number for number, (name, _) in enumerate(TAGS, 1)}
_DROPPED = (
    "asset", "upvotes", "downvotes", "pixel_hash", "duration", "pixiv_id", "last_comment_bumped_at", "bit_flags",
    "tag_count_meta",
)  # fmt: skip


def ddl(database: str) -> str:
    return "moebooru"


def hold(board: Board, fold: Fold) -> Held:
    """The rows, and the documents that they are: votes are 1 to 3, a favorite is a vote of 3, a post has one status."""
    votes = _votes(board)
    posts = _posts(board, votes)
    sequences = [(pool, at, post) for pool in board["pools"] for at, post in enumerate(pool["post_ids"])]
    rows = {
        "users": [_user(row) for row in board["users"]],
        "tags": [{"id": _NUMBERS[name], "name": name, "tag_type": kind} for name, kind in TAGS],
        "tag_aliases": [
            {"id": a["id"], "name": a["antecedent_name"], "alias_id": _NUMBERS[a["consequent_name"]],
             "is_pending": a["status"] != "active"} for a in board["tag_aliases"]
        ],
        "posts": [_post(row) for row in posts],
        "posts_tags": [{"post_id": p["id"], "tag_id": _NUMBERS[name]} for p in posts for name in sorted(p["tags"])],
        "pools": picked(
            board["pools"], "id name", user_id=lambda _: 1, created_at=lambda r: zoned(r["created_at"]),
            updated_at=lambda r: zoned(r["updated_at"]),
        ),
        "pools_posts": [
            {"id": n, "pool_id": pool["id"], "post_id": post, "sequence": f"{at + 1}", "active": True}
            for n, (pool, at, post) in enumerate(sequences, 1)
        ] + [
            {"id": 1_000_000 + p["id"], "pool_id": p["id"], "post_id": p["id"], "sequence": "9", "active": False}
            for p in board["pools"]
        ],
        "post_votes": picked(votes, "id user_id post_id score", updated_at=lambda r: zoned(r["updated_at"])),
        "comments": picked(
            board["comments"], "id post_id body", user_id=lambda r: r["creator_id"], ip_addr=lambda _: "127.0.0.1",
            is_spam=lambda r: True if r["is_deleted"] else (None, False)[r["id"] % 2],
            created_at=lambda r: zoned(r["created_at"]), updated_at=lambda r: zoned(r["updated_at"]),
        ),
        "notes": _noted(board["notes"], "id post_id", user_id=lambda _: 1),
        "note_versions": _noted(board["note_versions"], "id note_id post_id", user_id=lambda r: r["updater_id"]),
        "flagged_post_details": picked(
            _flags(board), "id post_id reason", user_id=lambda r: r["creator_id"],
            is_resolved=lambda r: r["status"] != "pending", created_at=lambda r: zoned(r["created_at"]),
        ),
    }  # fmt: skip
    return Held(rows, _documents(board, posts, votes), make_catalog(_public(board)))


def _documents(board: Board, posts: list[Row], votes: list[Row]) -> dict[str, list[Document]]:
    public = _public(board)
    return {
        "posts": documents(posts, *_DROPPED),
        "tags": documents(public["tags"]),
        "users": documents(public["users"]),
        "pools": documents(picked(public["pools"], "id name is_deleted post_ids created_at updated_at")),
        "post_votes": documents(votes),
        "favorites": documents(picked((row for row in votes if row["score"] == 3), "id post_id user_id")),
        "comments": documents(board["comments"], "score"),
        "notes": documents(board["notes"]),
        "note_versions": documents(board["note_versions"]),
        "post_flags": documents(_flags(board), "status", "updated_at"),
        "post_appeals": [],
    }


def _public(board: Board) -> Board:
    """Nobody's favorites are private, and no pool is deleted."""
    return {
        **board,
        "users": [{**row, "private_favorites": False} for row in board["users"]],
        "pools": [{**row, "is_deleted": False} for row in board["pools"]],
        "tags": [{**row, "category": row["category_id"]} for row in board["tags"]],
    }


def _votes(board: Board) -> list[Row]:
    liked = {(row["user_id"], row["post_id"]): 3 for row in board["favorites"]}
    given = {(row["user_id"], row["post_id"]): 1 + row["id"] % 2 for row in board["post_votes"] if row["score"] > 0}
    return [
        {"id": n, "user_id": user, "post_id": post, "score": score, "is_deleted": False, "updated_at": n * 1_000_000}
        for n, ((user, post), score) in enumerate(sorted({**given, **liked}.items()), 1)
    ]


def _posts(board: Board, votes: list[Row]) -> list[Row]:
    fans, scores = counts(row for row in votes if row["score"] == 3), sums(votes, "score")
    found = []
    for row in board["posts"]:
        deleted, flagged = row["is_deleted"], row["is_flagged"] and not row["is_deleted"]
        post = flags(row, row["is_pending"] and not deleted and not flagged, flagged, deleted)
        is_there = row["asset"] != "none"
        post.update(
            width=min(row["width"], 40_000) if is_there else None,
            height=min(row["height"], 40_000) if is_there else None,
            score=scores[row["id"]],
            favorite_count=fans[row["id"]],
            rating="s" if row["rating"] == "g" else row["rating"],
            uploader_id=row["uploader_id"] if row["id"] % 11 else None,
            updated_at=row["updated_at"] if row["id"] % 5 else None,
            has_children=row["has_active_children"],
            is_rating_locked=row["id"] % 3 == 0,
            is_note_locked=row["id"] % 4 == 0,
        )
        found.append({**post, **counted(row["tags"], _CATEGORIES), **derived(post)})
    return found


def _post(row: Row) -> Row:
    states = ("is_deleted", "is_flagged", "is_pending")
    return {
        **{
            name: row[name] for name in
            ("id", "source", "file_ext", "md5", "rating", "width", "height", "file_size", "score", "parent_id", "has_children",
             "approver_id", "is_rating_locked", "is_note_locked")
        },
        **{name: zoned(row[name]) for name in ("created_at", "updated_at", "last_commented_at", "last_noted_at")},
        "user_id": row["uploader_id"],
        "status": next((name.removeprefix("is_") for name in states if row[name]), "active"),
        "cached_tags": " ".join(sorted(row["tags"])),
    }  # fmt: skip


def _flags(board: Board) -> list[Row]:
    return [{**row, "creator_id": row["creator_id"] if row["id"] % 3 else None} for row in board["post_flags"]]


def _user(row: Row) -> Row:
    return {
        "id": row["id"], "name": row["name"], "name_normalized": row["name"].lower(), "password_hash": "", "level": row["level"],
        "created_at": zoned(row["created_at"]),
    }  # fmt: skip


def _noted(rows: list[Row], names: str, **more: Any) -> list[Row]:
    return picked(
        rows, f"{names} x y width height version is_active body", ip_addr=lambda _: "127.0.0.1",
        created_at=lambda r: zoned(r["created_at"]), updated_at=lambda r: zoned(r["updated_at"]), **more,
    )  # fmt: skip
