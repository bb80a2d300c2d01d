"""One query and the options it is read with: from flags, or from a line of batch mode."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from booruql.context import Catalog, Context, Filter, User
from booruql.engine.context_file import context_from_json, read_filter, read_time, read_zone
from booruql.errors import ConfigError, make_error

if TYPE_CHECKING:
    from booruql.backends.sql.layout import Layout

_SITE_KEYS = ("sf", "sd", "per_page")  # the raw texts of a site's own parameters, read as the site reads them


@dataclass(frozen=True)
class Request:
    """A query and its options, named as the flags. `page` and `per_page` are raw texts when `api` is set."""

    q: Any = ""
    site: str | None = None
    entity: str | None = None
    audience: str | None = None
    user: Any = None
    who: str | None = None
    now: str | None = None
    tz: str | None = None
    strict: bool = False
    lenient: bool = False
    limits: str = "none"
    seed: int | None = None
    timeout: float | None = None
    context: str | None = None
    to: str | None = None
    type: str | None = None
    database: str | None = None
    layout: str = "join"
    inline: bool = False
    plan: bool = False
    via: str | None = None
    limit: Any = None
    page: Any = None
    sf: Any = None
    sd: Any = None
    per_page: Any = None
    api: bool = False
    filter: Any = None
    explain: bool = False

    def with_line(self, line: Any) -> Request:
        """This request with what a line of batch mode says: a text is the query, an object may set any option.

        Raises:
            QueryError: E109, the line is neither, or has an unknown option.
        """
        if isinstance(line, str):
            return replace(self, q=line)
        if not isinstance(line, Mapping) or "q" not in line:
            raise make_error("E109", "a line is a text, or an object with 'q'", hint='write "cat" or {"q": "cat"}')
        unknown = sorted(set(line) - _NAMES)
        if unknown:
            raise make_error("E109", f"no option {unknown[0]!r}", hint=f"known: {', '.join(sorted(_NAMES))}")
        return replace(self, **line)

    @property
    def site_name(self) -> str:
        return self.site or "danbooru"

    @property
    def has_site_parameters(self) -> bool:
        """Whether the site's own reading of order and page is asked for."""
        return any(getattr(self, key) is not None for key in _SITE_KEYS)

    def site_parameters(self) -> dict[str, str]:
        """The site's own parameters that the request gives, as texts."""
        given = {key: getattr(self, key) for key in (*_SITE_KEYS, "page")}
        return {key: str(value) for key, value in given.items() if value is not None}


_NAMES = frozenset(f.name for f in fields(Request))


@lru_cache(64)
def _context_file(path: str | None) -> Mapping[str, Any]:
    if path is None:
        return {}
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise ConfigError(f"context file {path}: {problem}") from None
    if not isinstance(found, dict):
        raise ConfigError(f"context file {path}: not a JSON object")
    return found


@lru_cache(64)
def chosen_layout(given: str) -> Layout:
    """The layout of that name or file, read once.

    Raises:
        ConfigError: there is none.
    """
    from booruql.store.layouts import layout

    return layout(given)


def make_context(request: Request, catalog: Catalog | None = None, defaults: Mapping[str, Any] | None = None) -> Context:
    """The context of a request: its flags over the context file over the source's own defaults.

    Raises:
        ConfigError: an unreadable file, time, zone, user or limit.
    """
    members = {**(defaults or {}), **_context_file(request.context)}
    base = context_from_json(members)
    context = replace(base, catalog=catalog or base.catalog, strict=request.strict, lenient=request.lenient)
    context = replace(context, site_limits=_site_limits(request.limits) or base.site_limits)
    if request.now is not None:
        context = replace(context, now=read_time(request.now))
    if request.tz is not None:
        context = replace(context, tz=read_zone(request.tz))
    if request.seed is not None:
        context = replace(context, seed=int(request.seed))
    if request.filter is not None:
        context = replace(context, filter=_current_filter(request.filter, context))
    return replace(context, viewer=_viewer(request, context))


def make_audience(request: Request, context: Context) -> str:
    """The audience asked for, else the viewer's own."""
    return request.audience or (context.viewer.audience if context.viewer else "anonymous")


def _site_limits(word: str) -> bool:
    if word not in ("none", "site"):
        raise ConfigError(f"limits are none or site, not {word!r}")
    return word == "site"


def _current_filter(given: Any, context: Context) -> Filter:
    if isinstance(given, Mapping):
        return read_filter(given)
    found = context.find_filter(int(given)) if str(given).isdigit() else None
    if found is None:
        raise ConfigError(f"no filter {given!r}")
    return found


_ROLES = {"anon": None, "user": "user", "mod": "moderator"}


def _viewer(request: Request, context: Context) -> User | None:
    if request.who is not None:
        return _in_role(request.who, context)
    if request.user is None:
        return context.viewer
    return _named(request.user, context)


def _in_role(who: str, context: Context) -> User | None:
    if who not in _ROLES:
        raise ConfigError(f"who is one of {', '.join(_ROLES)}, not {who!r}")
    role = _ROLES[who]
    if role is None:
        return None
    users = list(context.users.values())
    found = next((user for user in users if user.role == role), None)
    if found is None and users:
        found = replace(users[0], role=role)
    return found or User(0, who, role=role)


def _named(given: Any, context: Context) -> User:
    """A user by id or name, from the context, then from the catalog; an unknown number is a user of that id."""
    text = str(given)
    by_id = int(text) if text.lstrip("-").isdigit() else None
    for user in context.users.values():
        if user.id == by_id or user.name.lower() == text.lower():
            return user
    found = context.find_user(text.lower().replace(" ", "_"))
    if found is None and by_id is not None:
        found = context.catalog.user_by_id(by_id) if context.catalog else None
        return found or User(by_id, text)
    if found is None:
        raise ConfigError(f"no user {text!r} is known; give an id, a source or a context file that has it")
    return found
