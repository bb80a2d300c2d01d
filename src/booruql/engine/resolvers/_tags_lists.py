"""What a context settles about lists of posts: pools, favorite groups, saved searches."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from booruql.ast.fold import rewrite, walk
from booruql.ast.nodes import (
    And,
    Compare,
    Glob,
    Key,
    Node,
    Not,
    Nothing,
    OneOf,
    Op,
    Or,
    Place,
    Query,
    Some,
    Symbol,
    Term,
)
from booruql.context import FavoriteGroup, Pool
from booruql.engine.bind import Binding
from booruql.engine.resolvers._tags_users import by, catalog_of, is_admin, text_of
from booruql.errors import Notes, QueryError, make_error
from booruql.syntax import tags
from booruql.syntax._patterns import read_pattern
from booruql.text import SPACES, lower

_SAVED = 1000  # posts that the site keeps for saved searches


# --- pools, favorite groups, saved searches


def list_name(text: str) -> str:
    """A name as pools and labels have it: NFC, blanks as single underscores, none at the ends."""
    found = re.sub("_+", "_", "".join("_" if c in SPACES else c for c in unicodedata.normalize("NFC", text)))
    return found.removeprefix("_").removesuffix("_")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _pool(symbol: Symbol, binding: Binding) -> Node:
    """By number, by name in any case, or by a pattern of names."""
    text = text_of(symbol)
    if _is_number(text):
        return Some("pools", Compare("id", Op.EQ, int(text)), symbol.span)
    if binding.context.catalog and not _pools(text, binding):
        binding.notes.warn(
            "W202", f"no pool is called {text!r}", symbol.span, hint="write its number, or * for what is not known"
        )
    return Some("pools", Glob("name", read_pattern(list_name(text)), True), symbol.span)


def _pools(text: str, binding: Binding) -> Sequence[Pool]:
    catalog, name = catalog_of(binding), list_name(text)
    if _is_number(text):
        return catalog.pools(pool_id=int(text))
    return catalog.pools(pattern=read_pattern(name)) if "*" in text else catalog.pools(name=name)


def _ordpool(symbol: Symbol, binding: Binding) -> tuple[Key, ...]:
    if binding.context.catalog is None:
        hint = "give a catalog that knows the pools"
        raise make_error("E503", "the order of a pool is known to its catalog alone", symbol.span, hint=hint)
    return (Key(_places([pool.post_ids for pool in _pools(text_of(symbol), binding)])),)


def _places(lists: Sequence[Sequence[int]]) -> Place:
    """The first place of each id in any of the lists; of ids at one place the newest first."""
    first: dict[int, int] = {}
    for ids in lists:
        for at, id_ in enumerate(ids):
            first[id_] = min(at, first.get(id_, at))
    return Place(tuple(sorted(first, key=lambda id_: (first[id_], -id_))))


def _favgroup(symbol: Symbol, binding: Binding) -> Node:
    word, text = text_of(symbol), text_of(symbol, 1)
    if word:
        own: Node = (
            Some("favorite_groups", by("creator_id", binding.viewer), symbol.span) if binding.viewer else Nothing(symbol.span)
        )
        return own if word == "any" else Not(own, symbol.span)
    where = _group(text, binding)
    return Some("favorite_groups", where, symbol.span) if where else Nothing(symbol.span)


def _group(text: str, binding: Binding) -> Node | None:
    """A group by number if the viewer may see it, or one of the viewer's own by name."""
    viewer = binding.viewer
    if _is_number(text):
        numbered = Compare("id", Op.EQ, int(text))
        if is_admin(binding):
            return numbered
        seen: Node = Compare("is_public", Op.EQ, True)
        return And((numbered, Or((seen, by("creator_id", viewer))) if viewer else seen))
    if viewer is None:
        return None
    return And((by("creator_id", viewer), Glob("name", (list_name(text),), True)))


def _ordfavgroup(symbol: Symbol, binding: Binding) -> tuple[Key, ...]:
    text, viewer, catalog = text_of(symbol), binding.viewer, catalog_of(binding)
    if _is_number(text):
        groups: Sequence[FavoriteGroup] = catalog.favorite_groups(group_id=int(text))
    else:
        own = catalog.favorite_groups(user_id=viewer.id) if viewer else ()
        groups = [group for group in own if lower(group.name) == lower(list_name(text))]
    return (Key(_places([group.post_ids for group in groups])),)


def _saved(symbol: Symbol, binding: Binding) -> Node:
    """The posts that are kept for the viewer's saved searches with a label, or what those searches find now."""
    viewer, catalog = binding.viewer, catalog_of(binding)
    if viewer is None:
        return Nothing(symbol.span)
    name = lower(list_name(text_of(symbol)))
    label = None if name == "all" else name
    ids = tuple(sorted(catalog.saved_search(viewer.id, label), reverse=True)[:_SAVED])
    queries = catalog.saved_queries(viewer.id, label) if not ids else ()
    return Or((OneOf("id", ids, symbol.span), *(_stored(text, symbol, binding) for text in queries)), symbol.span)


def _stored(text: str, symbol: Symbol, binding: Binding) -> Node:
    """A stored search; one that is none, or asks for stored searches again, finds nothing."""
    notes = Notes(text)
    try:
        tree = tags.parse(text, binding.site, binding.resource.name, binding.context.limits)
        if any(isinstance(node, Term) and node.name == "search" for node in walk(tree)):
            return Nothing(symbol.span)
        query = Query(text, binding.site.name, binding.resource.name, binding.audience, where=tree)
        where = tags.read(query, binding.resource, notes).where
    except QueryError as problem:
        binding.notes.warn("W203", f"the saved search {text!r} finds nothing: {problem.message}", symbol.span, hint="correct it")
        return Nothing(symbol.span)
    return rewrite(where, lambda node: replace(node, span=symbol.span))


RESOLVERS: Mapping[str, Callable[[Symbol, Binding], Node]] = {
    "pool": _pool,
    "favgroup": _favgroup,
    "saved": _saved,
}
ORDERS: Mapping[str, Callable[[Symbol, Binding], tuple[Key, ...]]] = {
    "ordpool": _ordpool,
    "ordfavgroup": _ordfavgroup,
}
