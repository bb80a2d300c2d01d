"""A written term of Philomena -> the field it names, or the default field; warnings for words that name none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from booruql.ast.nodes import Node, Symbol, Term
from booruql.errors import Notes, Span
from booruql.schema import Kind
from booruql.sites import Resource, Word
from booruql.syntax._philomena_tags import NAMESPACES
from booruql.syntax._philomena_values import OPERATORS, READERS, Given
from booruql.syntax._slips import boolean_slip
from booruql.text import trim

_DEFAULT_READERS = {Kind.TAG: "tag", Kind.TEXT: "phrase", Kind.KEYWORD: "literal"}
_WORD = re.compile("[A-Za-z][A-Za-z_]*")
_FILTER_IDS = re.compile(r"\bfilter_id:([0-9]+)", re.ASCII)
_LARGEST_ID = 2_147_483_647
_GUESSES, _LONGEST_NAME = 20, 40  # the nearest field is dear to find: not for every slip of a long text


def read_term(term: Term, words: Mapping[str, Word], resource: Resource, text: str, notes: Notes) -> Node:
    """The typed leaf of a term; `text` is the whole query, which the site searches for filter numbers beforehand."""
    head, colon, value = term.text.partition(":")
    name, dot, op = head.partition(".")
    word = words.get(name) if colon else None
    if word is None or (dot and op not in OPERATORS):
        return _default(term, resource, words, notes)
    found = READERS[word.reader](Given(word, op if dot else "eq", trim(value), term.span))
    if isinstance(found, Symbol) and found.word == "filter":
        return Symbol("filter", (*found.args, filter_ids(text)), found.span)
    return found


def filter_ids(text: str) -> tuple[int, ...]:
    """The filter numbers that the site sees in a query before it reads it.

    >>> filter_ids("filter_id:1, myfilter_id:2, -filter_id:03")
    (1, 3)
    """
    if "filter_id:" not in text:
        return ()
    numbers = {int(digits[:20].lstrip("0") or "0") for digits in _FILTER_IDS.findall(text) if len(digits.lstrip("0")) <= 10}
    return tuple(sorted(number for number in numbers if number <= _LARGEST_ID))


def filter_span(text: str) -> Span | None:
    """Where a text names a filter first."""
    found = _FILTER_IDS.search(text)
    return Span(*found.span()) if found else None


def _default(term: Term, resource: Resource, words: Mapping[str, Word], notes: Notes) -> Node:
    _warn_unknown(term, words, resource, notes)
    field = resource.default_field
    word = Word("", _DEFAULT_READERS[resource.table.fields[field].kind], field)
    return READERS[word.reader](Given(word, "eq", term.text, term.span))


def _warn_unknown(term: Term, words: Mapping[str, Word], resource: Resource, notes: Notes) -> None:
    """`word:` that is no field is searched as it stands, as another language's spelling is: a slip, unless tags are named so."""
    slip = boolean_slip(term.text, words) if resource.default_field == "tag_names" else None
    if slip:
        notes.warn("W215", slip.message, term.span, hint=slip.hint)
    head, colon, _ = term.text.partition(":")
    name, dot, op = head.partition(".")
    if not colon or not _WORD.fullmatch(name) or name.replace("_", " ") in NAMESPACES:
        return
    what = "tag" if resource.default_field == "tag_names" else resource.default_field
    message = f"{head!r} is no field of {resource.name}; read as the {what} {_short(term.text)}"
    can_guess = len(notes.warnings) < _GUESSES and len(name) <= _LONGEST_NAME
    notes.warn("W201", message, term.span, hint=_hint(name, dot, op, words, resource, can_guess=can_guess))


def _hint(name: str, dot: str, op: str, words: Mapping[str, Word], resource: Resource, *, can_guess: bool) -> str | None:
    if name in words and dot:
        return f"after the dot comes one of {', '.join(OPERATORS)}"
    for audience in ("user", "moderator"):
        if name in resource.vocabulary(audience):
            return f"only the audience {audience!r} has {name!r}"
    near = get_close_matches(name.lower(), words, 1) if can_guess else ()
    return f"{near[0]!r} is the nearest field" if near else None


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")
