"""Records from files: JSON, JSON Lines (plain or gzip), API envelopes and site dumps; a bad one is named, never fatal."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from booruql import sites
from booruql.errors import ConfigError
from booruql.sites import Site

Record = Mapping[str, Any]
DUMPED = (
    "users", "tags", "tag_aliases", "pools", "favorites", "comments", "notes", "post_flags", "post_appeals", "post_approvals",
    "artist_commentaries", "favorite_groups", "post_votes", "post_disapprovals", "post_replacements", "saved_searches",
    "note_versions", "artist_commentary_versions", "media_assets", "ai_tags", "reactions",
)  # fmt: skip
"""The tables that make an object with `posts` or `images` a site dump, not an API envelope."""
MAIN = ("posts", "images")
_FIRST = ("danbooru", "furbooru")


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


@dataclass(frozen=True, slots=True)
class Item:
    """One record as it stood in a file: its table (None: the main one) and where it was."""

    record: Record
    table: str | None
    path: str
    line: int
    offset: int
    text: str | None = None

    def reject(self, reason: str) -> Rejected:
        """The same place, refused."""
        text = json.dumps(self.record) if self.text is None else self.text
        return Rejected(self.path, self.line, self.offset, reason, text)


@dataclass
class Reading:
    """What is learnt while files are read: facts that dumps state, which tables they had, where the reader stands."""

    facts: dict[str, Any] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    is_dump: bool = False
    done: int = 0
    total: int = 0


def read_files(paths: Iterable[str | Path], reading: Reading | None = None) -> Iterator[Item | Rejected]:
    """Every record of the files, in order; `-` is standard input.

    Raises:
        ConfigError: a file cannot be opened.
    """
    reading = reading or Reading()
    names = [str(path) for path in paths]
    reading.total = sum(Path(name).stat().st_size for name in names if name != "-" and Path(name).is_file())
    for path in names:
        try:
            with _open(path) as stream:
                yield from _read(path, stream, reading)
        except (OSError, EOFError) as problem:
            raise ConfigError(f"{path}: {getattr(problem, 'strerror', None) or problem}") from None


def _open(path: str) -> IO[bytes]:
    if path == "-":
        return sys.stdin.buffer
    with open(path, "rb") as stream:
        magic = stream.read(2)
    return gzip.open(path) if magic == b"\x1f\x8b" else open(path, "rb")  # type: ignore[return-value]


def _read(path: str, stream: IO[bytes], reading: Reading) -> Iterator[Item | Rejected]:
    """JSON Lines when the first line is a whole record; else the file is one JSON value."""
    first = b""
    skipped = 0
    for first in stream:
        if first.strip():
            break
        skipped += 1
    if not _is_record(first):
        whole = first + stream.read()
        yield from _read_whole(path, whole, reading)
        return
    offset, number = 0, skipped
    line = first
    while line:
        number += 1
        text = line.strip(b" \t\r\n")
        if text:
            yield _read_line(path, number, offset, text)
        offset += len(line)
        reading.done += len(line)
        line = stream.readline()


def _is_record(line: bytes) -> bool:
    """Whether the line is a record alone: an object that is no envelope; a broken line may be one of many."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return line.lstrip().startswith(b"{") and line.endswith(b"\n") and b'"' in line and not _opens_more(line)
    return isinstance(value, dict) and not any(isinstance(value.get(key), list) for key in MAIN)


def _opens_more(line: bytes) -> bool:
    """Whether the line looks like the beginning of a value that goes on."""
    return line.rstrip().endswith((b"{", b"[", b","))


def _read_line(path: str, number: int, offset: int, text: bytes) -> Item | Rejected:
    shown = text.decode(errors="replace")
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as problem:
        return Rejected(path, number, offset, f"no JSON: {problem}", shown)
    if not isinstance(record, dict):
        return Rejected(path, number, offset, "no JSON object", shown)
    return Item(record, None, path, number, offset, shown)


def _read_whole(path: str, whole: bytes, reading: Reading) -> Iterator[Item | Rejected]:
    if not whole.strip():
        return
    try:
        value = json.loads(whole)
    except (ValueError, RecursionError) as problem:
        yield Rejected(path, 1, 0, f"no JSON: {problem}", whole[:200].decode(errors="replace"))
        return
    for table, number, record in _rows(value, reading):
        if isinstance(record, dict):
            yield Item(record, table, path, number, 0)
        else:
            yield Rejected(path, number, 0, f"row {number} of {table or 'the list'} is no JSON object", json.dumps(record))
    reading.done += len(whole)


def _rows(value: Any, reading: Reading) -> Iterator[tuple[str | None, int, Any]]:
    """Table, place and record of everything in one JSON value."""
    if isinstance(value, list):
        yield from ((None, number, record) for number, record in enumerate(value, 1))
        return
    if not isinstance(value, dict):
        yield None, 1, value
        return
    main = next((key for key in MAIN if isinstance(value.get(key), list)), None)
    if main is None:
        yield None, 1, value
        return
    reading.is_dump |= any(isinstance(value.get(key), list) for key in DUMPED)
    reading.facts.update({key: fact for key, fact in value.items() if not isinstance(fact, list)})
    for key, rows in value.items():
        if isinstance(rows, list) and (key == main or key in DUMPED):
            reading.tables.add(key)
            yield from ((key, number, record) for number, record in enumerate(rows, 1))


def recognise(record: Record) -> Site:
    """The site whose records look like this one.

    Raises:
        ConfigError: it is of no known site.
    """
    ordered = sorted(sites.names(), key=lambda name: (name not in _FIRST, name))
    for name in ordered:
        site = sites.load(name)
        if site.recognises(record):
            return site
    raise ConfigError("the records are of no known site; name it with --site")
