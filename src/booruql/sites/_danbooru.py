"""Reads the posts of Danbooru's family: one record shape, shared by the profiles that have it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from booruql.ast.nodes import Latest, Position
from booruql.schema import table
from booruql.sites.records import hundredths, instant, micros
from booruql.sites.site import Flat

COLUMNS = {
    "upvotes": "up_score",
    "downvotes": "down_score",
    "favorite_count": "fav_count",
    "width": "image_width",
    "height": "image_height",
}
_JUDGED = ("post_flags", "post_appeals", "post_approvals", "post_disapprovals")
NESTED = (
    *(name for name in table("posts").relations if name != "galleries"),
    *(f"{post}.{name}" for post in ("parent", "children") for name in _JUDGED),
)
"""What an index document carries of other tables."""
LATEST = {"queued_at": Latest(("created_at", Position("post_flags", "created_at"), Position("post_appeals", "created_at")))}
_PLAIN = (
    "id", "score", "up_score", "down_score", "fav_count", "rating", "source", "md5", "pixel_hash", "file_ext", "file_size",
    "image_width", "image_height", "duration", "tag_count", "tag_count_general", "tag_count_artist", "tag_count_copyright",
    "tag_count_character", "tag_count_meta", "uploader_id", "approver_id", "parent_id", "pixiv_id", "bit_flags", "has_children",
    "has_active_children", "is_pending", "is_flagged", "is_deleted", "is_banned", "is_rating_locked", "is_note_locked",
    "is_status_locked",
)  # fmt: skip
_NAMES = {member: field for field, member in COLUMNS.items()}
_RENAMED = (("width", "width"), ("height", "height"), *((key, _NAMES.get(key, key)) for key in _PLAIN))
"""Record members and our fields; data sets of others' making spell sizes as we do."""
_MEDIA = {
    "duration": "duration", "pixel_hash": "pixel_hash", "file_ext": "file_ext", "file_size": "file_size",
    "image_width": "width", "image_height": "height",
}  # fmt: skip
"""The file's own members: API records carry them in their media asset, rows of a dump beside the others."""
_TIMES = ("created_at", "updated_at", "last_commented_at", "last_comment_bumped_at", "last_noted_at")
_FILLED = {"upvotes": 0, "downvotes": 0, "source": ""}


def read(record: Mapping[str, Any]) -> dict[str, Any]:
    """A post of the API in the form that the search sees.

    >>> post = read({"id": 1, "tag_string": "cat sky", "down_score": -2, "image_width": 16, "image_height": 9})
    >>> sorted(post["tags"]), post["downvotes"], post["ratio"]
    (['cat', 'sky'], 2, 178)
    """
    get = record.get
    found: dict[str, Any] = {**_FILLED, **{ours: value for key, ours in _RENAMED if (value := get(key)) is not None}}
    _read_file(record, found)
    found["tags"] = _read_tags(record)
    for key in _TIMES:
        if value := get(key):
            found[key] = instant(value)
    found["downvotes"] = abs(found["downvotes"])
    derived = zip(_DERIVED, _derive(*map(found.get, _NEEDED)), strict=True)
    found.update((name, value) for name, value in derived if value is not None)
    return found


_NEEDED = ("width", "height", "bit_flags", "score", "created_at")
_DERIVED = ("pixels", "megapixels", "ratio", "shape", "has_embedded_notes", "rank")


def _derive(
    width: int | None, height: int | None, bit_flags: int | None, score: int | None, created_at: int | None
) -> tuple[int | None, float | None, int | None, float | None, bool, float | None]:
    """What follows from other values of a post."""
    has_notes, rank = bool((bit_flags or 0) & 1), _rank(score, created_at)
    if width is None or height is None:
        return None, None, None, None, has_notes, rank
    pixels = width * height
    return pixels, pixels / 1_000_000, hundredths(width, height), width / max(1, height), has_notes, rank


def _read_tags(record: Mapping[str, Any]) -> frozenset[str]:
    """The names in `tag_string`; data sets of others' making have a list instead."""
    names = record.get("tag_string")
    if names is None:
        names = record.get("tags") or ""
    if isinstance(names, str):
        return frozenset(names.split())
    if not isinstance(names, list):
        raise TypeError(f"tag_string: {names!r:.60} is no text")
    return frozenset(names)


def _read_file(record: Mapping[str, Any], found: dict[str, Any]) -> None:
    """The file as the site's search sees it: a post whose media asset is gone or not active has none."""
    asset = record.get("media_asset", {})
    if not isinstance(asset, Mapping) or asset.get("status", "active") != "active":
        for name in _MEDIA.values():
            found.pop(name, None)
        return
    found.update({name: asset[key] for key, name in _MEDIA.items() if name not in found and asset.get(key) is not None})
    metadata = record.get("media_metadata", record.get("file_metadata"))
    if isinstance(metadata, Mapping):
        found["file_metadata"] = dict(metadata.get("metadata", metadata))


_FIRST_DAY = micros(datetime(2005, 5, 24, tzinfo=UTC))


def _rank(score: int | None, created_at: int | None) -> float | None:
    """How hot a post is: a threefold score is worth about ten hours."""
    if not score or score < 0 or created_at is None:
        return None
    return math.log(score, 3) + (created_at - _FIRST_DAY) / 35_000_000_000


def _members() -> dict[str, tuple[str, ...]]:
    """Our fields with the members that they are read from, the first that has a value."""
    found: dict[str, tuple[str, ...]] = {"tags": ("tag_string", "tags"), **{name: (name,) for name in _TIMES}}
    for member, field in _RENAMED:
        found[field] = (member, *found.get(field, ()))
    return found


FLAT = Flat(
    members=_members(),
    filled=_FILLED,
    sizes=("downvotes",),
    needed=_NEEDED,
    derived=_DERIVED,
    derive=_derive,
    whole=frozenset(("media_asset", "media_metadata", "file_metadata")),
)
