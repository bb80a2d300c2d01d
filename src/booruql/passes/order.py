"""Orders are total: the keys asked for, then the id in the direction of the last key, descending when there is none."""

from __future__ import annotations

from dataclasses import replace

from booruql.ast.nodes import Key, Search, Special


def total(search: Search) -> Search:
    """The search with the id as its last key."""
    keys = search.order
    if any(key.by == "id" for key in keys):
        return search
    descending = keys[-1].descending if keys and not isinstance(keys[-1].by, Special) else True
    return replace(search, order=(*keys, Key("id", descending)))
