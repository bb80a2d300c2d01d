"""What each metatag of Danbooru 2 (2014) asks, and a warning for what that site reads otherwise than it looks.

A reader gets the terms that share a slot; unless it says otherwise the last one counts. `All` is no condition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from booruql.ast.nodes import All, And, Compare, Exists, Glob, Node, Not, OneOf, Op, Or, Pattern, Symbol, Wild
from booruql.errors import Notes, Span
from booruql.sites import Word
from booruql.syntax import _bronibooru_values as values
from booruql.syntax._bronibooru_slots import Entry

Reader = Callable[[Word, Sequence[Entry], Notes], Node]
_WORDLIKE = re.compile(r"([a-z_]+):.+", re.IGNORECASE | re.ASCII | re.DOTALL)
_KEYWORDS = ("or", "and", "not")


def read_slot(found: Sequence[Entry], vocabulary: Mapping[str, Word], notes: Notes) -> Node:
    """The condition of the terms that share a slot, the first of them telling which."""
    name = found[0].term.name
    if name is None:
        return _tag(found[0], vocabulary, notes)
    word = vocabulary[name]
    if word.reader not in _READ_ALL:
        _note_overwritten(found, notes)
    return READERS[word.reader](word, found, notes)


_READ_ALL = ("uploader", "ignored")


def _note_overwritten(found: Sequence[Entry], notes: Notes) -> None:
    *earlier, last = found
    for entry in earlier:
        if entry.term.text != last.term.text:
            shown = written(last)
            notes.warn("W205", f"{written(entry)!r} is overwritten by {shown!r}", entry.term.span, hint=f"only {shown} counts")


def written(entry: Entry) -> str:
    """The term as the site prints it."""
    term = entry.term
    return entry.mark + (term.text if term.name is None else f"{term.name}:{term.text}")


def _dropped(entry: Entry, why: str, notes: Notes, hint: str | None = None) -> Node:
    notes.warn("W204", f"{written(entry)!r} is dropped: {why}", entry.term.span, hint=hint)
    return All()


# --- tags


def _tag(entry: Entry, vocabulary: Mapping[str, Word], notes: Notes) -> Node:
    term = entry.term
    if term.wild:
        return Symbol("wildcard", (term.text,), term.span)
    _note_tag(entry, vocabulary, notes)
    tag = Symbol("tag", (term.text,), term.span)
    return Not(tag, term.span) if entry.negated else tag


def _note_tag(entry: Entry, vocabulary: Mapping[str, Word], notes: Notes) -> None:
    term = entry.term
    span, text = term.span, term.text
    if "*" in text:
        effect = "excludes nothing" if entry.negated else "adds nothing"
        notes.warn("W204", f"{written(entry)!r} {effect}: '*' is no wildcard after {entry.mark!r}", span, hint="no tag has a '*'")
        return
    word = _WORDLIKE.fullmatch(text)
    if word:
        known = vocabulary.get(word[1])
        shown = f"{entry.mark if known else ''}{word[1]}:"
        notes.warn("W201", f"{shown!r} is no metatag; {text!r} is read as a tag", span, hint=_metatag_hint(entry, known))
    elif text in _KEYWORDS and not entry.mark:
        notes.warn("W201", f"{text!r} is an ordinary tag here", span, hint="write ~cat ~dog for either of them")
    elif not entry.mark and (text[0] == "(" or (text[-1] == ")" and "(" not in text and text[-2:-1].isalnum())):
        notes.warn("W201", f"parentheses do not group here; {text!r} is read as a tag", span, hint="write the terms without them")


def _metatag_hint(entry: Entry, known: Word | None) -> str:
    if known is None:
        return "a tag of that very name is searched for"
    if entry.mark == "~":
        return "metatags cannot be alternatives"
    return f"'{known.name}:' cannot be negated"


# --- ranges


_CASTS: Mapping[str, values.Cast] = {
    "integer": values.integer, "float": values.number, "size": values.size, "ratio": values.ratio,
}  # fmt: skip


def _range(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    entry, type_ = found[-1], word.args[0]
    span = entry.term.span
    got, whole = values.read_range(entry.term.text, _CASTS[type_])
    if type_ in ("float", "size") and "fudged" in word.args:
        got = values.fudged(got)
    shown = ", ".join(str(_shown(type_, arg)) for arg in got.args)
    if not whole:
        notes.warn("W206", f"{written(entry)!r} is read as {shown or 'no value'}", span, hint=f"write {word.name}:{word.sample}")
    _note_empty(entry, got, notes)
    return values.compare(word.field, got, span)


def _shown(type_: str, value: int | float) -> int | float:
    return value / 100 if type_ == "ratio" else value


def _note_empty(entry: Entry, got: values.Range, notes: Notes) -> None:
    if got.op == "in" and not got.args:
        notes.warn("W203", f"{written(entry)!r} is an empty list and matches nothing", entry.term.span)
    elif got.op == "between" and got.args[0] > got.args[1]:
        low, high = _ends(entry.term.text)
        hint = f"write {entry.term.name}:{high}..{low}" if low else None
        notes.warn("W203", f"{written(entry)!r} is an empty range and matches nothing", entry.term.span, hint=hint)


def _ends(text: str) -> tuple[str, str]:
    op, texts = values.split(text)
    return (texts[0], texts[1]) if op == "between" else ("", "")


def _date(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    term = found[-1].term
    return Symbol("date", values.split(term.text), term.span)


def _age(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    entry = found[-1]
    got, whole = values.read_range(entry.term.text, values.age)
    if not whole:
        shown = ", ".join(f"{count} {unit}" for count, unit in got.args)
        notes.warn("W206", f"{written(entry)!r} is read as {shown}", entry.term.span, hint="write age:<2w or age:1d..1w")
    return Symbol("age", values.mirrored(got), entry.term.span)


def _id(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    entry = found[-1]
    if not entry.negated:
        return _range(word, found, notes)
    span = entry.term.span
    value, whole = values.integer(entry.term.text)
    if not whole:
        notes.warn("W206", f"{written(entry)!r} excludes {value} alone", span, hint="write one number")
    return Not(Compare("id", Op.EQ, value, span), span)


# --- words


def _flags(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    """A word that names a flag; another one is no condition."""
    entry = found[-1]
    term = entry.term
    field = _FLAGS[word.name].get(term.text)
    if field is None:
        return _dropped(entry, f"{term.text!r} is none of {', '.join(_FLAGS[word.name])}", notes)
    leaf = Compare(field, Op.EQ, True, term.span)
    return Not(leaf, term.span) if entry.negated else leaf


_FLAGS: Mapping[str, Mapping[str, str]] = {
    "locked": {
        "rating": "is_rating_locked", "note": "is_note_locked", "notes": "is_note_locked", "status": "is_status_locked",
    },
}  # fmt: skip


def _rating(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    entry = found[-1]
    term = entry.term
    letter = term.text[:1]
    if letter not in ("s", "q", "e"):
        return _dropped(entry, "a rating begins with s, q or e", notes, "write rating:s, rating:q or rating:e")
    if "," in term.text:
        notes.warn("W206", f"{written(entry)!r} is read as {letter!r}: lists of ratings are not supported", term.span)
    leaf = Compare(word.field, Op.EQ, letter, term.span)
    return Not(leaf, term.span) if entry.negated else leaf


_STATUSES: Mapping[str, tuple[str, ...]] = {
    "pending": ("is_pending",), "flagged": ("is_flagged",), "deleted": ("is_deleted",), "banned": ("is_banned",),
    "active": ("is_pending", "is_deleted", "is_banned"),
}  # fmt: skip


def _status(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    entry = found[-1]
    term = entry.term
    if not entry.negated and term.text in ("all", "any"):
        return All()
    fields = _STATUSES.get(term.text)
    if fields is None:
        return _dropped(entry, f"{term.text!r} is no status", notes, f"write {', '.join(_STATUSES)}, all or any")
    flags = tuple(Compare(field, Op.EQ, True, term.span) for field in fields)
    some: Node = flags[0] if len(flags) == 1 else Or(flags, term.span)
    return Not(some, term.span) if entry.negated != (term.text == "active") else some


def is_status(entry: Entry) -> bool:
    """Whether the term is a status that the site knows, so that no other one is looked at."""
    return entry.term.text in _STATUSES or entry.term.text in ("all", "any")


def _parent(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    entry = found[-1]
    span, text = entry.term.span, entry.term.text
    exists = Exists("parent_id", span)
    if entry.negated:
        return exists if text == "none" else _dropped(entry, "'-parent:' knows 'none' alone", notes, "write parent:none")
    if text in ("none", "any"):
        return exists if text == "any" else Not(exists, span)
    value, whole = values.integer(text)
    if not whole:
        notes.warn("W206", f"{written(entry)!r} is read as {value}", span, hint="write a number, none or any")
    return Or((Compare("id", Op.EQ, value, span), Compare("parent_id", Op.EQ, value, span)), span)


def _child(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    entry = found[-1]
    if entry.term.text not in ("none", "any"):
        return _dropped(entry, "'child:' knows 'none' and 'any' alone", notes, "write child:any or parent:1234")
    leaf = Compare(word.field, Op.EQ, True, entry.term.span)
    return leaf if entry.term.text == "any" else Not(leaf, entry.term.span)


def _md5(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    term = found[-1].term
    return OneOf(word.field, tuple(term.text.rstrip(",").split(",")), term.span)


# --- source


def _source(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    entry = found[-1]
    span = entry.term.span
    pattern = source_pattern(entry.term.text)
    leaf: Node
    if pattern == ("none", Wild.RUN):
        leaf = Or((Compare(word.field, Op.EQ, "", span), Not(Exists(word.field, span), span)), span)
        return Not(leaf, span) if entry.negated else leaf
    leaf = Glob(word.field, pattern, fold=pattern != ("http", Wild.RUN), span=span)
    return And((Not(leaf, span), Exists(word.field, span)), span) if entry.negated else leaf


def source_pattern(text: str) -> Pattern:
    """The site's LIKE text as a pattern: `*` is any run, one is added at the end, runs of `%` are one.

    A text that ends in '%' loses the run at its end: the site cuts it off together with the escaped '%'.

    >>> source_pattern("a*b"), source_pattern("100%")
    (('a', <Wild.RUN: '*'>, 'b', <Wild.RUN: '*'>), ('100%',))
    """
    like = re.sub(r"([\\%_])", r"\\\1", text).replace("*", "%") + "%"
    parts: list[str | Wild] = []
    for found in re.finditer(r"\\(.)|(%)|([^\\%]+)", re.sub("%+", "%", like), re.DOTALL):
        if found[2]:
            parts.append(Wild.RUN)
        elif parts and isinstance(parts[-1], str):
            parts[-1] += found[1] or found[3]
        else:
            parts.append(found[1] or found[3])
    return tuple(parts)


# --- users and pools: names are looked up when the query is bound


def _spanned(entry: Entry) -> tuple[str, Span | None]:
    return entry.term.text, entry.term.span


def _uploader(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    """The last name that is known counts; of negated ones, all."""
    word_ = "no_users" if found[0].negated else "last_user"
    return Symbol(word_, (word.field, *map(_spanned, found)), found[-1].term.span)


def _maker(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    term = found[0].term
    return Symbol("maker", (*word.args[1:], term.text), term.span)


def _fav(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    term = found[0].term
    leaf = Symbol("fav", (term.text,), term.span)
    return Not(leaf, term.span) if found[0].negated else leaf


def _pool(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    term = found[-1].term
    if found[0].negated:
        if term.text.lower() in ("none", "any") or "*" in term.text:
            notes.warn("W204", f"{written(found[0])!r} excludes nothing: {term.text!r} is read as a pool's name", term.span)
        return Not(Symbol("pool", (term.text, False), term.span), term.span)
    return Symbol("pools" if "*" in term.text and word.name == "pool" else "pool", (term.text, word.name == "pool"), term.span)


def _sub(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    term = found[0].term
    return Symbol("sub", (term.text,), term.span)


def _ignored(word: Word, found: Sequence[Entry], notes: Notes) -> Node:
    """A word that is no condition."""
    return All()


READERS: Mapping[str, Reader] = {
    "range": _range, "id": _id, "date": _date, "age": _age, "rating": _rating, "flags": _flags, "status": _status,
    "parent": _parent, "child": _child, "md5": _md5, "source": _source, "uploader": _uploader, "maker": _maker, "fav": _fav,
    "pool": _pool, "sub": _sub, "ignored": _ignored, "order": _ignored,
}  # fmt: skip
