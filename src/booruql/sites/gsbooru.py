"""Gsbooru: tag search over the posts of its API, and what the API itself can be asked.

The site's own grammar is not documented: it joins tags by blanks and takes the rating apart. All else here is ours, in
the manner of Danbooru, and is run on the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from booruql.ast.nodes import Key, Special
from booruql.sites.records import instant
from booruql.sites.site import Face, Resource, Site, Word

RATINGS = ("g", "s", "q", "e")
_NAMES = ("general", "sensitive", "questionable", "explicit")
_SPELLINGS = (*zip(RATINGS, RATINGS, strict=True), *zip(_NAMES, RATINGS, strict=True), *zip("0123", RATINGS, strict=True))
_ABSENT = "user width height ratio mpixels filesize favcount parent child pool ordpool fav ordfav approver commenter comm noter"


def _range(name: str, type_: str, field: str, help_: str, sample: str, *synonyms: str) -> Word:
    return Word(name, "range", field, help_, sample, synonyms, (type_,))


WORDS = (
    Word("rating", "letters", "rating", "rating, or several", "g,s", args=_SPELLINGS),
    _range("id", "integer", "id", "number of the post", ">100000"),
    _range("score", "integer", "score", "score", "5.."),
    _range("md5", "md5", "md5", "MD5 hash of the file", "cd5540ab36c528d09da6baaa32547337"),
    Word("source", "source_any", "source", "how its source begins, none or any", "*pixiv*"),
    _range("user_id", "integer", "uploader_id", "number of the user who posted it", "7", "creator"),
    _range("date", "date", "created_at", "day it was posted", "2026-04-15"),
    _range("age", "age", "created_at", "how long ago it was posted", "<1w"),
    _range("updated", "date", "updated_at", "day it last changed", "2026-04-15"),
    _range("filetype", "enum", "file_ext", "file type", "png", "ext"),
    _range("tagcount", "integer", "tag_count", "number of tags", ">=20"),
    Word("is", "flag", "", "whether it is deleted", "deleted", args=(("deleted", "is_deleted"),)),
    Word("status", "flag", "", "whether it is deleted", "deleted", args=(("deleted", "is_deleted"),)),
    Word("has", "flag", "", "whether it has a preview or a sample", "sample",
         args=(("preview", "has_preview"), ("sample", "has_sample"))),
    Word("order", "order", "", "order: id, score, created_at, updated_at or tagcount, with _asc or _desc; random", "score"),
    Word("limit", "limit", "", "posts a page", "50"),
    *(Word(name, "absent", "", "nothing: the records do not carry it", "", args=("gsbooru",)) for name in _ABSENT.split()),
)  # fmt: skip


def _orders() -> dict[str, tuple[Key, ...]]:
    found: dict[str, tuple[Key, ...]] = {"random": (Key(Special.RANDOM),)}
    for name in ("id", "score", "created_at", "updated_at", "tagcount"):
        field = "tag_count" if name == "tagcount" else name
        down, up = Key(field, descending=True), Key(field)
        found.update({name: (down,), f"{name}_desc": (down,), f"{name}_asc": (up,)})
    newest = Key("id", descending=True)
    return {name: keys if keys[0].by == "id" else (*keys, newest) for name, keys in found.items()}


_TRUTHS = {"is_soft_deleted": "is_deleted", "has_preview": "has_preview", "has_sample": "has_sample"}


def read(record: Mapping[str, Any]) -> dict[str, Any]:
    """A post of the API in the form that the search sees: ratings by letter, file types without a dot, times in UTC.

    >>> post = read({"id": 1, "tag_string": "cat sky", "rating": 1, "file_ext": ".png", "is_soft_deleted": 0})
    >>> post["rating"], post["file_ext"], post["is_deleted"], post["tag_count"]
    ('s', 'png', False, 2)
    """
    names = frozenset(str(record.get("tag_string") or "").split())
    found: dict[str, Any] = {"tags": names, "tag_count": len(names), "source": record.get("source") or ""}
    plain = {"id": "id", "md5": "md5", "score": "score", "creator_id": "uploader_id"}
    found.update({ours: record[key] for key, ours in plain.items() if record.get(key) is not None})
    found.update({ours: bool(record[key]) for key, ours in _TRUTHS.items() if record.get(key) is not None})
    found.update({key: instant(record[key]) for key in ("created_at", "updated_at") if record.get(key)})
    if record.get("file_ext"):
        found["file_ext"] = str(record["file_ext"]).removeprefix(".")
    rating = record.get("rating")
    if rating is not None:
        found["rating"] = RATINGS[rating] if isinstance(rating, int) else rating
    return found


def _recognises(record: Mapping[str, Any]) -> bool:
    return "is_soft_deleted" in record and "tag_string" in record


POSTS = Resource("posts", "posts", {"anonymous": WORDS}, {}, read, orders=_orders(), max_page_size=100)
SITE = Site(
    name="gsbooru",
    syntax="tags",
    resources={"posts": POSTS},
    default_entity="posts",
    page_size=20,
    max_page_size=100,
    recognises=_recognises,
    facts={"note": "The site's own grammar is not documented; these words are ours, run on its records."},
    face=Face(sets={"rating": RATINGS}, most=100),
)
