"""What a context settles about users: names, their rows, what the viewer may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from booruql.ast.nodes import (
    All,
    And,
    Compare,
    Key,
    Node,
    Not,
    Nothing,
    Op,
    Or,
    Position,
    Some,
    Symbol,
)
from booruql.context import Catalog, User
from booruql.engine.bind import Binding
from booruql.syntax._tags_people import ORDINARY
from booruql.text import SPACES, lower, trim

_SYSTEM = "danboorubot"
_ADMIN, _MODERATOR = 50, 40


def text_of(symbol: Symbol, at: int = 0) -> str:
    found = symbol.args[at]
    assert isinstance(found, str)
    return found


def catalog_of(binding: Binding) -> Catalog:
    return binding.context.catalog or Catalog()


# --- users


def user_name(text: str) -> str:
    """A user's name as names are compared: trimmed, lower case, blanks as underscores."""
    return "".join("_" if c in SPACES else c for c in lower(trim(text)))


def user_named(text: str, symbol: Symbol, binding: Binding) -> User | None:
    """The user of that name; an unknown one is a warning, and the search goes on without."""
    found = binding.context.find_user(user_name(text))
    if found is None:
        is_blind = binding.context.catalog is None and not binding.context.users
        hint = "give a catalog that knows the users" if is_blind else "check the name; only current names are found"
        binding.notes.warn("W202", f"no user is called {text!r}", symbol.span, hint=hint)
    return found


def is_viewer(user: User, binding: Binding) -> bool:
    return binding.viewer is not None and binding.viewer.id == user.id


def is_moderator(binding: Binding) -> bool:
    viewer = binding.viewer
    return viewer is not None and (viewer.role in ("moderator", "admin") or viewer.level >= _MODERATOR)


def is_admin(binding: Binding) -> bool:
    viewer = binding.viewer
    return viewer is not None and (viewer.role == "admin" or viewer.level >= _ADMIN)


def by(column: str, user: User) -> Compare:
    return Compare(column, Op.EQ, user.id)


def _user_field(symbol: Symbol, binding: Binding) -> Node:
    user = user_named(text_of(symbol, 1), symbol, binding)
    return Compare(text_of(symbol), Op.EQ, user.id, symbol.span) if user else Nothing(symbol.span)


def _maker(symbol: Symbol, binding: Binding) -> Node:
    relation, column, name = text_of(symbol), text_of(symbol, 1), text_of(symbol, 2)
    user = user_named(name, symbol, binding)
    return Some(relation, by(column, user), symbol.span) if user else Nothing(symbol.span)


def _commenter(symbol: Symbol, binding: Binding) -> Node:
    user = user_named(text_of(symbol), symbol, binding)
    if not user:
        return Nothing(symbol.span)
    own = by("creator_id", user)
    sees_deleted = is_viewer(user, binding) or is_moderator(binding)
    return Some("comments", own if sees_deleted else And((own, Not(Compare("is_deleted", Op.EQ, True)))), symbol.span)


def _noter(symbol: Symbol, binding: Binding) -> Node:
    user = user_named(text_of(symbol), symbol, binding)
    if not user:
        return Nothing(symbol.span)
    return Some("note_versions", And((Compare("version", Op.EQ, 1), by("updater_id", user))), symbol.span)


def _flagger(symbol: Symbol, binding: Binding) -> Node:
    """One's own flags; moderators find others' flags, but not on their own uploads."""
    user = user_named(text_of(symbol), symbol, binding)
    if not user or not (is_viewer(user, binding) or is_moderator(binding)):
        return Nothing(symbol.span)
    found = Some("post_flags", And((ORDINARY, by("creator_id", user))), symbol.span)
    if is_viewer(user, binding) or binding.viewer is None:
        return found
    return And((found, Not(by("uploader_id", binding.viewer))))


def _human_flag(symbol: Symbol, binding: Binding) -> Node:
    """A flag that the site's own account did not make."""
    system = binding.context.find_user(_SYSTEM)
    return Some("post_flags", Not(by("creator_id", system)) if system else All(), symbol.span)


def _disapproved(symbol: Symbol, binding: Binding) -> Node:
    user = user_named(text_of(symbol), symbol, binding)
    if not user or not (is_viewer(user, binding) or is_moderator(binding)):
        return Nothing(symbol.span)
    return Some("post_disapprovals", by("user_id", user), symbol.span)


def _disapproved_by_viewer(symbol: Symbol, binding: Binding) -> Node:
    return Some("post_disapprovals", by("user_id", binding.viewer), symbol.span) if binding.viewer else Nothing(symbol.span)


def _vote(symbol: Symbol, binding: Binding) -> Node:
    """Active votes that the viewer may see: one's own, those of users without private favorites; downvotes only one's own."""
    kind, name = text_of(symbol), text_of(symbol, 1)
    sign = Compare("score", Op.GT, 0) if kind == "up" else Compare("score", Op.LT, 0)
    active = And((sign, Not(Compare("is_deleted", Op.EQ, True))))
    word = lower(name)
    if word in ("any", "none"):
        found = Some("post_votes", And((active, _visible_votes(kind, binding))), symbol.span)
        return found if word == "any" else Not(found, symbol.span)
    user = user_named(name, symbol, binding)
    if not user or not _sees_votes(kind, user, binding):
        return Nothing(symbol.span)
    return Some("post_votes", And((active, by("user_id", user))), symbol.span)


def _visible_votes(kind: str, binding: Binding) -> Node:
    if is_admin(binding):
        return All()
    own: Node = by("user_id", binding.viewer) if binding.viewer else Nothing()
    if kind == "down":
        return own
    return Or((own, Some("user", Not(Compare("private_favorites", Op.EQ, True)))))


def _sees_votes(kind: str, user: User, binding: Binding) -> bool:
    return is_viewer(user, binding) or is_admin(binding) or (kind == "up" and not user.private_favorites)


def _fan(text: str, symbol: Symbol, binding: Binding) -> User | None:
    """The user, if the viewer may see the favorites."""
    user = user_named(text, symbol, binding)
    if user and (not user.private_favorites or is_viewer(user, binding) or is_admin(binding)):
        return user
    return None


def _fav(symbol: Symbol, binding: Binding) -> Node:
    user = _fan(text_of(symbol), symbol, binding)
    return Some("favorites", by("user_id", user), symbol.span) if user else Nothing(symbol.span)


def _ordfav(symbol: Symbol, binding: Binding) -> tuple[Key, ...]:
    user = _fan(text_of(symbol), symbol, binding)
    return (Key(Position("favorites", "id", by("user_id", user)), True),) if user else ()


RESOLVERS: Mapping[str, Callable[[Symbol, Binding], Node]] = {
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
}
ORDERS: Mapping[str, Callable[[Symbol, Binding], tuple[Key, ...]]] = {
    "ordfav": _ordfav,
}
