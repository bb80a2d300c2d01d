"""Records from files of every form, one after the other; a bad one is named, never fatal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from booruql import sites
from booruql.errors import ConfigError
from booruql.sites import Site
from booruql.store.files import STDIN, Opened, find_files, open_file

Record = Mapping[str, Any]
DUMPED = (
    "users", "tags", "tag_aliases", "tag_implications", "pools", "favorites", "comments", "notes", "post_flags", "post_appeals",
    "post_approvals", "artist_commentaries", "favorite_groups", "post_votes", "post_disapprovals", "post_replacements",
    "saved_searches", "note_versions", "artist_commentary_versions", "media_assets", "ai_tags", "reactions", "wiki_embeds",
    "galleries", "filters", "artists", "artist_urls", "wiki_pages", "post_versions", "pool_versions", "forum_topics",
    "forum_posts", "dtext_links", "bans", "media_metadata",
)  # fmt: skip
"""The tables that make an object with `posts` or `images` a site dump, not an API envelope."""
MAIN = ("posts", "images")
SINGLE = {"post": "posts", "image": "images", "tag": "tags", "comment": "comments", "gallery": "galleries", "pool": "pools"}
"""Envelopes of one row."""
TABLES = frozenset((*MAIN, *DUMPED, "tag_table"))
LONGEST = 4_000_000
"""The characters of a record: far more than any site's, and few enough to keep memory bounded."""
_FIRST = ("danbooru", "furbooru")
SHOWN = 100_000
"""The characters of a rejected record that are kept."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be read: where it stands and why."""

    path: str
    line: int
    offset: int
    reason: str
    text: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line} (byte {self.offset}): {self.reason}"

    def to_dict(self) -> dict[str, Any]:
        """The members, as a line of a rejects file."""
        return asdict(self)


class Item(NamedTuple):
    """One record as it stood in a file: its table (None: not said) and where it was. `text` is it as JSON, if it was."""

    record: Record
    table: str | None
    path: str
    line: int
    offset: int
    text: str | None = None

    def reject(self, reason: str) -> Rejected:
        """The same place, refused."""
        text = json.dumps(self.record, default=str) if self.text is None else self.text
        return Rejected(self.path, self.line, self.offset, reason, text[:SHOWN])


class Place(NamedTuple):
    """Where reading goes on: the file, a line and byte that begin something, and how many records of it are done."""

    file: int = 0
    line: int = 1
    offset: int = 0
    within: int = 0


@dataclass
class Reading:
    """What is learnt while files are read: facts that dumps state, which tables they had, where the reader stands."""

    facts: dict[str, Any] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    is_dump: bool = False
    total: int = 0
    place: Place = Place()
    _before: int = 0
    _tell: Callable[[], int] = int

    @property
    def done(self) -> int:
        """How many bytes of `total` were read."""
        return self._before + self._tell()

    def start_file(self, opened: Opened) -> None:
        """A file is read from now on."""
        self._tell = opened.tell

    def end_file(self, opened: Opened) -> None:
        """The file was read whole."""
        self._before += opened.tell()
        self._tell = int


Found = Iterator[Item | Rejected]


def read_files(paths: Iterable[str | Path], reading: Reading | None = None, start: Place | None = None) -> Found:
    """Every record of the files, in order; a folder is the files in it, `-` is standard input.

    `start` is a `reading.place` of before, of the same files.

    Raises:
        ConfigError: a file cannot be opened or unpacked.
    """
    reading = reading or Reading()
    start = start or Place()
    names = find_files(paths)
    reading.total = sum(Path(name).stat().st_size for name in names if name != STDIN and Path(name).is_file())
    for number, path in enumerate(names):
        if number < start.file:
            reading._before += Path(path).stat().st_size
            continue
        here = start if number == start.file else Place(number)
        try:
            with open_file(path) as opened:
                reading.start_file(opened)
                yield from _read(opened, reading, here)
                reading.end_file(opened)
        except (OSError, EOFError) as problem:
            raise ConfigError(f"{path}: {getattr(problem, 'strerror', None) or problem}") from None
        reading.place = Place(number + 1)


def _read(opened: Opened, reading: Reading, start: Place) -> Found:
    """The records of one file, by the form that its beginning shows."""
    head = opened.peek()
    if head.startswith(b"<"):
        from booruql.store.xml_rows import read_xml as read
    elif head.startswith(b"PAR1"):
        from booruql.store.parquet_rows import read_parquet as read
    elif head.startswith(b"SQLite format 3"):
        raise ConfigError(f"{opened.path} is a database, not a file of records")
    elif opened.path.lower().rstrip(".gzst").endswith(".csv") or _is_table(head):
        from booruql.store.tag_table import read_table as read
    else:
        from booruql.store.json_rows import read_json as read
    yield from read(opened, reading, start)


def _is_table(head: bytes) -> bool:
    """Whether the first line is one of a tag table: a name, a category and a count."""
    parts = head.split(b"\n", 1)[0].rstrip().split(b",")
    return len(parts) >= 3 and parts[1].isdigit() and parts[2].isdigit() and head[:1] not in (b"{", b"[")


def numbered(found: Found, reading: Reading, start: Place) -> Found:
    """What follows the place in a file that is read from its beginning, keeping count."""
    for number, one in enumerate(found, 1):
        if number > start.within:
            reading.place = Place(start.file, 1, 0, number)
            yield one


def recognise(record: Record) -> Site:
    """The site whose records look like this one.

    Raises:
        ConfigError: it is of no known site.
    """
    found = site_of(record)
    if found is None:
        raise ConfigError("the records are of no known site; name it with --site")
    return found


def site_of(record: Record) -> Site | None:
    """The site whose records look like this one; None: it is of no known site."""
    for name in sorted(sites.names(), key=lambda name: (name in _FIRST, name)):
        site = sites.load(name)
        if site.recognises(record):
            return site
    return None
