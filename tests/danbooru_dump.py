"""A small site dump that holds every relation of Danbooru, made by a seeded generator."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
USERS = (
    {"id": 1, "name": "Alice", "private_favorites": False, "level": 20},
    {"id": 2, "name": "bob_smith", "private_favorites": True, "level": 30},
    {"id": 3, "name": "Mora", "private_favorites": False, "level": 40},
    {"id": 4, "name": "Ada", "private_favorites": True, "level": 50},
    {"id": 5, "name": "any", "private_favorites": False, "level": 20},
    {"id": 6, "name": "DanbooruBot", "private_favorites": False, "level": 20},
)
TAGS = ("cat", "dog", "fox", "lake", "sky", "blue_sky", "sky_(art)", ":)", "a*b", "tree", "red_tree", "owl")
SOURCES = ("", "https://example.com/art/1", "https://Example.com/art/2", "none of these", "foo*bar", "back\\slash", "100%_x", "x")
TEXTS = ("", "a quiet lake", "The Cat sleeps", "cats and dogs", "100% wool")
STATUSES = ("pending", "succeeded", "rejected")


def _time(pick: random.Random, days: int = 4000) -> str:
    moment = NOW - timedelta(days=pick.randrange(days), seconds=pick.randrange(86400))
    return moment.isoformat().replace("+00:00", "Z")


def _maybe(pick: random.Random, value: Any, share: float = 0.5) -> Any:
    return value if pick.random() < share else None


def _post(pick: random.Random, number: int) -> dict[str, Any]:
    ups, downs = pick.randrange(8), -pick.randrange(5)
    width, height = pick.choice(((1920, 1080), (800, 600), (500, 500), (600, 800), (1000, 333), (1, 1)))
    kind = pick.choice(("jpg", "png", "mp4", "zip", "gif"))
    tags = sorted(pick.sample(TAGS, pick.randrange(6)))
    when = _time(pick, pick.choice((2, 9, 400, 4000)))
    post = {
        "id": number,
        "created_at": when,
        "updated_at": _time(pick, 3),
        "uploader_id": pick.randrange(1, 7),
        "approver_id": _maybe(pick, pick.randrange(1, 7)),
        "score": ups + downs,
        "up_score": ups,
        "down_score": downs,
        "fav_count": pick.randrange(4),
        "rating": pick.choice("gsqe"),
        "source": pick.choice(SOURCES),
        "md5": f"{pick.getrandbits(128):032x}",
        "file_ext": kind,
        "file_size": pick.choice((100, 512000, 1048576, 4000000)),
        "image_width": width,
        "image_height": height,
        "duration": pick.choice((12.5, 60.0, 61.0, 90.0, 3600.0))
        if kind in ("mp4", "zip", "gif") and pick.random() < 0.8
        else None,
        "tag_string": " ".join(tags),
        "parent_id": _maybe(pick, pick.randrange(1, 31), 0.4),
        "pixiv_id": _maybe(pick, pick.choice((5, 6, 777)), 0.4),
        "last_commented_at": _maybe(pick, _time(pick)),
        "last_comment_bumped_at": _maybe(pick, _time(pick)),
        "last_noted_at": _maybe(pick, _time(pick)),
        "bit_flags": pick.randrange(4),
        "tag_count": len(tags),
        **{f"tag_count_{c}": pick.randrange(4) for c in ("general", "artist", "copyright", "character", "meta")},
        **{f"is_{word}": pick.random() < 0.3 for word in ("pending", "flagged", "deleted", "banned")},
    }
    if pick.random() < 0.2:
        post["media_asset"] = None
    return post


def _rows(pick: random.Random, count: int, make: Any) -> list[dict[str, Any]]:
    return [{"id": i, **make()} for i in range(1, count + 1)]


@cache
def dump() -> dict[str, Any]:
    """The dump; made once."""
    pick = random.Random(20)

    def post() -> int:
        return pick.randrange(1, 31)

    def user() -> int:
        return pick.randrange(1, 7)

    posts = [_post(pick, number) for number in range(1, 31)]
    parents = {p["parent_id"] for p in posts}
    for p in posts:
        p["has_children"] = p["id"] in parents
        p["has_active_children"] = any(c["parent_id"] == p["id"] and not c["is_deleted"] for c in posts)
    return {
        "now": NOW.isoformat(),
        "viewer": None,
        "posts": posts,
        "users": [dict(row) for row in USERS],
        "tags": [{"id": i, "name": name, "category": 0, "post_count": i % 4} for i, name in enumerate(TAGS, 1)],
        "tag_aliases": [
            {"id": 1, "antecedent_name": "kitty", "consequent_name": "cat", "status": "active"},
            {"id": 2, "antecedent_name": "hound", "consequent_name": "dog", "status": "deleted"},
        ],
        "pools": _rows(
            pick,
            6,
            lambda: {
                "name": pick.choice(("Sky_Story", "Old_Story", "2024", "100%_Dogs", "Cats")),
                "category": pick.choice(("series", "collection")),
                "is_deleted": pick.random() < 0.4,
                "post_ids": pick.sample(range(1, 31), pick.randrange(8)),
            },
        ),
        "favorite_groups": _rows(
            pick,
            4,
            lambda: {
                "name": pick.choice(("Best", "Cats_*")),
                "creator_id": user(),
                "is_public": pick.random() < 0.5,
                "post_ids": pick.sample(range(1, 31), 5),
            },
        ),
        "favorites": _rows(pick, 25, lambda: {"user_id": user(), "post_id": post()}),
        "comments": _rows(
            pick,
            25,
            lambda: {"post_id": post(), "creator_id": user(), "is_deleted": pick.random() < 0.4, "body": pick.choice(TEXTS)},
        ),
        "notes": _rows(pick, 12, lambda: {"post_id": post(), "is_active": pick.random() < 0.6, "body": pick.choice(TEXTS)}),
        "note_versions": _rows(
            pick, 15, lambda: {"note_id": 1, "post_id": post(), "updater_id": user(), "version": pick.randrange(1, 4)}
        ),
        "post_flags": _rows(
            pick,
            12,
            lambda: {
                "post_id": post(),
                "creator_id": user(),
                "status": pick.choice(STATUSES),
                "created_at": _time(pick),
                "reason": pick.choice(
                    ("blurry", "Unapproved in three days", "Unapproved in three days after returning to moderation queue")
                ),
            },
        ),
        "post_appeals": _rows(
            pick, 8, lambda: {"post_id": post(), "creator_id": user(), "status": pick.choice(STATUSES), "created_at": _time(pick)}
        ),
        "post_approvals": _rows(pick, 8, lambda: {"post_id": post(), "user_id": user()}),
        "post_disapprovals": _rows(
            pick,
            12,
            lambda: {
                "post_id": post(),
                "user_id": user(),
                "created_at": _time(pick),
                "reason": pick.choice(("poor_quality", "breaks_rules", "disinterest")),
            },
        ),
        "post_votes": _rows(
            pick,
            20,
            lambda: {"post_id": post(), "user_id": user(), "score": pick.choice((1, -1)), "is_deleted": pick.random() < 0.3},
        ),
        "post_replacements": _rows(pick, 4, lambda: {"post_id": post(), "creator_id": user()}),
        "artist_commentaries": [
            {
                "id": i,
                "post_id": i * 3,
                "updated_at": _time(pick),
                **{
                    name: pick.choice(TEXTS)
                    for name in ("original_title", "original_description", "translated_title", "translated_description")
                },
            }
            for i in range(1, 7)
        ],
        "artist_commentary_versions": _rows(pick, 6, lambda: {"post_id": post(), "updater_id": user()}),
        "ai_tags": _rows(
            pick, 20, lambda: {"post_id": post(), "name": pick.choice(TAGS[:4]), "score": pick.choice((0, 20, 50, 95))}
        ),
        "saved_searches": [
            {"id": 1, "user_id": 1, "query": "cat or fox", "labels": ["cats"]},
            {"id": 2, "user_id": 1, "query": "(unclosed", "labels": ["bad"]},
            {"id": 3, "user_id": 1, "query": "search:all", "labels": ["loop"]},
            {"id": 4, "user_id": 2, "query": "dog", "labels": ["dogs"]},
        ],
        "reactions": _rows(pick, 8, lambda: {"post_id": post(), "creator_id": user()}),
    }
