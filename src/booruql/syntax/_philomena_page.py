"""What Philomena's search endpoints add to a query: order, page and page size, read as the site reads them.

What is hidden depends on the viewer and their filter, so it is a Symbol (`visible`) for binding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from booruql.ast.nodes import And, Compare, Key, Op, Page, Position, Search, Special, Symbol
from booruql.errors import Notes, make_error
from booruql.sites import Resource
from booruql.syntax._philomena_values import to_int

PARAMETERS = ("q", "sf", "sd", "page", "per_page", "filter_id", "del", "hidden", "key")
"""What the endpoints read; `key` (whose account it is) is the context's matter."""

_IMAGE_SIZE, _SIZE, _MOST = 15, 25, 50
_WINDOW = 10_000_000
_LEADING = re.compile("[+-]?[0-9]+")

_SORTS: Mapping[str, str] = MappingProxyType(
    {
        **{
            name: name
            for name in (
                "id", "updated_at", "first_seen_at", "aspect_ratio", "downvotes", "upvotes", "width", "height", "score",
                "comment_count", "tag_count", "wilson_score", "pixels", "duration",
            )
        },
        "faves": "favorite_count",
        "hides": "hide_count",
        "size": "file_size",
    }
)  # fmt: skip

_FIXED: Mapping[str, tuple[Key, ...]] = MappingProxyType(
    {
        "comments": (Key("created_at", descending=True),),
        "posts": (Key("created_at", descending=True),),
        "galleries": (Key("created_at", descending=True),),
        "tags": (Key("post_count", descending=True),),
        "filters": (Key("name"), Key("id", descending=True)),
    }
)


def read_page(search: Search, parameters: Mapping[str, str], resource: Resource, notes: Notes) -> Search:
    """The search as the endpoint of its entity answers it.

    Args:
        search: the typed search for `q` alone.
        parameters: the raw texts of the parameters that were given.
    """
    _warn_unknown(parameters, notes)
    page, size = _at_least_one(parameters.get("page")), _page_size(parameters.get("per_page"), resource)
    if page * size > _WINDOW:
        hint = f"write {_WINDOW // size} or less"
        raise make_error("E605", f"the page lies beyond the first {_WINDOW} rows, which are all that the site shows", hint=hint)
    shown = Symbol("visible", (resource.name, *(parameters.get(name, "") for name in ("filter_id", "del", "hidden"))))
    found = replace(
        search,
        where=And((search.where, shown)),
        page=Page(page),
        size=size,
    )
    if resource.name != "images":
        return replace(found, order=_FIXED.get(resource.name, ()))
    return _ordered(found, parameters, resource, notes)


def leading_int(text: str | None) -> int | None:
    """The integer that a text begins with, None when it begins with none.

    >>> leading_int("3x"), leading_int(" 3")
    (3, None)
    """
    found = _LEADING.match(text or "")
    return to_int(found[0]) if found else None


def _at_least_one(text: str | None) -> int:
    number = leading_int(text)
    return 1 if number is None or number < 1 else number


def _page_size(text: str | None, resource: Resource) -> int:
    if text is None:
        return _IMAGE_SIZE if resource.name == "images" else _SIZE
    number = leading_int(text)
    return _SIZE if number is None else max(1, min(number, _MOST))


def _ordered(search: Search, parameters: Mapping[str, str], resource: Resource, notes: Notes) -> Search:
    descending = parameters.get("sd") != "asc"
    name = parameters.get("sf", "first_seen_at")
    word, colon, rest = name.partition(":")
    if name in _SORTS and name in resource.vocabulary():
        return replace(search, order=(Key(_SORTS[name], descending), Key("id", descending)))
    if name == "_score":
        return replace(search, order=(Key(Special.RELEVANCE, descending), Key("id", descending)))
    if word == "random" and (colon or name == "random"):
        seed = leading_int(rest)
        order = (Key(Special.RANDOM, descending), Key("id", descending))
        return replace(search, order=order, seed=search.seed if seed is None else seed)
    if word == "gallery_id" and colon:
        return _in_gallery(search, rest, descending, notes)
    notes.warn("W208", f"there is no order {name!r}; first_seen_at is taken", hint=f"one of {', '.join(_SORTS)}")
    return replace(search, order=(Key("first_seen_at", descending), Key("id", descending)))


def _in_gallery(search: Search, text: str, descending: bool, notes: Notes) -> Search:
    number = leading_int(text)
    if number is None:
        notes.warn("W208", f"{text!r} is no number of a gallery; no order is set", hint="write gallery_id:5")
        return search
    place = Position("galleries", "position", Compare("gallery_id", Op.EQ, number))
    return replace(search, order=(Key(place, descending), Key("id", descending=True)))


def _warn_unknown(parameters: Mapping[str, str], notes: Notes) -> None:
    for name in parameters:
        if name not in PARAMETERS:
            notes.warn("W208", f"the site ignores the parameter {name!r}", hint=f"known: {', '.join(PARAMETERS)}")
