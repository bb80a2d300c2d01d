"""What a context settles in tag search: aliases, abbreviations, wildcards, users, pools, the viewer's lists, moments."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

from booruql.ast.nodes import (
    All,
    And,
    Compare,
    Glob,
    Key,
    Node,
    Not,
    Nothing,
    OneOf,
    Op,
    Some,
    Symbol,
)
from booruql.ast.quick import maker
from booruql.engine.bind import Binding
from booruql.engine.resolvers import _tags_lists, _tags_users
from booruql.engine.resolvers._tags_users import catalog_of, text_of
from booruql.engine.unknown_tags import warn_unknown
from booruql.errors import make_error
from booruql.syntax._leaves import leaves
from booruql.syntax._patterns import read_pattern
from booruql.syntax._slips import tag_slip
from booruql.syntax._values import Range, settle
from booruql.text import lower

_compare = maker(Compare)
_WORD = re.compile(r"([a-z][a-z0-9_]*):(?=.)")
_EXPANSIONS = 100  # what a wildcard means on this site, not a limit of ours
_LEVEL_LIMITS = ((31, None), (30, 6), (0, 2))


# --- tags


def _tag(symbol: Symbol, binding: Binding) -> Node:
    """One step of an active alias, else the tag that an abbreviation stands for, else the name itself."""
    name, catalog = text_of(symbol), catalog_of(binding)
    found = catalog.alias(name)
    if found is None and name[:1] == "/" and len(name) > 1:
        found = catalog.abbreviation(name[1:])
    if found is None and not catalog.tag_count(name):
        _warn_word(name, symbol, binding)
    return _compare("tags", Op.EQ, found or name, symbol.span)


def _warn_word(name: str, symbol: Symbol, binding: Binding) -> None:
    """A tag that no post has and that looks like something else: an unknown metatag, another language's spelling, another tag."""
    vocabulary = binding.resource.vocabulary(binding.audience)
    slip = tag_slip(name, vocabulary)
    if slip:
        binding.notes.warn("W215", slip.message, symbol.span, hint=slip.hint)
    found = _WORD.match(name)
    if not found:
        if not slip:
            warn_unknown(name, symbol.span, binding)
        return
    known = [word for word in vocabulary if "_count" not in word]
    close = get_close_matches(found[1], known, 1)
    hint = f"{close[0]!r} is the nearest field" if close else f"names before a colon: {', '.join(known[:6])}, ..."
    binding.notes.warn(
        "W201", f"{found[1]!r} is no field of {binding.site.name}; read as the tag {name!r}", symbol.span, hint=hint
    )


def _wildcard(symbol: Symbol, binding: Binding) -> Node:
    """The most used tags that match; without a catalog the pattern itself."""
    pattern = read_pattern(text_of(symbol))
    names = catalog_of(binding).expand(pattern, _EXPANSIONS)
    if names is None:
        hint = "with a catalog a wildcard stands for the most used tags that match"
        binding.notes.warn(
            "W207", f"{text_of(symbol)!r} matches all tags of its form: no catalog is given", symbol.span, hint=hint
        )
        return Glob("tags", pattern, False, symbol.span)
    return OneOf("tags", tuple(names), symbol.span) if names else Nothing(symbol.span)


def _rules(symbol: Symbol, binding: Binding) -> Node:
    """What the embedder asks for beside the search: the site's limit on counted terms, its safe mode."""
    _check_tags(symbol, binding)
    if not binding.context.safe_mode:
        return All()
    unsafe = OneOf("tags", binding.context.unsafe_tags)
    safe = Compare("rating", Op.EQ, "g")
    return And((safe, Not(unsafe))) if unsafe.values else safe


def _check_tags(symbol: Symbol, binding: Binding) -> None:
    if not binding.context.site_limits:
        return
    count = symbol.args[0]
    level = binding.viewer.level if binding.viewer else 0
    limit = next(most for least, most in _LEVEL_LIMITS if level >= least)
    if limit is None or not isinstance(count, int) or count <= limit:
        return
    message = f"the search has {count} tags, more than the {limit} that {binding.site.name} allows at level {level}"
    raise make_error("E605", message, symbol.span, hint="use fewer tags; ratings, dates, sizes and the like are free")


def _range(symbol: Symbol, binding: Binding) -> Node:
    field, found = symbol.args
    assert isinstance(field, str) and isinstance(found, Range)
    return leaves(settle(found, binding.now, binding.tz), field, symbol.span)


def _ai(symbol: Symbol, binding: Binding) -> Node:
    name, confidence = lower(text_of(symbol)), symbol.args[1]
    named = Compare("name", Op.EQ, catalog_of(binding).alias(name) or name)
    if confidence is None:
        return Not(Some("ai_tags", named, symbol.span), symbol.span)
    assert isinstance(confidence, Range)
    return Some("ai_tags", And((named, leaves(confidence, "score"))), symbol.span)


RESOLVERS: Mapping[str, Callable[[Symbol, Binding], Node]] = {
    **_tags_users.RESOLVERS,
    **_tags_lists.RESOLVERS,
    "tag": _tag,
    "wildcard": _wildcard,
    "rules": _rules,
    "range": _range,
    "ai": _ai,
}
ORDERS: Mapping[str, Callable[[Symbol, Binding], tuple[Key, ...]]] = {**_tags_users.ORDERS, **_tags_lists.ORDERS}
