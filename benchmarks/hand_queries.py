"""Saved queries by hand: each under its rarest required tag, under it by the second rarest; tags alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Wanted(NamedTuple):
    """A conjunction: tags that a post has all of, and tags that it has none of."""

    required: tuple[str, ...]
    forbidden: tuple[str, ...] = ()


Entry = tuple[int, tuple[str, ...], tuple[str, ...]]
"""The number of a query, what it requires besides, what it forbids."""


class HandQueries:
    """Queries by number."""

    def __init__(self, queries: Iterable[Wanted], ranks: Mapping[str, int]) -> None:
        self._first: dict[str, dict[str | None, list[Entry]]] = {}
        for number, query in enumerate(queries):
            tags = sorted(query.required, key=ranks.__getitem__, reverse=True)
            second = tags[1] if len(tags) > 1 else None
            entry = (number, tuple(tags[2:]), query.forbidden)
            self._first.setdefault(tags[0], {}).setdefault(second, []).append(entry)

    def match(self, tags: frozenset[str]) -> list[int]:  # noqa: C901, PLR0912 - by hand, and fast
        """The numbers of the queries that a post of these tags matches."""
        found: list[int] = []
        get = self._first.get
        for tag in tags:
            below = get(tag)
            if below:
                if len(below) <= len(tags):
                    seconds = [second for second in below if second is None or second in tags]
                else:
                    seconds = [second for second in tags if second in below]
                    if None in below:
                        seconds.append(None)
                for second in seconds:
                    for number, required, forbidden in below[second]:
                        for other in required:
                            if other not in tags:
                                break
                        else:
                            for other in forbidden:
                                if other in tags:
                                    break
                            else:
                                found.append(number)
        return found
