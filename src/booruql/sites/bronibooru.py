"""Bronibooru: Danbooru 2 as of June 2014 over the same records. Its words, orders, limits and parameters."""

from __future__ import annotations

from booruql.sites._bronibooru_params import POST_REQUESTS, make_resources
from booruql.sites._danbooru import COLUMNS, FLAT, NESTED, read
from booruql.sites.site import Resource, Site, Word

LEVELS = {"anonymous": 0, "member": 20, "gold": 30, "platinum": 31}
TAG_LIMITS = ((31, 12), (30, 6), (0, 2))
"""The number of terms (and of names that a wildcard stands for) from a level up."""


def _range(name: str, type_: str, field: str, help_: str, sample: str, *marks: str, synonyms: tuple[str, ...] = ()) -> Word:
    return Word(name, "id" if name == "id" else "range", field, help_, sample, synonyms, (type_, *marks))


def _by(name: str, relation: str, column: str, help_: str, *synonyms: str, first: bool = False) -> Word:
    return Word(name, "maker", "", help_, "albert", synonyms, ("adds", relation, column, first))


WORDS = (
    Word("user", "uploader", "uploader_id", "who posted it", "albert", args=("negatable", "adds-negated")),
    Word("approver", "uploader", "approver_id", "who approved it", "albert", args=("negatable", "adds-negated")),
    _by("commenter", "comments", "creator_id", "who commented on it", "comm"),
    _by("noter", "note_versions", "updater_id", "who wrote a note on it", first=True),
    _by("noteupdater", "note_versions", "updater_id", "who wrote or changed a note on it"),
    _by("artcomm", "artist_commentary_versions", "updater_id", "who wrote or changed its commentary"),
    Word("fav", "fav", "", "who favorited it", "albert", args=("negatable", "adds")),
    Word("ordfav", "fav", "", "who favorited it, newest favorite first", "albert", args=("adds",)),
    Word("sub", "sub", "", "posts of a user's tag subscriptions, all or one by name", "albert:cats", args=("adds",)),
    Word("pool", "pool", "", "pool it is in: number, name, name with *, none or any", "any", args=("negatable", "adds")),
    Word("ordpool", "pool", "", "pool it is in, in the pool's order", "1234", args=("adds",)),
    Word("md5", "md5", "md5", "MD5 hash of the file", "d41d8cd98f00b204e9800998ecf8427e", args=("lower",)),
    Word("rating", "rating", "rating", "rating by its first letter: s, q or e", "s", args=("negatable", "lower")),
    Word("locked", "flags", "", "what of it is locked: rating, note or status", "rating", args=("negatable", "lower")),
    _range("id", "integer", "id", "number of the post", "1234", "negatable"),
    _range("width", "integer", "width", "width in pixels", ">=1920"),
    _range("height", "integer", "height", "height in pixels", "1080"),
    _range("mpixels", "float", "megapixels", "size in megapixels, give or take 5 %", ">1.5", "fudged"),
    _range("ratio", "ratio", "ratio", "width by height", "16:9"),
    _range("score", "integer", "score", "score", "10..50"),
    _range("favcount", "integer", "favorite_count", "number of favorites", ">10"),
    _range("filesize", "size", "file_size", "size of the file, give or take 5 %", "1mb", "fudged"),
    Word("date", "date", "created_at", "day it was posted", "2014-06-09"),
    Word("age", "age", "created_at", "how long ago it was posted", "<1w"),
    _range("tagcount", "integer", "tag_count", "number of tags", ">=20"),
    _range("gentags", "integer", "tag_count_general", "number of general tags", "<10"),
    _range("arttags", "integer", "tag_count_artist", "number of artist tags", ">1"),
    _range("chartags", "integer", "tag_count_character", "number of character tags", "2"),
    _range("copytags", "integer", "tag_count_copyright", "number of copyright tags", "0"),
    Word("source", "source", "source", "how its source begins, or none", "*example.com", args=("negatable",)),
    Word("parent", "parent", "", "the post and its children, or none, or any", "1234", args=("negatable", "lower")),
    Word("child", "child", "has_children", "whether it has children: none or any", "any", args=("lower",)),
    Word("status", "status", "", "state in moderation", "deleted", args=("negatable", "lower")),
    _range("pixiv_id", "integer", "pixiv_id", "number of the work on Pixiv", ">0", synonyms=("pixiv",)),
    Word("order", "order", "", "order of the posts", "score", args=("lower",)),
    Word("limit", "ignored", "", "posts a page", "50"),
)  # fmt: skip

POSTS = Resource("posts", "posts", {"anonymous": WORDS}, COLUMNS, read, requests=POST_REQUESTS, nested=NESTED, flat=FLAT)
SITE = Site(
    name="bronibooru",
    syntax="bronibooru",
    resources={"posts": POSTS, **make_resources()},
    default_entity="posts",
    page_size=20,
    max_page_size=200,
    recognises=lambda record: False,
    facts={"levels": LEVELS, "tag_limits": TAG_LIMITS, "pages": ((0, 1000),)},
)
