"""The public functions: text -> query -> closed search -> any back end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from booruql import sites
from booruql.ast import show
from booruql.ast.nodes import All, Node, Nothing, Query, Search
from booruql.ast.quick import quick
from booruql.context import Context, Limits
from booruql.documents import Document
from booruql.engine.bind import Binding, bind
from booruql.engine.params import check_page, joined, read_params, search_in
from booruql.engine.unknown_tags import warn_of_leaves
from booruql.errors import ConfigError, Diagnostic, Notes, ParseError, QueryError, Span, make_error, promote
from booruql.sites import AUDIENCES, Resource, Site

if TYPE_CHECKING:
    from booruql.backends.predicate import Predicate
    from booruql.backends.sql import Statement
    from booruql.backends.sql.layout import Layout

T = TypeVar("T")

_PARSED = 1024  # queries kept; each at most `Limits.characters` long
_STORED_TEXTS = ("W209",)  # slips of filters and watch lists, which are not the searcher's: no errors in strict mode either
_RECOVERIES = 20  # parse errors that `diagnose` reports


@quick
@dataclass(frozen=True, slots=True)
class Closed:
    """A query bound to a context: what every back end reads, with the warnings met on the way."""

    search: Search
    resource: Resource
    warnings: tuple[Diagnostic, ...] = ()


def parse(
    text: str,
    *,
    site: str = "danbooru",
    entity: str | None = None,
    audience: str = "anonymous",
    limits: Limits = Limits(),
    lenient: bool = False,
) -> Query:
    """Read a query. Pure: no catalog, clock or viewer is asked; values and names are read when it is compiled.

    >>> parse("cat -dog").site
    'danbooru'

    Args:
        text: the query as typed.
        site: the profile whose language it is.
        entity: what is searched, in the site's word; None is the site's default.
        audience: whose vocabulary: anonymous, user, moderator.
        limits: our own limits on size.
        lenient: what does not parse is the query that the site makes of it, where it makes one.

    Raises:
        ParseError: it does not parse.
        StructureError: the site rejects it.
        LimitError: it passes one of `limits`.
        ConfigError: unknown site, entity or audience.
    """
    if not isinstance(text, str):
        raise make_error("E108", f"a query is text, not {type(text).__name__}")
    if audience not in AUDIENCES:
        raise ConfigError(f"no audience {audience!r}; known: {', '.join(AUDIENCES)}")
    return _parse(text, site, entity, audience, limits, lenient)


@lru_cache(_PARSED)
def _parse(text: str, site_name: str, entity: str | None, audience: str, limits: Limits, lenient: bool) -> Query:
    site = sites.load(site_name)
    name = entity or site.default_entity
    site.resource(name)
    syntax = _syntax(site.syntax)
    try:
        where = _written(text, site, name, limits, lenient)
        if not lenient:  # a lenient query is still printed; `close` refuses it
            syntax.check(where)
    except QueryError as problem:
        raise problem.with_text(text) from None
    return Query(text, site.name, name, audience, site.syntax, lenient, where)


def params(
    text: str,
    *,
    site: str = "danbooru",
    entity: str | None = None,
    audience: str = "anonymous",
    limits: Limits = Limits(),
    lenient: bool = False,
) -> Query:
    """Read URL parameters, as `application/x-www-form-urlencoded`. Pure, as `parse` is.

    >>> params("search[post_count]=>10&page=b900", entity="tags").extras
    (('page', 'b900'),)

    Args: as `parse`; `text` is a query string.

    Raises:
        ParseError: the text is no query string, or a tag search in it does not parse.
        LimitError: it passes one of `limits`.
        ConfigError: unknown site, entity or audience, or one that takes no parameters.
    """
    if not isinstance(text, str):
        raise make_error("E108", f"a query is text, not {type(text).__name__}")
    if audience not in AUDIENCES:
        raise ConfigError(f"no audience {audience!r}; known: {', '.join(AUDIENCES)}")
    return _params(text, site, entity, audience, limits, lenient)


@lru_cache(_PARSED)
def _params(text: str, site: str, entity: str | None, audience: str, limits: Limits, lenient: bool) -> Query:
    return read_params(text, sites.load(site), entity, audience, limits, lenient)


def endpoint(
    text: str,
    parameters: Mapping[str, str],
    *,
    site: str,
    entity: str | None = None,
    audience: str = "anonymous",
    limits: Limits = Limits(),
    lenient: bool = False,
    hides: bool = True,
) -> Query:
    """The query that a search endpoint of the site answers: its text and its other parameters, raw.

    `hides` keeps what the endpoint never shows out of the answer. A site whose endpoint adds nothing to the
    language (its pages are the caller's) gives the plain query.

    Raises: as `parse`.
    """
    loaded = sites.load(site)
    name = entity or loaded.default_entity
    page_query = getattr(_syntax(loaded.syntax), "page_query", None)
    if page_query is None:
        return parse(text, site=site, entity=entity, audience=audience, limits=limits, lenient=lenient)
    try:
        found: Query = page_query(text, parameters, site=loaded, entity=name, audience=audience, limits=limits, hides=hides)
    except QueryError as problem:
        raise problem.with_text(text) from None
    return found


def _written(text: str, site: Site, entity: str, limits: Limits, lenient: bool) -> Node:
    surrogate = next((i for i, c in enumerate(text) if "\ud800" <= c <= "\udfff"), None) if not _encodes(text) else None
    if surrogate is not None:
        raise make_error("E108", "half a surrogate pair is no character", Span(surrogate, surrogate + 1), text=text)
    try:
        tree: Node = _syntax(site.syntax).parse(text, site, entity, limits)
    except ParseError:
        if lenient and site.facts.get("unparsable_is_nothing"):
            return Nothing()
        raise
    return tree


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@cache
def _syntax(name: str) -> Any:
    return import_module(f"booruql.syntax.{name}")


def printed(query: Query, form: str = "sexp") -> Any:
    """The query in a printed form: that of its syntax where it has one of its own, else the shared one.

    Raises:
        ConfigError: there is no such form.
        LimitError: the normal form has too many clauses.
    """
    own = getattr(_syntax(query.syntax), "printed", None)
    found = own(query, form) if own else None
    return show.query(query, form) if found is None else found


@lru_cache(_PARSED)
def _typed(query: Query) -> tuple[Search, tuple[Diagnostic, ...]]:
    """The typed state, which no context changes, and its warnings."""
    notes = Notes(query.text)
    resource = sites.load(query.site).resource(query.entity)
    search: Search = _syntax(query.syntax).read(query, resource, notes)
    if query.syntax == "params":
        tags = search_in(query)
        search = joined(query, search, _typed(tags)[0] if tags else None, sites.load(query.site))
    return search, tuple(notes.warnings)


_NO_CONTEXT = Context()


def close(query: Query, context: Context | None = None) -> Closed:
    """Bind a query: values, names, the viewer's words and relative dates are settled, every leaf becomes total.

    What the clock has no part in is kept by the context, until the catalog says that it is another (`Catalog.version`).

    Raises:
        QueryError: the site or one of our limits refuses the query; with `context.strict` any warning.
    """
    context = context or _NO_CONTEXT
    version = 0 if context.catalog is None else context.catalog.version
    if version is None:
        return close_anew(query, context)
    key = query, version
    found: Closed | None = context.kept.get(key)
    if found is None:
        reading = context.reading
        found = close_anew(query, context)
        if context.reading is reading:
            context.kept.put(key, found)
    return found


def close_anew(query: Query, context: Context) -> Closed:
    """The same for a context that is used once: nothing is kept."""
    site = sites.load(query.site)
    resource = site.resource(query.entity)
    notes = Notes(query.text)
    try:
        search, warnings = _typed(query)
        notes.warnings.extend(warnings)
        binding = Binding(context, site, resource, query.audience, notes, lenient=query.lenient, syntax=query.syntax)
        warn_of_leaves(search.where, binding)
        search = bind(search, binding)
        if query.syntax == "params":
            check_page(search, context, site)
    except QueryError as problem:
        raise problem.with_text(query.text) from None
    if not notes.warnings:
        return Closed(search, resource)
    own = [warning for warning in notes.warnings if warning.code not in _STORED_TEXTS]
    if context.strict and own:
        raise promote(own[0])
    return Closed(search, resource, () if context.lenient else tuple(notes.warnings))


def _closed(query: Query | Closed, context: Context | None) -> Closed:
    return query if isinstance(query, Closed) else close(query, context)


def _text(query: Query | Closed) -> str | None:
    return query.text if isinstance(query, Query) else None


def sql(
    query: Query | Closed,
    *,
    database: str = "sqlite",
    layout: str | Layout = "join",
    context: Context | None = None,
    exact: str = "refuse",
    paramstyle: str | None = None,
    inline: bool = False,
    rarity: Callable[[str], int | None] | None = None,
) -> Statement:
    """The query as an SQL statement with bound parameters.

    Args:
        database: the SQL spelling, a file of `backends/sql/dialects`.
        layout: how posts and tags are stored, a file of `backends/sql/layouts` or what was made of one.
        exact: `refuse` what the database cannot do exactly, or answer a superset with the rest as `.residual`.
        paramstyle: the driver's style; None is the database's usual one.
        inline: write the values into the text, for reading and debugging only.
        rarity: how many posts have a tag, such as a catalog's `tag_count`. It is for planning only: a statement can then
            begin with the posts of a rare tag, where a planner would walk the index of the order.

    Raises:
        UnsupportedError: a term has no exact form there.
    """
    from booruql.backends import sql as backend

    closed = _closed(query, context)
    return _showing(
        query,
        lambda: backend.compile(
            closed.search,
            closed.resource,
            database=database,
            layout=layout,
            exact=exact,
            paramstyle=paramstyle,
            inline=inline,
            rarity=rarity,
        ),
    )


def elastic(query: Query | Closed, *, context: Context | None = None) -> dict[str, Any]:
    """The query as an Elasticsearch/OpenSearch request body: `query`, and `sort`, `from`, `size` when they apply.

    Raises:
        UnsupportedError: a term has no exact form there.
    """
    from booruql.backends import elastic as backend

    closed = _closed(query, context)
    return _showing(query, lambda: backend.compile(closed.search, closed.resource))


def predicate(query: Query | Closed, *, context: Context | None = None) -> Predicate:
    """The query as a function of one post.

    Raises:
        UnsupportedError: a term cannot be decided in memory.
    """
    from booruql.backends import predicate as backend

    closed = _closed(query, context)
    return _showing(query, lambda: backend.compile(closed.search, closed.resource))


@dataclass(frozen=True, slots=True)
class Remote:
    """A request to a site's own API, and the query that its answer has still to pass: None when the site answers it all."""

    params: dict[str, str | int]
    residual: Query | None
    warnings: tuple[Diagnostic, ...] = ()


def remote(query: Query, *, context: Context | None = None, page: str | int | None = None) -> Remote:
    """What the query's site can be asked by its API, and the rest of the query, to be run on the answer.

    >>> remote(parse("cat dog owl rating:g")).params
    {'tags': 'cat dog rating:g'}

    Raises:
        QueryError: the query is refused.
        ConfigError: nothing is known of what the site can be asked.
    """
    from booruql.ast.show import written
    from booruql.backends.remote import split

    context = context or Context()
    site = sites.load(query.site)
    if site.face is None or query.syntax != site.syntax or query.entity != site.default_entity:
        known = ", ".join(name for name in sites.names() if sites.load(name).face)
        raise ConfigError(f"what {query.site} itself can be asked is not known; known: {known}")
    closed = close(query, replace(context, site_limits=False))
    notes = Notes(query.text)
    level = context.viewer.level if context.viewer else 0
    count = context.catalog.tag_count if context.catalog else None
    found = split(query, site.face, level=level, count=count, page=None if page is None else str(page), notes=notes)
    if context.strict and notes.warnings:
        raise promote(notes.warnings[0])
    rest = found.residual
    residual = None if rest is None else parse(written(rest), site=query.site, audience=query.audience, limits=context.limits)
    warnings = () if context.lenient else (*closed.warnings, *notes.warnings)
    return Remote(found.params, residual, warnings)


def _showing(query: Query | Closed, compile_: Callable[[], T]) -> T:
    """Run a back end; its errors learn the query's text, so that they can show carets."""
    try:
        return compile_()
    except QueryError as problem:
        text = _text(query)
        raise (problem.with_text(text) if text is not None else problem) from None


def document(record: Mapping[str, Any], *, site: str = "danbooru", entity: str | None = None) -> Document:
    """An API record in the form that the site's search sees, by our field names.

    >>> document({"id": 1, "tag_string": "cat sky"})["tags"] == frozenset({"cat", "sky"})
    True
    """
    return Document(sites.load(site).resource(entity).read(record))


def diagnose(
    text: str, *, site: str = "danbooru", entity: str | None = None, audience: str = "anonymous", context: Context | None = None
) -> tuple[Query, list[Diagnostic]]:
    """Every problem of a text, errors and warnings, in order of place, and the best query that is left of it.

    What does not parse is blanked out and the rest read again, so one slip does not hide the next.
    """
    context = context or Context()
    problems: list[Diagnostic] = []
    query, rest = None, text
    for _ in range(_RECOVERIES):
        try:
            query = parse(rest, site=site, entity=entity, audience=audience, limits=context.limits)
            break
        except QueryError as problem:
            problems.append(problem.diagnostic)
            blanked = _blank(rest, problem)
            if blanked == rest:
                break
            rest = blanked
    if query is None:
        loaded = sites.load(site)
        query = Query(text, site, entity or loaded.default_entity, audience, loaded.syntax, where=All())
    else:
        problems += _closing_problems(query, context)
    shown = [Diagnostic(p.code, p.message, p.span, p.hint, text, p.site_message) for p in problems]
    return query, sorted(shown, key=lambda p: p.span or Span(0, 0))


def _blank(text: str, problem: QueryError) -> str:
    if not isinstance(problem, ParseError) or problem.span is None:
        return text
    start, end = problem.span
    return text[:start] + " " * (end - start) + text[end:]


def _closing_problems(query: Query, context: Context) -> list[Diagnostic]:
    try:
        return list(close(query, context).warnings)
    except QueryError as problem:
        return [problem.diagnostic]
