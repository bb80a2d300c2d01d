"""Tag search of the Danbooru family: text -> written tree -> typed search."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from booruql.ast.fold import rewrite, walk
from booruql.ast.nodes import All, And, Key, Node, Not, Nothing, Opt, Or, Query, Search, Special, Symbol, Term
from booruql.ast.normal import trimmed
from booruql.context import Limits
from booruql.errors import Notes, ParseError, QueryError, Span, make_error
from booruql.sites import Resource, Site
from booruql.sites.danbooru import FREE
from booruql.syntax._lark import END, Grammar, Token, Unexpected
from booruql.syntax._tags_check import check as check
from booruql.syntax._tags_check import check_places, inspect
from booruql.syntax._tags_lexer import stretch, tokens
from booruql.syntax._tags_order import MOST, read_limit, read_order, read_sample
from booruql.syntax._tags_plain import READERS as PLAIN
from booruql.syntax._tags_words import READERS, Reading


def _span(first: Node | Token, last: Node | Token) -> Span:
    start = first.start if isinstance(first, Token) else first.span.start if first.span else 0
    end = last.end if isinstance(last, Token) else last.span.end if last.span else 0
    return Span(start, end)


def _pair(kind: type[And] | type[Or]) -> Any:
    return lambda below: kind((below[0], below[2]), _span(below[0], below[2]))


def _more(below: list[Any]) -> list[Node]:
    below[0].append(below[1])
    return below[0]  # type: ignore[no-any-return]


_ACTIONS = {
    "everything": lambda below: All(),
    "either": _pair(Or),
    "both": _pair(And),
    "together": lambda below: And(tuple(below[0]), _span(below[0][0], below[0][-1])),
    "first": lambda below: [below[0]],
    "more": _more,
    "negated": lambda below: Not(below[1], _span(below[0], below[1])),
    "optional": lambda below: Opt(below[1], _span(below[0], below[1])),
    "term": lambda below: below[0].value,
    "group": lambda below: below[1],
}
GRAMMAR = Grammar("danbooru", _ACTIONS)


def parse(text: str, site: Site, entity: str, limits: Limits) -> Node:
    """The written tree of a text, exactly as the site's parser reads it.

    Raises:
        ParseError: the text is no search of this language.
        LimitError: too many characters, groups or terms.
    """
    return _parse(text, site.resource(entity), limits, 0)


def _parse(text: str, resource: Resource, limits: Limits, start: int) -> Node:
    found: deque[Token] = deque(maxlen=2)
    try:
        tree: Node = GRAMMAR.parse(_keeping(tokens(text, resource.spellings, limits, start), found))
    except Unexpected as problem:
        raise _explain(problem, text, found) from None
    return tree


def lex(text: str, resource: Resource) -> Iterator[Token]:
    """The tokens of a text that is being typed, as far as it can be read; for completion and highlighting."""
    return tokens(text, resource.spellings, Limits())


def spell(name: str, resource: Resource) -> str | None:
    """How a tag is written so that it is read as itself; None when it cannot be.

    >>> from booruql import sites
    >>> spell("sky_(painting)", sites.load("danbooru").resource())
    'sky_(painting)'
    """
    try:
        found = [token.value for token in lex(name, resource)]
    except QueryError:
        return None
    return name if found == [Term(None, name)] else None


def _keeping(made: Iterator[Token], found: deque[Token]) -> Iterator[Token]:
    """The same tokens; `found` remembers the last ones."""
    for token in made:
        found.append(token)
        yield token


def _explain(problem: Unexpected, text: str, found: Sequence[Token]) -> QueryError:
    """What the searcher did, from the place where the grammar stopped."""
    token = problem.token
    at = len(found) - (1 if token.type == END else 2)
    before = found[at] if at >= 0 else None
    if token.type in ("MINUS", "TILDE") and before and before.type in ("MINUS", "TILDE"):
        shown = before.value + token.value
        return make_error(
            "E106",
            f"two prefixes, {shown!r}, before one term",
            Span(before.start, token.end),
            hint="keep one, or write a group between them: -(-cat)",
        )
    if token.type in ("OR", "AND"):
        return make_error(
            "E103",
            f"nothing stands before {token.value!r}",
            Span(token.start, token.end),
            hint=f"write a term on both sides: cat {token.value} dog",
        )
    if before is None:
        return make_error("E105", "the query cannot be read from here", Span(token.start, len(text)))
    end = token.end if token.type == "RPAR" else before.end
    message = "the group is empty" if before.type == "LPAR" else f"no term follows {before.value!r}"
    hint = "write a term between the parentheses" if before.type == "LPAR" else "write a term after it, or remove it"
    return make_error("E103", message, Span(before.start, max(end, before.end)), hint=hint)


def read(query: Query, resource: Resource, notes: Notes) -> Search:
    """The typed state: a leaf for each term, the order, the page size. What only a context can tell stays a Symbol.

    Raises:
        StructureError: an order or limit stands where it can mean nothing.
        BadValueError: a value that the site answers with an error.
    """
    written = _searched(query, resource)
    tree = trimmed(written)
    inspect(written, tree)
    check_places(tree)
    terms = [node for node in walk(tree) if isinstance(node, Term)]
    order = read_order(terms, resource, notes)
    sample = read_sample(terms)
    where = rewrite(tree, lambda node: _leaf(node, resource, notes) if isinstance(node, Term) else node)
    rules = Symbol("rules", (sum(term.name not in FREE for term in terms),), query.where.span)
    where = And((where, *order.conditions, rules))
    keys = order.keys if sample is None else (Key(Special.RANDOM),)
    return Search(query.site, query.entity, where, keys, size=read_limit(terms, resource.max_page_size or MOST), sample=sample)


def _searched(query: Query, resource: Resource) -> Node:
    """The tree that is searched: the parser's, but for the few texts that mean another one without blanks at their ends."""
    start, end = stretch(query.text)
    ends = query.text[:start] + query.text[end:]
    if "\0" not in ends and not (ends and query.text[end - 1 : end] == "\\"):
        return query.where
    try:
        return _parse(query.text[:end], resource, Limits(*[len(query.text)] * 4), start)
    except ParseError:
        if query.lenient:
            return Nothing()
        raise


def _leaf(found: Term, resource: Resource, notes: Notes) -> Node:
    if found.name is None:
        return Symbol("wildcard" if found.wild else "tag", (found.text,), found.span)
    word = resource.vocabulary()[found.name]
    reader = READERS.get(word.reader) or PLAIN[word.reader]
    return reader(Reading(found, word, resource, notes))
