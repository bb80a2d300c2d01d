"""What Bronibooru's URL parameters may ask: names and single numbers, no ranges (Danbooru 2 as of June 2014)."""

from __future__ import annotations

from collections.abc import Mapping

from booruql.ast.nodes import Compare, Key, Not, Op, Some
from booruql.sites._danbooru_params import PAGING, by, is_, reader, word
from booruql.sites.site import Resource, Word

_NEWEST = Key("id", descending=True)


def _number(name: str, help_: str, field: str = "") -> Word:
    return word(name, "number", help_, "1", field or name)


def _matches(name: str, help_: str, field: str) -> Word:
    return word(name, "ilike", f"{help_}, * for anything", "a*", field)


_BY_CREATOR = (
    _number("creator_id", "number of the user who made it"),
    word("creator_name", "user", "name of the user who made it", "albert", "creator_id", "creator"),
)
_ON_POST = (_number("post_id", "number of the post"), word("post_tags_match", "post_tags", "post with these tags", "cat -dog"))

PARAMETERS: Mapping[str, tuple[Word, ...]] = {
    "tags": (
        word("name_matches", "like", "name, * for anything", "a*", "name"),
        word("name", "name_list", "names, with commas between", "cat,dog", "name"),
        _number("category", "category by number", "category_id"),
        word("hide_empty", "unless_no", "leaves out tags without posts, unless it says no", "no", "",
             Compare("post_count", Op.GT, 0)),
        word("has_wiki", "yes_no", "whether it has a page: yes or no", "yes", "", Some("wiki_page")),
    ),
    "post_flags": (*_BY_CREATOR, _ON_POST[0]),
    "post_appeals": (*_BY_CREATOR, _ON_POST[0]),
    "comments": (
        _matches("body_matches", "text", "body"), *_ON_POST, _number("creator_id", "number of the user who wrote it"),
        word("creator_name", "user", "name of the user who wrote it", "albert", "creator_id", "creator_user"),
    ),
    "notes": (_matches("body_matches", "text", "body"), *_ON_POST),
    "artists": (
        word("name", "matches_any", "name, * for anything", "alma", "", "name", "group_name", "other_names"),
        _number("id", "number"),
        word("is_active", "yes_no", "whether it is in use: yes or no", "yes", "", Not(is_("is_deleted"))),
        word("is_banned", "yes_no", "whether it wants no posts here: yes or no", "no", "", is_("is_banned")),
    ),
    "pools": (
        word("name_matches", "contains", "name, or a part of it", "sky", "name", "normal"),
        _matches("description_matches", "description", "description"),
        word("is_active", "yes_no", "whether it is in use: yes or no", "yes", "", Not(is_("is_deleted"))),
        word("category", "lower", "series or collection", "series", "category"),
    ),
    "users": (
        _matches("name", "name", "name"), _number("id", "number"), _number("level", "level"),
        word("min_level", "least", "level at least", "30", "level"), word("max_level", "most", "level at most", "20", "level"),
    ),
}  # fmt: skip
ORDERS: Mapping[str, Mapping[str, tuple[Key, ...]]] = {
    "tags": {"name": by("name", up=True), "date": (_NEWEST,), "count": by("post_count")},
    "artists": {"name": by("name", up=True), "updated_at": by("updated_at")},
    "pools": {"": by("updated_at"), "name": by("name", up=True), "created_at": by("created_at"),
              "post_count": by("post_id_count")},
    "users": {"name": by("name", up=True), "post_upload_count": by("post_upload_count")},
}  # fmt: skip
POST_REQUESTS = (
    word("tags", "tags", "search", "pony -human"),
    word("raw", "ignored", "1: the search is one tag", "1"),
    word("md5", "lower", "MD5 hash of the one post", "d41d8cd98f00b204e9800998ecf8427e", "md5"),
    *PAGING[:2],
)


def make_resources() -> dict[str, Resource]:
    """Every resource but the posts."""
    return {name: _resource(name) for name in PARAMETERS}


def _resource(name: str) -> Resource:
    return Resource(
        name, name, {}, {}, reader(name), requests=PAGING[:2], parameters=PARAMETERS[name],
        orders=ORDERS.get(name, {"": (_NEWEST,)}), page_size=20, max_page_size=200, default_field="name",
    )  # fmt: skip
