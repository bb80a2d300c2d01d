"""Tag search of the Danbooru family: text -> written tree -> typed search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from booruql.ast.fold import kinds, lay, rewrite
from booruql.ast.nodes import All, And, Key, Node, Not, Nothing, Opt, Or, Query, Search, Special, Symbol, Term
from booruql.ast.normal import trimmed, without_opts
from booruql.ast.quick import maker
from booruql.context import Limits
from booruql.errors import Notes, ParseError, QueryError, Span, make_error
from booruql.sites import Resource, Site
from booruql.sites.danbooru import FREE
from booruql.syntax._folding import END, extend, listed
from booruql.syntax._lark import Grammar, Token, Unexpected
from booruql.syntax._tags_check import asks_once, check_places, inspect, written_terms
from booruql.syntax._tags_check import check as check
from booruql.syntax._tags_lexer import placed, stretch, tokens
from booruql.syntax._tags_order import MOST, read_limit, read_order, read_sample
from booruql.syntax._tags_plain import READERS as PLAIN
from booruql.syntax._tags_words import READERS, Reading

_span = partial(tuple.__new__, Span)


_and, _or, _not, _opt = maker(And), maker(Or), maker(Not), maker(Opt)


def _pair(kind: Any) -> Any:
    return lambda left, _, right: kind((left, right), _span((left.span[0], right.span[1])))


_ACTIONS = {
    "everything": All,
    "either": _pair(_or),
    "both": _pair(_and),
    "together": lambda nodes: _and(tuple(nodes), _span((nodes[0].span[0], nodes[-1].span[1]))),
    "first": listed,
    "more": extend,
    "negated": lambda at, node: _not(node, _span((at, node.span[1]))),
    "optional": lambda at, node: _opt(node, _span((at, node.span[1]))),
    "group": lambda opening, node, closing: node,
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
    try:
        tree: Node = GRAMMAR.parse(tokens, text, resource.spellings, limits, start)
    except Unexpected as problem:
        met = placed(tokens(text, resource.spellings, limits, start))
        raise _explain(list(islice(met, problem.at + 1)), problem.at, text) from None
    return tree


def lex(text: str, resource: Resource) -> Iterator[Token]:
    """The tokens of a text that is being typed, as far as it can be read; for completion and highlighting."""
    return placed(tokens(text, resource.spellings, Limits()))


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


def _explain(found: Sequence[Token], at: int, text: str) -> QueryError:
    """What the searcher did: the grammar stopped at the token number `at`, or at the end after the last one."""
    size = len(text)
    token = found[at] if at < len(found) else Token(END, "", size, size)
    before = found[at - 1] if at else None
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
        return make_error("E105", "the query cannot be read from here", Span(token.start, size))
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
    tree, terms = _trimmed(_searched(query, resource))
    order = read_order(terms, resource, notes)
    sample = read_sample(terms)
    where = rewrite(tree, lambda found: _leaf(found, resource, notes), Term)
    rules = Symbol("rules", (sum([term.name not in FREE for term in terms]),), query.where.span)
    where = And((where, *order.conditions, rules))
    keys = order.keys if sample is None else (Key(Special.RANDOM),)
    return Search(query.site, query.entity, where, keys, size=read_limit(terms, resource.max_page_size or MOST), sample=sample)


def _trimmed(written: Node) -> tuple[Node, list[Term]]:
    """The tree with unions for its Opts, its terms where they are allowed, and those terms.

    Chains in chains are joined only where the place of a term depends on it; else closing joins them.
    """
    terms = written_terms(written)
    if asks_once(terms):
        tree = trimmed(written)
        inspect(written, tree)
        check_places(tree)
    elif Opt in kinds(lay(written)):
        tree = without_opts(written)
    else:
        return written, terms
    return tree, written_terms(tree)


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
