"""Records from tag tables in CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from booruql.sites import Site
from booruql.store.files import Opened
from booruql.store.records import Found, Item, Place, Reading, Rejected, numbered
from booruql.vocabulary.tag_rows import read_row

TABLE = "tag_table"


def read_table(opened: Opened, reading: Reading, start: Place) -> Found:
    """The rows of a tag table."""
    reading.tables.add("tags")
    yield from numbered(_records(opened), reading, start)


def _records(opened: Opened) -> Found:
    offset = 0
    for number, line in enumerate(opened.stream, 1):
        found = _row(opened.path, number, offset, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
        if found is not None:
            yield found
        offset += len(line)


def _row(path: str, number: int, offset: int, line: bytes) -> Item | Rejected | None:
    """A line; None when it is blank or names the columns."""
    try:
        row = read_row(line, number)
    except ValueError as problem:
        return Rejected(path, number, offset, f"no row of a tag table: {problem}", line.decode(errors="replace").rstrip("\r\n"))
    if row is None:
        return None
    record = {"name": row.name, "category": row.category, "post_count": row.posts, "aliases": list(row.aliases)}
    return Item(record, TABLE, path, number, offset)


def tags_of(item: Item, site: Site) -> Iterator[Item]:
    """The tag and the aliases of a row, as rows of the site's own tables."""
    row, has_spaces = item.record, site.syntax == "philomena"

    def name_of(text: str) -> str:
        return text.replace("_", " ") if has_spaces else text

    name = name_of(row["name"])
    tag: dict[str, Any] = {"name": name, "post_count": row["post_count"]}
    if has_spaces:
        tag = {"name": name, "images": row["post_count"], "aliases": [name_of(alias) for alias in row["aliases"]]}
    else:
        tag["category"] = row["category"]
    yield item._replace(record=tag, table="tags")
    for alias in row["aliases"]:
        record = {"antecedent_name": name_of(alias), "consequent_name": name, "status": "active"}
        yield item._replace(record=record, table="tag_aliases")
