"""Rows of tag tables in CSV: `name,category,count,"alias,alias"`, without a header or with one."""

from __future__ import annotations

import csv
from typing import NamedTuple


class TagRow(NamedTuple):
    """A tag, its category's number, how many posts have it, and its aliases."""

    name: str
    category: int
    posts: int
    aliases: tuple[str, ...]


def read_row(line: bytes, number: int) -> TagRow | None:
    """A line of a tag table, counted from 1; None when it is blank or names the columns.

    >>> read_row(b'sky,0,40,"skies,heaven"', 1)
    TagRow(name='sky', category=0, posts=40, aliases=('skies', 'heaven'))

    Raises:
        ValueError: it is no such row.
    """
    text = (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).decode().rstrip("\r\n")
    try:
        parts = next(csv.reader([text], strict=True), [])
    except csv.Error as problem:
        raise ValueError(str(problem)) from None
    if not parts or (number == 1 and parts[0] in ("name", "tag")):
        return None
    if not 3 <= len(parts) <= 4 or not parts[0] or not parts[1].isdecimal() or not parts[2].isdecimal():
        raise ValueError('name,category,count,"aliases"')
    aliases = parts[3].split(",") if len(parts) == 4 else ()
    return TagRow(parts[0], int(parts[1]), int(parts[2]), tuple(filter(None, aliases)))
