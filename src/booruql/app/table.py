"""Records as a table for a terminal: the members that tell most, one record a line, cut to the width."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from booruql.errors import cells, shown

Record = Mapping[str, Any]

# heading -> the members that may fill it, the first one that a record has
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id",),
    "posted": ("created_at", "posted_at"),
    "score": ("score",),
    "faves": ("fav_count", "faves"),
    "count": ("post_count", "images", "image_count"),
    "rating": ("rating",),
    "size": ("image_width", "width"),
    "type": ("file_ext", "format"),
    "category": ("category",),
    "name": ("title", "author"),
    "tags": ("tag_string", "tags", "name", "body"),
}
_HEIGHTS = {"image_width": "image_height", "width": "height"}
_GAP = "  "
_LEAST = 12  # cells that the last column keeps on a narrow terminal


def render_records(records: Sequence[Record], width: int | None = None) -> str:
    """The table of the records, without a line break at its end.

    >>> print(render_records([{"id": 7, "score": 32, "tag_string": "duck outdoors"}], width=20))
    id  score  tags
     7     32  duck outdoo…
    """
    columns = [(heading, member) for heading, members in COLUMNS.items() if (member := _first(members, records)) is not None]
    rows = [[_cell(record, member) for _, member in columns] for record in records]
    return render_rows([heading for heading, _ in columns], rows, width)


def render_rows(headings: Sequence[str], rows: Iterable[Sequence[str]], width: int | None = None) -> str:
    """Columns as wide as their widest cell, numbers to the right; the last one takes what is left of the width."""
    width = width or shutil.get_terminal_size().columns
    clean = [["".join(map(shown, cell)) for cell in row] for row in rows]
    widths = [max(cells(row[i]) for row in [headings, *clean]) for i in range(len(headings))]
    right = [bool(clean) and all(_is_number(row[i]) for row in clean) for i in range(len(headings))]
    left = max(width - sum(widths[:-1]) - len(_GAP) * (len(widths) - 1), _LEAST)
    widths[-1:] = [min(w, left) for w in widths[-1:]]
    shapes = list(zip(widths, right, strict=True))
    lines = [_GAP.join(_padded(cell, *shape) for cell, shape in zip(row, shapes, strict=True)) for row in [headings, *clean]]
    return "\n".join(line.rstrip() for line in lines)


def _first(members: Iterable[str], records: Sequence[Record]) -> str | None:
    return next((member for member in members if records and member in records[0]), None)


def _cell(record: Record, member: str) -> str:
    value = record.get(member)
    if value is None:
        return "-"
    if member in _HEIGHTS:
        return f"{value}x{record.get(_HEIGHTS[member])}"
    if member.endswith("_at"):
        return str(value)[:10]
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _is_number(text: str) -> bool:
    return text == "-" or text.removeprefix("-").isdecimal()


def _padded(text: str, width: int, right: bool) -> str:
    text = fit(text, width)
    pad = " " * (width - cells(text))
    return pad + text if right else text + pad


def fit(text: str, width: int) -> str:
    """The text, cut with an ellipsis when it takes more cells.

    >>> fit("猫とお茶", 6)
    '猫と…'
    """
    if cells(text) <= width:
        return text
    taken = 0
    for end, char in enumerate(text):
        taken += cells(char)
        if taken > width - 1:
            return text[:end] + "…"
    return text
