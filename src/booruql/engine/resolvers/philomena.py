"""What closes Philomena's symbols: relative dates, filters, the viewer's own words, the transforms of forum searches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from booruql.ast.nodes import All, And, Compare, Exists, Node, Not, Nothing, OneOf, Op, Or, Symbol
from booruql.context import Filter, User
from booruql.engine.bind import Binding, resolve
from booruql.errors import Notes, QueryError, Span, make_error
from booruql.sites.records import micros
from booruql.syntax import philomena
from booruql.syntax._philomena_fields import filter_ids
from booruql.syntax._philomena_page import leading_int
from booruql.syntax._philomena_values import date_leaf

_STAFF = ("moderator", "admin")


def _args(symbol: Symbol) -> Any:
    return symbol.args


def _ago(symbol: Symbol, binding: Binding) -> Node:
    """`3 days ago` ends so many units before now and is as many seconds wide: the site's own slip."""
    field, op, number, unit = _args(symbol)
    high = micros(binding.now) - number * unit * 1_000_000
    return date_leaf(field, op, high - number * 1_000_000, high, symbol.span)


# --- text inside a query: filters and watch lists


def compile_text(text: str, binding: Binding, inside: str, span: Span | None = None) -> Node:
    """The closed-to-be tree of a filter's or watch list's text; an empty one matches nothing.

    Raises:
        QueryError: the text is at fault. Texts within it that are only give warnings, at the `span` of what asked for them.
    """
    whole = philomena.normalise_lines(text)
    inner = replace(binding, inside=binding.inside | {inside}, notes=Notes(whole))
    inner.now = binding.now
    written = philomena.parse(whole, binding.site, binding.resource.name.partition("_")[0], binding.context.limits)
    if "filter" in inner.inside and filter_ids(whole):
        raise _filter_in_filter()
    typed = philomena.read_tree(written, binding.resource, binding.audience, whole, inner.notes)
    found = resolve(typed, inner)
    for warning in inner.notes.warnings:
        if warning.code == "W209":
            binding.notes.warn(warning.code, warning.message, span)
    return found


def _filter_in_filter(span: Span | None = None) -> QueryError:
    words = "Filter queries inside filters are not allowed."
    return make_error("E405", "a filter may not ask for another filter", span, site_message=words)


def compile_or_all(text: str, binding: Binding, inside: str, span: Span | None, what: str) -> Node:
    """The same, everything for a text at fault: as on the site, with a warning."""
    key = (text, inside, binding.inside)
    if key not in binding.memo:
        try:
            binding.memo[key] = compile_text(text, binding, inside, span)
        except QueryError as problem:
            binding.memo[key] = problem
    found = binding.memo[key]
    if isinstance(found, QueryError):
        binding.notes.warn("W209", f"{what} does not compile ({found.message}), so it stands for everything", span)
        return All(span)
    return cast(Node, found)


def hidden_by(found: Filter, binding: Binding, span: Span | None = None) -> tuple[Node, Node]:
    """What a filter hides: by tags, and by its text."""
    by_text = compile_or_all(found.hidden_complex, binding, "filter", span, f"the text of filter {found.id}")
    return _with_tags(found.hidden_tag_ids, span), by_text


def _with_tags(ids: tuple[int, ...], span: Span | None) -> Node:
    return OneOf("tag_ids", ids, span) if ids else Nothing(span)


def _filter(symbol: Symbol, binding: Binding) -> Node:
    value, seen = _args(symbol)
    if "filter" in binding.inside:
        raise _filter_in_filter(symbol.span)
    found = _visible_filter(value, seen, binding)
    if found is None:
        message, hint = f"there is no filter {value!r} here", "write filter_id: and the number of a filter, without blanks"
        raise make_error("E306", message, symbol.span, hint=hint, site_message=f"Invalid filter `{value}`.")
    return And(tuple(Not(part, symbol.span) for part in hidden_by(found, binding, symbol.span)), symbol.span)


def _visible_filter(value: str, seen: tuple[int, ...], binding: Binding) -> Filter | None:
    digits = value.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = next((n for n in seen if str(n) == (digits.lstrip("0") or "0")), None)
    found = binding.context.find_filter(number) if number is not None else None
    return found if found is not None and may_see(found, binding.viewer) else None


def may_see(found: Filter, viewer: User | None) -> bool:
    """Whether a viewer may use a filter: a system one, a public one, their own; staff any."""
    if found.system or found.public:
        return True
    return viewer is not None and (viewer.role in _STAFF or found.user_id == viewer.id)


# --- the viewer's own words

_MINE = {
    "faves": "favorited_by_ids",
    "upvotes": "upvoted_by_ids",
    "downvotes": "downvoted_by_ids",
    "uploads": "true_uploader_id",
    "hidden": "hidden_by_ids",
}


def _my(symbol: Symbol, binding: Binding) -> Node:
    entity, value = _args(symbol)
    viewer = binding.viewer
    if viewer is None:
        words = "You must be logged in to use this query."
        raise make_error("E306", "my asks for a viewer", symbol.span, hint="name the viewer (--as)", site_message=words)
    if entity != "images":
        if value == entity:
            return Compare("creator_id", Op.EQ, viewer.id, symbol.span)
    elif value in _MINE:
        return Compare(_MINE[value], Op.EQ, viewer.id, symbol.span)
    elif value == "watched":
        return _watched(viewer, symbol, binding)
    known = ", ".join((*_MINE, "watched")) if entity == "images" else entity
    message = f"my has no {value!r}" if value else "my has no value"
    raise make_error("E306", message, symbol.span, hint=f"write my: and one of {known}", site_message="Unknown `my' value.")


def _watched(viewer: User, symbol: Symbol, binding: Binding) -> Node:
    span = symbol.span
    if "watch" in binding.inside:
        words = "Recursive watchlists are not allowed."
        raise make_error("E405", "a watch list may not ask for itself", span, site_message=words)

    def listed(text: str, what: str) -> Node:
        return compile_or_all(text, binding, "watch", span, what)

    wanted = Or((_with_tags(viewer.watched_tag_ids, span), listed(viewer.watched_images_query, "the watch list")), span)
    unwanted = [listed(viewer.watched_images_exclude, "the list of what is not watched")]
    current = binding.context.filter
    if viewer.no_spoilered_in_watched and current is not None:
        text = compile_or_all(current.spoilered_complex, binding, "filter", span, "the current filter's spoilers")
        unwanted = [_with_tags(current.spoilered_tag_ids, span), text, *unwanted]
    return And((wanted, *(Not(part, span) for part in unwanted)), span)


# --- what the endpoints hide


def _visible(symbol: Symbol, binding: Binding) -> Node:
    entity, filter_id, deleted, hidden = _args(symbol)
    current = _current_filter(filter_id, binding)
    if entity == "images":
        return And(tuple(_image_conditions(deleted, hidden, current, binding)))
    if entity == "comments":
        unwanted = OneOf("post_tag_ids", current.hidden_tag_ids) if current and current.hidden_tag_ids else Nothing()
        return And((Compare("is_hidden", Op.EQ, False), Not(unwanted)))
    if entity == "posts":
        return And((Compare("is_deleted", Op.EQ, False), Compare("access_level", Op.EQ, "normal")))
    if entity == "filters":
        own = () if binding.viewer is None else (Compare("creator_id", Op.EQ, binding.viewer.id),)
        return Or((Compare("is_public", Op.EQ, True), Compare("is_system", Op.EQ, True), *own))
    return All()


def _current_filter(filter_id: str, binding: Binding) -> Filter | None:
    """The filter that a parameter names, where the viewer may see it, else the current one."""
    number = leading_int(filter_id)
    found = None if number is None else binding.context.find_filter(number)
    return found if found is not None and may_see(found, binding.viewer) else binding.context.filter


def _image_conditions(deleted: str, hidden: str, current: Filter | None, binding: Binding) -> Iterator[Node]:
    yield Not(Compare("is_approved", Op.EQ, False))
    if binding.viewer is not None and hidden != "1":
        yield Not(Compare("hidden_by_ids", Op.EQ, binding.viewer.id))
    is_staff = binding.viewer is not None and binding.viewer.role in _STAFF
    is_hidden = Compare("is_hidden", Op.EQ, True)
    if is_staff and deleted in ("only", "deleted"):
        yield is_hidden
        if deleted == "deleted":
            yield Not(Exists("duplicate_id"))
    elif deleted != "1":
        yield Not(is_hidden)
    if current is not None:
        yield from map(Not, hidden_by(current, binding))


RESOLVERS: Mapping[str, Callable[[Symbol, Binding], Node]] = {
    "ago": _ago,
    "filter": _filter,
    "my": _my,
    "visible": _visible,
}
