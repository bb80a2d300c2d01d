"""What else than images a site that runs Philomena searches: comments, forum posts, galleries, tags, filters, reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from booruql.schema import table
from booruql.sites._philomena_names import category, name_words, namespace, slug, unslug
from booruql.sites.records import instant
from booruql.sites.site import Resource, Word
from booruql.text import lower

# --- records, read by tables: (our field, the record's names, how its value becomes ours)

Convert = Callable[[Any], Any]
Row = tuple[str, tuple[str, ...], Convert]


def _same(value: Any) -> Any:
    return value


def _many(value: Any) -> frozenset[Any]:
    return frozenset(value or ())


def _lower(value: Any) -> Any:
    return None if value is None else lower(value)


def _as(convert: Convert, *rows: str) -> tuple[Row, ...]:
    """Rows written `ours` or `ours=theirs,theirs`: of several names the first that the record has counts."""
    split = (row.partition("=") for row in rows)
    return tuple((ours, tuple(theirs.split(",")) if theirs else (ours,), convert) for ours, _, theirs in split)


def _read(rows: Iterable[Row]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    def read(record: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for ours, theirs, convert in rows:
            name = next((name for name in theirs if name in record), None)
            if name is not None:
                found[ours] = convert(record[name])
        return found

    return read


def _hides_anonymous(read: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Records of the API do not say who is anonymous, but name no user then."""

    def reader(record: Mapping[str, Any]) -> dict[str, Any]:
        found = read(record)
        if "is_anonymous" not in found and "user_id" in record:
            found["is_anonymous"] = record["user_id"] is None
        return found

    return reader


_WRITTEN = _as(_same, "id", "fingerprint", "ip", "is_anonymous=anonymous", "is_approved=approved", "creator_id=user_id", "body")

_read_comment = _hides_anonymous(
    _read(
        (
            *_WRITTEN,
            *_as(_same, "post_id=image_id", "creator=author", "is_hidden=hidden_from_users"),
            *_as(_many, "post_tag_ids=image_tag_ids"),
            *_as(instant, "created_at=posted_at,created_at", "updated_at"),
        )
    )
)
_read_forum_post = _hides_anonymous(
    _read(
        (
            *_WRITTEN,
            *_as(_same, "topic_id", "topic_position", "forum_id", "forum", "subject", "access_level"),
            *_as(_same, "is_deleted=deleted", "is_destroyed=destroyed_content"),
            *_as(_lower, "creator=author"),
            *_as(instant, "created_at", "updated_at"),
        )
    )
)
_read_gallery = _read(
    (
        *_as(_same, "id", "description", "post_count=image_count", "watcher_count"),
        *_as(_many, "post_ids=image_ids", "watcher_ids"),
        *_as(_lower, "title", "creator=creator,user"),
        *_as(instant, "created_at", "updated_at"),
    )
)
_read_filter_rows = _read(
    (
        *_as(_same, "id", "description", "creator_id=user_id", "hidden_count", "spoilered_count", "user_count"),
        *_as(_lower, "name", "creator"),
        *_as(bool, "is_system=system"),
        *_as(instant, "created_at"),
    )
)
_read_report = _read(
    (
        *_as(
            _same, "id", "reason", "state", "is_open=open", "creator_id=user_id", "admin_id", "reportable_type", "reportable_id"
        ),
        *_as(_same, "reportable_type", "reportable_id", "post_id=image_id", "fingerprint", "ip"),
        *_as(_lower, "creator=user", "admin"),
        *_as(instant, "created_at"),
    )
)


def _read_filter(record: Mapping[str, Any]) -> dict[str, Any]:
    """A filter; a system one counts as public, and the tags are counted where the record only lists them."""
    found = _read_filter_rows(record)
    found["is_public"] = bool(record.get("public") or record.get("system"))
    for kind in ("hidden", "spoilered"):
        if f"{kind}_tag_ids" in record:
            found.setdefault(f"{kind}_count", len(record[f"{kind}_tag_ids"] or ()))
    return found


_SLUGGED = (("aliases", "aliases"), ("implies", "implied_tags"), ("implied_by", "implied_by_tags"))


def _read_tag(record: Mapping[str, Any]) -> dict[str, Any]:
    """A tag of the API, whose relations are slugs, or of the index, whose relations are names.

    Only the API's records have `spoiler_image_uri` or `dnp_entries`.
    """
    name = record["name"]
    found = {key: record[key] for key in ("id", "description", "short_description") if key in record}
    space, rest = namespace(name)
    found |= {"name": name, "name_words": name_words(name), "slug": record.get("slug", slug(name))}
    found |= {"namespace": record.get("namespace", space), "name_in_namespace": record.get("name_in_namespace", rest)}
    found |= {"category": record.get("category", category(name)), "post_count": record.get("images")}
    is_api = "spoiler_image_uri" in record or "dnp_entries" in record
    to_name: Callable[[str], str] = unslug if is_api else str
    for ours, theirs in _SLUGGED:
        if theirs in record:
            found[ours] = frozenset(map(to_name, record[theirs] or ()))
    target = record.get("aliased_tag")
    found["alias_of"] = to_name(target) if target else None
    found["is_alias"] = record.get("aliased", bool(target))
    return found


# --- the index: numbers of other rows are keywords there

_KEYWORDS = (
    "post_id", "post_ids", "post_tag_ids", "creator_id", "topic_id", "forum_id", "watcher_ids", "admin_id", "reportable_id",
)  # fmt: skip


def _types(*fields: str, **types: str) -> Mapping[str, str]:
    return MappingProxyType({**{name: "keyword" for name in _KEYWORDS if name in fields}, **types})


_COMMENT_FIELDS = (
    "id", "post_id", "post_tag_ids", "creator_id", "creator", "body", "created_at", "is_hidden", "is_anonymous", "is_approved",
    "fingerprint", "ip",
)  # fmt: skip
_FORUM_POST_FIELDS = tuple(table("forum_posts").fields)
_GALLERY_FIELDS = tuple(table("galleries").fields)
_REPORT_FIELDS = tuple(table("reports").fields)

# --- vocabularies

_ID = Word("id", "int", "id", "number", "1234")
_BODY = Word("body", "phrase", "body", "words of the text, in order", "red fox")
_CREATED = Word("created_at", "date", "created_at", "when it was made", "2024-01-02")
_UPDATED = Word("updated_at", "date", "updated_at", "when it last changed", "3 days ago")
_DESCRIPTION = Word("description", "phrase", "description", "words of the description, in order", "red fox")
_USER_ID = Word("user_id", "author_id", "creator_id", "number of the user who wrote it, unless anonymously", "5")
_STAFF = (
    Word("user_id", "numeric", "creator_id", "number of the user who wrote it", "5"),
    Word("author", "literal", "creator", "name of the user who wrote it", "ash"),
    Word("fingerprint", "literal", "fingerprint", "fingerprint of the browser it was written with", "c1*"),
    Word("ip", "ip", "ip", "address or network it was written from", "203.0.113.0/24"),
    Word("anonymous", "bool", "is_anonymous", "whether it was written anonymously", "true"),
)


def _my(entity: str, what: str) -> Word:
    return Word("my", "my", "", f"{entity}: {what}", entity, args=(entity,))


COMMENTS = Resource(
    name="comments",
    entity="comments",
    words={
        "anonymous": (
            _ID,
            Word("image_id", "numeric", "post_id", "image it is on", "1234"),
            _CREATED,
            _BODY,
            Word("author", "author", "creator", "name of the user who wrote it, unless anonymously", "Ash"),
            _USER_ID,
        ),
        "user": (_my("comments", "one's own"),),
        "moderator": (*_STAFF, Word("deleted", "bool", "is_hidden", "whether it is hidden from users", "false")),
    },
    columns={
        "post_id": "image_id",
        "post_tag_ids": "image_tag_ids",
        "creator_id": "user_id",
        "creator": "author",
        "created_at": "posted_at",
        "is_hidden": "hidden_from_users",
        "is_anonymous": "anonymous",
        "is_approved": "approved",
    },
    read=_read_comment,
    default_field="body",
    fields=_COMMENT_FIELDS,
    index_types=_types(*_COMMENT_FIELDS, is_hidden="keyword", is_anonymous="keyword"),
)

FORUM_POSTS = Resource(
    name="posts",
    entity="forum_posts",
    words={
        "anonymous": (
            _ID,
            Word("topic_position", "int", "topic_position", "place in the topic, from 0", "0"),
            Word("forum_id", "numeric", "forum_id", "number of the forum", "3"),
            Word("topic_id", "numeric", "topic_id", "number of the topic", "12"),
            _CREATED,
            _UPDATED,
            Word("forum", "literal", "forum", "short name of the forum", "meta"),
            _BODY,
            Word("subject", "phrase", "subject", "words of the topic's title, in order", "events"),
            Word("author", "author", "creator", "name of the user who wrote it, unless anonymously", "ash", args=("lower",)),
            _USER_ID,
        ),
        "user": (_my("posts", "one's own"),),
        "moderator": (*_STAFF, Word("deleted", "bool", "is_deleted", "whether it is hidden from users", "false")),
    },
    columns={
        "creator_id": "user_id",
        "creator": "author",
        "is_deleted": "deleted",
        "is_destroyed": "destroyed_content",
        "is_anonymous": "anonymous",
        "is_approved": "approved",
    },
    read=_read_forum_post,
    default_field="body",
    index_types=_types(*_FORUM_POST_FIELDS),
)

GALLERIES = Resource(
    name="galleries",
    entity="galleries",
    words={
        "anonymous": (
            _ID,
            Word("image_count", "int", "post_count", "number of images in it", "20"),
            Word("watcher_count", "int", "watcher_count", "number of users who watch it", "2"),
            Word("image_ids", "numeric", "post_ids", "an image in it", "1234"),
            Word("watcher_ids", "numeric", "watcher_ids", "a user who watches it", "5"),
            _CREATED,
            _UPDATED,
            Word("title", "literal", "title", "title", "red kites"),
            Word("user", "literal", "creator", "name of the user who made it", "ash"),
            _DESCRIPTION,
        )
    },
    columns={"post_count": "image_count", "post_ids": "image_ids"},
    read=_read_gallery,
    default_field="title",
    index_types=_types(*_GALLERY_FIELDS),
)

TAGS = Resource(
    name="tags",
    entity="tags",
    words={
        "anonymous": (
            _ID,
            Word("images", "int", "post_count", "number of images", "100"),
            Word("slug", "literal", "slug", "name as it stands in addresses", "artist-colon-ash"),
            Word("name", "literal", "name", "name", "fox"),
            Word("name_in_namespace", "literal", "name_in_namespace", "what stands after the colon", "ash"),
            Word("namespace", "literal", "namespace", "what stands before the colon", "artist"),
            Word("implies", "literal", "implies", "a tag that it implies", "canine"),
            Word("alias_of", "literal", "alias_of", "tag that it is an alias of", "fox"),
            Word("implied_by", "literal", "implied_by", "a tag that implies it", "red fox"),
            Word("aliases", "literal", "aliases", "an alias of it", "vulpine"),
            Word("category", "literal", "category", "category", "species"),
            Word("analyzed_name", "literal", "name_words", "a word of the name", "fox"),
            _DESCRIPTION,
            Word("short_description", "phrase", "short_description", "words of the short description, in order", "red fox"),
            Word("aliased", "bool", "is_alias", "whether it is an alias", "true"),
        )
    },
    columns={
        "post_count": "images",
        "name_words": "analyzed_name",
        "implies": "implied_tags",
        "implied_by": "implied_by_tags",
        "alias_of": "aliased_tag",
        "is_alias": "aliased",
    },
    read=_read_tag,
    default_field="name",
)

FILTERS = Resource(
    name="filters",
    entity="filters",
    words={
        "anonymous": (
            _ID,
            Word("spoilered_count", "int", "spoilered_count", "number of tags that it spoilers", "5"),
            Word("hidden_count", "int", "hidden_count", "number of tags that it hides", "5"),
            Word("user_id", "numeric", "creator_id", "number of the user who made it", "5"),
            _CREATED,
            Word("name", "literal", "name", "name", "default"),
            Word("creator", "literal", "creator", "name of the user who made it", "ash"),
            _DESCRIPTION,
            Word("public", "bool", "is_public", "whether anyone may use it", "true"),
            Word("system", "bool", "is_system", "whether it belongs to the site", "false"),
        ),
        "user": (_my("filters", "one's own"),),
    },
    columns={"creator_id": "user_id", "is_public": "public", "is_system": "system"},
    read=_read_filter,
    default_field="name",
    index_types=_types("creator_id"),
)

REPORTS = Resource(
    name="reports",
    entity="reports",
    words={
        "anonymous": (
            _ID,
            Word("user_id", "numeric", "creator_id", "number of the user who reported", "5"),
            Word("admin_id", "numeric", "admin_id", "number of the member of the staff who took it", "5"),
            Word("reportable_id", "numeric", "reportable_id", "number of what is reported", "1234"),
            Word("image_id", "numeric", "post_id", "image that is reported", "1234"),
            _CREATED,
            Word("state", "literal", "state", "state", "open"),
            Word("user", "literal", "creator", "name of the user who reported", "ash"),
            Word("admin", "literal", "admin", "name of the member of the staff who took it", "ash"),
            Word("reportable_type", "exact", "reportable_type", "kind of what is reported, letter case kept", "Image"),
            Word("fingerprint", "literal", "fingerprint", "fingerprint of the browser it was sent with", "c1*"),
            Word("reason", "phrase", "reason", "words of the report, in order", "red fox"),
            Word("open", "bool", "is_open", "whether it is open", "true"),
            Word("ip", "ip", "ip", "address or network it was sent from", "203.0.113.0/24"),
        )
    },
    columns={"is_open": "open", "creator_id": "user_id", "creator": "user", "post_id": "image_id"},
    read=_read_report,
    default_field="reason",
    index_types=_types(*_REPORT_FIELDS),
)

ENTITIES = (COMMENTS, FORUM_POSTS, GALLERIES, TAGS, FILTERS, REPORTS)
