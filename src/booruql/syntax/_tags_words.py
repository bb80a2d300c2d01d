"""What a metatag asks: a row of the vocabulary names one of these readers, which turns a written term into a typed leaf."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from booruql.ast.nodes import (
    All,
    And,
    Compare,
    Contains,
    Count,
    Exists,
    Given,
    Glob,
    Node,
    Not,
    OneOf,
    Op,
    Operand,
    Or,
    Some,
    Symbol,
    Words,
)
from booruql.errors import BadValueError
from booruql.sites.danbooru import FILE_TYPES, MEDIA, SINGLE, STATUSES, UNKNOWN
from booruql.syntax import _tags_people
from booruql.syntax._dates import Moment
from booruql.syntax._leaves import Nulls, leaves
from booruql.syntax._patterns import read_pattern
from booruql.syntax._scalars import integer
from booruql.syntax._tags_reading import Reader as Reader
from booruql.syntax._tags_reading import Reading as Reading
from booruql.syntax._values import Range, read_value
from booruql.text import lower

TRUE = frozenset("true t yes y on 1".split())
FALSE = frozenset("false f no n off 0".split())
_RATINGS = {"general": "g", "sensitive": "s", "questionable": "q", "explicit": "e"}
_TEXTS = ("original_title", "original_description", "translated_title", "translated_description")


# --- ranges


def range_(r: Reading) -> Node:
    type_, *marks = r.word.args
    nulls = next((Nulls(mark) for mark in marks if mark in (UNKNOWN, SINGLE)), Nulls.NEVER)
    found = ranged(r, type_, r.word.field, nulls)
    return media(found, r.span) if MEDIA in marks else found


def ranged(r: Reading, type_: str, field: Operand, nulls: Nulls = Nulls.NEVER) -> Node:
    """The leaves of a range over a field or a count."""
    try:
        found = read_value(type_, r.value, r.span)
    except BadValueError as problem:
        return r.nothing(problem.hint)
    if isinstance(field, str) and _has_moments(found):
        return r.symbol("range", field, found)
    return leaves(found, field, r.span, nulls)


def _has_moments(found: Range) -> bool:
    return any(isinstance(v, Moment) or (isinstance(v, Range) and _has_moments(v)) for v in found.values)


def media(found: Node, span: Any) -> Node:
    """A leaf over the file: a post without an active media asset is in no search that holds one."""
    return Given(found, Exists("file_ext", span), span)


def count(r: Reading) -> Node:
    relation, state = r.word.args
    return ranged(r, "integer", counted(relation, state))


def counted(relation: str, state: str) -> Count:
    """How many related rows are in a state: deleted, active, a pool's category, or any ('')."""
    if not state:
        return Count(relation)
    if state in ("series", "collection"):
        return Count(relation, Compare("category", Op.EQ, state))
    return Count(relation, is_deleted(relation) if state == "deleted" else is_active(relation))


def is_deleted(relation: str) -> Node:
    return Not(Compare("is_active", Op.EQ, True)) if relation == "notes" else Compare("is_deleted", Op.EQ, True)


def is_active(relation: str) -> Node:
    return Compare("is_active", Op.EQ, True) if relation == "notes" else Not(Compare("is_deleted", Op.EQ, True))


# --- words


def rating(r: Reading) -> Node:
    letters = dict.fromkeys(part[:1] for part in lower(r.value).split(",") if part)
    if not letters.keys() & {"g", "s", "q", "e"}:
        return r.nothing("write g, s, q or e, or several: g,s")
    return one_of("rating", letters, r.span)


def one_of(field: str, values: Iterable[str], span: Any) -> Node:
    found = tuple(values)
    return Compare(field, Op.EQ, found[0], span) if len(found) == 1 else OneOf(field, found, span)


def status(r: Reading) -> Node:
    word = lower(r.value)
    if word in ("any", "all"):
        return All(r.span)
    return stated(word, r.span) or r.nothing(f"write one of {', '.join(STATUSES)}")


def stated(word: str, span: Any, *, viewer: bool = True) -> Node | None:
    """Posts in a state of moderation; None for no such state."""
    if word in ("pending", "flagged", "deleted", "banned"):
        return Compare(f"is_{word}", Op.EQ, True, span)
    if word == "active":
        return And(tuple(Not(Compare(f"is_{w}", Op.EQ, True, span), span) for w in ("pending", "deleted", "flagged")), span)
    appealed = Some("post_appeals", Compare("status", Op.EQ, "pending"), span)
    if word == "appealed":
        return appealed
    queue = Or((Compare("is_pending", Op.EQ, True, span), Compare("is_flagged", Op.EQ, True, span), appealed), span)
    if word == "modqueue":
        return queue
    if word != "unmoderated":
        return None
    return And((queue, Not(Symbol("disapproved_by_viewer", (), span), span)), span) if viewer else queue


def is_(r: Reading) -> Node:
    word = lower(r.value)
    if word == "parent":
        return Compare("has_children", Op.EQ, True, r.span)
    if word == "child":
        return Exists("parent_id", r.span)
    if word == "wiki_image":
        return Some("wiki_embeds", span=r.span)
    if word in FILE_TYPES:
        return media(Compare("file_ext", Op.EQ, word, r.span), r.span)
    if word in _RATINGS:
        return Compare("rating", Op.EQ, _RATINGS[word], r.span)
    if word in ("safe", "sfw", "nsfw"):
        return one_of("rating", {"safe": "s", "sfw": "gs", "nsfw": "qe"}[word], r.span)
    return stated(word, r.span) or r.nothing("write a state, a rating or a file type: pending, sfw, mp4")


def has(r: Reading) -> Node:
    word, span = lower(r.value), r.span
    match word:
        case "parent":
            return Exists("parent_id", span)
        case "child" | "children":
            return Compare("has_children", Op.EQ, True, span)
        case "source":
            return Not(Compare("source", Op.EQ, "", span), span)
        case "appeals":
            return Some("post_appeals", span=span)
        case "flags":
            return r.symbol("human_flag")
        case "replacements":
            return Some("post_replacements", span=span)
        case "comments" | "notes" | "pools":
            return Some(word, is_active(word), span)
        case "commentary":
            return Some("artist_commentaries", Or(tuple(filled(name) for name in _TEXTS)), span)
        case _:
            return r.nothing("write one of parent, children, source, appeals, flags, replacements, comments, notes, pools")


def filled(field: str) -> Node:
    """A text that is there and not empty."""
    return And((Exists(field), Not(Compare(field, Op.EQ, ""))))


def parent(r: Reading) -> Node:
    word, span = lower(r.value), r.span
    if word in ("none", "any"):
        return Exists("parent_id", span) if word == "any" else Not(Exists("parent_id", span), span)
    if r.value.isascii() and r.value.isdigit() and len(r.value) < 20:
        own = Compare("id", Op.EQ, int(r.value), span)
        try:
            return Or((own, Compare("parent_id", Op.EQ, integer(r.value), span)), span)
        except ValueError:
            return own
    found = stated(word, None, viewer=False)
    return Some("parent", found, span) if found else r.nothing("write a post's number, any, none or a state such as deleted")


def child(r: Reading) -> Node:
    word, span = lower(r.value), r.span
    has_children = Compare("has_children", Op.EQ, True, span)
    if word in ("none", "any"):
        return has_children if word == "any" else Not(has_children, span)
    found = stated(word, None, viewer=False)
    if not found:
        return r.nothing("write any, none or a state such as deleted")
    return And((has_children, Some("children", found, span)), span)


def embedded(r: Reading) -> Node:
    word = lower(r.value)
    found = Compare("has_embedded_notes", Op.EQ, True, r.span)
    return found if word in TRUE else Not(found, r.span) if word in FALSE else r.nothing("write true or false")


def source(r: Reading) -> Node:
    if not r.value or (not r.term.quoted and lower(r.value) == "none"):
        return Compare("source", Op.EQ, "", r.span)
    return Glob("source", read_pattern(r.value + "*", always=True), True, r.span)


# --- texts


def body(r: Reading) -> Node:
    return Some(r.word.args[0], text("body", r.value), r.span)


def text(field: str, value: str) -> Node:
    """A pattern over the whole text, or words of it."""
    return Glob(field, read_pattern(value), True) if "*" in value else Words(field, value)


def commentary(r: Reading) -> Node:
    word, span = lower(r.value), r.span
    blank = Some("artist_commentaries", Or(tuple(filled(name) for name in _TEXTS)), span)
    if not r.term.quoted:
        match word:
            case "none" | "false":
                return Not(blank, span)
            case "any" | "true":
                return blank
            case "translated" | "untranslated":
                original = Or((filled("original_title"), filled("original_description")))
                translated = Or((filled("translated_title"), filled("translated_description")))
                kept = translated if word == "translated" else Not(translated)
                return Some("artist_commentaries", And((original, kept)), span)
    return Some("artist_commentaries", Or(tuple(text(name, r.value) for name in _TEXTS)), span)


# --- the file


def ai(r: Reading) -> Node:
    name, confidence, *_ = (*r.value.split(",")[:2], None)
    wanted = ">=50" if confidence is None else confidence.replace("%", "")
    if wanted == "0":
        return r.symbol("ai", name, None)
    try:
        return r.symbol("ai", name, read_value("integer", wanted, r.span))
    except BadValueError as problem:
        return r.nothing(problem.hint)


def exif(r: Reading) -> Node:
    key, equals, value = r.value.partition("=")
    if not equals:
        return media(Contains("file_metadata", key, None, r.span), r.span)
    return media(Contains("file_metadata", key, _number(value), r.span), r.span)


def _number(value: str) -> int | float | str:
    """A number where a value looks like one."""
    if value.isascii() and value.removeprefix("-").isdigit() and len(value) < 18:
        return int(value)
    head, dot, tail = value.removeprefix("-").partition(".")
    return float(value) if dot and value.isascii() and head.isdigit() and tail.isdigit() else value


def unaliased(r: Reading) -> Node:
    return Compare("tags", Op.EQ, r.value, r.span)


def everything(r: Reading) -> Node:
    """Words that ask for no post: order, limit, random."""
    return All(r.span)


READERS: dict[str, Reader] = {
    **_tags_people.READERS,
    "range": range_,
    "count": count,
    "rating": rating,
    "status": status,
    "is_": is_,
    "has": has,
    "parent": parent,
    "child": child,
    "embedded": embedded,
    "source": source,
    "body": body,
    "commentary": commentary,
    "ai": ai,
    "exif": exif,
    "unaliased": unaliased,
    "order": everything,
    "limit": everything,
    "random": everything,
}
