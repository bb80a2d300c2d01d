"""A board with every kind of row that some software keeps, consistent in itself, made by chance from a seed.

Rows have our field names; lists keep their order; instants are microseconds, of whole seconds where a row says so.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from booruql.documents import Document
from booruql.store.catalog import RowsCatalog
from tests.danbooru_dump import NOW, SOURCES, STATUSES, USERS

Row = dict[str, Any]
Board = dict[str, list[Row]]
TAGS = (
    ("cat", 0), ("dog", 0), ("fox", 4), ("lake", 0), ("sky", 0), ("blue_sky", 0), ("sky_(art)", 1), (":)", 0), ("a*b", 0),
    ("tree", 3), ("red_tree", 3), ("owl", 4), ("éa", 0), ("a%b", 1), ("a_b", 5), ("a\\b", 0), ("quo'te", 0), ('dou"ble', 5),
    ("{p1}", 0), ("%s", 0), ("rare", 0), ("ünused", 0),
)  # fmt: skip
"""Names and categories, 0 general, 1 artist, 3 copyright, 4 character, 5 meta."""
CATEGORIES = {0: "general", 1: "artist", 3: "copyright", 4: "character", 5: "meta"}
BODIES = ("", "a quiet lake", "The Cat sleeps", "cats and dogs", "100% wool", "back\\slash", 'it\'s "here"', "Éa")
SIZES = ((1920, 1080), (800, 600), (500, 500), (600, 800), (1000, 333), (1, 1), (60_000, 60_000), (201, 200), (200, 201))
EXTS = ("jpg", "png", "gif", "webp", "mp4", "webm", "zip")
MOVING = ("gif", "mp4", "webm", "zip")
_NOW = int(NOW.timestamp())
_FIRST = int(datetime(2005, 5, 24, tzinfo=UTC).timestamp()) * 1_000_000


def make_board(size: int, seed: int = 1) -> Board:
    """Rows by entity."""
    pick = random.Random(seed)
    board: Board = {"posts": [_post(pick, number, size) for number in range(1, size + 1)]}
    parents = {row["parent_id"] for row in board["posts"]}
    living = {row["parent_id"] for row in board["posts"] if not row["is_deleted"]}
    for row in board["posts"]:
        row["has_children"], row["has_active_children"] = row["id"] in parents, row["id"] in living
    board["users"] = [{**row, "created_at": _time(pick)} for row in USERS]
    board["tags"] = [
        {"id": number, "name": name, "category_id": category, "post_count": sum(name in p["tags"] for p in board["posts"])}
        for number, (name, category) in enumerate(TAGS, 1)
    ]
    board["tag_aliases"] = [
        {"id": 1, "antecedent_name": "kitty", "consequent_name": "cat", "status": "active"},
        {"id": 2, "antecedent_name": "hound", "consequent_name": "dog", "status": "deleted"},
        {"id": 3, "antecedent_name": "é", "consequent_name": "éa", "status": "active"},
    ]
    for entity, (share, row) in _AROUND.items():
        board[entity] = [{"id": n, **row(pick, size)} for n in range(1, max(6, int(size * share)) + 1)]
    for entity, keys in _UNIQUE.items():
        board[entity] = _once(board[entity], keys)
    board["saved_searches"] = [
        {"id": 1, "user_id": 1, "query": "cat or fox", "labels": ["cats"]},
        {"id": 2, "user_id": 1, "query": "(unclosed", "labels": ["bad"]},
        {"id": 3, "user_id": 2, "query": "dog", "labels": ["dogs"]},
    ]
    return board


def _post(pick: random.Random, number: int, size: int) -> Row:
    ups, downs = pick.randrange(8), pick.randrange(5)
    ext = pick.choice(EXTS)
    width, height = pick.choice(SIZES)
    tags = frozenset(name for name, _ in pick.sample(TAGS[:-2], pick.randrange(7)))
    return {
        "id": number,
        "created_at": _time(pick, pick.choice((2, 9, 400, 4000))),
        "updated_at": _time(pick, 3),
        "uploader_id": pick.randrange(1, 7),
        "approver_id": _maybe(pick, pick.randrange(1, 7)),
        "score": ups - downs,
        "upvotes": ups,
        "downvotes": downs,
        "favorite_count": pick.randrange(4),
        "rating": pick.choice("gsqe"),
        "source": pick.choice((*SOURCES, "Éa", "it's", "new\nline", "\\", "%", "none")),
        "md5": f"{pick.getrandbits(128):032x}",
        "pixel_hash": f"{pick.getrandbits(128):032x}",
        "file_ext": ext,
        "file_size": pick.choice((100, 512_000, 1_048_576, 4_000_000)),
        "width": width,
        "height": height,
        "duration": pick.choice((12.5, 60.0, 61.0, 90.0, 3600.0)) if ext in MOVING and pick.random() < 0.8 else None,
        "asset": pick.choices(("active", "processing", "deleted", "none"), (16, 1, 1, 1))[0],
        "parent_id": _maybe(pick, pick.randrange(1, size + 1), 0.4),
        "pixiv_id": _maybe(pick, pick.choice((5, 6, 777)), 0.4),
        "last_commented_at": _maybe(pick, _time(pick)),
        "last_comment_bumped_at": _maybe(pick, _time(pick)),
        "last_noted_at": _maybe(pick, _time(pick)),
        "bit_flags": pick.choice((0, 1, 4, 5)),
        "tags": tags | ({"rare"} if number % 97 == 5 else set()),
        **{f"is_{word}": pick.random() < 0.3 for word in ("pending", "flagged", "deleted", "banned")},
    }


def _time(pick: random.Random, days: int = 4000) -> int:
    second = _NOW - pick.randrange(days) * 86_400 - pick.choice((0, 1, 43_200, pick.randrange(86_400)))
    return second * 1_000_000 + pick.choice((0, 0, 1, 500_000))


def _maybe(pick: random.Random, value: Any, share: float = 0.5) -> Any:
    return value if pick.random() < share else None


def _post_of(pick: random.Random, size: int) -> int:
    return pick.randrange(1, size + 1)


def _user(pick: random.Random) -> int:
    return pick.randrange(1, 7)


def _list(pick: random.Random, size: int, most: int) -> list[int]:
    return pick.sample(range(1, size + 1), min(size, pick.randrange(most)))


_AROUND: dict[str, tuple[float, Callable[[random.Random, int], Row]]] = {
    "pools": (0.04, lambda p, n: {
        "name": p.choice(("Sky_Story", "Old_Story", "2024", "100%_Dogs", "Cats", "Éa_\\x")),
        "category": p.choice(("series", "collection")), "is_deleted": p.random() < 0.4, "post_ids": _list(p, n, 8),
        "created_at": _time(p), "updated_at": _time(p),
    }),
    "favorite_groups": (0.02, lambda p, n: {
        "name": p.choice(("Best", "Cats_*")), "creator_id": _user(p), "is_public": p.random() < 0.5, "post_ids": _list(p, n, 6),
        "created_at": _time(p), "updated_at": _time(p),
    }),
    "favorites": (1, lambda p, n: {"user_id": _user(p), "post_id": _post_of(p, n), "created_at": _time(p)}),
    "comments": (0.8, lambda p, n: {
        "post_id": _post_of(p, n), "creator_id": _user(p), "is_deleted": p.random() < 0.4, "body": p.choice(BODIES),
        "score": p.randrange(-1, 3), "created_at": _time(p), "updated_at": _time(p),
    }),
    "notes": (0.4, lambda p, n: {
        "post_id": _post_of(p, n), "is_active": p.random() < 0.6, "body": p.choice(BODIES), "created_at": _time(p),
        "updated_at": _time(p), "x": 1, "y": 2, "width": 3, "height": 4, "version": 1,
    }),
    "note_versions": (0.5, lambda p, n: {
        "note_id": 1, "post_id": _post_of(p, n), "updater_id": _user(p), "version": p.randrange(1, 4), "body": p.choice(BODIES),
        "x": 1, "y": 2, "width": 3, "height": 4, "is_active": True, "created_at": _time(p), "updated_at": _time(p),
    }),
    "post_flags": (0.4, lambda p, n: {
        "post_id": _post_of(p, n), "creator_id": _user(p), "status": p.choice(STATUSES), "created_at": _time(p),
        "updated_at": _time(p),
        "reason": p.choice(
            ("blurry", "Unapproved in three days", "Unapproved in three days after returning to moderation queue", "x")
        ),
    }),
    "post_appeals": (0.3, lambda p, n: {
        "post_id": _post_of(p, n), "creator_id": _user(p), "status": p.choice(STATUSES), "reason": p.choice(BODIES),
        "created_at": _time(p), "updated_at": _time(p),
    }),
    "post_approvals": (0.3, lambda p, n: {
        "user_id": _user(p), "post_id": _post_of(p, n), "created_at": _time(p), "updated_at": _time(p),
    }),
    "post_disapprovals": (0.4, lambda p, n: {
        "user_id": _user(p), "post_id": _post_of(p, n), "reason": p.choice(("poor_quality", "breaks_rules", "disinterest")),
        "message": _maybe(p, p.choice(BODIES)), "created_at": _maybe(p, _time(p), 0.9), "updated_at": _maybe(p, _time(p), 0.9),
    }),
    "post_votes": (1, lambda p, n: {
        "post_id": _post_of(p, n), "user_id": _user(p), "score": p.choice((1, -1)), "is_deleted": p.random() < 0.3,
        "created_at": _time(p), "updated_at": _time(p),
    }),
    "post_replacements": (0.1, lambda p, n: {
        "post_id": _post_of(p, n), "creator_id": _user(p), "created_at": _time(p), "updated_at": _time(p),
    }),
    "artist_commentaries": (0.4, lambda p, n: {
        "post_id": _post_of(p, n), "created_at": _time(p), "updated_at": _time(p),
        **{name: p.choice((*BODIES, "", "")) for name in
           ("original_title", "original_description", "translated_title", "translated_description")},
    }),
    "artist_commentary_versions": (0.3, lambda p, n: {
        "post_id": _post_of(p, n), "updater_id": _user(p), "created_at": _time(p), "updated_at": _time(p),
    }),
    "ai_tags": (0.6, lambda p, n: {"post_id": _post_of(p, n), "name": p.choice(TAGS[:4])[0], "score": p.choice((0, 20, 50, 95))}),
    "reactions": (0.2, lambda p, n: {"post_id": _post_of(p, n), "creator_id": _user(p)}),
    "wiki_embeds": (0.1, lambda p, n: {"post_id": _post_of(p, n)}),
}  # fmt: skip
"""What belongs to posts: how many rows a post on average, and what one holds."""
_UNIQUE = {
    "favorites": ("user_id", "post_id"),
    "post_votes": ("user_id", "post_id"),
    "post_disapprovals": ("user_id", "post_id"),
    "artist_commentaries": ("post_id",),
    "ai_tags": ("post_id", "name"),
}


def _once(rows: list[Row], keys: tuple[str, ...]) -> list[Row]:
    """The first row of each key."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        found.setdefault(tuple(row[key] for key in keys), row)
    return list(found.values())


# --- rows as documents


def counted(tags: Iterable[str], categories: dict[str, int]) -> Row:
    """The numbers of a post's tags, all and by category."""
    found = {f"tag_count_{word}": 0 for word in CATEGORIES.values()}
    names = list(tags)
    for name in names:
        found[f"tag_count_{CATEGORIES[categories[name]]}"] += 1
    return {"tag_count": len(names), **found}


def derived(post: Row) -> Row:
    """What follows from other values of a post."""
    width, height, score = post.get("width"), post.get("height"), post.get("score")
    found: Row = {}
    if width is not None and height is not None:
        found = {
            "pixels": width * height,
            "megapixels": width * height / 1_000_000,
            "ratio": math.floor(Fraction(100 * width, height) + Fraction(1, 2)),
            "shape": width / max(1, height),
        }
    if score is not None and score > 0:
        found["rank"] = math.log(score, 3) + (post["created_at"] - _FIRST) / 35_000_000_000
    return found


def documents(rows: Iterable[Row], *without: str) -> list[Document]:
    """Rows as the predicate reads them: lists are sets, what is missing is absent."""
    return [
        Document((name, frozenset(value) if isinstance(value, list) else value) for name, value in row.items()
                 if value is not None and name not in without)
        for row in rows
    ]  # fmt: skip


def make_catalog(board: Board) -> RowsCatalog:
    """What the board's own tables tell of names."""
    return RowsCatalog(board)


# --- what several softwares do


def flags(row: Row, pending: bool, flagged: bool, deleted: bool) -> Row:
    """The row in those states of moderation, never banned."""
    return {**row, "is_pending": pending, "is_flagged": flagged, "is_deleted": deleted, "is_banned": False}


def as_written(name: str, number: int) -> str:
    """A tag's name in the letter case of whoever wrote it first."""
    return (name, name.upper(), name.capitalize())[number % 3]


def apart(rows: list[Row], name: str) -> list[Row]:
    """The rows with names that no other has."""
    found: list[Row] = []
    for row in rows:
        is_taken = any(other[name] == row[name] for other in found)
        found.append({**row, name: f"{row[name]}_{row['id']}" if is_taken else row[name]})
    return found


def picked(rows: Iterable[Row], names: str, **more: Callable[[Row], Any]) -> list[Row]:
    """The rows with some of their values, and others made of them."""
    return [{**{name: row[name] for name in names.split()}, **{name: make(row) for name, make in more.items()}} for row in rows]


def counts(rows: Iterable[Row], name: str = "post_id") -> dict[Any, int]:
    """How many rows have each value."""
    return Counter(row[name] for row in rows)


def sums(rows: Iterable[Row], value: str) -> dict[Any, int]:
    """The sum of the values of each post's rows."""
    found: dict[Any, int] = Counter()
    for row in rows:
        found[row["post_id"]] += row[value]
    return found


def latest(rows: Iterable[Row]) -> dict[Any, int]:
    """When the last of each post's rows was made."""
    return {row["post_id"]: row["created_at"] for row in sorted(rows, key=lambda row: row["created_at"])}


def second(micros: int) -> int:
    """The instant without what follows its second."""
    return micros // 1_000_000 * 1_000_000
