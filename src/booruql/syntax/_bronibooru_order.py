"""Orders and page size of Danbooru 2 (2014)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from booruql.ast.nodes import Exists, Key, Node, Position, Some, Symbol
from booruql.errors import Notes, Span
from booruql.syntax._bronibooru_slots import Entry, Slot
from booruql.syntax._bronibooru_terms import written

_NEWEST = Key("id", descending=True)


def _both(word: str, field: str, *, ends: bool = True) -> Mapping[str, tuple[Key, ...]]:
    """Descending under the bare word (and with `_desc`), ascending with `_asc`."""
    down, up = Key(field, descending=True), Key(field)
    return {word: (down,), f"{word}_asc": (up,)} | ({f"{word}_desc": (down,)} if ends else {})


def _late(word: str, field: str) -> Mapping[str, tuple[Key, ...]]:
    """Latest first, missing ones last; `_asc` is the exact reverse."""
    return {word: (Key(field, descending=True),), f"{word}_asc": (Key(field, nulls_first=True),)}


_COMMENTED = Position("artist_commentaries", "updated_at")
_LONGEST = Key("pixels", descending=True, nulls_first=True)
ORDERS: Mapping[str, tuple[Key, ...]] = {
    "id": (Key("id"),),
    "id_asc": (Key("id"),),
    "id_desc": (_NEWEST,),
    **_both("score", "score"),
    **_both("favcount", "favorite_count", ends=False),
    **_both("change", "updated_at"),
    **_late("comment", "last_commented_at"),
    **_late("comm", "last_commented_at"),
    **_late("note", "last_noted_at"),
    **_both("filesize", "file_size"),
    "mpixels": (_LONGEST,),
    "mpixels_desc": (_LONGEST,),
    "mpixels_asc": (Key("pixels"),),
    "artcomm": (Key(_COMMENTED, descending=True),),
    "artcomm_asc": (Key(_COMMENTED),),
    "portrait": (Key("shape"),),
    "landscape": (Key("shape", descending=True),),
    "rank": (Key("rank", descending=True),),
}
_SIZED = (Exists("width"), Exists("height"))
_DEMANDS: Mapping[str, tuple[Node, ...]] = {
    "artcomm": (Some("artist_commentaries"),),
    "artcomm_asc": (Some("artist_commentaries"),),
    "portrait": _SIZED,
    "landscape": _SIZED,
    "rank": (Symbol("recent"),),
}
"""What an order demands of every post."""
_LIMIT = re.compile(r"(?<![^ \t\n\v\f\r\u3000])limit:(\d+)(?![^ \t\n\v\f\r\u3000])", re.ASCII)
MOST = 200


def read_order(found: Mapping[Slot, list[Entry]], notes: Notes) -> tuple[tuple[Key, ...], tuple[Node, ...]]:
    """The order keys, and what the order demands of every post: a pool's order, a user's, then that of `order:`."""
    given = found.get(("order", False, None))
    keys, demanded = _asked(given[-1], notes) if given else ((_NEWEST,), ())
    keys = (*_listed(found, "ordpool"), *_listed(found, "ordfav"), *keys)
    return keys if any(key.by == "id" for key in keys) else (*keys, _NEWEST), demanded


def _asked(entry: Entry, notes: Notes) -> tuple[tuple[Key, ...], tuple[Node, ...]]:
    word, span = entry.term.text, entry.term.span
    if word not in ORDERS:
        notes.warn("W204", f"{written(entry)!r} is dropped: {word!r} is no order", span, hint="write order:score or order:id")
        return (_NEWEST,), ()
    return ORDERS[word], _DEMANDS.get(word, ())


def _listed(found: Mapping[Slot, list[Entry]], word: str) -> tuple[Key, ...]:
    """The order of the last such term."""
    terms = [group[0].term for (name, _, _), group in found.items() if name == word]
    return (Key(Symbol(word, (terms[-1].text,), terms[-1].span)),) if terms else ()


def read_size(text: str, notes: Notes) -> int | None:
    """The page size: the first `limit:` with digits alone, at most 200."""
    found = _LIMIT.search(text)
    if not found:
        return None
    size = int(found[1]) if len(found[1]) < 10 else MOST + 1
    if size > MOST:
        notes.warn("W206", f"{found[0]!r} is cut to the site's most", Span(*found.span()), hint=f"write limit:{MOST}")
    return min(size, MOST)
