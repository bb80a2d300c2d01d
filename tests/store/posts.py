"""Records in the sites' shapes, and what a store file holds as text."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]
NAMES = tuple("cat dog sky tree sea_(water) kite_(artist) blue_sky red_fox É ねこ".split())


def post(number: int, tags: str | None = None, **more: Any) -> Row:
    """A post as Danbooru's API answers it."""
    chosen = " ".join(sorted(name for at, name in enumerate(NAMES) if number >> at & 1)) if tags is None else tags
    at = f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}T01:02:03.456-05:00"
    return {
        "id": number, "created_at": at, "updated_at": at, "uploader_id": number % 5 + 1, "score": number % 7 - 1,
        "up_score": number % 7, "down_score": -1, "fav_count": number % 11, "rating": "gsqe"[number % 4],
        "source": f"https://example.com/{number}", "md5": f"{number:032x}", "file_ext": "png", "file_size": number * 1000,
        "image_width": 100 + number, "image_height": 200, "tag_string": chosen, "tag_count": len(chosen.split()),
        "parent_id": number - 1 if number % 9 == 2 else None, "is_deleted": number % 10 == 0, "is_pending": False,
        "is_flagged": False, "is_banned": False, "has_children": number % 9 == 1, "bit_flags": 0, **more,
    }  # fmt: skip


def image(number: int, **more: Any) -> Row:
    """An image as Furbooru's API answers it."""
    names = [name.replace("_", " ") for at, name in enumerate(NAMES) if number >> at & 1]
    at = f"2024-{number % 12 + 1:02}-03T01:02:03Z"
    return {
        "id": number, "created_at": at, "updated_at": at, "first_seen_at": at, "tags": names, "tag_count": len(names),
        "tag_ids": [NAMES.index(name.replace(" ", "_")) + 1 for name in names], "upvotes": number % 6, "downvotes": number % 2,
        "score": number % 6 - number % 2, "faves": number % 9, "comment_count": 0, "width": 100, "height": 50 + number,
        "size": number * 10, "mime_type": "image/png", "format": "png", "name": f"{number}.png", "animated": False,
        "duration": 0.04, "sha512_hash": f"{number:0128x}", "orig_sha512_hash": None, "uploader": "Ash", "uploader_id": 3,
        "description": "A red fox.", "source_urls": [f"https://example.org/{number}"], "wilson_score": 0.25,
        "aspect_ratio": 1.5, "hidden_from_users": False, "processed": True, "thumbnails_generated": True, **more,
    }  # fmt: skip


def write_lines(path: Path, rows: Iterable[Mapping[str, Any] | str]) -> Path:
    """A file of JSON Lines; a text is a line as it is."""
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8")
    return path


def dumped(path: Path) -> list[str]:
    """Everything that a store file holds, as SQL."""
    database = sqlite3.connect(path)
    try:
        return list(database.iterdump())
    finally:
        database.close()
