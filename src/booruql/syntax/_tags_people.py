"""Words of tag search that ask for users and for what they keep: uploads, comments, votes, pools, lists."""

from __future__ import annotations

from booruql.ast.nodes import Compare, Exists, Glob, Node, Not, Op, Or, Some
from booruql.syntax._patterns import read_pattern
from booruql.syntax._tags_reading import Reader, Reading
from booruql.text import lower

_REASONS = ("disinterest", "poor_quality", "breaks_rules")

# --- users


def uploader(r: Reading) -> Node:
    return _any_none(r, Exists("uploader_id", r.span)) or r.symbol("user_field", "uploader_id", r.value)


def approver(r: Reading) -> Node:
    return _any_none(r, Exists("approver_id", r.span)) or r.symbol("user_field", "approver_id", r.value)


def _any_none(r: Reading, found: Node) -> Node | None:
    """`any` and `none` come before names."""
    word = lower(r.value)
    return found if word == "any" else Not(found, r.span) if word == "none" else None


def maker(r: Reading) -> Node:
    relation, column = r.word.args
    return _any_none(r, Some(relation, span=r.span)) or r.symbol("maker", relation, column, r.value)


def commenter(r: Reading) -> Node:
    return _any_none(r, Some("comments", span=r.span)) or r.symbol("commenter", r.value)


def noter(r: Reading) -> Node:
    first = Compare("version", Op.EQ, 1)
    return _any_none(r, Some("note_versions", first, r.span)) or r.symbol("noter", r.value)


ORDINARY = Not(
    Or(
        (
            Compare("reason", Op.EQ, "Unapproved in three days"),
            Glob("reason", read_pattern("Unapproved in three days after returning to moderation queue*")),
        )
    )
)
"""Flags that a person wrote; the others are automatic."""


def flagger(r: Reading) -> Node:
    return _any_none(r, Some("post_flags", ORDINARY, r.span)) or r.symbol("flagger", r.value)


def vote(r: Reading) -> Node:
    return r.symbol("vote", r.word.args[0], r.value)


def fav(r: Reading) -> Node:
    return r.symbol("fav", r.value)


def reacted(r: Reading) -> Node:
    return r.symbol("maker", "reactions", "creator_id", r.value)


def disapproved(r: Reading) -> Node:
    word = lower(r.value)
    if word in _REASONS:
        return Some("post_disapprovals", Compare("reason", Op.EQ, word), r.span)
    return r.symbol("disapproved", r.value)


# --- pools and lists


def pool(r: Reading) -> Node:
    word = lower(r.value)
    if word in ("any", "none"):
        found = Some("pools", span=r.span)
        return found if word == "any" else Not(found, r.span)
    if word in ("series", "collection"):
        return Some("pools", Compare("category", Op.EQ, word), r.span)
    return r.symbol("pool", r.value)


def ordpool(r: Reading) -> Node:
    return r.symbol("pool", r.value)


def favgroup(r: Reading) -> Node:
    word = lower(r.value)
    return r.symbol("favgroup", word if word in ("any", "none") else "", r.value)


def ordfavgroup(r: Reading) -> Node:
    return r.symbol("favgroup", "", r.value)


def saved(r: Reading) -> Node:
    return r.symbol("saved", r.value)


READERS: dict[str, Reader] = {
    "uploader": uploader,
    "approver": approver,
    "maker": maker,
    "commenter": commenter,
    "noter": noter,
    "flagger": flagger,
    "vote": vote,
    "fav": fav,
    "ordfav": fav,
    "reacted": reacted,
    "disapproved": disapproved,
    "pool": pool,
    "ordpool": ordpool,
    "favgroup": favgroup,
    "ordfavgroup": ordfavgroup,
    "saved": saved,
}
