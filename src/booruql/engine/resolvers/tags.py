"""What a context settles in tag search: aliases, abbreviations, wildcards, users, pools, the viewer's lists, moments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from booruql.ast.fold import rewrite, walk
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
    Or,
    Place,
    Position,
    Query,
    Some,
    Symbol,
    Term,
)
from booruql.context import Catalog, FavoriteGroup, Pool, User
from booruql.engine.bind import Binding
from booruql.errors import Notes, QueryError, make_error
from booruql.syntax import tags
from booruql.syntax._leaves import leaves
from booruql.syntax._patterns import read_pattern
from booruql.syntax._tags_people import ORDINARY
from booruql.syntax._values import Range, settle
from booruql.text import SPACES, lower, trim

_WORD = re.compile(r"([a-z][a-z0-9_]*):(?=.)")
_SYSTEM = "danboorubot"
_SAVED = 1000  # posts that the site keeps for saved searches
_EXPANSIONS = 100  # what a wildcard means on this site, not a limit of ours
_LEVEL_LIMITS = ((31, None), (30, 6), (0, 2))
_ADMIN, _MODERATOR = 50, 40


def _text(symbol: Symbol, at: int = 0) -> str:
    found = symbol.args[at]
    assert isinstance(found, str)
    return found


def _catalog(binding: Binding) -> Catalog:
    return binding.context.catalog or Catalog()


# --- tags


def _tag(symbol: Symbol, binding: Binding) -> Node:
    """One step of an active alias, else the tag that an abbreviation stands for, else the name itself."""
    name, catalog = _text(symbol), _catalog(binding)
    found = catalog.alias(name)
    if found is None and name.startswith("/") and len(name) > 1:
        found = catalog.abbreviation(name[1:])
    if found is None and not catalog.tag_count(name):
        _warn_word(name, symbol, binding)
    return Compare("tags", Op.EQ, found or name, symbol.span)


def _warn_word(name: str, symbol: Symbol, binding: Binding) -> None:
    """A tag that looks like a metatag with an unknown name."""
    found = _WORD.match(name)
    if not found:
        return
    known = [word for word in binding.resource.vocabulary(binding.audience) if "_count" not in word]
    close = get_close_matches(found[1], known, 1)
    hint = f"{close[0]!r} is the nearest field" if close else f"names before a colon: {', '.join(known[:6])}, ..."
    binding.notes.warn(
        "W201", f"{found[1]!r} is no field of {binding.site.name}; read as the tag {name!r}", symbol.span, hint=hint
    )


def _wildcard(symbol: Symbol, binding: Binding) -> Node:
    """The most used tags that match; without a catalog the pattern itself."""
    pattern = read_pattern(_text(symbol))
    names = _catalog(binding).expand(pattern, _EXPANSIONS)
    if names is None:
        hint = "with a catalog a wildcard stands for the most used tags that match"
        binding.notes.warn("W207", f"{_text(symbol)!r} matches all tags of its form: no catalog is given", symbol.span, hint=hint)
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


# --- users


def user_name(text: str) -> str:
    """A user's name as names are compared: trimmed, lower case, blanks as underscores."""
    return "".join("_" if c in SPACES else c for c in lower(trim(text)))


def _user(text: str, symbol: Symbol, binding: Binding) -> User | None:
    found = binding.context.find_user(user_name(text))
    if found is None:
        binding.notes.warn(
            "W202", f"no user is called {text!r}", symbol.span, hint="check the name; only current names are found"
        )
    return found


def _is_viewer(user: User, binding: Binding) -> bool:
    return binding.viewer is not None and binding.viewer.id == user.id


def _is_moderator(binding: Binding) -> bool:
    viewer = binding.viewer
    return viewer is not None and (viewer.role in ("moderator", "admin") or viewer.level >= _MODERATOR)


def _is_admin(binding: Binding) -> bool:
    viewer = binding.viewer
    return viewer is not None and (viewer.role == "admin" or viewer.level >= _ADMIN)


def _by(column: str, user: User) -> Compare:
    return Compare(column, Op.EQ, user.id)


def _user_field(symbol: Symbol, binding: Binding) -> Node:
    user = _user(_text(symbol, 1), symbol, binding)
    return Compare(_text(symbol), Op.EQ, user.id, symbol.span) if user else Nothing(symbol.span)


def _maker(symbol: Symbol, binding: Binding) -> Node:
    relation, column, name = _text(symbol), _text(symbol, 1), _text(symbol, 2)
    user = _user(name, symbol, binding)
    return Some(relation, _by(column, user), symbol.span) if user else Nothing(symbol.span)


def _commenter(symbol: Symbol, binding: Binding) -> Node:
    user = _user(_text(symbol), symbol, binding)
    if not user:
        return Nothing(symbol.span)
    own = _by("creator_id", user)
    sees_deleted = _is_viewer(user, binding) or _is_moderator(binding)
    return Some("comments", own if sees_deleted else And((own, Not(Compare("is_deleted", Op.EQ, True)))), symbol.span)


def _noter(symbol: Symbol, binding: Binding) -> Node:
    user = _user(_text(symbol), symbol, binding)
    if not user:
        return Nothing(symbol.span)
    return Some("note_versions", And((Compare("version", Op.EQ, 1), _by("updater_id", user))), symbol.span)


def _flagger(symbol: Symbol, binding: Binding) -> Node:
    """One's own flags; moderators find others' flags, but not on their own uploads."""
    user = _user(_text(symbol), symbol, binding)
    if not user or not (_is_viewer(user, binding) or _is_moderator(binding)):
        return Nothing(symbol.span)
    found = Some("post_flags", And((ORDINARY, _by("creator_id", user))), symbol.span)
    if _is_viewer(user, binding) or binding.viewer is None:
        return found
    return And((found, Not(_by("uploader_id", binding.viewer))))


def _human_flag(symbol: Symbol, binding: Binding) -> Node:
    """A flag that the site's own account did not make."""
    system = binding.context.find_user(_SYSTEM)
    return Some("post_flags", Not(_by("creator_id", system)) if system else All(), symbol.span)


def _disapproved(symbol: Symbol, binding: Binding) -> Node:
    user = _user(_text(symbol), symbol, binding)
    if not user or not (_is_viewer(user, binding) or _is_moderator(binding)):
        return Nothing(symbol.span)
    return Some("post_disapprovals", _by("user_id", user), symbol.span)


def _disapproved_by_viewer(symbol: Symbol, binding: Binding) -> Node:
    return Some("post_disapprovals", _by("user_id", binding.viewer), symbol.span) if binding.viewer else Nothing(symbol.span)


def _vote(symbol: Symbol, binding: Binding) -> Node:
    """Active votes that the viewer may see: one's own, those of users without private favorites; downvotes only one's own."""
    kind, name = _text(symbol), _text(symbol, 1)
    sign = Compare("score", Op.GT, 0) if kind == "up" else Compare("score", Op.LT, 0)
    active = And((sign, Not(Compare("is_deleted", Op.EQ, True))))
    word = lower(name)
    if word in ("any", "none"):
        found = Some("post_votes", And((active, _visible_votes(kind, binding))), symbol.span)
        return found if word == "any" else Not(found, symbol.span)
    user = _user(name, symbol, binding)
    if not user or not _sees_votes(kind, user, binding):
        return Nothing(symbol.span)
    return Some("post_votes", And((active, _by("user_id", user))), symbol.span)


def _visible_votes(kind: str, binding: Binding) -> Node:
    if _is_admin(binding):
        return All()
    own: Node = _by("user_id", binding.viewer) if binding.viewer else Nothing()
    if kind == "down":
        return own
    return Or((own, Some("user", Not(Compare("private_favorites", Op.EQ, True)))))


def _sees_votes(kind: str, user: User, binding: Binding) -> bool:
    return _is_viewer(user, binding) or _is_admin(binding) or (kind == "up" and not user.private_favorites)


def _fan(text: str, symbol: Symbol, binding: Binding) -> User | None:
    """The user, if the viewer may see the favorites."""
    user = _user(text, symbol, binding)
    if user and (not user.private_favorites or _is_viewer(user, binding) or _is_admin(binding)):
        return user
    return None


def _fav(symbol: Symbol, binding: Binding) -> Node:
    user = _fan(_text(symbol), symbol, binding)
    return Some("favorites", _by("user_id", user), symbol.span) if user else Nothing(symbol.span)


def _ordfav(symbol: Symbol, binding: Binding) -> tuple[Key, ...]:
    user = _fan(_text(symbol), symbol, binding)
    return (Key(Position("favorites", "id", _by("user_id", user)), True),) if user else ()


# --- pools, favorite groups, saved searches


def list_name(text: str) -> str:
    """A name as pools and labels have it: NFC, blanks as single underscores, none at the ends."""
    found = re.sub("_+", "_", "".join("_" if c in SPACES else c for c in unicodedata.normalize("NFC", text)))
    return found.removeprefix("_").removesuffix("_")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _pool(symbol: Symbol, binding: Binding) -> Node:
    """By number, by name in any case, or by a pattern of names."""
    text = _text(symbol)
    if _is_number(text):
        return Some("pools", Compare("id", Op.EQ, int(text)), symbol.span)
    if binding.context.catalog and not _pools(text, binding):
        binding.notes.warn(
            "W202", f"no pool is called {text!r}", symbol.span, hint="write its number, or * for what is not known"
        )
    return Some("pools", Glob("name", read_pattern(list_name(text)), True), symbol.span)


def _pools(text: str, binding: Binding) -> Sequence[Pool]:
    catalog, name = _catalog(binding), list_name(text)
    if _is_number(text):
        return catalog.pools(pool_id=int(text))
    return catalog.pools(pattern=read_pattern(name)) if "*" in text else catalog.pools(name=name)


def _ordpool(symbol: Symbol, binding: Binding) -> tuple[Key, ...]:
    if binding.context.catalog is None:
        hint = "give a catalog that knows the pools"
        raise make_error("E503", "the order of a pool is known to its catalog alone", symbol.span, hint=hint)
    return (Key(_places([pool.post_ids for pool in _pools(_text(symbol), binding)])),)


def _places(lists: Sequence[Sequence[int]]) -> Place:
    """The first place of each id in any of the lists; of ids at one place the newest first."""
    first: dict[int, int] = {}
    for ids in lists:
        for at, id_ in enumerate(ids):
            first[id_] = min(at, first.get(id_, at))
    return Place(tuple(sorted(first, key=lambda id_: (first[id_], -id_))))


def _favgroup(symbol: Symbol, binding: Binding) -> Node:
    word, text = _text(symbol), _text(symbol, 1)
    if word:
        own: Node = (
            Some("favorite_groups", _by("creator_id", binding.viewer), symbol.span) if binding.viewer else Nothing(symbol.span)
        )
        return own if word == "any" else Not(own, symbol.span)
    where = _group(text, binding)
    return Some("favorite_groups", where, symbol.span) if where else Nothing(symbol.span)


def _group(text: str, binding: Binding) -> Node | None:
    """A group by number if the viewer may see it, or one of the viewer's own by name."""
    viewer = binding.viewer
    if _is_number(text):
        numbered = Compare("id", Op.EQ, int(text))
        if _is_admin(binding):
            return numbered
        seen: Node = Compare("is_public", Op.EQ, True)
        return And((numbered, Or((seen, _by("creator_id", viewer))) if viewer else seen))
    if viewer is None:
        return None
    return And((_by("creator_id", viewer), Glob("name", (list_name(text),), True)))


def _ordfavgroup(symbol: Symbol, binding: Binding) -> tuple[Key, ...]:
    text, viewer, catalog = _text(symbol), binding.viewer, _catalog(binding)
    if _is_number(text):
        groups: Sequence[FavoriteGroup] = catalog.favorite_groups(group_id=int(text))
    else:
        own = catalog.favorite_groups(user_id=viewer.id) if viewer else ()
        groups = [group for group in own if lower(group.name) == lower(list_name(text))]
    return (Key(_places([group.post_ids for group in groups])),)


def _saved(symbol: Symbol, binding: Binding) -> Node:
    """The posts that are kept for the viewer's saved searches with a label, or what those searches find now."""
    viewer, catalog = binding.viewer, _catalog(binding)
    if viewer is None:
        return Nothing(symbol.span)
    name = lower(list_name(_text(symbol)))
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


def _ai(symbol: Symbol, binding: Binding) -> Node:
    name, confidence = lower(_text(symbol)), symbol.args[1]
    named = Compare("name", Op.EQ, _catalog(binding).alias(name) or name)
    if confidence is None:
        return Not(Some("ai_tags", named, symbol.span), symbol.span)
    assert isinstance(confidence, Range)
    return Some("ai_tags", And((named, leaves(confidence, "score"))), symbol.span)


RESOLVERS: Mapping[str, Callable[[Symbol, Binding], Node]] = {
    "tag": _tag,
    "wildcard": _wildcard,
    "rules": _rules,
    "range": _range,
    "user_field": _user_field,
    "maker": _maker,
    "commenter": _commenter,
    "noter": _noter,
    "flagger": _flagger,
    "human_flag": _human_flag,
    "disapproved": _disapproved,
    "disapproved_by_viewer": _disapproved_by_viewer,
    "vote": _vote,
    "fav": _fav,
    "pool": _pool,
    "favgroup": _favgroup,
    "saved": _saved,
    "ai": _ai,
}
ORDERS: Mapping[str, Callable[[Symbol, Binding], tuple[Key, ...]]] = {
    "ordfav": _ordfav,
    "ordpool": _ordpool,
    "ordfavgroup": _ordfavgroup,
}
