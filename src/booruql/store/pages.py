"""Pages of an answer: by number, before or after an id, or behind a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from booruql.ast.nodes import Page, Search
from booruql.errors import ConfigError

CURSOR = "~"
"""What a page begins with that goes on behind a row."""


def read_page(page: int | str | Page) -> Page:
    """A page by number, or `b5` and `a5` for what is before or after an id.

    Raises:
        ConfigError: it is none of these.
    """
    if isinstance(page, Page):
        return page
    text = str(page)
    kind, digits = (text[0], text[1:]) if text[:1] in ("a", "b") else ("", text)
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        raise ConfigError(f"page is a number, or a or b and an id, not {text!r}")
    number = int(digits)
    return Page(before=number) if kind == "b" else Page(after=number) if kind == "a" else Page(max(number, 1))


def next_page(search: Search, ids: Sequence[int], total: Callable[[], int]) -> str | None:
    """The page after this one, None on the last; `total` is asked when only the number of all matches can tell."""
    size, page = search.size, search.page
    if size is None or len(ids) < size or not ids:
        return None
    if page.before is not None:
        return f"b{ids[-1]}"
    if page.after is not None:
        return f"a{ids[0]}"
    return str(page.number + 1) if page.number * size < total() else None


def cut(ids: list[int], search: Search) -> list[int]:
    """The page of a whole ordered answer."""
    page, size = search.page, search.size
    if page.after is not None:
        return ids if size is None else ids[max(0, len(ids) - size) :]
    if page.before is not None:
        return ids[:size]
    if size is None:
        return ids if page.number == 1 else []
    return ids[(page.number - 1) * size : page.number * size]
