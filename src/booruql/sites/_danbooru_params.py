"""What Danbooru's URL parameters may ask: the resources, their attributes, related records, words and orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from booruql.ast.nodes import And, Compare, Exists, Glob, Key, Node, Not, Op, Or, Position, Wild
from booruql.schema import Table, table
from booruql.sites.records import instant
from booruql.sites.site import Resource, Word

_SAMPLES = {
    "integer": ">10", "float": "1..5", "datetime": ">=2024-01-02", "interval": "<1w", "string": "cat", "text": "cat",
    "boolean": "true", "json": "Artist",
}  # fmt: skip


def _plain(type_: str, names: str, **fields: str) -> tuple[Word, ...]:
    """Attributes of a type that are called as our fields are, unless `fields` says how."""
    return tuple(Word(name, type_, fields.get(name, name), name.replace("_", " "), _SAMPLES[type_]) for name in names.split())


def integers(names: str, **fields: str) -> tuple[Word, ...]:
    return _plain("integer", names, **fields)


def times(names: str) -> tuple[Word, ...]:
    return _plain("datetime", names)


def booleans(names: str) -> tuple[Word, ...]:
    return _plain("boolean", names)


def strings(names: str, **fields: str) -> tuple[Word, ...]:
    return _plain("string", names, **fields)


def texts(names: str, **fields: str) -> tuple[Word, ...]:
    return _plain("text", names, **fields)


def array(name: str, of: str = "") -> Word:
    return Word(name, "array", name, name.replace("_", " "), "1 2" if of else "cat dog", args=(of,) if of else ())


def enum(name: str, *values: tuple[str, int]) -> Word:
    return Word(name, "enum", name, name.replace("_", " "), values[0][0], args=values)


def one(name: str, resource: str, relation: str = "", field: str | None = None, demand: Node | None = None) -> Word:
    """A related record; `field` holds its number, where this record does."""
    demands = () if demand is None else (demand,)
    own = f"{name}_id" if field is None else field
    return Word(name, "record", own, f"the {name.replace('_', ' ')}", "true", args=(relation or name, resource, *demands))


def many(name: str, resource: str, relation: str = "", demand: Node | None = None) -> Word:
    return one(name, resource, relation, "", demand)


def word(name: str, reader: str, help_: str, sample: str, field: str = "", *args: Any) -> Word:
    return Word(name, reader, field, help_, sample, args=args)


def is_(field: str, value: bool | int | str = True) -> Node:
    return Compare(field, Op.EQ, value)


ID = integers("id")
DATES = times("created_at updated_at")
PAGING = (
    word("page", "page", "page by number, or b and a with the id to stand before or after", "b900"),
    word("limit", "limit", "rows a page", "50"),
    word("only", "only", "fields of the answer", "id,name"),
)
_NEWEST = Key("id", descending=True)


def by(field: str, *, up: bool = False, nulls_first: bool | None = None) -> tuple[Key, ...]:
    """An order by a field, newest first among equals; missing values are largest, as in PostgreSQL."""
    return (Key(field, not up, (not up) if nulls_first is None else nulls_first), _NEWEST)


CREATED, UPDATED = by("created_at"), by("updated_at")


def by_count(relation: str) -> tuple[Key, ...]:
    """An order by the number of posts of a related tag; rows without the tag come last."""
    return (Key(Position(relation, "post_count"), descending=True), _NEWEST)


_ACTIVE = is_("status", "active")

# --- the resources

POST = (
    *integers("id"), *times("created_at updated_at last_comment_bumped_at last_commented_at last_noted_at"),
    *strings("rating source md5 file_ext"),
    *integers(
        "pixiv_id fav_count score up_score file_size image_width image_height tag_count", fav_count="favorite_count",
        up_score="upvotes", image_width="width", image_height="height",
    ),
    *booleans("has_children has_active_children is_pending is_flagged is_deleted is_banned"),
    one("uploader", "users", "uploader_user"), one("approver", "users"), one("parent", "posts"),
    many("artist_commentary", "artist_commentaries", "artist_commentaries"), many("flags", "post_flags", "post_flags"),
    many("appeals", "post_appeals", "post_appeals"), many("notes", "notes"), many("comments", "comments"),
    many("children", "posts"), many("approvals", "post_approvals", "post_approvals"),
    many("replacements", "post_replacements", "post_replacements"), many("media_metadata", "media_metadata"),
    word("tags", "tags", "posts that a tag search finds", "cat -dog"),
)  # fmt: skip
_PAIR = (
    *ID, *DATES, *strings("antecedent_name consequent_name"), *texts("reason"),
    one("creator", "users"), one("approver", "users"), one("forum_post", "forum_posts"), one("forum_topic", "forum_topics"),
    one("antecedent_tag", "tags", field=""), one("consequent_tag", "tags", field=""),
    one("antecedent_wiki", "wiki_pages", field=""), one("consequent_wiki", "wiki_pages", field=""),
    word("name_matches", "ilike", "either name, * for anything", "cat*", "", "antecedent_name", "consequent_name"),
    word("antecedent_name_matches", "like", "the first name, * for anything", "cat*", "antecedent_name"),
    word("consequent_name_matches", "like", "the second name, * for anything", "cat*", "consequent_name"),
    word("status", "lower", "active, deleted, retired or pending", "active", "status"),
    word("category", "category_ids", "categories of the second tag, by number", "1 4"),
)  # fmt: skip
_PAIR_ORDERS = {
    "created_at": CREATED, "updated_at": UPDATED, "name": (Key("antecedent_name"), _NEWEST),
    "antecedent_tag_count": by_count("antecedent_tag"), "consequent_tag_count": by_count("consequent_tag"),
}  # fmt: skip
_BOX = integers("x y width height version")
_POST_ONE = one("post", "posts")
_SERIES = (("series", is_("category", "series")), ("collection", is_("category", "collection")))
_WIKI = (word("linked_to", "links", "links to that page", "cat", "", "WikiPage"),
         word("not_linked_to", "no_links", "does not link to that page", "cat", "", "WikiPage"))  # fmt: skip
_POOL_LINKS = (word("linked_to", "links", "links to that page", "cat", "", "Pool"),
               word("not_linked_to", "no_links", "does not link to that page", "cat", "", "Pool"))  # fmt: skip
_UNAPPROVED = is_("reason", "Unapproved in three days")
_REJECTED = Glob("reason", ("Unapproved in three days after returning to moderation queue", Wild.RUN))
_DELETED = Or((_UNAPPROVED, _REJECTED))
_FLAGGED = (("normal", Not(_DELETED)), ("unapproved", _UNAPPROVED), ("rejected", _REJECTED), ("deleted", _DELETED))
"""Flags by what their reason tells: the site's own, of posts that nobody approved in time, have these two."""
_REFUSED = "refused"

PARAMETERS: Mapping[str, tuple[Word, ...]] = {
    "posts": POST,
    "tags": (
        *ID, *integers("category post_count", category="category_id"), *DATES, *booleans("is_deprecated"), *strings("name"),
        one("wiki_page", "wiki_pages", field=""), one("artist", "artists", field=""),
        many("antecedent_alias", "tag_aliases", demand=_ACTIVE), many("consequent_aliases", "tag_aliases", demand=_ACTIVE),
        many("antecedent_implications", "tag_implications", demand=_ACTIVE),
        many("consequent_implications", "tag_implications", demand=_ACTIVE), many("dtext_links", "dtext_links"),
        word("name_matches", "name_matches", "name, * for anything", "a*", "name"),
        word("fuzzy_name_matches", "similar", "name, nearly", "catt", "name"),
        word("name_normalize", "name_normalize", "names, in any letter case", "Cat,Long Hair", "name"),
        word("name_or_alias_matches", "name_or_alias", "name or an alias of it, * for anything", "kitt*", "name"),
        word("is_empty", "is_empty", "has no posts", "true", "post_count"),
        word("hide_empty", "hide", "leaves out tags without posts", "true", "post_count", Compare("post_count", Op.LE, 0)),
    ),
    "tag_aliases": _PAIR,
    "tag_implications": _PAIR,
    "pools": (
        *ID, *DATES, *booleans("is_deleted"), *strings("name"), *texts("description"), array("post_ids", "integer"),
        many("dtext_links", "dtext_links", demand=is_("model_type", "Pool")),
        word("name_contains", "contains", "name, or a part of it", "sky", "name", "normal"),
        word("name_matches", "contains", "name, or a part of it", "sky*", "name", "normal"),
        word("category", "when", "series or collection", "series", "", *_SERIES), *_POOL_LINKS,
        word("post_tags_match", "post_tags", "has a post that a tag search finds", "cat", "", "members"),
    ),
    "comments": (
        *integers("id score"), *DATES, *booleans("is_deleted is_sticky do_not_bump_post"), *texts("body"), _POST_ONE,
        one("creator", "users", "creator_user"), one("updater", "users", "updater_user"),
        word("is_edited", "where", "was changed more than five minutes after it was written", "true", "", is_("is_edited")),
    ),
    "notes": (*ID, *_BOX, *DATES, *booleans("is_active"), *texts("body"), _POST_ONE),
    "artists": (
        *ID, *DATES, *booleans("is_deleted is_banned"), *strings("name group_name"), array("other_names"),
        many("urls", "artist_urls"), one("wiki_page", "wiki_pages", field=""), one("tag_alias", "tag_aliases", field=""),
        one("tag", "tags", field=""),
        word("any_other_name_like", "ilike", "one of the other names, * for anything", "alma*", "other_names"),
        word("any_name_matches", "matches_any", "a name, * for anything, or a /regular expression/", "alma", "",
             "name", "group_name", "other_names"),
        word("any_name_or_url_matches", "name_or_url", "a name or an address", "alma", "", "name", "group_name", "other_names"),
        word("url_matches", "url", "an address or a part of one, * for anything", "example.com/alma"),
    ),
    "artist_urls": (
        *ID, *DATES, *integers("artist_id"), *strings("url"), *booleans("is_active"), one("artist", "artists", field=""),
    ),
    "wiki_pages": (
        *ID, *DATES, *booleans("is_locked is_deleted"), *strings("title"), *texts("body"), array("other_names"),
        one("tag", "tags", field=""), one("artist", "artists", field=""),
        many("dtext_links", "dtext_links", demand=is_("model_type", "WikiPage")),
        word("title_normalize", "name_matches", "title, * for anything", "ca*", "title"),
        word("title_or_body_matches", "text_any", "words of the title or text, * for anything", "*cat*", "", "title", "body"),
        word("other_names_match", "matches_any", "one of the other names, * for anything", "neko", "other_names"), *_WIKI,
        word("embedded_post_id", _REFUSED, "shows that post", "1"),
        word("embedded_media_asset_id", _REFUSED, "shows that file", "1"),
        word("hide_deleted", "hide", "leaves out deleted pages", "true", "", is_("is_deleted")),
        word("other_names_present", "where", "has other names", "true", "", Exists("other_names")),
        word("has_embedded_media", _REFUSED, "shows files", "true"),
    ),
    "users": (
        *integers("id level post_upload_count post_update_count note_update_count favorite_count"), *DATES,
        *strings("name"), *booleans("is_deleted is_banned"), one("inviter", "users"), many("posts", "posts"),
        many("comments", "comments"),
        word("name", "ilike", "name in any letter case, * for anything", "al*", "name"),
        word("name_matches", "ilike", "name in any letter case, * for anything", "al*", "name"),
        word("any_name_matches", "matches_any", "name, * for anything, or a /regular expression/", "al*", "name"),
        word("name_or_past_name_matches", "ilike", "name, * for anything", "al*", "name"),
        word("min_level", "least", "level at least", "30", "level"), word("max_level", "most", "level at most", "20", "level"),
        word("current_user_first", "ignored", "gives the viewer's own row first", "true"),
    ),
    "favorites": (*ID, _POST_ONE, one("user", "users")),
    "favorite_groups": (
        *ID, *DATES, *strings("name"), *booleans("is_public"), array("post_ids", "integer"), one("creator", "users"),
        word("name_contains", "contains", "name, or a part of it", "cats", "name", "normal"),
    ),
    "post_versions": (
        *integers("id post_id version"), *times("updated_at"), *texts("tags source"), *strings("rating"), *integers("parent_id"),
        array("added_tags"), array("removed_tags"), *booleans("rating_changed parent_changed source_changed"),
        one("updater", "users"), one("post", "posts", field=""),
        word("changed_tags", "all_items", "adds or removes all of the tags", "cat dog", "", "added_tags", "removed_tags"),
        word("all_changed_tags", "all_items", "adds or removes all of the tags", "cat dog", "", "added_tags", "removed_tags"),
        word("any_changed_tags", "any_item", "adds or removes one of the tags", "cat dog", "", "added_tags", "removed_tags"),
        word("tag_matches", "first_word", "tags, or a part of them", "cat", "tags"),
        word("is_new", "where", "is the first version", "true", "", is_("version", 1)),
    ),
    "pool_versions": (
        *integers("id pool_id version"), *DATES, array("post_ids", "integer"), array("added_post_ids", "integer"),
        array("removed_post_ids", "integer"), *texts("description name"), *strings("category"),
        *booleans("description_changed name_changed is_active is_deleted"), one("updater", "users"),
        one("pool", "pools", field=""),
        word("post_id", "item", "has the post", "1", "post_ids"),
        word("name_contains", "contains", "name, or a part of it", "sky", "name", "normal"),
        word("is_new", "where", "is the first version", "true", "", is_("version", 1)),
    ),
    "artist_commentaries": (
        *ID, *DATES, *texts("original_title original_description translated_title translated_description"), _POST_ONE,
        word("text_matches", "text_any", "words of the titles or texts, * for anything", "*cat*", "", "original_title",
             "original_description", "translated_title", "translated_description"),
        word("original_present", "where", "has a title or text", "true", "", Not(And((
            Or((is_("original_title", ""), Not(Exists("original_title")))),
            Or((is_("original_description", ""), Not(Exists("original_description")))))))),
        word("translated_present", "where", "has a translated title or text", "true", "", Not(And((
            Or((is_("translated_title", ""), Not(Exists("translated_title")))),
            Or((is_("translated_description", ""), Not(Exists("translated_description")))))))),
        word("is_deleted", "where", "has no text at all", "true", "", And(tuple(
            Or((is_(name, ""), Not(Exists(name)))) for name in (
                "original_title", "original_description", "translated_title", "translated_description")))),
    ),
    "note_versions": (
        *ID, *_BOX, *DATES, *booleans("is_active"), *texts("body"), _POST_ONE, one("updater", "users"), one("note", "notes"),
    ),
    "forum_topics": (
        *integers("id response_count"), *DATES, *booleans("is_sticky is_locked is_deleted"),
        enum("category", ("general", 0), ("tags", 1), ("bugs & features", 2)),
        enum("min_level", ("none", 0), ("moderator", 40), ("admin", 50)), *texts("title"), one("creator", "users"),
        one("updater", "users"), many("forum_posts", "forum_posts"),
        word("is_private", "where", "is for some levels only", "true", "", Not(is_("min_level", "none"))),
        word("status", _REFUSED, "state of its requests", "pending"), word("is_read", _REFUSED, "was read by the viewer", "true"),
    ),
    "forum_posts": (
        *ID, *DATES, *booleans("is_deleted"), *texts("body"), one("creator", "users", "creator_user"),
        one("updater", "users", "updater_user"), one("topic", "forum_topics"),
        word("linked_to", _REFUSED, "links to that page", "cat"),
    ),
    "post_flags": (
        *ID, *DATES, *texts("reason"), enum("status", ("pending", 0), ("succeeded", 1), ("rejected", 2)),
        one("creator", "users"), _POST_ONE,
        word("category", "when", "normal, unapproved, rejected or deleted", "normal", "", *_FLAGGED),
    ),
    "post_appeals": (
        *ID, *DATES, *texts("reason"), enum("status", ("pending", 0), ("succeeded", 1), ("rejected", 2)),
        one("creator", "users"), _POST_ONE,
    ),
    "post_approvals": (*ID, *DATES, _POST_ONE, one("user", "users")),
    "post_disapprovals": (
        *ID, *DATES, *strings("reason"), *texts("message"), _POST_ONE, one("user", "users"),
        word("has_message", "where", "has a remark", "true", "", And((Exists("message"), Not(is_("message", ""))))),
    ),
    "post_replacements": (
        *ID, *DATES, *strings("md5 old_md5"), *texts("original_url replacement_url"), _POST_ONE, one("creator", "users"),
    ),
    "post_votes": (*integers("id score"), *DATES, *booleans("is_deleted"), _POST_ONE, one("user", "users")),
    "dtext_links": (
        *ID, *DATES, *strings("model_type link_type"), *integers("model_id"), *texts("link_target"),
        one("linked_tag", "tags", field=""),
        Word("WikiPage", "class", "model_type", "the page", args=("wiki_page", "wiki_pages")),
        Word("Pool", "class", "model_type", "the pool", args=("pool", "pools")),
    ),
    "bans": (*ID, *DATES, *_plain("interval", "duration"), *texts("reason"), one("user", "users"), one("banner", "users")),
    "media_metadata": (*ID, *DATES, *_plain("json", "metadata"), one("post", "posts", field="")),
}  # fmt: skip

ORDERS: Mapping[str, Mapping[str, tuple[Key, ...]]] = {
    "tags": {"name": by("name", up=True), "date": (_NEWEST,), "count": by("post_count")},
    "tag_aliases": _PAIR_ORDERS,
    "tag_implications": _PAIR_ORDERS,
    "pools": {"": UPDATED, "name": by("name", up=True), "created_at": CREATED, "post_count": by("post_id_count")},
    "comments": {
        "id_asc": (Key("id"),), "created_at": CREATED, "created_at_asc": by("created_at", up=True), "post_id": by("post_id"),
        "score": by("score"), "score_asc": by("score", up=True), "updated_at": UPDATED,
        "updated_at_asc": by("updated_at", up=True),
    },
    "artists": {"name": by("name", up=True), "updated_at": UPDATED, "post_count": by_count("tag")},
    "wiki_pages": {"": UPDATED, "title": by("title", up=True), "post_count": by_count("tag")},
    "users": {
        "name": by("name", up=True), "post_upload_count": by("post_upload_count"), "note_count": by("note_update_count"),
        "post_update_count": by("post_update_count"),
    },
    "favorite_groups": {
        "name": by("name", up=True), "created_at": CREATED, "updated_at": UPDATED, "post_count": by("post_id_count"),
    },
    "artist_commentaries": {
        "id_asc": (Key("id"),), "post_id": by("post_id"), "post_id_asc": by("post_id", up=True),
    },
    "forum_topics": {"sticky": (Key("is_sticky", True), Key("updated_at", True), _NEWEST), "id": (_NEWEST,)},
}  # fmt: skip

GUARDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "comments": {
        "own_comments": ("creator",),
        "live_comments": ("updater", "body", "score", "is_sticky", "do_not_bump_post"),
    },
    "post_flags": {"own_flags": ("creator",)},
    "post_disapprovals": {"own_disapprovals": ("user",)},
    "post_votes": {"seen_votes": ()},
    "favorites": {"seen_favorites": ()},
    "favorite_groups": {"seen_groups": ()},
}

_RENAMED = {"tags": {"category": "category_id"}}
_COUNTS = {
    "pools": {"post_id_count": "post_ids"}, "favorite_groups": {"post_id_count": "post_ids"},
    "artists": {"other_name_count": "other_names"}, "wiki_pages": {"other_name_count": "other_names"},
    "post_versions": {"added_tag_count": "added_tags", "removed_tag_count": "removed_tags"},
    "pool_versions": {f"{word}post_id_count": f"{word}post_ids" for word in ("", "added_", "removed_")},
}  # fmt: skip
"""Numbers that rows do not carry: how long a list of theirs is."""
_INSTANTS = frozenset(("created_at", "updated_at"))
_EDITED = 5 * 60 * 1_000_000
"""Microseconds after which a changed comment counts as edited."""


def reader(name: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """What reads a row of a resource into a document."""
    renamed, counts = _RENAMED.get(name, {}), _COUNTS.get(name, {})

    def read(row: Mapping[str, Any]) -> dict[str, Any]:
        found = {renamed.get(key, key): _value(key, value) for key, value in row.items() if value is not None}
        found.update({field: len(row[of]) for field, of in counts.items() if row.get(of) is not None and field not in found})
        return found

    return read if name != "comments" else lambda row: _with_edited(read(row))


def _with_edited(found: dict[str, Any]) -> dict[str, Any]:
    """A comment, with whether it was edited where its times tell."""
    created, updated = found.get("created_at"), found.get("updated_at")
    return found if created is None or updated is None else {**found, "is_edited": updated - created > _EDITED}


def _value(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return frozenset(value) if all(isinstance(item, (str, int)) for item in value) else value
    return instant(value) if key in _INSTANTS and isinstance(value, str) else value


def make_resources() -> dict[str, Resource]:
    """Every resource but the posts."""
    return {name: _resource(name) for name in PARAMETERS if name != "posts"}


def explained(name: str) -> tuple[Word, ...]:
    """The parameters of a resource; attributes and related records are explained as the schema explains them."""
    return tuple(_explained(found, table(name)) for found in PARAMETERS[name])


def _explained(found: Word, schema: Table) -> Word:
    if found.reader == "record":
        return replace(found, help=schema.relations[found.args[0]].help)
    own = found.help == found.name.replace("_", " ") and found.field in schema.fields
    return replace(found, help=schema.fields[found.field].help) if own else found


def _resource(name: str) -> Resource:
    return Resource(
        name, name, {}, {}, reader(name), requests=PAGING, parameters=explained(name),
        orders=ORDERS.get(name, {"": (_NEWEST,)}), guards=GUARDS.get(name, {}), page_size=20, max_page_size=1000,
        default_field="name",
    )  # fmt: skip


POST_REQUESTS = (
    word("tags", "tags", "tag search", "cat -dog"),
    word("md5", "lower", "MD5 hash of the one post", "d41d8cd98f00b204e9800998ecf8427e", "md5"),
    word("random", "ignored", "picks a page of posts by chance", "true"),
    *PAGING,
)
_TAG_KINDS = ("general", "artist", "copyright", "character", "meta")
POST_UNASKED = {
    "tag_string": "tags", "down_score": "downvotes", "bit_flags": "bit_flags", "duration": "duration",
    **{f"tag_count_{kind}": f"tag_count_{kind}" for kind in _TAG_KINDS},
    **dict.fromkeys((
        *(f"tag_string_{kind}" for kind in _TAG_KINDS), "file_url", "large_file_url", "preview_file_url", "has_large",
        "has_visible_children", "media_asset", "events", "disapprovals", "ai_tags", "dtext_links", "embedding_wiki_pages",
    ), ""),
}  # fmt: skip
"""Members of a post's record that no parameter is called by."""
