"""Readers of tag-search words that a small profile is made of: letters, flags, what its records do not carry."""

from __future__ import annotations

from booruql.ast.nodes import Compare, Node, Not, OneOf, Op
from booruql.errors import make_error
from booruql.syntax._tags_words import Reader, Reading, source
from booruql.text import lower


def _letters(r: Reading) -> Node:
    """Any of the values, by letter, name or number; the word's arguments are spellings and what they stand for."""
    known = dict(r.word.args)
    parts = [part for part in lower(r.value).split(",") if part]
    if not parts or not all(part in known for part in parts):
        return r.nothing()
    return OneOf(r.word.field, tuple(dict.fromkeys(known[part] for part in parts)), r.span)


def _flag(r: Reading) -> Node:
    """A field that is true, by the word that names it."""
    field = dict(r.word.args).get(lower(r.value))
    return Compare(field, Op.EQ, True, r.span) if field else r.nothing()


def _source(r: Reading) -> Node:
    """As on Danbooru, and `any` for whatever is not empty."""
    if not r.term.quoted and lower(r.value) == "any":
        return Not(Compare("source", Op.EQ, "", r.span), r.span)
    return source(r)


def _absent(r: Reading) -> Node:
    site = r.word.args[0]
    raise make_error("E201", f"{site} records carry no such field: {r.word.name!r}", r.span, hint="leave the term out")


READERS: dict[str, Reader] = {"letters": _letters, "flag": _flag, "source_any": _source, "absent": _absent}
