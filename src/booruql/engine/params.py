"""URL parameters and the tag searches in them: one query of the site's language inside another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

from booruql.ast.nodes import Key, Nothing, Query, Search, Special, Term
from booruql.context import Context, Limits
from booruql.errors import ConfigError, ParseError, QueryError, Span, make_error
from booruql.sites import Site
from booruql.syntax import params

_PAGES = ((30, 5000), (0, 1000))
"""The last page by number, from a level up, where a site has no other."""
_ANY_SIZE = Limits(characters=1 << 30, depth=1 << 30, terms=1 << 30)
"""For texts that were read before."""


def read_params(text: str, site: Site, entity: str | None, audience: str, limits: Limits, lenient: bool) -> Query:
    """The query of a query string.

    Raises:
        QueryError: it is none, or the tag search in it is none.
        ConfigError: the entity takes no parameters.
    """
    name = entity or site.default_entity
    own = getattr(import_module(f"booruql.syntax.{site.syntax}"), "request", None)
    if own is not None:
        return _own_request(own, text, site, name, audience, limits, lenient)
    if not site.resource(name).requests:
        known = ", ".join(sorted(key for key, resource in site.resources.items() if resource.requests))
        raise ConfigError(f"{site.name} takes no parameters for {name}" + (f"; it does for {known}" if known else ""))
    try:
        where = params.parse(text, site, name, limits)
        query = Query(text, site.name, name, audience, "params", lenient, where, params.extras(where))
        for term in params.terms_of(where):
            if (term.name == "tags" and not params.is_raw(where)) or str(term.name).endswith(("_tags_match]", "][tags]")):
                parse_inner(term.text, query, limits, term, text)
    except QueryError as problem:
        raise problem.with_text(text) from None
    return query


def _own_request(
    read: Callable[..., Query], text: str, site: Site, entity: str, audience: str, limits: Limits, lenient: bool
) -> Query:
    """A syntax that reads its endpoints' query strings itself."""
    site.resource(entity)
    try:
        return read(text, site=site, entity=entity, audience=audience, limits=limits, lenient=lenient)
    except QueryError as problem:
        raise problem.with_text(text) from None


def parse_inner(text: str, query: Query, limits: Limits, term: Term | None = None, outer: str = "") -> Query:
    """The tag search that a parameter holds.

    Raises:
        QueryError: it is none; the error is about the parameter.
    """
    from booruql.engine.api import parse

    try:
        return parse(text, site=query.site, audience=query.audience, limits=limits, lenient=query.lenient)
    except ParseError as problem:
        if query.lenient:
            return replace(query, text=text, syntax=_syntax(query), where=Nothing(), extras=(), entity=_posts(query))
        raise _about(problem, text, term, outer) from None
    except QueryError as problem:
        raise _about(problem, text, term, outer) from None


def _about(problem: QueryError, text: str, term: Term | None, outer: str) -> QueryError:
    """The error with its place in the whole query: exact where nothing is encoded, else the parameter."""
    if term is None or term.span is None:
        return problem
    found, whole = problem.diagnostic, outer[term.span.start : term.span.end]
    span = term.span
    if found.span is not None and whole.endswith(text):
        start = term.span.end - len(text)
        span = Span(start + found.span.start, start + found.span.end)
    return make_error(found.code, found.message, span, hint=found.hint, text=outer, site_message=found.site_message)


def _posts(query: Query) -> str:
    from booruql import sites

    return sites.load(query.site).default_entity


def _syntax(query: Query) -> str:
    from booruql import sites

    return sites.load(query.site).syntax


def search_in(query: Query) -> Query | None:
    """The tag search of `tags=`, which also gives order, page size and sample."""
    extras = dict(query.extras)
    if query.syntax != "params" or query.entity != _posts(query) or not extras.get("tags") or has_md5(query):
        return None
    return None if params.is_raw(query.where) else parse_inner(extras["tags"], query, _ANY_SIZE)


def has_md5(query: Query) -> bool:
    """Whether `md5=` asks for one post, whatever the tags."""
    return any(term.name == "md5" and term.text for term in params.terms_of(query.where))


def joined(query: Query, search: Search, tags: Search | None, site: Site) -> Search:
    """A request's search with what its tag search asks beside posts, and with `random`."""
    if tags is not None:
        size = search.size if search.size is not None else tags.size
        search = replace(search, order=tags.order, size=size, sample=tags.sample)
    if not params.is_random(query):
        return search
    return replace(search, order=(Key(Special.RANDOM),), sample=search.size or site.page_size)


def check_page(search: Search, context: Context, site: Site) -> None:
    """The site's last page, when its limits are asked for.

    Raises:
        LimitError: E606.
    """
    level = context.viewer.level if context.viewer else 0
    last = next(most for least, most in site.facts.get("pages", _PAGES) if level >= least)
    if context.site_limits and search.page.number > last:
        message = f"page {search.page.number} is beyond the last one, {last}"
        raise make_error("E606", message, hint="write page=b and the last id", site_message=f"You cannot go beyond page {last}.")


def syntax(name: str) -> Any:
    """The module of a syntax."""
    return import_module(f"booruql.syntax.{name}")
