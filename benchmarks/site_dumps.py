"""Small dumps of both sites with every relation that their searches know, the same every time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
USERS = ("albert", "bea", "Cy_Mora", "dot")
TAGS = ("cat", "dog", "fox", "lake", "sky", "blue_sky", "sky_(art)", "tree", "red_tree", "owl", "long_hair", "solo")
FURRY = ("fox", "wolf", "red fox", "artist:ink_paw", "safe", "species:owl", "night sky", "oc:pip", "solo", "duo")
TEXTS = ("", "a quiet lake", "The foxes are running by the lake", "hello from the red fox", "100% wool")
Row = dict[str, Any]
Draw = Callable[[Random, int], Any]
"""Makes a value, given how many posts there are."""


def _one(*values: Any) -> Draw:
    return lambda pick, _: pick.choice(values)


def _maybe(draw: Draw, share: float = 0.4) -> Draw:
    return lambda pick, size: draw(pick, size) if pick.random() < share else None


def _post(pick: Random, size: int) -> int:
    return pick.randrange(1, size + 1)


def _posts(pick: Random, size: int) -> list[int]:
    return sorted({pick.randrange(1, size + 1) for _ in range(pick.randrange(8))})


def _user(pick: Random, _: int) -> int:
    return pick.randrange(1, len(USERS) + 1)


def _flag(pick: Random, _: int) -> bool:
    return pick.random() < 0.3


def _time(pick: Random, _: int) -> str:
    moment = NOW - timedelta(days=pick.choice((3, 40, 400, 4000)) * pick.random())
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


_small, _text, _status = _one(0, 1, 2, 3, 5, 8), _one(*TEXTS), _one("pending", "succeeded", "rejected")
_RELATED: Mapping[str, Mapping[str, Draw]] = {
    "comments": {"post_id": _post, "creator_id": _user, "is_deleted": _flag, "body": _text},
    "notes": {"post_id": _post, "is_active": _flag, "body": _text},
    "note_versions": {"note_id": _one(1), "post_id": _post, "updater_id": _user, "version": _one(1, 2, 3)},
    "favorites": {"user_id": _user, "post_id": _post},
    "post_votes": {"post_id": _post, "user_id": _user, "score": _one(1, -1), "is_deleted": _flag},
    "post_flags": {"post_id": _post, "creator_id": _user, "status": _status, "created_at": _time, "reason": _text},
    "post_appeals": {"post_id": _post, "creator_id": _user, "status": _status, "created_at": _time},
    "post_approvals": {"post_id": _post, "user_id": _user},
    "post_disapprovals": {"post_id": _post, "user_id": _user, "created_at": _time, "reason": _one("poor_quality", "disinterest")},
    "post_replacements": {"post_id": _post, "creator_id": _user},
    "artist_commentary_versions": {"post_id": _post, "updater_id": _user},
    "ai_tags": {"post_id": _post, "name": _one(*TAGS[:4]), "score": _one(0, 20, 50, 95)},
    "reactions": {"post_id": _post, "creator_id": _user},
    "pools": {"name": _one("Sky_Story", "Old_Story"), "category": _one("series", "collection"), "post_ids": _posts},
    "favorite_groups": {"name": _one("Best", "Cats"), "creator_id": _user, "is_public": _flag, "post_ids": _posts},
}
"""The columns of each table of Danbooru beside the posts."""
_FEW = ("pools", "favorite_groups")
_POST: Mapping[str, Draw] = {
    "created_at": _time, "updated_at": _time, "uploader_id": _user, "approver_id": _maybe(_user),
    "score": _one(-3, 0, 5, 51, 120),
    "up_score": _one(0, 5, 60), "down_score": _one(0, -3), "fav_count": _one(0, 4, 101), "rating": _one(*"gsqe"),
    "source": _one("", "https://example.com/art/1", "none"), "file_ext": _one("jpg", "png", "mp4"),
    "file_size": _one(100, 512_000, 1_048_576), "image_width": _one(1920, 800), "image_height": _one(1080, 600),
    "duration": _maybe(_one(12.5, 90.0)), "parent_id": _maybe(_post), "pixiv_id": _maybe(_one(5, 777)),
    "last_commented_at": _maybe(_time), "last_comment_bumped_at": _maybe(_time), "last_noted_at": _maybe(_time),
    "bit_flags": _one(0, 1, 2, 3), "is_pending": _flag, "is_flagged": _flag, "is_deleted": _flag, "is_banned": _flag,
    **{f"tag_count_{word}": _small for word in ("general", "artist", "copyright", "character", "meta")},
}  # fmt: skip
_IMAGE: Mapping[str, Draw] = {
    "created_at": _time, "updated_at": _time, "first_seen_at": _time, "score": _one(-3, 0, 50, 51), "upvotes": _small,
    "downvotes": _small, "faves": _one(0, 10, 11), "comment_count": _small,
    "width": _one(1920, 800), "height": _one(1080, 600),
    "size": _one(100, 1_048_576), "orig_size": _one(100, 1_048_576), "pixels": _one(480_000, 2_073_600),
    "uploader": _one(*USERS), "uploader_id": _one(1, 5), "duplicate_id": _maybe(_post, 0.1), "duration": _maybe(_one(12.5, 3.0)),
    "aspect_ratio": _maybe(_one(1.5, 1.7777777777777777), 0.9), "wilson_score": _one(0.0, 0.9),
    "file_name": _one("Fox.PNG", "a.png"), "mime_type": _one("image/png", "video/webm"),
    "original_format": _one("png", "webm"), "animated": _flag, "processed": _flag,
    "thumbnails_generated": _flag, "description": _text, "source_url": _one([], ["https://a.example.org/x"], ["b", "c"]),
    "favourited_by_users": _one([], ["ash"], ["ash", "bea"]), "favourited_by_user_ids": _one([], [1], [1, 5]),
    "galleries": _one([], [{"id": 5, "position": 2}], [{"id": 1, "position": 1}, {"id": 5, "position": 4}]),
    "sha512_hash": _one("00ff"),
    **{f"{word}_tag_count": _small for word in ("species", "origin", "body_type", "rating")},
}  # fmt: skip


def danbooru(size: int, seed: int = 20) -> Row:
    """A dump with `size` posts."""
    pick = Random(seed)
    posts = [_row(at, _POST, pick, size) for at in range(1, size + 1)]
    parents = {post["parent_id"] for post in posts}
    active = {post["parent_id"] for post in posts if not post["is_deleted"]}
    for post in posts:
        tags = pick.sample(TAGS, pick.randrange(1, 6))
        post |= {"tag_string": " ".join(sorted(tags)), "tag_count": len(tags), "md5": f"{pick.getrandbits(128):032x}"}
        post |= {"has_children": post["id"] in parents, "has_active_children": post["id"] in active}
    tables = {
        name: [_row(at, columns, pick, size) for at in range(1, (6 if name in _FEW else size // 2) + 1)]
        for name, columns in _RELATED.items()
    }
    titles = ("original_title", "original_description", "translated_title", "translated_description")
    texts = {"updated_at": _time, **dict.fromkeys(titles, _text)}
    commentaries = [{**_row(at, texts, pick, size), "post_id": at * 3} for at in range(1, size // 3 + 1)]
    return {
        "now": NOW.isoformat(),
        "viewer": None,
        "posts": posts,
        "users": [{"id": at, "name": name, "private_favorites": False, "level": 20} for at, name in enumerate(USERS, 1)],
        "tags": [{"id": at, "name": name, "category": 0, "post_count": at} for at, name in enumerate(TAGS, 1)],
        "tag_aliases": [{"id": 1, "antecedent_name": "kitty", "consequent_name": "cat", "status": "active"}],
        "artist_commentaries": commentaries,
        "saved_searches": [{"id": 1, "user_id": 1, "query": "cat or fox", "labels": ["cats"]}],
        **tables,
    }


def furbooru(size: int, seed: int = 21) -> Row:
    """A dump with `size` images."""
    pick = Random(seed)
    images = [_row(at, _IMAGE, pick, size) for at in range(1, size + 1)]
    for image in images:
        names = pick.sample(FURRY, pick.randrange(1, 5))
        image |= {"tags": names, "tag_ids": [FURRY.index(name) + 1 for name in names], "tag_count": len(names)}
        image["namespaced_tags"] = {"name": [*names, *(["vulpine"] if "fox" in names else [])]}
    tags = [{"id": at, "name": name, "aliases": ["vulpine"] if name == "fox" else []} for at, name in enumerate(FURRY, 1)]
    return {"images": images, "tags": tags}


def _row(number: int, columns: Mapping[str, Draw], pick: Random, size: int) -> Row:
    return {"id": number, **{name: draw(pick, size) for name, draw in columns.items()}}
