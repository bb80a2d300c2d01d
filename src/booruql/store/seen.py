"""Which ids the file that is being read has held so far: kept in the store, so that a resumed import knows them too."""

from __future__ import annotations

import sqlite3

_BITS = 9


class Seen:
    """Sets of ids by entity, 512 to a page."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._path: str | None = None
        self._pages: dict[tuple[str, int], int] = {}
        self._changed: set[tuple[str, int]] = set()
        self._load()

    def _load(self) -> None:
        found = self._connection.execute("SELECT entity, page, bits FROM seen")
        self._pages = {(entity, page): int.from_bytes(bits, "little") for entity, page, bits in found}
        self._changed.clear()

    def add(self, entity: str, key: int, path: str) -> bool:
        """Note an id of a file; True when the file had it before."""
        if path != self._path:
            if self._path is not None:
                self.clear()
            self._path = path
        page, bit = (entity, key >> _BITS), 1 << (key & 511)
        bits = self._pages.get(page, 0)
        if bits & bit:
            return True
        self._pages[page] = bits | bit
        self._changed.add(page)
        return False

    def save(self) -> None:
        """Write what is new; within the transaction of the batch."""
        rows = [(*page, self._pages[page].to_bytes(64, "little")) for page in sorted(self._changed)]
        self._connection.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", rows)
        self._changed.clear()

    def clear(self) -> None:
        """Another file begins, or the import has ended."""
        self._pages.clear()
        self._changed.clear()
        self._connection.execute("DELETE FROM seen")

    def forget(self) -> None:
        """After a transaction was rolled back: what the store has counts."""
        self._load()
