"""What closes the symbols of URL parameters: moments, users' names, tag searches, what a viewer may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from booruql.ast.fold import rewrite
from booruql.ast.nodes import All, And, Compare, Glob, Node, Not, Nothing, Op, Or, Query, Some, Symbol
from booruql.context import User
from booruql.engine.bind import Binding, resolve
from booruql.engine.params import parse_inner, syntax
from booruql.errors import Notes, QueryError, Span
from booruql.syntax._leaves import leaves
from booruql.syntax._params_keys import normal_name
from booruql.syntax._patterns import read_pattern
from booruql.syntax._values import settle

_ADMIN, _MODERATOR = 50, 40


def _args(symbol: Symbol) -> Any:
    return symbol.args


def _range(symbol: Symbol, binding: Binding) -> Node:
    field, found = _args(symbol)
    return leaves(settle(found, binding.now, binding.tz), field, symbol.span)


def _user_name(symbol: Symbol, binding: Binding) -> Node:
    """The user's number where users are known, else the user's row by name."""
    field, relation, text = _args(symbol)
    name = normal_name(text)
    user = binding.context.find_user(name)
    if user is not None:
        return Compare(field, Op.EQ, user.id, symbol.span)
    if binding.context.catalog is None and not binding.context.users:
        return Some(relation, Glob("name", read_pattern(name), True), symbol.span)
    binding.notes.warn("W202", f"no user is called {text!r}", symbol.span, hint="check the name; * stands for anything")
    return Nothing(symbol.span)


def _tags(symbol: Symbol, binding: Binding) -> Node:
    """The condition of a tag search, as the viewer would search it."""
    (text,) = _args(symbol)
    site = binding.site
    outer = Query(text, site.name, site.default_entity, binding.audience, "params", binding.lenient)
    inner = parse_inner(text, outer, binding.context.limits)
    notes = Notes(text)
    within = replace(binding, syntax=site.syntax, resource=site.resource(), notes=notes)
    try:
        search = syntax(site.syntax).read(inner, within.resource, notes)
        tree = resolve(search.where, within)
    except QueryError as problem:
        raise _moved(problem, symbol.span) from None
    for warning in notes.warnings:
        binding.notes.warn(warning.code, warning.message, symbol.span, hint=warning.hint)
    return rewrite(tree, lambda node: replace(node, span=symbol.span))


def _moved(problem: QueryError, span: Span | None) -> QueryError:
    return type(problem)(replace(problem.diagnostic, span=span, text=None))


# --- what a viewer may see


def _visible(symbol: Symbol, binding: Binding) -> Node:
    (rule,) = _args(symbol)
    return _RULES[rule](binding.viewer)


def _level(viewer: User | None, least: int, *roles: str) -> bool:
    return viewer is not None and (viewer.level >= least or viewer.role in roles)


def _is_moderator(viewer: User | None) -> bool:
    return _level(viewer, _MODERATOR, "moderator", "admin")


def _own(viewer: User | None, column: str) -> Node:
    return Compare(column, Op.EQ, viewer.id) if viewer else Nothing()


_LIVE = Not(Compare("is_deleted", Op.EQ, True))


def _own_comments(viewer: User | None) -> Node:
    """Whoever asks who wrote comments does not find others' deleted ones."""
    return All() if _is_moderator(viewer) else Or((_LIVE, _own(viewer, "creator_id")))


def _live_comments(viewer: User | None) -> Node:
    return All() if _is_moderator(viewer) else _LIVE


def _own_flags(viewer: User | None) -> Node:
    """Who flagged a post: one's own flags; moderators see all but those on their own uploads."""
    if not _is_moderator(viewer):
        return _own(viewer, "creator_id")
    return Or((Not(Some("post", _own(viewer, "uploader_id"))), _own(viewer, "creator_id")))


def _own_disapprovals(viewer: User | None) -> Node:
    return All() if _is_moderator(viewer) else _own(viewer, "user_id")


_OPEN = Some("user", Not(Compare("private_favorites", Op.EQ, True)))


def _seen_favorites(viewer: User | None) -> Node:
    return All() if _level(viewer, _ADMIN, "admin") else Or((_OPEN, _own(viewer, "user_id")))


def _seen_votes(viewer: User | None) -> Node:
    """One's own votes, and upvotes of users whose favorites are not private."""
    if _level(viewer, _ADMIN, "admin"):
        return All()
    return Or((And((Compare("score", Op.GT, 0), _OPEN)), _own(viewer, "user_id")))


def _seen_groups(viewer: User | None) -> Node:
    if _level(viewer, _ADMIN, "admin"):
        return All()
    return Or((Compare("is_public", Op.EQ, True), _own(viewer, "creator_id")))


_RULES: Mapping[str, Callable[[User | None], Node]] = {
    "own_comments": _own_comments, "live_comments": _live_comments, "own_flags": _own_flags,
    "own_disapprovals": _own_disapprovals, "seen_favorites": _seen_favorites, "seen_votes": _seen_votes,
    "seen_groups": _seen_groups,
}  # fmt: skip

RESOLVERS: Mapping[str, Callable[[Symbol, Binding], Node]] = {
    "range": _range, "user_name": _user_name, "tags": _tags, "tags_match": _tags, "visible": _visible,
}  # fmt: skip
