"""Writes the demo data of `src/booruql/demo`: invented pictures, the same ones in the record shapes of both sites.

Run it after a change here; a test compares the shipped files with what this makes. The draws come from a seeded
generator of which only `random()` is used, so every Python makes the same data.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from math import sqrt
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")
Row = dict[str, Any]

HOME = Path(__file__).parents[1] / "src" / "booruql" / "demo"
PICTURES = 320
DUMPED = 48  # pictures of the small site dump
SITE = "https://demo.example"
START = datetime(2019, 3, 1, 6, 30, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")

# theme -> (subjects, what often comes with them)
THEMES = {
    "landscape": (
        "mountain mountain lake lake lake forest river valley meadow beach ocean waterfall island hill bridge lighthouse".split(),
        "outdoors scenery sky cloud blue_sky sunset sunrise night starry_sky reflection grass path field no_humans".split(),
    ),
    "animals": (
        "cat cat cat cat dog dog dog fox fox red_panda rabbit otter hedgehog owl duck bee horse deer turtle red_kite".split(),
        "animal_focus outdoors grass flower sleeping running looking_at_viewer closed_eyes :3 solo duo group no_humans".split(),
    ),
    "food": (
        "apple bread cake soup tea coffee pancake strawberry rice_ball cheese honey crêpe salad pie noodles jam".split(),
        "food table plate cup steam wooden_table kitchen fruit still_life spoon basket no_humans".split(),
    ),
    "plants": (
        "rose tulip sunflower oak fern moss cactus cherry_blossoms lavender bamboo lily ivy dandelion edelweiß".split(),
        "flower leaf garden outdoors petals dew pot window sunlight greenhouse close-up no_humans".split(),
    ),
    "weather": (
        "rain snow fog storm lightning rainbow wind frost thunder hail heat_haze aurora".split(),
        "outdoors sky cloud grey_sky umbrella puddle street window scenery tree rooftop night".split(),
    ),
    "crafts": (
        "pottery knitting origami embroidery basket woodcarving quilt kite_(toy) lantern candle bookbinding weaving".split(),
        "indoors table hands yarn paper clay wood colorful pattern workshop tools still_life".split(),
    ),
}
COLORS = "red orange yellow green blue purple white brown".split()
META = ("photo_(medium)", "watercolor_(medium)", "ink_(medium)", "sketch", "commentary_request", "highres", "absurdres")
ARTISTS = ("kite_painter", "moss_and_ink", "søren_lund", "ash_harbor", "wren_(photos)", "olive.tree", "猫とお茶", "lumen42")
SERIES = ("original", "tales_of_the_hill", "harbour_lights")
CAST = {
    "hedgehog": "pip_(hedgehog)", "otter": "captain_otter", "cat": "momo_(tales)", "fox": "ember_fox", "owl": "professor_hoot",
    "dog": "biscuit_(dog)",
}  # fmt: skip
SPECIES = frozenset("cat dog fox red_panda rabbit otter hedgehog owl duck horse deer turtle whale".split())
USERS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel")
POOLS = ("Rainy_Days", "A_Walk_by_the_Lake", "Tea_Time", "Pip's_Diary")
ALIASES = (("kitty", "cat"), ("bunny", "rabbit"), ("thunderstorm", "storm"), ("café", "coffee"), ("neko", "cat"))
SIZES = ((1920, 1080), (1600, 1200), (1080, 1350), (3000, 2000), (800, 800), (640, 480), (2480, 3508), (4096, 2160), (1280, 720))
STILLS, MOVING = ("jpg", "png", "webp"), ("gif", "mp4", "webm")


class Dice(Random):
    """Draws that are the same in every version of Python."""

    def upto(self, count: int) -> int:
        return int(self.random() * count)

    def one(self, items: Sequence[T]) -> T:
        return items[self.upto(len(items))]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        left = list(items)
        return [left.pop(self.upto(len(left))) for _ in range(min(count, len(left)))]

    def chance(self, share: float) -> bool:
        return self.random() < share


@dataclass
class Picture:
    """One invented picture, before it takes either site's shape."""

    id: int
    theme: str
    general: list[str]
    artist: str | None
    series: str | None
    character: str | None
    meta: list[str]
    created: datetime
    updated: datetime
    commented: datetime | None
    uploader: int
    approver: int | None
    ups: int
    downs: int
    faves: int
    comments: int
    size: tuple[int, int]
    bytes: int
    ext: str
    duration: float | None
    rating: str
    source: str
    mark: str
    parent: int | None
    children: list[int]

    @property
    def key(self) -> str:
        return hashlib.md5(f"picture {self.id}".encode(), usedforsecurity=False).hexdigest()

    @property
    def name(self) -> str:
        return f"{self.general[0]}_{self.id:03}"


def make_pictures(dice: Dice) -> list[Picture]:
    """All pictures, oldest first, parents linked."""
    pictures: list[Picture] = []
    moment = START
    for number in range(1, PICTURES + 1):
        moment += timedelta(seconds=3600 + dice.upto(14 * 86400))
        pictures.append(make_picture(dice, number, min(moment, NOW - timedelta(hours=PICTURES - number + 2))))
    for child in pictures[5:]:
        if dice.chance(0.06):
            parent = dice.one(pictures[max(0, child.id - 6) : child.id - 1])
            child.parent = parent.id
            parent.children.append(child.id)
    return pictures


def make_picture(dice: Dice, number: int, created: datetime) -> Picture:
    theme = dice.one([*THEMES, "animals"])
    subjects, around = THEMES[theme]
    subject = dice.one(subjects)
    general = list(dict.fromkeys([subject, *dice.some(around, 3 + dice.upto(6)), *(f"{c}_theme" for c in dice.some(COLORS, 1))]))
    if dice.chance(0.4):
        general.append(dice.one([s for s in chain.from_iterable(t[0] for t in THEMES.values()) if s not in general]))
    moving = dice.chance(0.08)
    size = dice.one(SIZES)
    updated = created + timedelta(seconds=dice.upto(200 * 86400))
    ups = int(120 * dice.random() ** 3)
    return Picture(
        id=number,
        theme=theme,
        general=general,
        artist=dice.one(ARTISTS) if dice.chance(0.85) else None,
        series=dice.one(SERIES) if dice.chance(0.5) else None,
        character=CAST.get(subject) if dice.chance(0.4) else None,
        meta=[*(["animated"] if moving else []), *dice.some(META, dice.upto(3))],
        created=created,
        updated=min(updated, NOW),
        commented=created + timedelta(seconds=600 + dice.upto(86400)) if dice.chance(0.3) else None,
        uploader=1 + dice.upto(len(USERS)),
        approver=1 if dice.chance(0.2) else None,
        ups=ups,
        downs=int(9 * dice.random() ** 4),
        faves=int(ups * dice.random()),
        comments=0,
        size=size,
        bytes=int(size[0] * size[1] * (0.1 + dice.random())),
        ext=dice.one(MOVING) if moving else dice.one(STILLS),
        duration=round(1 + 60 * dice.random(), 2) if moving else None,
        rating="s" if dice.chance(0.06) else "g",
        source=dice.one(("", f"{SITE}/gallery/{number}", f"https://paint.example/works/{7000 + number}")),
        mark=dice.one(("is_deleted", "is_pending", "is_flagged", "is_banned")) if dice.chance(0.07) else "",
        parent=None,
        children=[],
    )  # fmt: skip


# --- Danbooru's shape


def eastern(moment: datetime | None) -> str | None:
    """An instant as Danbooru writes it: three decimals, the offset of New York."""
    return moment.astimezone(NEW_YORK).isoformat(timespec="milliseconds") if moment else None


def shrunk(size: tuple[int, int], side: int) -> tuple[int, int]:
    scale = min(1.0, side / max(size))
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def variant(kind: str, size: tuple[int, int], key: str, ext: str) -> Row:
    url = f"{SITE}/{kind}/{key[:2]}/{key[2:4]}/{key}.{ext}"
    return {"type": kind, "url": url, "width": size[0], "height": size[1], "file_ext": ext}


def media_asset(picture: Picture) -> Row:
    width, height = picture.size
    kinds = [(f"{side}x{side}", side, "jpg") for side in (180, 360)] + [("720x720", 720, "webp")]
    variants = [variant(kind, shrunk(picture.size, side), picture.key, ext) for kind, side, ext in kinds]
    asset = {
        "id": 5000 + picture.id, "created_at": eastern(picture.created), "updated_at": eastern(picture.updated),
        "md5": picture.key, "file_ext": picture.ext, "file_size": picture.bytes, "image_width": width, "image_height": height,
        "duration": picture.duration, "status": "active", "file_key": picture.key[:9], "is_public": True,
        "pixel_hash": picture.key[::-1], "variants": [*variants, variant("original", picture.size, picture.key, picture.ext)],
    }  # fmt: skip
    hidden = ("md5", "file_key", "variants") if picture.mark == "is_banned" else ()
    return {name: value for name, value in asset.items() if name not in hidden}


def danbooru_tags(picture: Picture) -> dict[str, list[str]]:
    one = {"artist": picture.artist, "character": picture.character, "copyright": picture.series}
    return {
        "general": sorted(picture.general),
        **{category: [name] if name else [] for category, name in one.items()},
        "meta": sorted(picture.meta),
    }


def danbooru_post(picture: Picture, active: set[int]) -> Row:
    """A post in the site's own order of members; a banned one hides its file."""
    tags = danbooru_tags(picture)
    every = sorted(chain.from_iterable(tags.values()))
    url = f"{SITE}/original/{picture.key}.{picture.ext}"
    marks = {mark: picture.mark == mark for mark in ("is_pending", "is_flagged", "is_deleted", "is_banned")}
    post = {
        "id": picture.id, "created_at": eastern(picture.created), "uploader_id": picture.uploader,
        "score": picture.ups - picture.downs, "source": picture.source, "md5": picture.key,
        "last_comment_bumped_at": eastern(picture.commented), "rating": picture.rating,
        "image_width": picture.size[0], "image_height": picture.size[1], "tag_string": " ".join(every),
        "fav_count": picture.faves, "file_ext": picture.ext, "last_noted_at": None, "parent_id": picture.parent,
        "has_children": bool(picture.children), "approver_id": picture.approver,
        **{f"tag_count_{c}": len(tags[c]) for c in ("general", "artist", "character", "copyright")},
        "file_size": picture.bytes, "up_score": picture.ups, "down_score": -picture.downs,
        "is_pending": marks["is_pending"], "is_flagged": marks["is_flagged"], "is_deleted": marks["is_deleted"],
        "tag_count": len(every), "updated_at": eastern(picture.updated), "is_banned": marks["is_banned"], "pixiv_id": None,
        "last_commented_at": eastern(picture.commented), "has_active_children": bool(active.intersection(picture.children)),
        "bit_flags": 0, "tag_count_meta": len(tags["meta"]), "has_large": picture.size[0] > 850,
        "has_visible_children": bool(active.intersection(picture.children)), "media_asset": media_asset(picture),
        **{f"tag_string_{c}": " ".join(tags[c]) for c in ("general", "character", "copyright", "artist", "meta")},
        "file_url": url, "large_file_url": url, "preview_file_url": f"{SITE}/180x180/{picture.key}.jpg",
    }  # fmt: skip
    hidden = ("md5", "file_url", "large_file_url", "preview_file_url") if marks["is_banned"] else ()
    return {name: value for name, value in post.items() if name not in hidden}


def danbooru_posts(pictures: Sequence[Picture]) -> list[Row]:
    active = {p.id for p in pictures if p.mark != "is_deleted"}
    return [danbooru_post(picture, active) for picture in pictures]


def table_row(post: Row) -> Row:
    """A post as the site's table has it: no URLs, the length of the media beside the other columns."""
    left_out = ("media_asset", "file_url", "large_file_url", "preview_file_url")
    return {name: value for name, value in post.items() if name not in left_out} | {"duration": post["media_asset"]["duration"]}


def danbooru_dump(posts: Sequence[Row], dice: Dice) -> Row:
    """A small site: the first posts with the tables that names, favourites and pools are looked up in."""
    faved = [(user, post["id"]) for post in posts for user in dice.some(range(1, len(USERS) + 1), min(3, post["fav_count"]))]
    for post in posts:
        post["fav_count"] = sum(1 for _, post_id in faved if post_id == post["id"])
    talked = [post["id"] for post in posts if post["last_commented_at"]]
    shown = eastern(START)
    return {
        "now": NOW.isoformat(),
        "posts": list(posts),
        "users": [{"id": i, "name": name, "private_favorites": False} for i, name in enumerate(USERS, 1)],
        "tags": danbooru_tag_rows(posts),
        "tag_aliases": [
            {"id": i, "antecedent_name": old, "consequent_name": new, "status": "active"}
            for i, (old, new) in enumerate(ALIASES, 1)
        ],
        "pools": [
            {"id": i, "name": name, "category": "series", "is_deleted": False, "post_ids": dice.some(range(1, len(posts) + 1), 7)}
            for i, name in enumerate(POOLS, 1)
        ],
        "favorites": [{"id": i, "user_id": user, "post_id": post} for i, (user, post) in enumerate(faved, 1)],
        "comments": [
            {"id": i, "post_id": post, "creator_id": 1 + dice.upto(len(USERS)), "is_deleted": False,
             "body": "What a calm picture!", "created_at": shown, "updated_at": shown}
            for i, post in enumerate(talked, 1)
        ],
    }  # fmt: skip


def danbooru_tag_rows(posts: Iterable[Row]) -> list[Row]:
    numbers = {"general": 0, "artist": 1, "copyright": 3, "character": 4, "meta": 5}
    named = ((post[f"tag_string_{category}"], number) for post in posts for category, number in numbers.items())
    counts = Counter((name, number) for names, number in named for name in names.split())
    return [
        {"id": i, "name": name, "category": category, "post_count": count, "words": name.split("_"), "is_deprecated": False}
        for i, ((name, category), count) in enumerate(sorted(counts.items()), 1)
    ]


# --- Furbooru's shape


def furbooru_tags(picture: Picture) -> list[str]:
    """Names as that site has them: spaces, and a namespace for artists and own characters."""
    names = ["safe", *(name.replace("_", " ") for name in picture.general)]
    names += [f"artist:{picture.artist.replace('_', ' ')}"] if picture.artist else ["artist needed"]
    names += [f"oc:{picture.character.replace('_', ' ')}"] if picture.character else []
    names += ["feral"] if SPECIES.intersection(picture.general) else []
    return [*names, *(name.replace("_(medium)", "").replace("_", " ") for name in picture.meta)]


def wilson_score(ups: int, downs: int) -> float:
    """The lower bound of the share of upvotes at 99 %; the integer 0 without upvotes."""
    if ups == 0:
        return 0
    total = ups + downs
    share, z, zz = ups / total, 2.57583, 6.634900189
    return (share + zz / (2 * total) - z * sqrt((share * (1 - share) + zz / (4 * total)) / total)) / (1 + zz / total)


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def representations(picture: Picture, ext: str) -> dict[str, str]:
    sizes = ("full", "large", "medium", "small", "tall", "thumb", "thumb_small", "thumb_tiny")
    base = f"{SITE}/img/{picture.created:%Y/%-m/%-d}/{picture.id}"
    moving = {kind: f"{base}/full.{kind}" for kind in ("mp4", "webm")} if picture.duration else {}
    return {**{size: f"{base}/{size}.{ext}" for size in sizes}, **moving}


def furbooru_image(picture: Picture, ids: dict[str, int], dice: Dice) -> Row:
    names = furbooru_tags(picture)
    names = dice.some(names, len(names))
    ext = {"webp": "png", "mp4": "webm"}.get(picture.ext, picture.ext)
    mime = {"jpg": "image/jpeg", "webm": "video/webm"}.get(ext, f"image/{ext}")
    anonymous = dice.chance(0.1)
    light = {corner: round(20 + 180 * dice.random(), 6) for corner in ("nw", "ne", "sw", "se")}
    digest = hashlib.sha512(f"picture {picture.id}".encode()).hexdigest()
    shapes = representations(picture, ext)
    return {
        "id": picture.id, "created_at": utc(picture.created), "updated_at": utc(picture.updated),
        "first_seen_at": utc(picture.created), "width": picture.size[0], "height": picture.size[1],
        "aspect_ratio": picture.size[0] / picture.size[1], "size": picture.bytes, "orig_size": picture.bytes,
        "duration": picture.duration or 0.04, "animated": picture.duration is not None, "format": ext, "mime_type": mime,
        "name": f"{picture.name}.{ext}" if dice.chance(0.9) else None, "sha512_hash": digest,
        "orig_sha512_hash": digest if dice.chance(0.9) else None,
        "tags": names, "tag_ids": [ids[name] for name in names], "tag_count": len(names),
        "uploader": None if anonymous else USERS[picture.uploader - 1], "uploader_id": None if anonymous else picture.uploader,
        "wilson_score": wilson_score(picture.ups, picture.downs), "intensities": None if ext == "webm" else light,
        "score": picture.ups - picture.downs, "upvotes": picture.ups, "downvotes": picture.downs, "faves": picture.faves,
        "comment_count": picture.comments, "description": describe(picture) if dice.chance(0.6) else "",
        "source_url": picture.source, "source_urls": [picture.source] if picture.source else [],
        "view_url": shapes["full"], "representations": shapes, "thumbnails_generated": True, "processed": True,
        "spoilered": False, "hidden_from_users": False, "deletion_reason": None, "duplicate_of": None,
    }  # fmt: skip


def describe(picture: Picture) -> str:
    subject, *others = (name.replace("_", " ") for name in picture.general)
    return f"A picture of {subject}, with {' and '.join(others[:2]) or 'nothing else'}. Made for the love of {picture.theme}."


def furbooru_images(pictures: Sequence[Picture], dice: Dice) -> list[Row]:
    ids = {name: i for i, name in enumerate(sorted({n for p in pictures for n in furbooru_tags(p)}), 1)}
    return [furbooru_image(picture, ids, dice) for picture in pictures]


def make_files() -> dict[str, str]:
    """File name (as unpacked) -> content."""
    dice = Dice(2026)
    pictures = make_pictures(dice)
    for picture in pictures:
        picture.comments = 1 + dice.upto(5) if picture.commented else 0
    posts, images = danbooru_posts(pictures), furbooru_images(pictures, dice)
    site = danbooru_dump([table_row(post) for post in posts[:DUMPED]], dice)
    return {
        "danbooru_posts.jsonl": lines(posts),
        "furbooru_images.jsonl": lines(images),
        "danbooru_site.json": json.dumps(site, ensure_ascii=False, separators=(",", ":")) + "\n",
    }


def lines(rows: Iterable[Row]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)


def main() -> None:
    for name, content in make_files().items():
        packed = gzip.compress(content.encode(), mtime=0) if name.endswith(".jsonl") else content.encode()
        path = HOME / (name + ".gz" if name.endswith(".jsonl") else name)
        path.write_bytes(packed)
        print(f"{path.name}: {len(packed):,} bytes")


if __name__ == "__main__":
    main()
