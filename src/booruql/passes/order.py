"""Orders are total: the keys asked for, then the id in the direction of the last key, descending when there is none."""

from __future__ import annotations

from dataclasses import replace

from booruql.ast.nodes import Key, Search, Special


def total(search: Search) -> Search:
    """The search with the id as its last key."""
    return replace(search, order=total_keys(search.order))


def total_keys(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """The keys with the id as the last one."""
    for key in keys:
        if key.by == "id":
            return keys
    descending = keys[-1].descending if keys and not isinstance(keys[-1].by, Special) else True
    return (*keys, Key("id", descending))
