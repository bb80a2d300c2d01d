"""What Philomena's search endpoints add to a query: order, page and page size, read as the site reads them.

What is hidden depends on the viewer and their filter, so it is a Symbol (`visible`) for binding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from booruql.ast.nodes import And, Compare, Key, Op, Page, Position, Search, Special, Symbol
from booruql.errors import Notes, Span, make_error
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


# --- the query string


@dataclass(frozen=True, slots=True)
class Decoded:
    """A parameter's value; `places` says for each character, and for its end, where it stands in the query string."""

    text: str
    places: tuple[int, ...]


_PAIR = re.compile(r"[^&]+")
_CODED = re.compile(r"%([0-9A-Fa-f]{2})|(\+)|[^%+]+|%")


def read_pairs(text: str) -> dict[str, Decoded]:
    """The parameters of a query string (`application/x-www-form-urlencoded`): the last of a name counts.

    >>> read_pairs("q=red+kite&sf=id")["q"].text
    'red kite'

    Raises:
        ParseError: E108, a value is no UTF-8.
    """
    found: dict[str, Decoded] = {}
    start = 1 if text.startswith("?") else 0
    for pair in _PAIR.finditer(text, start):
        name, equals, value = pair[0].partition("=")
        begin = pair.start() + len(name) + len(equals)
        found[_decode(name, pair.start()).text] = _decode(value, begin)
    return found


def _decode(coded: str, start: int) -> Decoded:
    raw = bytearray()
    places: list[int] = []
    for piece in _CODED.finditer(coded):
        if piece[1]:
            found = bytes([int(piece[1], 16)])
        else:
            found = b" " if piece[2] else piece[0].encode()
        step = 0 if piece[1] or piece[2] else 1
        at = start + piece.start()
        if step and len(found) != len(piece[0]):
            for offset, char in enumerate(piece[0]):
                places += [at + offset] * len(char.encode())
        else:
            places += [at + step * offset for offset in range(len(found))]
        raw += found
    try:
        text = raw.decode()
    except UnicodeDecodeError as problem:
        span = Span(places[problem.start], start + len(coded))
        raise make_error("E108", "the bytes are no UTF-8", span, hint="write letters as they are, or as UTF-8 in %xx") from None
    firsts = [places[at] for at, byte in enumerate(raw) if byte & 0xC0 != 0x80]
    return Decoded(text, (*firsts, start + len(coded)))
