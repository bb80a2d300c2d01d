"""Which order a tag search asks for, and what that order demands of the posts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from booruql.ast.nodes import (
    Compare,
    Exists,
    Key,
    Latest,
    Node,
    Nothing,
    OneOf,
    Op,
    Operand,
    Place,
    Position,
    Some,
    Special,
    Symbol,
    Term,
)
from booruql.errors import BadValueError, Notes, make_error
from booruql.sites import Resource
from booruql.syntax._dates import Ago
from booruql.syntax._scalars import integer
from booruql.syntax._tags_words import counted
from booruql.syntax._values import Range, read_value
from booruql.text import lower

MOST = 200
_DAY = 86_400_000_000
_LEADING = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]{1,18})")
_CATEGORY = re.compile(r"(gen|art|copy|char|meta)tags(\Z|_desc|_asc)")
_CATEGORIES = {"gen": "general", "art": "artist", "copy": "copyright", "char": "character", "meta": "meta"}
_RANDOM = Key(Special.RANDOM)


@dataclass(frozen=True, slots=True)
class Order:
    """Order keys, and conditions that they add to the search."""

    keys: tuple[Key, ...] = (Key("id", True),)
    conditions: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A word of `order:`: what it sorts by, which way, whether ties follow that way (else the newest is first).

    `plain`: there is no `_desc` form. `nulls`: whether missing values come first, going down and going up.
    """

    by: Operand | Position | Latest
    descending: bool = True
    tie: bool = False
    plain: bool = False
    nulls: tuple[bool, bool] = (True, False)
    conditions: tuple[Node, ...] = ()

    def order(self, reverse: bool) -> Order:
        """The order, or the one of the word's `_asc`."""
        down = self.descending is not reverse
        return Order((Key(self.by, down, self.nulls[reverse]), Key("id", not reverse if self.tie else True)), self.conditions)


_LAST = (False, False)
_FILE = (Exists("file_ext"),)
_QUEUED = Latest(("created_at", Position("post_flags", "created_at"), Position("post_appeals", "created_at")))
_DISAPPROVED = Latest((Position("post_disapprovals", "created_at"),))
_COMMENTED = Row("last_commented_at", tie=True, plain=True, nulls=_LAST)
_ROWS = {
    "md5": Row("md5"),
    "score": Row("score", tie=True),
    "upvotes": Row("upvotes", tie=True),
    "favcount": Row("favorite_count", tie=True, plain=True),
    "created_at": Row("created_at"),
    "change": Row("updated_at", tie=True),
    "comment": _COMMENTED,
    "comm": _COMMENTED,
    "comment_bumped": Row("last_comment_bumped_at", plain=True, nulls=(False, True)),
    "note": Row("last_noted_at", plain=True, nulls=(False, True)),
    "artcomm": Row(Position("artist_commentaries", "updated_at"), plain=True, conditions=(Some("artist_commentaries"),)),
    "mpixels": Row("pixels", conditions=_FILE),
    "filesize": Row("file_size", conditions=_FILE),
    "tagcount": Row("tag_count"),
    "duration": Row("duration", tie=True, nulls=_LAST, conditions=_FILE),
    "modqueue": Row(_QUEUED, tie=True),
    "disapproved": Row(_DISAPPROVED, tie=True),
}
_NEWEST = Order()
_OLDEST = Order((Key("id"),))
_HOT = (Compare("score", Op.GT, 0), Symbol("range", ("created_at", Range("gteq", (Ago(2 * _DAY),)))))
_FIXED = {
    "id": _OLDEST,
    "id_asc": _OLDEST,
    "id_desc": _NEWEST,
    "none": _NEWEST,
    "downvotes": Order((Key("downvotes", True, True), Key("id"))),
    "downvotes_desc": Order((Key("downvotes", True, True), Key("id"))),
    "downvotes_asc": Order((Key("downvotes"), Key("id", True))),
    "portrait": Order((Key("shape"), Key("id", True)), _FILE),
    "landscape": Order((Key("shape", True, True), Key("id", True)), _FILE),
    "random": Order((_RANDOM,)),
    "rank": Order((Key("rank", True), Key("id", True)), _HOT),
}
WORDS = (*_FIXED, *(name + end for name, row in _ROWS.items() for end in (("", "_asc") if row.plain else ("", "_asc", "_desc"))))
"""Every order but the counts, for completion and docs."""


def read_order(terms: Sequence[Term], resource: Resource, notes: Notes) -> Order:
    """The order of a search, by the first rule that fits: a date's, the custom one, a list's, `order:`."""
    found = next((term for term in terms if term.name == "order"), None)
    if resource.orders:
        return _own(found, resource, notes)
    value = found.text if found else None
    if any(term.name in ("date", "age") for term in terms):
        if value in ("id", "id_asc"):
            return Order((Key("created_at"), Key("id", True)))
        if value in (None, "id_desc"):
            return Order((Key("created_at", True), Key("id", True)))
    if value == "custom":
        return _custom(terms)
    listed = next((term for term in terms if term.name in ("ordfav", "ordpool", "ordfavgroup")), None)
    if listed:
        return Order((Key(Symbol(str(listed.name), (listed.text,), listed.span)), Key("id", True)))
    return _order(found, resource, notes) if found else _NEWEST


def _own(found: Term | None, resource: Resource, notes: Notes) -> Order:
    """An order of a site that has its own."""
    if found is None:
        return _NEWEST
    if lower(found.text) not in resource.orders:
        known = ", ".join(resource.orders)
        notes.warn("W203", f"{found.text!r} is no order; the newest come first", found.span, hint=f"write one of {known}")
        return _NEWEST
    return Order(resource.orders[lower(found.text)])


def _order(found: Term, resource: Resource, notes: Notes) -> Order:
    value = lower(found.text)
    known = _FIXED.get(value) or _row(value, resource)
    if known:
        conditions = tuple(replace(condition, span=found.span) for condition in known.conditions)
        return Order(known.keys, conditions)
    category = _CATEGORY.search(value)
    if category:
        return Row(f"tag_count_{_CATEGORIES[category[1]]}").order(category[2] == "_asc")
    notes.warn("W203", f"{found.text!r} is no order; the newest come first", found.span, hint="write order:score or order:id")
    return _NEWEST


def _row(value: str, resource: Resource) -> Order | None:
    stem, reverse = (value[:-4], True) if value.endswith("_asc") else (value.removesuffix("_desc"), False)
    row = _ROWS.get(stem)
    if row is None:
        word = resource.vocabulary().get(stem)
        row = Row(counted(*word.args), tie=True) if word and word.reader == "count" else None
    if row is None or (row.plain and value.endswith("_desc")):
        return None
    return row.order(reverse)


def _custom(terms: Sequence[Term]) -> Order:
    """The order of the one `id:` list; without exactly one there is nothing."""
    lists = [term for term in terms if term.name == "id"]
    try:
        found = read_value("integer", lists[0].text) if len(lists) == 1 else None
    except BadValueError:
        found = None
    if found is None or found.op not in ("eq", "in") or None in found.values:
        return Order((Key("id", True),), (Nothing(),))
    ids = tuple(dict.fromkeys(found.values))
    return Order((Key(Place(ids)), Key("id", True)), (OneOf("id", ids, lists[0].span),))


def read_limit(terms: Sequence[Term], most: int = MOST) -> int | None:
    """The page size of `limit:`: its leading digits, from 1 to the most there are; garbage is 1."""
    found = next((term for term in terms if term.name == "limit"), None)
    if not found:
        return None
    digits = _LEADING.match(found.text)
    return max(1, min(most, int(digits[1]) if digits else 0))


def read_sample(terms: Sequence[Term]) -> int | None:
    """How many posts `random:` picks, from 0 to 200.

    Raises:
        BadValueError: it is no number; the site answers an error.
    """
    found = next((term for term in terms if term.name == "random"), None)
    if not found:
        return None
    try:
        return max(0, min(MOST, integer(found.text)))
    except ValueError:
        raise make_error("E301", f"{found.text!r} is no number of posts", found.span, hint="write random:20") from None
