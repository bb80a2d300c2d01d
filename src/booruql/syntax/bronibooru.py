"""Search of Danbooru 2 as of June 2014 (Bronibooru): text -> written tree -> typed search. It never fails to parse."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from booruql import sites
from booruql.ast.nodes import All, And, Node, Not, Opt, Or, Page, Query, Search, Symbol, Term
from booruql.context import Limits
from booruql.errors import Notes, Span
from booruql.sites import Resource, Site, Word
from booruql.syntax._bronibooru_lexer import count_terms, placed, tokens
from booruql.syntax._bronibooru_order import read_order, read_size
from booruql.syntax._bronibooru_slots import Entry, Slot, slots
from booruql.syntax._bronibooru_terms import is_status, read_slot, written
from booruql.syntax._folding import extend, listed
from booruql.syntax._lark import Grammar, Token


def _prefixed(kind: type[Not] | type[Opt]) -> Any:
    return lambda at, term: kind(term, Span(at, term.span.end))


GRAMMAR = Grammar(
    "bronibooru",
    {
        "everything": All,
        "search": lambda terms: And(tuple(terms), Span(terms[0].span.start, terms[-1].span.end)),
        "first": listed,
        "more": extend,
        "excluded": _prefixed(Not),
        "included": _prefixed(Opt),
    },
)


def parse(text: str, site: Site, entity: str, limits: Limits) -> Node:
    """The written tree: a list of terms, some negated or optional.

    Raises:
        LimitError: too many characters or terms.
    """
    tree: Node = GRAMMAR.parse(tokens, text, site.resource(entity).vocabulary("moderator"), limits)
    return tree


def lex(text: str, resource: Resource) -> Iterator[Token]:
    """The tokens of a text that is being typed; for completion and highlighting."""
    return placed(tokens(text, resource.vocabulary("moderator"), Limits()))


def spell(name: str, resource: Resource) -> str | None:
    """How a tag is written so that it is read as itself; None when it cannot be.

    >>> from booruql import sites
    >>> spell("score:5", sites.load("bronibooru").resource()) is None
    True
    """
    found = [token.value for token in lex(name, resource)]
    return name if found == [Term(None, name)] else None


def check(tree: Node) -> None:
    """The site rejects nothing but by its limits, which need a viewer."""


def read(query: Query, resource: Resource, notes: Notes) -> Search:
    """The typed search: one group of alternatives, what is required, what is excluded, the metatags that count."""
    vocabulary = resource.vocabulary("moderator")
    found = slots(query.where, vocabulary)
    _drop_status(found, notes)
    included: list[Node] = []
    required: list[Node] = []
    for entries in _listed(found, vocabulary):
        node = read_slot(entries, vocabulary, notes)
        (included if entries[0].joins else required).append(node)
    order, demanded = read_order(found, notes)
    some = (Or(tuple(included)),) if included else ()
    where = And((*some, *required, *demanded, Symbol("tag_limit", (count_terms(query.text),))))
    return Search(query.site, query.entity, where, order, Page(), read_size(query.text, notes))


def _listed(found: Mapping[Slot, list[Entry]], vocabulary: Mapping[str, Word]) -> Iterable[list[Entry]]:
    """The slots, the names of one list together: what is unknown matters only when no name of the list is known."""
    together: dict[Slot, list[Entry]] = {}
    for key, entries in found.items():
        name, negated, _ = key
        key = (name, True, None) if negated and name and vocabulary[name].reader == "uploader" else key
        together.setdefault(key, []).extend(entries)
    return together.values()


def _drop_status(found: dict[Slot, list[Entry]], notes: Notes) -> None:
    """A status that is known makes the negated one irrelevant."""
    plain, negated = found.get(("status", False, None)), found.get(("status", True, None))
    if plain and negated and is_status(plain[-1]):
        for entry in negated:
            shown = written(plain[-1])
            notes.warn("W205", f"{written(entry)!r} is overruled by {shown!r}", entry.term.span, hint=f"only {shown} counts")
        del found["status", True, None]


# --- printed


_WORDS = frozenset(("and", "or", "not", "all", "none", "wildcard"))


def printed(query: Query, form: str) -> str | None:
    """The query as this site's cases print it (`sexp`); None for the forms that all syntaxes share."""
    if form != "sexp" or not isinstance(query.where, And):
        return None
    vocabulary = sites.load(query.site).resource(query.entity).vocabulary("moderator")
    group: list[str] = []
    parts: list[str | list[str]] = []
    for entries in slots(query.where, vocabulary).values():
        entry = entries[-1]
        if entry.joins:
            if not group:
                parts.append(group)
            group.append(_shown(entry))
        elif entry.term.name != "limit":
            parts.append(f"(not {_shown(entry)})" if entry.negated else _shown(entry))
    texts = [part if isinstance(part, str) else _joined("or", part) for part in parts]
    return _joined("and", texts) if texts else "all"


def _joined(word: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({word} {' '.join(parts)})"


def _shown(entry: Entry) -> str:
    term = entry.term
    if term.wild:
        return f"(wildcard {term.text})"
    if term.name is None:
        quoted = term.text in _WORDS or any(char in '()":*\\' for char in term.text)
        return _quoted(term.text) if quoted else term.text
    quoted = any(char in '()"' for char in term.text)
    return f"{term.name}:{_quoted(term.text) if quoted else term.text}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
