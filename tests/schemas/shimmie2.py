"""A board in Shimmie2's tables, in any of its databases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from booruql.documents import Document
from tests.schemas import Fold, Held, Row, moment
from tests.schemas.board import (
    TAGS,
    Board,
    apart,
    as_written,
    counts,
    derived,
    documents,
    flags,
    latest,
    make_catalog,
    picked,
    second,
)

DATABASES = ("postgres", "mysql", "sqlite")
_PREFIXES = {1: "artist:", 3: "series:", 4: "character:"}
_COUNTED = {"artist:": "artist", "series:": "copyright", "character:": "character"}
_CATEGORIES = dict(TAGS)
_NUMBERS = {name: number for number, (name, _) in enumerate(TAGS, 1)}
_DROPPED = (
    "asset", "updated_at", "pixel_hash", "pixiv_id", "last_comment_bumped_at", "last_noted_at", "bit_flags",
    "has_active_children",
)  # fmt: skip


def ddl(database: str) -> str:
    return f"shimmie2_{database}"


def hold(board: Board, fold: Fold) -> Held:
    """The rows, and the documents that they are: dates of whole seconds, tags with their category before a colon."""
    votes = [row for row in board["post_votes"] if not row["is_deleted"]]
    reports = [row for row in board["post_flags"] if row["status"] == "pending"]
    posts = _posts(board, votes, reports, fold)
    pools = apart(board["pools"], "name")
    shown = {name: _shown(name) for name, _ in TAGS}
    ip: dict[str, Any] = {"owner_ip": lambda _: "127.0.0.1"}
    rows = {
        "users": [{"id": row["id"], "name": row["name"], "joindate": _date(row["created_at"])} for row in board["users"]],
        "images": [_image(row) for row in posts],
        "tags": [
            {"id": _NUMBERS[name], "tag": shown[name], "count": sum(name in p["tags"] for p in board["posts"])}
            for name, _ in TAGS
        ],
        "image_tags": [{"image_id": p["id"], "tag_id": _NUMBERS[name]} for p in board["posts"] for name in sorted(p["tags"])],
        "aliases": [
            {"oldtag": a["antecedent_name"], "newtag": shown[a["consequent_name"]]}
            for a in board["tag_aliases"] if a["status"] == "active"
        ],
        "numeric_score_votes": picked(votes, "user_id score", image_id=_of),
        "user_favorites": picked(board["favorites"], "user_id", image_id=_of, created_at=lambda r: _date(r["created_at"])),
        "pools": picked(
            pools, "id", user_id=lambda _: 1, title=lambda r: r["name"].replace("_", " "), posts=lambda r: len(r["post_ids"]),
            date=lambda r: _date(r["created_at"]), lastupdated=lambda r: _date(r["updated_at"]),
        ),
        "pool_images": [
            {"pool_id": p["id"], "image_id": post, "image_order": at} for p in pools for at, post in enumerate(p["post_ids"])
        ],
        "comments": picked(
            board["comments"], "id", image_id=_of, owner_id=lambda r: r["creator_id"], **ip,
            posted=lambda r: _date(r["created_at"]) if r["id"] % 9 else None, comment=lambda r: r["body"],
        ),
        "notes": picked(
            board["notes"], "id width height", image_id=_of, enable=lambda r: int(r["is_active"]), user_id=lambda _: 1,
            user_ip=lambda _: "127.0.0.1", date=lambda r: _date(r["created_at"]), x1=lambda r: r["x"], y1=lambda r: r["y"],
            note=lambda r: r["body"],
        ),
        "image_reports": picked(reports, "id reason", image_id=_of, reporter_id=lambda r: r["creator_id"]),
        "image_tag_categories": [{"category": name[:-1]} for name in _COUNTED],
    }  # fmt: skip
    public = {
        "users": [{**row, "private_favorites": False} for row in board["users"]],
        "pools": [{**row, "is_deleted": False} for row in pools],
        "tags": [{"id": r["id"], "name": fold(r["tag"]), "post_count": r["count"]} for r in rows["tags"]],
        "tag_aliases": [
            {"antecedent_name": fold(r["oldtag"]), "consequent_name": fold(r["newtag"]), "status": "active"}
            for r in rows["aliases"]
        ],
        "saved_searches": board["saved_searches"],
    }  # fmt: skip
    return Held(rows, _documents(board, posts, votes, reports, public), make_catalog(public))


def _documents(board: Board, posts: list[Row], votes: list[Row], reports: list[Row], public: Board) -> dict[str, list[Document]]:
    return {
        "posts": documents(posts, *_DROPPED),
        "users": documents(public["users"], "level"),
        "pools": documents(public["pools"], "category"),
        "post_votes": documents(picked(votes, "post_id user_id score is_deleted")),
        "favorites": documents(picked(board["favorites"], "post_id user_id", id=lambda r: r["created_at"] // 1_000_000)),
        "comments": documents(picked(
            board["comments"], "id post_id creator_id body", is_deleted=lambda _: False,
            created_at=lambda r: second(r["created_at"]) if r["id"] % 9 else None,
        )),
        "notes": documents(picked(board["notes"], "id post_id is_active body x y width height")),
        "post_flags": documents(picked(reports, "id post_id creator_id reason")),
        "post_appeals": [],
        "post_disapprovals": [],
    }  # fmt: skip


def _shown(name: str) -> str:
    return as_written(_PREFIXES.get(_CATEGORIES[name], "") + name, _NUMBERS[name])


def _of(row: Row) -> int:
    number: int = row["post_id"]
    return number


def _date(micros: int) -> datetime:
    found = moment(second(micros))
    assert found is not None
    return found


def _posts(board: Board, votes: list[Row], reports: list[Row], fold: Fold) -> list[Row]:
    fans, reported = counts(board["favorites"]), counts(reports)
    ups, downs = counts(v for v in votes if v["score"] > 0), counts(v for v in votes if v["score"] < 0)
    commented = latest(row for row in board["comments"] if row["id"] % 9)
    found = []
    for row in board["posts"]:
        number = row["id"]
        names = frozenset(fold(_shown(name)) for name in row["tags"])
        post = flags(row, row["is_pending"], number in reported, row["is_deleted"])
        post.update(
            created_at=second(row["created_at"]),
            rating=row["rating"] if row["rating"] != "g" else "?",
            score=ups[number] - downs[number],
            upvotes=ups[number],
            downvotes=downs[number],
            favorite_count=fans[number],
            last_commented_at=second(commented[number]) if number in commented else None,
            tags=names,
            tag_count=len(names),
            **{f"tag_count_{ours}": sum(n.startswith(theirs) for n in names) for theirs, ours in _COUNTED.items()},
        )
        found.append({**post, **derived(post)})
    return found


def _image(row: Row) -> Row:
    return {
        "id": row["id"], "owner_id": row["uploader_id"], "owner_ip": "127.0.0.1", "filename": "x",
        "filesize": row["file_size"], "hash": row["md5"], "ext": row["file_ext"], "source": row["source"] or None,
        "width": row["width"], "height": row["height"], "posted": _date(row["created_at"]),
        "length": None if row["duration"] is None else round(row["duration"] * 1000), "rating": row["rating"],
        "numeric_score": row["score"], "favorites": row["favorite_count"], "parent_id": row["parent_id"],
        "has_children": row["has_children"], "trash": row["is_deleted"], "approved": not row["is_pending"],
        "approved_by_id": row["approver_id"],
    }  # fmt: skip
