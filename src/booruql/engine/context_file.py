"""A `Context` from JSON: `now`, `tz`, `viewer`, `users`, `filters`, `limits`, `default_filter`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from booruql.context import Context, Filter, Limits, User
from booruql.errors import ConfigError


def context_from_json(members: Mapping[str, Any]) -> Context:
    """The context that the members describe; members it does not know are the caller's own.

    `viewer` is a user object, or the id or name of one of `users`. `default_filter` is a filter object or an id.

    >>> context_from_json({"now": "2026-01-15T12:00:00Z"}).clock().year
    2026

    Raises:
        ConfigError: a member is not of its shape.
    """
    try:
        return _context(members)
    except (TypeError, ValueError, AttributeError) as problem:
        raise ConfigError(f"context: {problem}") from None


def _context(members: Mapping[str, Any]) -> Context:
    users = {user.name.lower(): user for user in map(read_user, members.get("users") or ())}
    filters = {found.id: found for found in map(read_filter, members.get("filters") or ())}
    now = members.get("now")
    limits = members.get("limits")
    return Context(
        now=read_time(now) if now else None,
        tz=read_zone(members.get("tz") or "UTC"),
        viewer=_viewer(members.get("viewer"), users),
        users=users,
        filters=filters,
        filter=_default_filter(members.get("default_filter"), filters),
        limits=Limits(**limits) if isinstance(limits, Mapping) else Limits(),
        site_limits=limits == "site",
    )


def _viewer(given: Any, users: Mapping[str, User]) -> User | None:
    if given is None:
        return None
    if isinstance(given, Mapping):
        return read_user(given)
    found = next((u for u in users.values() if given in (u.id, u.name) or str(given).lower() == u.name.lower()), None)
    if found is None:
        raise ConfigError(f"context: the viewer {given!r} is none of the users")
    return found


def _default_filter(given: Any, filters: Mapping[int, Filter]) -> Filter | None:
    if given is None or isinstance(given, Mapping):
        return None if given is None else read_filter(given)
    if given not in filters:
        raise ConfigError(f"context: the default filter {given!r} is none of the filters")
    return filters[given]


_USER = frozenset(f.name for f in fields(User))


def read_user(row: Mapping[str, Any]) -> User:
    """A user from a JSON row; members that searching does not need are passed over."""
    known: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row.items() if key in _USER
    }
    return User(**known)


def read_filter(row: Mapping[str, Any]) -> Filter:
    """A filter from a JSON row, as the API gives it; null texts are empty."""
    return Filter(
        id=row.get("id") or 0,
        user_id=row.get("user_id"),
        system=bool(row.get("system")),
        public=bool(row.get("public")),
        hidden_tag_ids=tuple(row.get("hidden_tag_ids") or ()),
        hidden_complex=row.get("hidden_complex") or "",
        spoilered_tag_ids=tuple(row.get("spoilered_tag_ids") or ()),
        spoilered_complex=row.get("spoilered_complex") or "",
        name=row.get("name") or "",
    )


def read_time(text: str) -> datetime:
    """An RFC 3339 time; one without a zone is UTC.

    Raises:
        ConfigError: it is none.
    """
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise ConfigError(f"no RFC 3339 time: {text!r}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_zone(name: str) -> tzinfo:
    """A time zone by its IANA name.

    Raises:
        ConfigError: it is unknown here.
    """
    if name.upper() in ("UTC", "Z"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(f"no time zone {name!r} is known here") from None
