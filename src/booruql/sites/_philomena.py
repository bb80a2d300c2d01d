"""What the sites that run Philomena share: image words, stored names, and how API records and index documents are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import sqrt
from types import MappingProxyType
from typing import Any

from booruql.schema import Kind
from booruql.sites._philomena_names import category
from booruql.sites.records import instant
from booruql.sites.site import Resource, Word
from booruql.text import lower

CATEGORIES = (
    "error", "rating", "origin", "character", "oc", "species", "body_type", "content_fanmade", "content_official", "spoiler",
)  # fmt: skip

_TOLD_BY_NAMES = frozenset(("rating", "origin", "oc", "content_fanmade", "spoiler"))

# --- images: the vocabulary

_INTS = (
    Word("id", "int", "id", "number of the image", "1234"),
    Word("width", "int", "width", "width in pixels", "1920"),
    Word("height", "int", "height", "height in pixels", "1080"),
    Word("score", "int", "score", "upvotes less downvotes", "50"),
    Word("upvotes", "int", "upvotes", "number of upvotes", "20"),
    Word("downvotes", "int", "downvotes", "number of downvotes", "5"),
    Word("faves", "int", "favorite_count", "number of users who favourited it", "10"),
    Word("pixels", "int", "pixels", "width times height", "2073600"),
    Word("size", "int", "file_size", "size of the file in bytes", "1048576"),
    Word("orig_size", "int", "original_file_size", "size of the file as uploaded, in bytes", "1048576"),
    Word("comment_count", "int", "comment_count", "number of comments", "3"),
    Word("source_count", "int", "source_count", "number of sources", "1"),
    Word("tag_count", "int", "tag_count", "number of tags", "20"),
    *(
        Word(f"{category}_tag_count", "int", f"tag_count_{category}", f"number of {category.replace('_', ' ')} tags", "2")
        for category in CATEGORIES
    ),
)

_ANONYMOUS = (
    *_INTS,
    Word("uploader_id", "numeric", "uploader_id", "number of the user who posted it", "5"),
    Word("faved_by_id", "numeric", "favorited_by_ids", "number of a user who favourited it", "5"),
    Word("duplicate_id", "numeric", "duplicate_id", "image it was merged into", "1234"),
    Word("aspect_ratio", "float", "aspect_ratio", "width by height", "1.5~0.1"),
    Word("wilson_score", "float", "wilson_score", "lower bound of the share of upvotes", "0.9"),
    Word("duration", "float", "duration", "length in seconds", "12.5"),
    Word("created_at", "date", "created_at", "when it was posted", "2024-01-02"),
    Word("updated_at", "date", "updated_at", "when it last changed", "3 days ago"),
    Word("first_seen_at", "date", "first_seen_at", "when it was first seen, before any merge", "2024-01"),
    Word("faved_by", "literal", "favorited_by", "name of a user who favourited it", "ash"),
    Word("orig_sha512_hash", "literal", "original_sha512", "SHA-512 hash of the file as uploaded", "00ff*"),
    Word("sha512_hash", "literal", "sha512", "SHA-512 hash of the file", "00ff*"),
    Word("uploader", "literal", "uploader", "name of the user who posted it", "ash"),
    Word("source_url", "literal", "sources", "a source", "*example.org*"),
    Word("original_format", "literal", "original_format", "file type as uploaded", "png"),
    Word("mime_type", "literal", "mime_type", "MIME type", "image/png"),
    Word("file_name", "exact", "file_name", "name of the file as uploaded, letter case kept", "*.png"),
    Word("animated", "bool", "is_animated", "whether it moves", "true"),
    Word("processed", "bool", "is_processed", "whether it is optimised", "true"),
    Word("thumbnails_generated", "bool", "has_thumbnails", "whether it has thumbnails", "true"),
    Word("description", "phrase", "description", "words of the description, in order", "red fox"),
    Word("gallery_id", "gallery", "", "gallery it is in", "5"),
    Word("filter_id", "filter", "", "filter that leaves it visible", "2"),
)

_USER = (Word("my", "my", "", "faves, upvotes, downvotes, uploads, hidden or watched", "faves", args=("images",)),)

_MODERATOR = (
    Word("upvoted_by_id", "numeric", "upvoted_by_ids", "number of a user who voted it up", "5"),
    Word("downvoted_by_id", "numeric", "downvoted_by_ids", "number of a user who voted it down", "5"),
    Word("true_uploader_id", "numeric", "true_uploader_id", "number of the user who posted it, anonymously or not", "5"),
    Word("hidden_by_id", "numeric", "hidden_by_ids", "number of a user who hid it for themselves", "5"),
    Word("deleted_by_user_id", "numeric", "deleted_by_id", "number of the user who hid it from all", "5"),
    Word("fingerprint", "literal", "fingerprint", "fingerprint of the browser it was posted with", "c1*"),
    Word("upvoted_by", "literal", "upvoted_by", "name of a user who voted it up", "ash"),
    Word("downvoted_by", "literal", "downvoted_by", "name of a user who voted it down", "ash"),
    Word("true_uploader", "literal", "true_uploader", "name of the user who posted it, anonymously or not", "ash"),
    Word("hidden_by", "literal", "hidden_by", "name of a user who hid it for themselves", "ash"),
    Word("deleted_by_user", "literal", "deleted_by", "name of the user who hid it from all", "ash"),
    Word("deletion_reason", "phrase", "deletion_reason", "words of the reason why it was hidden", "duplicate"),
    Word("ip", "ip", "ip", "address or network it was posted from", "203.0.113.0/24"),
    Word("anonymous", "bool", "is_anonymous", "whether it was posted anonymously", "true"),
    Word("deleted", "bool", "is_hidden", "whether it is hidden from all", "false"),
)

IMAGE_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "tag_names": "namespaced_tags.name",
        "favorite_count": "faves",
        "file_size": "size",
        "original_file_size": "orig_size",
        "sha512": "sha512_hash",
        "original_sha512": "orig_sha512_hash",
        "sources": "source_url",
        "is_animated": "animated",
        "is_processed": "processed",
        "has_thumbnails": "thumbnails_generated",
        "is_hidden": "hidden_from_users",
        "is_approved": "approved",
        "is_anonymous": "anonymous",
        "favorited_by": "favourited_by_users",
        "favorited_by_ids": "favourited_by_user_ids",
        "upvoted_by": "upvoters",
        "upvoted_by_ids": "upvoter_ids",
        "downvoted_by": "downvoters",
        "downvoted_by_ids": "downvoter_ids",
        "hidden_by": "hidden_by_users",
        "hidden_by_ids": "hidden_by_user_ids",
        "deleted_by": "deleted_by_user",
        "deleted_by_id": "deleted_by_user_id",
        "galleries.gallery_id": "galleries.id",
        "galleries.position": "galleries.position",
        **{f"tag_count_{category}": f"{category}_tag_count" for category in CATEGORIES},
    }
)

# --- images: records

_SAME = (
    "id", "score", "upvotes", "downvotes", "comment_count", "width", "height", "tag_count", "mime_type", "source_count",
    "fingerprint", "ip", "uploader_id", "true_uploader_id", "true_uploader", "deletion_reason", "original_format",
    "file_name", "duplicate_id", "description",
)  # fmt: skip
_RENAMED = (
    ("favorite_count", "faves"),
    ("hide_count", "hides"),
    ("file_size", "size"),
    ("original_file_size", "orig_size"),
    ("sha512", "sha512_hash"),
    ("original_sha512", "orig_sha512_hash"),
    ("is_animated", "animated"),
    ("is_processed", "processed"),
    ("has_thumbnails", "thumbnails_generated"),
    ("is_hidden", "hidden_from_users"),
    ("is_approved", "approved"),
    ("is_anonymous", "anonymous"),
    ("deleted_by", "deleted_by_user"),
    ("deleted_by_id", "deleted_by_user_id"),
)
_API_NAMES = (("file_name", "name"), ("original_format", "format"), ("duplicate_id", "duplicate_of"))
_MANY = (
    ("favorited_by", "favourited_by_users"),
    ("favorited_by_ids", "favourited_by_user_ids"),
    ("upvoted_by", "upvoters"),
    ("upvoted_by_ids", "upvoter_ids"),
    ("downvoted_by", "downvoters"),
    ("downvoted_by_ids", "downvoter_ids"),
    ("hidden_by", "hidden_by_users"),
    ("hidden_by_ids", "hidden_by_user_ids"),
)
_INSTANTS = ("created_at", "updated_at", "first_seen_at")


def read_image(record: Mapping[str, Any]) -> dict[str, Any]:
    """An image of the API, or a document of the site's index, as the search sees it, by our field names.

    An API record lacks the tags' aliases, most categories, original names and the users of its relations: what is not in
    it is absent. A tag may be an object with `name`, `category` and `aliases`; then those are known.
    """
    document: dict[str, Any] = {name: record[name] for name in _SAME if name in record}
    document.update((ours, record[theirs]) for ours, theirs in _RENAMED if theirs in record)
    document.update((ours, frozenset(record[theirs] or ())) for ours, theirs in _MANY if theirs in record)
    document.update((name, instant(record[name])) for name in _INSTANTS if name in record)
    _read_tags(record, document)
    _read_sources(record, document)
    if "uploader" in record:
        document["uploader"] = _lower(record["uploader"])
    document.update((ours, record[theirs]) for ours, theirs in _API_NAMES if theirs in record and ours not in document)
    _derive(record, document)
    if "galleries" in record:
        document["galleries"] = tuple(
            {"post_id": record.get("id"), "gallery_id": row["id"], "position": row.get("position")} for row in record["galleries"]
        )
    return document


def _read_tags(record: Mapping[str, Any], document: dict[str, Any]) -> None:
    tags = record.get("tags") or ()
    if isinstance(tags, str):  # so written before 2019
        tags = tags.split(", ")
    names = [tag["name"] if isinstance(tag, Mapping) else tag for tag in tags]
    aliases = [alias for tag in tags if isinstance(tag, Mapping) for alias in tag.get("aliases") or ()]
    known = record.get("namespaced_tags")
    document["tag_names"] = frozenset(known["name"] or ()) if known else frozenset((*names, *aliases))
    document["tags"] = frozenset(names)
    if "tag_ids" in record:
        document["tag_ids"] = frozenset(record["tag_ids"] or ())
    if "tag_count" not in record:
        document["tag_count"] = len(set(names))
    counts = Counter(filter(None, map(_category_of, tags)))
    told = CATEGORIES if all(isinstance(tag, Mapping) and "category" in tag for tag in tags) else _TOLD_BY_NAMES
    document.update((f"tag_count_{category}", counts[category]) for category in told)
    stored = {f"tag_count_{category}": record.get(f"{category}_tag_count") for category in CATEGORIES}
    document.update((name, count) for name, count in stored.items() if count is not None)


def _category_of(tag: Any) -> str | None:
    """A tag's category as our fields spell it: the one that comes with it, else the one that its name tells."""
    if isinstance(tag, Mapping):
        found = tag["category"] if "category" in tag else category(tag["name"])
    else:
        found = category(tag)
    return found.replace("-", "_") if found else None


def _read_sources(record: Mapping[str, Any], document: dict[str, Any]) -> None:
    found: Any = record["source_urls"] if "source_urls" in record else record.get("source_url")
    sources: Iterable[str] = [found] if isinstance(found, str) else found or ()
    kept = [source for source in sources if source]
    document["sources"] = frozenset(map(lower, kept))
    document.setdefault("source_count", len(kept))


def _derive(record: Mapping[str, Any], document: dict[str, Any]) -> None:
    width, height = document.get("width"), document.get("height")
    if width is not None and height is not None:
        document["pixels"] = record.get("pixels", width * height)
        document["aspect_ratio"] = record.get("aspect_ratio", width / height if height else 0.0)
    up, down = document.get("upvotes"), document.get("downvotes")
    if up is not None and down is not None:
        document["wilson_score"] = record.get("wilson_score", wilson_score(up, down))
    if "duration" in record:
        still = record.get("animated") is False
        document["duration"] = 0.0 if still else record["duration"]


def wilson_score(upvotes: int, downvotes: int) -> float:
    """The lower bound of the share of upvotes that the site computes: z = 2.57583, 0 without upvotes.

    >>> round(wilson_score(5, 1), 6)
    0.336463
    """
    if upvotes <= 0:
        return 0.0
    n = upvotes + downvotes
    share, z, z2 = upvotes / n, 2.57583, 6.634900189
    bound = share + z2 / (2 * n) - z * sqrt((share * (1 - share) + z2 / (4 * n)) / n)
    return bound / (1 + z2 / n)


def _lower(name: str | None) -> str | None:
    return None if name is None else lower(name)


_INDEXED = (
    *(word.field for words in (_ANONYMOUS, _MODERATOR) for word in words if word.field),
    "tag_names",
    "tag_ids",
    "is_approved",
)
_INDEX_TYPES: Mapping[str, str] = MappingProxyType(
    {
        **{word.field: "keyword" for words in (_ANONYMOUS, _MODERATOR) for word in words if word.reader == "numeric"},
        **dict.fromkeys(("duplicate_id", "pixels", "file_size", "original_file_size"), "integer"),
        **dict.fromkeys(("tag_ids", "is_hidden"), "keyword"),
    }
)

IMAGES = Resource(
    name="images",
    entity="posts",
    words={"anonymous": _ANONYMOUS, "user": _USER, "moderator": _MODERATOR},
    columns=IMAGE_COLUMNS,
    read=read_image,
    default_field="tag_names",
    kinds={"duration": Kind.FLOAT32, "aspect_ratio": Kind.FLOAT32, "wilson_score": Kind.FLOAT32},
    fields=_INDEXED,
    nested=("galleries",),
    index_types=_INDEX_TYPES,
)


def recognises(record: Mapping[str, Any]) -> bool:
    """Whether a record is an image of the API or a document of the site's index."""
    return "sha512_hash" in record or "namespaced_tags" in record


_SEPARATOR = ","
"""Names may hold blanks; a comma parts them wherever several are written."""


def make_resources(images: Resource, others: Iterable[Resource]) -> Mapping[str, Resource]:
    """What a site searches, and the languages of its filter strings and watch lists: that of images, one query a line."""
    stored = (replace(images, name=f"images_{context}", inside=context) for context in ("filter", "watch"))
    found = (replace(resource, separator=_SEPARATOR) for resource in (images, *others, *stored))
    return MappingProxyType({resource.name: resource for resource in found})
