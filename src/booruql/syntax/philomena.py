"""Boolean queries of Philomena: text -> written tree -> typed search."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from booruql.ast.fold import rewrite
from booruql.ast.nodes import And, Boost, Node, Not, Nothing, Or, Query, Search, Term
from booruql.context import Limits
from booruql.errors import Notes, QueryError, Span, make_error
from booruql.sites import Resource, Site
from booruql.syntax._folding import END, extend, listed
from booruql.syntax._lark import Grammar, Token, Unexpected
from booruql.syntax._philomena_fields import filter_ids, filter_span, read_term
from booruql.syntax._philomena_lexer import placed, tokens
from booruql.syntax._philomena_page import Decoded, read_page, read_pairs
from booruql.syntax._philomena_show import infix
from booruql.syntax._philomena_values import to_number

# --- the grammar's actions

_Found = tuple[Node, int, int]
"""A node with the stretch of text it was read from, parentheses included."""


_Mark = tuple[str, int, int]
"""A token's spelling with its stretch of text."""


def _joined(kind: Callable[..., Node]) -> Callable[[list[_Found]], _Found]:
    def join(members: list[_Found]) -> _Found:
        if len(members) == 1:
            return members[0]
        start, end = members[0][1], members[-1][2]
        return kind(tuple([node for node, _, _ in members]), Span(start, end)), start, end

    return join


_all_of, _any_of = _joined(And), _joined(Or)


def _boosted(found: _Found, boost: _Mark) -> _Found:
    (node, start, _), (spelling, at, end) = found, boost
    return Boost(node, to_number(spelling, Span(at, end)), Span(start, end)), start, end


def _negated(sign: _Mark, found: _Found) -> _Found:
    (_, start, _), (node, _, end) = sign, found
    return Not(node, Span(start, end)), start, end


def _group(opening: _Mark, members: list[_Found], closing: _Mark) -> _Found:
    return _any_of(members)[0], opening[1], closing[2]


GRAMMAR = Grammar(
    "philomena",
    {
        "start": lambda members: _any_of(members)[0],
        "one_either": lambda members: [_all_of(members)],
        "more_either": lambda alternatives, mark, members: extend(alternatives, _all_of(members)),
        "one_both": listed,
        "more_both": extend,
        "boosted": _boosted,
        "negated": _negated,
        "group": _group,
    },
)

# --- parsing


def parse(text: str, site: Site, entity: str, limits: Limits) -> Node:
    """The written tree of a query, or of a filter's or watch list's lines. An empty or blank one matches nothing.

    Raises:
        ParseError: the text is no query of this language.
        LimitError: too many characters, groups or terms.
    """
    if len(text) > limits.characters:
        raise make_error("E601", f"the query has {len(text)} characters, the limit is {limits.characters}", Span(0, len(text)))
    if not site.resource(entity).inside:
        return _parse(text, limits)
    whole, places = _join_lines(text)
    return _placed_in(places, lambda: _parse(whole, limits))


def _placed_in(places: Sequence[int], read: Callable[[], Node]) -> Node:
    """What `read` gives or raises, with spans of the text as given: `places` has one for each character that was read."""
    try:
        return rewrite(read(), lambda node: replace(node, span=_placed(node.span, places)))
    except QueryError as problem:
        found = problem.diagnostic
        raise type(problem)(replace(found, span=_placed(found.span, places))) from None


def _placed(span: Span | None, places: Sequence[int]) -> Span | None:
    """Where a stretch of the joined lines stands in the text as given."""
    if span is None:
        return None
    start, end = places[span.start], places[max(span.start, span.end - 1)] + 1 if span.end > span.start else places[span.start]
    return Span(start, max(start, end))


def _parse(text: str, limits: Limits) -> Node:
    try:
        tree: Node = GRAMMAR.parse(tokens, text, limits)
    except Unexpected as problem:
        found = list(lex(text))
        if not found:
            return Nothing(Span(0, len(text)))
        raise _refusal(problem, found, len(text)) from None
    return tree


def lex(text: str, resource: Resource | None = None) -> Iterator[Token]:
    """The tokens of a text that is being typed; for completion and highlighting."""
    return placed(tokens(text))


def spell(name: str, resource: Resource) -> str | None:
    """How a tag is written so that it is read as itself.

    >>> from booruql import sites
    >>> spell("me, myself", sites.load("furbooru").resource())
    '"me, myself"'
    """
    head = name.partition(":")[0]
    marks = r"[\\*?~:]" if head in resource.vocabulary("moderator") else r"[\\*?~]"
    escaped = re.sub(marks, r"\\\g<0>", name)
    if [token.value for token in lex(escaped)] == [Term(None, escaped)]:
        return escaped
    return '"' + escaped.replace("\\", "\\\\").replace('"', '\\"') + '"'


_TERM_MISSING = "Expected a term."
_IMBALANCED = "Imbalanced parentheses."


def _refusal(problem: Unexpected, found: list[Token], size: int) -> QueryError:
    """The error for a token that cannot stand where it stands; the site's words come with it."""
    before, after = found[: problem.at], found[problem.at :]
    ended = not after
    token = Token(END, "", size, size) if ended else after[0]
    span = Span(token.start, token.end)
    opened = _open_groups(before)
    if "TERM" in problem.expected:
        return _term_missing(token, span, before[-1] if before else None, ended)
    if opened:
        return _unclosed(token, opened[-1], ended)
    site_message = f"junk at end of expression: {''.join(map(_spelling, after))}"
    if token.type == "RPAREN":
        return make_error("E102", "')' closes nothing", span, hint="remove it, or write \\)", site_message=site_message)
    if token.type == "BOOST":
        return make_error(
            "E105", "a second boost on the same term", span, hint="write one, or a group: (fox^2)^3", site_message=site_message
        )
    hint = 'write a comma before it, or put "quotes" around the whole term'
    return make_error("E105", "text is left over after the query", span, hint=hint, site_message=site_message)


def _term_missing(token: Token, span: Span, before: Token | None, ended: bool) -> QueryError:
    if token.type == "RPAREN":
        if before is not None and before.type == "LPAREN":
            whole = Span(before.start, token.end)
            return make_error("E103", "the group is empty", whole, hint="write a term in it", site_message=_IMBALANCED)
        hint = "write a term before ')'"
        return make_error("E103", "a term is missing before ')'", span, hint=hint, site_message=_IMBALANCED)
    if token.type == "NOT" and before is not None and before.type == "NOT":
        hint = "write one, or a group: -(-fox)"
        return make_error("E106", "two negations in a row", Span(before.start, token.end), hint=hint, site_message=_TERM_MISSING)
    if ended:
        after = f" after {_quoted(before)}" if before is not None else ""
        where = Span(before.start, before.end) if before is not None else span
        return make_error("E103", f"a term is missing{after}", where, hint="write a term or a group", site_message=_TERM_MISSING)
    message = f"a term is missing before {_quoted(token)}"
    return make_error("E103", message, span, hint='write a term there, or put "quotes" around it', site_message=_TERM_MISSING)


def _unclosed(token: Token, opening: Token, ended: bool) -> QueryError:
    span = Span(opening.start, opening.end)
    if ended:
        return make_error("E101", "'(' is not closed", span, hint="write ')' at the end", site_message=_IMBALANCED)
    span = Span(token.start, token.end)
    hint = "write ')' or a comma before it"
    return make_error("E101", f"the group is not closed before {_quoted(token)}", span, hint=hint, site_message=_IMBALANCED)


def _open_groups(found: list[Token]) -> list[Token]:
    opened: list[Token] = []
    for token in found:
        if token.type == "LPAREN":
            opened.append(token)
        elif token.type == "RPAREN" and opened:
            opened.pop()
    return opened


def _spelling(token: Token) -> str:
    """A token's value as the site's message prints it."""
    if token.type == "TERM":
        return str(token.value.text)
    if token.type == "BOOST":
        return str(token.value.lstrip("+"))
    return str(token.value)


def _quoted(token: Token) -> str:
    spelling = ("^" if token.type == "BOOST" else "") + _spelling(token)
    return repr(spelling if len(spelling) <= 40 else spelling[:40] + "…")


def printed(query: Query, form: str) -> Any:
    """The query in this language's own printed form, None where it has none."""
    return infix(query.where) if form == "infix" else None


def check(tree: Node) -> None:
    """The site rejects no structure: what parses may be compiled."""


# --- typing


def read(query: Query, resource: Resource, notes: Notes) -> Search:
    """The typed search: every term is a leaf of the site's vocabulary.

    Raises:
        BadValueError: a value does not read, or a field has no ranges.
    """
    parameters = dict(query.extras)
    asked, text = parameters.pop(_ENDPOINT, ""), parameters.pop("q", query.text)
    text = normalise_lines(text) if resource.inside else text
    if resource.inside == "filter" and filter_ids(text):
        words = "Filter queries inside filters are not allowed."
        raise make_error("E405", "a filter may not ask for another filter", filter_span(query.text), site_message=words)
    search = Search(query.site, query.entity, read_tree(query.where, resource, query.audience, text, notes))
    if not asked:
        return search
    found = read_page(search, parameters, resource, notes)
    return found if asked == _SEARCH else replace(found, where=search.where)


_ENDPOINT, _SEARCH, _ORDER = "endpoint", "search", "order"


def page_query(
    text: str | None,
    parameters: Mapping[str, str],
    *,
    site: Site,
    entity: str,
    audience: str = "anonymous",
    limits: Limits = Limits(),
    hides: bool = True,
) -> Query:
    """The query that a search endpoint of the site answers: `q`, and its other parameters as raw texts.

    It reads as any other, with order, page and page size; and, if it `hides`, less what the endpoint hides from the viewer.

    Raises:
        ParseError: `q` is no query of this language.
        LimitError: too many characters, groups or terms.
    """
    where = parse(text or "", site, entity, limits)
    extras = ((_ENDPOINT, _SEARCH if hides else _ORDER), *sorted(parameters.items()))
    return Query(text or "", site.name, entity, audience, site.syntax, where=where, extras=extras)


def request(
    text: str, *, site: Site, entity: str, audience: str = "anonymous", limits: Limits = Limits(), lenient: bool = False
) -> Query:
    """The query of a search endpoint's query string; without `q` it matches nothing.

    Raises:
        ParseError: `q` is no query of this language, or not text.
        LimitError: too many characters, groups or terms.
    """
    given = read_pairs(text)
    q = given.get("q")
    where = Nothing() if q is None else _placed_in(q.places, lambda: parse(q.text, site, entity, limits))
    extras = ((_ENDPOINT, _SEARCH), *sorted((name, found.text) for name, found in {"q": Decoded("", ()), **given}.items()))
    return Query(text, site.name, entity, audience, site.syntax, lenient, where, extras)


def read_tree(tree: Node, resource: Resource, audience: str, text: str, notes: Notes) -> Node:
    """The typed tree of a written one; `text` is the whole text it was read from."""
    words = resource.vocabulary(audience)

    def change(node: Node) -> Node:
        return read_term(node, words, resource, text, notes) if isinstance(node, Term) else node

    return rewrite(tree, change)


def normalise_lines(text: str | None) -> str:
    """Filter and watch-list strings, one query a line, as one query.

    >>> normalise_lines("fox\\r\\n\\nwolf, solo")
    '(fox) || (wolf, solo)'
    """
    return _join_lines(text or "")[0]


def _join_lines(text: str) -> tuple[str, list[int]]:
    """The lines of a text as one query, and for each of its characters, and its end, the place in the text it comes from."""
    joined: list[str] = []
    places: list[int] = []
    start = 0
    for line in text.split("\n"):
        kept = [(char, start + at) for at, char in enumerate(line) if char != "\r"]
        if kept:
            before = " || (" if joined else "("
            joined += [before, *(char for char, _ in kept), ")"]
            places += [start] * len(before) + [place for _, place in kept] + [kept[-1][1]]
        start += len(line) + 1
    return "".join(joined), [*places, len(text)]
