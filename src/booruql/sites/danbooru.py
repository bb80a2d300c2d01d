"""Danbooru: its metatags for our fields, its stored names, its levels and limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from booruql.sites._danbooru import COLUMNS, FLAT, LATEST, NESTED, read
from booruql.sites._danbooru_params import POST_REQUESTS, POST_UNASKED, explained, make_resources
from booruql.sites.site import Face, Resource, Site, Word

UNKNOWN, SINGLE = "unknown", "single"
"""Marks words over a column that may be null: every comparison is then unknown, or every one but a single value."""
MEDIA = "media"
"""Marks words over the file: a post without an active media asset is in no search that uses one."""
STATUSES = ("pending", "flagged", "deleted", "banned", "active", "appealed", "modqueue", "unmoderated")
FILE_TYPES = ("jpg", "png", "gif", "webp", "avif", "mp4", "webm", "swf", "zip")
LEVELS = {
    "anonymous": 0, "restricted": 10, "member": 20, "gold": 30, "platinum": 31, "builder": 32, "contributor": 35,
    "approver": 37, "moderator": 40, "admin": 50, "owner": 60,
}  # fmt: skip
FREE = frozenset(
    "status rating limit is id date age filesize filetype parent child md5 width height duration mpixels ratio score upvote "
    "downvotes favcount embedded tagcount pixiv_id pixiv".split()
)
"""Metatags that the tag limit does not count."""


def _range(name: str, type_: str, field: str, help_: str, sample: str, *marks: str) -> Word:
    return Word(name, "range", field, help_, sample, args=(type_, *marks))


def _name(name: str, relation: str, help_: str, *args: str) -> Word:
    return Word(name, relation, "", help_, "albert", args=args)


_NUMBERS = (
    _range("id", "integer", "id", "number of the post", "1234"),
    _range("score", "integer", "score", "upvotes less downvotes", ">50"),
    _range("upvotes", "integer", "upvotes", "number of upvotes", ">10"),
    _range("downvotes", "integer", "downvotes", "number of downvotes, as a positive number", ">3"),
    _range("favcount", "integer", "favorite_count", "number of favorites", ">100"),
    _range("tagcount", "integer", "tag_count", "number of tags", "<10"),
    _range("gentags", "integer", "tag_count_general", "number of general tags", "<10"),
    _range("arttags", "integer", "tag_count_artist", "number of artist tags", ">1"),
    _range("copytags", "integer", "tag_count_copyright", "number of copyright tags", "0"),
    _range("chartags", "integer", "tag_count_character", "number of character tags", "2"),
    _range("metatags", "integer", "tag_count_meta", "number of meta tags", ">0"),
    _range("pixiv", "integer", "pixiv_id", "number of the work on Pixiv", "any", SINGLE),
    _range("pixiv_id", "integer", "pixiv_id", "number of the work on Pixiv", "any", SINGLE),
    _range("md5", "md5", "md5", "MD5 hash of the file", "d41d8cd98f00b204e9800998ecf8427e"),
    _range("pixelhash", "md5", "pixel_hash", "MD5 hash of the decoded pixels", "d41d8cd98f00b204e9800998ecf8427e", MEDIA),
    _range("width", "integer", "width", "width in pixels", ">=1920", MEDIA),
    _range("height", "integer", "height", "height in pixels", "1080", MEDIA),
    _range("mpixels", "float", "megapixels", "size in megapixels, give or take 5 %", "2", MEDIA),
    _range("ratio", "ratio", "ratio", "width by height", "16:9", MEDIA),
    _range("filesize", "filesize", "file_size", "size of the file, with k or m give or take 5 %", "1mb", MEDIA),
    _range("filetype", "enum", "file_ext", "type of the file", "png,webm", MEDIA),
    _range("duration", "duration", "duration", "length in seconds, give or take 5 %", "1:30", MEDIA, UNKNOWN),
    _range("date", "date", "created_at", "day it was posted", "2024-01-02"),
    _range("age", "age", "created_at", "how long ago it was posted", "<2w"),
)

_WORDS = (
    Word("rating", "rating", "rating", "rating, by first letter", "g,s"),
    Word("status", "status", "", "state in moderation", "pending"),
    Word("is", "is_", "", "state, rating or file type", "pending"),
    Word("has", "has", "", "what it has", "comments"),
    Word("parent", "parent", "", "the post and its children, or whether it has a parent", "1234"),
    Word("child", "child", "", "whether it has children, or the state of one", "any"),
    Word("embedded", "embedded", "bit_flags", "whether its notes are embedded", "true"),
    Word("source", "source", "source", "how its source begins", "https://example.com"),
    _name("user", "uploader", "who posted it"),
    _name("approver", "approver", "who approved it"),
    _name("commenter", "commenter", "who commented on it"),
    _name("comm", "commenter", "who commented on it"),
    _name("noter", "noter", "who wrote the first version of a note"),
    _name("noteupdater", "maker", "who changed a note", "note_versions", "updater_id"),
    _name("commentaryupdater", "maker", "who changed the commentary", "artist_commentary_versions", "updater_id"),
    _name("artcomm", "maker", "who changed the commentary", "artist_commentary_versions", "updater_id"),
    _name("appealer", "maker", "who appealed its deletion", "post_appeals", "creator_id"),
    _name("flagger", "flagger", "who flagged it"),
    _name("upvote", "vote", "who upvoted it", "up"),
    _name("downvote", "vote", "who downvoted it", "down"),
    _name("fav", "fav", "who favorited it"),
    _name("ordfav", "ordfav", "who favorited it, newest favorite first"),
    _name("reacted", "reacted", "who reacted to it"),
    Word("pool", "pool", "", "pool it is in, by name or number", "any"),
    Word("ordpool", "ordpool", "", "pool it is in, in the pool's order", "1234"),
    Word("favgroup", "favgroup", "", "favorite group it is in", "1234"),
    Word("ordfavgroup", "ordfavgroup", "", "favorite group it is in, in the group's order", "1234"),
    Word("search", "saved", "", "one of the viewer's saved searches, by label", "all"),
    Word("note", "body", "", "text of a note", "hello", args=("notes",)),
    Word("comment", "body", "", "text of a comment", "hello", args=("comments",)),
    Word("commentary", "commentary", "", "text of the artist's commentary", "translated"),
    Word("disapproved", "disapproved", "", "why or by whom it was disapproved", "poor_quality"),
    Word("ai", "ai", "", "tag the machine sees, with its confidence in percent", "cat,>90%"),
    Word("exif", "exif", "file_metadata", "metadata of the file", "Artist", args=(MEDIA,)),
    Word("unaliased", "unaliased", "tags", "tag as typed, aliases apart", "cat"),
    Word("order", "order", "", "order of the posts", "score"),
    Word("limit", "limit", "", "posts a page", "20"),
    Word("random", "random", "", "so many posts by chance", "10"),
)

COUNTED = {
    "comment": ("comments", "comments"), "note": ("notes", "notes"), "child": ("children", "children"),
    "pool": ("pools", "pools"), "flag": ("post_flags", "flags"), "appeal": ("post_appeals", "appeals"),
    "approval": ("post_approvals", "approvals"), "replacement": ("post_replacements", "replacements"),
    "disapproval": ("post_disapprovals", "disapprovals"),
}  # fmt: skip
"""What can be counted: the relation, and the plural in the site's words."""
_STATES = {
    "comment": ("deleted", "active"), "note": ("deleted", "active"), "child": ("deleted", "active"),
    "pool": ("deleted", "active", "series", "collection"),
}  # fmt: skip


def _counts() -> tuple[Word, ...]:
    found = []
    for thing, (relation, plural) in COUNTED.items():
        for state in ("", *_STATES.get(thing, ())):
            head = f"{state}_" if state else ""
            shown = f"{state} {plural}".strip()
            found.append(
                Word(f"{head}{thing}_count", "count", "", f"number of {shown}", ">5", (head + plural,), (relation, state))
            )
    return tuple(found)


def _recognises(record: Mapping[str, Any]) -> bool:
    return "tag_string" in record or ("fav_count" in record and "tags" in record)


POSTS = Resource("posts", "posts", {"anonymous": (*_NUMBERS, *_WORDS, *_counts())}, COLUMNS, read, nested=NESTED, latest=LATEST,
                 requests=POST_REQUESTS, parameters=explained("posts"), unasked=POST_UNASKED, flat=FLAT)  # fmt: skip
SITE = Site(
    name="danbooru",
    syntax="tags",
    resources={"posts": POSTS, **make_resources()},
    default_entity="posts",
    page_size=20,
    max_page_size=200,
    recognises=_recognises,
    facts={"unparsable_is_nothing": True},
    face=Face(whole=True, free=FREE, limits=((31, None), (30, 6), (0, 2)), most=200),
)
