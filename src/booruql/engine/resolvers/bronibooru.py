"""What closes the symbols of Danbooru 2 (2014): dates, aliases, users, pools, the site's limits."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from booruql.ast.nodes import (
    All,
    And,
    Between,
    Compare,
    Exists,
    Glob,
    Key,
    Node,
    Not,
    Nothing,
    OneOf,
    Op,
    Pattern,
    Place,
    Position,
    Some,
    Symbol,
    Wild,
)
from booruql.context import User
from booruql.engine.bind import Binding
from booruql.engine.unknown_tags import warn_unknown
from booruql.errors import Span, make_error
from booruql.sites.records import micros
from booruql.syntax import _dates
from booruql.syntax._bronibooru_values import Range, compare
from booruql.text import lower

_EARLIEST = micros(datetime(1, 1, 1, tzinfo=UTC))
_MOST_SUBSCRIBED = 200


def _args(symbol: Symbol) -> Any:
    return symbol.args


# --- tags


def _tag(symbol: Symbol, binding: Binding) -> Node:
    (name,) = _args(symbol)
    catalog = binding.context.catalog
    found = catalog.alias(name) if catalog else None
    if found is None and catalog and not catalog.tag_count(name):
        warn_unknown(name, symbol.span, binding)
    return Compare("tags", Op.EQ, found or name, symbol.span)


def _wildcard(symbol: Symbol, binding: Binding) -> Node:
    """Every tag that matches; with the site's limits the most used ones, as many as the viewer's level has."""
    (text,) = _args(symbol)
    pattern = glob(text)
    catalog = binding.context.catalog
    names = catalog.expand(pattern, tag_limit(binding)) if catalog and binding.context.site_limits else None
    if names is None:
        return Glob("tags", pattern, span=symbol.span)
    assert catalog
    return OneOf("tags", tuple(dict.fromkeys(catalog.alias(name) or name for name in names)), symbol.span)


def glob(text: str) -> Pattern:
    """The pattern of a text in which `*` is any run and nothing escapes.

    >>> glob("a*b")
    ('a', <Wild.RUN: '*'>, 'b')
    """
    parts: list[str | Wild] = []
    for at, literal in enumerate(text.split("*")):
        if at and (not parts or parts[-1] is not Wild.RUN):
            parts.append(Wild.RUN)
        if literal:
            parts.append(literal)
    return tuple(parts)


def tag_limit(binding: Binding) -> int:
    """How many terms the viewer's level may use at once."""
    level = binding.viewer.level if binding.viewer else 0
    limits: tuple[tuple[int, int], ...] = binding.site.facts["tag_limits"]
    return next((most for least, most in limits if level >= least), limits[-1][1])


def _tag_limit(symbol: Symbol, binding: Binding) -> Node:
    (count,) = _args(symbol)
    if binding.context.site_limits and count > (most := tag_limit(binding)):
        raise make_error(
            "E605",
            f"{count} terms are more than the site lets this viewer search for, {most}",
            hint="remove terms; status:deleted and limit: are free",
            site_message=f"cannot search for more than {most} tags at a time",
        )
    return All()


# --- dates


def _date(symbol: Symbol, binding: Binding) -> Node:
    op, texts = _args(symbol)
    found = [_moment(text, binding) for text in texts]
    known = tuple(moment for moment in found if moment is not None)
    if None in found:
        bad = texts[found.index(None)]
        binding.notes.warn("W203", f"{bad!r} is no date", symbol.span, hint="write date:2014-06-09 or date:>2014-06-09")
        if op != "in" or not known:
            return Nothing(symbol.span)
    if op == "eq":
        return Between("created_at", *_dates.day_of(known[0], binding.tz), span=symbol.span)
    return compare("created_at", Range(op, known), symbol.span)


def _moment(text: str, binding: Binding) -> int | None:
    try:
        return _dates.settle(_dates.date(text), binding.now, binding.tz)
    except (ValueError, OverflowError):
        return None


def _age(symbol: Symbol, binding: Binding) -> Node:
    op, ages = _args(symbol)
    found = tuple(ago(binding.now, count, unit, binding.tz) for count, unit in ages)
    if op == "eq":
        return Between("created_at", *_dates.day_of(found[0], binding.tz), span=symbol.span)
    return compare("created_at", Range(op, found), symbol.span)


def ago(now: datetime, count: int, unit: str, zone: tzinfo) -> int:
    """So many units before now; days and longer by the calendar of the zone."""
    try:
        if unit in ("seconds", "minutes", "hours"):
            return micros(now - timedelta(**{unit: count}))
        local = now.astimezone(zone)
        if unit in ("days", "weeks"):
            moved = local.replace(tzinfo=None) - timedelta(**{unit: count})
        else:
            moved = _months_before(local.replace(tzinfo=None), count * (12 if unit == "years" else 1))
        return micros(moved.replace(tzinfo=zone))
    except (OverflowError, ValueError):
        return _EARLIEST


def _months_before(moment: datetime, count: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 - count, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))


def _recent(symbol: Symbol, binding: Binding) -> Node:
    """What `order:rank` demands: a positive score and at most two days of age."""
    return And((Compare("score", Op.GT, 0), Compare("created_at", Op.GE, ago(binding.now, 2, "days", binding.tz))))


# --- users


def find(name: str, binding: Binding) -> User | None:
    """The user with a name as typed."""
    return binding.context.find_user(lower(name).replace(" ", "_"))


def _last_user(symbol: Symbol, binding: Binding) -> Node:
    """The last of the names that is known; unknown ones are dropped."""
    field, *names = _args(symbol)
    last: tuple[User, Span | None] | None = None
    for name, span in names:
        user = find(name, binding)
        if user is None:
            _note_dropped(name, span, binding)
            continue
        if last is not None and last[0].id != user.id:
            binding.notes.warn("W205", f"{last[0].name!r} is overwritten by {name!r}", last[1], hint=f"only {name!r} counts")
        last = user, span
    return Compare(field, Op.EQ, last[0].id, last[1]) if last else All()


def _note_dropped(name: str, span: Span | None, binding: Binding) -> None:
    binding.notes.warn("W204", f"the term is dropped: no user is called {name!r}", span, hint="check the name")


def _no_users(symbol: Symbol, binding: Binding) -> Node:
    """None of the users; a list of unknown ones alone matches nothing."""
    field, *names = _args(symbol)
    ids = []
    for name, span in names:
        user = find(name, binding)
        if user is not None:
            ids.append(user.id)
        else:
            binding.notes.warn("W202", f"no user is called {name!r}", span, hint="check the name")
    if not ids:
        return Nothing(symbol.span)
    return And((Not(OneOf(field, tuple(ids), symbol.span), symbol.span), Exists(field, symbol.span)), symbol.span)


def _maker(symbol: Symbol, binding: Binding) -> Node:
    """A row of the relation was made by the user; unknown users are dropped."""
    relation, column, first, name = _args(symbol)
    user = find(name, binding)
    if user is None:
        _note_dropped(name, symbol.span, binding)
        return All()
    leaf: Node = Compare(column, Op.EQ, user.id)
    return Some(relation, And((leaf, Compare("version", Op.EQ, 1))) if first else leaf, symbol.span)


def _fav(symbol: Symbol, binding: Binding) -> Node:
    (name,) = _args(symbol)
    user = find(name, binding)
    if user is None:
        binding.notes.warn("W202", f"no user is called {name!r}, so nothing is a favorite", symbol.span, hint="check the name")
        return Nothing(symbol.span)
    return Some("favorites", Compare("user_id", Op.EQ, user.id), symbol.span)


def _sub(symbol: Symbol, binding: Binding) -> Node:
    """The newest posts of a user's subscriptions, which the catalog's saved searches stand for."""
    (text,) = _args(symbol)
    name, _, label = text.partition(":")
    user = find(name, binding)
    if user is None:
        _note_dropped(name, symbol.span, binding)
        return All()
    catalog = binding.context.catalog
    ids = catalog.saved_search(user.id, label or None) if catalog else ()
    return OneOf("id", tuple(ids[:_MOST_SUBSCRIBED]), symbol.span)


# --- pools


def _pool(symbol: Symbol, binding: Binding) -> Node:
    text, wordy = _args(symbol)
    word = text.lower() if wordy else ""
    if word in ("none", "any"):
        some = Some("pools", span=symbol.span)
        return some if word == "any" else Not(some, symbol.span)
    pool = find_pool(text, binding)
    if pool is None:
        binding.notes.warn("W202", f"no pool is called {text!r}", symbol.span, hint="write its number, or a * in its name")
        return Nothing(symbol.span)
    return Some("pools", Compare("id", Op.EQ, pool), symbol.span)


def find_pool(text: str, binding: Binding) -> int | None:
    """A pool's number: digits are one, else the name in any letter case."""
    if text.isascii() and text.isdigit():
        return int(text[-18:])
    catalog = binding.context.catalog
    pools = catalog.pools(name=lower(text).replace(" ", "_")) if catalog else ()
    return pools[0].id if pools else None


def _pools(symbol: Symbol, binding: Binding) -> Node:
    """In any pool whose name matches."""
    text, _ = _args(symbol)
    return Some("pools", Glob("name", glob(lower(text)), fold=True), symbol.span)


RESOLVERS: Mapping[str, Callable[[Symbol, Binding], Node]] = {
    "tag": _tag, "wildcard": _wildcard, "tag_limit": _tag_limit, "date": _date, "age": _age, "recent": _recent,
    "last_user": _last_user, "no_users": _no_users, "maker": _maker, "fav": _fav, "sub": _sub, "pool": _pool, "pools": _pools,
}  # fmt: skip


def _pool_order(symbol: Symbol, binding: Binding) -> tuple[Key, ...]:
    """The places of the posts in the pool."""
    text, *_ = _args(symbol)
    number, catalog = find_pool(text, binding), binding.context.catalog
    pools = catalog.pools(pool_id=number) if catalog and number is not None else ()
    return (Key(Place(tuple(pools[0].post_ids))),) if pools else ()


def _fav_order(symbol: Symbol, binding: Binding) -> tuple[Key, ...]:
    """The user's newest favorite first."""
    (name,) = _args(symbol)
    user = find(name, binding)
    return (Key(Position("favorites", "id", Compare("user_id", Op.EQ, user.id)), descending=True),) if user else ()


ORDERS: Mapping[str, Callable[[Symbol, Binding], tuple[Key, ...]]] = {"ordpool": _pool_order, "ordfav": _fav_order}
