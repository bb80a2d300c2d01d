"""`import`: files into a store, in batches, naming every record that is left out; an import that was killed goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from booruql import sites
from booruql.errors import ConfigError
from booruql.sites import Site
from booruql.store.files import STDIN, find_files
from booruql.store.kinds import shape_of, table_of
from booruql.store.records import DUMPED, Found, Item, Place, Reading, Rejected, read_files, recognise, site_of
from booruql.store.settling import settle
from booruql.store.sqlite import Store
from booruql.store.tables import entity_of
from booruql.store.tag_table import TABLE, tags_of
from booruql.store.writing import Writer

BATCH, BATCH_SIZE = 5_000, 12_000_000
"""The records, and the characters of their texts, of one transaction."""
Progress = Callable[["Imported"], None]


@dataclass
class Imported:
    """How far an import is: records stored, refused and removed, bytes read of how many; whether it went on."""

    stored: int = 0
    rejected: int = 0
    removed: int = 0
    done: int = 0
    total: int = 0
    is_resumed: bool = False
    site: Site | None = None
    rejects: list[Rejected] = field(default_factory=list)
    """The first thousand."""


def import_files(
    paths: Iterable[str | Path],
    into: str | Path,
    *,
    site: str | None = None,
    rejects: Callable[[Rejected], None] | None = None,
    keep_going: bool = True,
    progress: Progress | None = None,
    remove: Iterable[int] = (),
    entity: str | None = None,
) -> Imported:
    """Load files into the store at `into`, made when it is not there. The same file twice changes nothing.

    Every bad record is given to `rejects`; without `keep_going` the first one ends the import after its batch
    was rolled back. An import of the same files that was killed goes on where its last batch ended. `remove` are ids of
    records of the entity (the site's main one) to be removed after.

    Raises:
        ConfigError: a file cannot be opened, its site is unknown, or the store holds another one.
    """
    names = find_files(paths)
    loader = Loader(into, sites.load(site) if site else None, rejects, keep_going, progress)
    reading = Reading()
    try:
        start = loader.resume(names, reading)
        loader.load(read_files(names, reading, start), reading)
        loader.remove(remove, entity)
        if loader.store is not None:
            loader.close(reading)
    except sqlite3.Error as problem:
        raise ConfigError(f"{into}: {problem}") from None
    finally:
        if loader.store is not None and str(into) != ":memory:":
            loader.store.close()
    return loader.state


class Loader:
    """Puts items into a store, a transaction a batch."""

    def __init__(
        self, into: str | Path, site: Site | None, rejects: Callable[[Rejected], None] | None, keep_going: bool,
        progress: Progress | None,
    ) -> None:  # fmt: skip
        self.into, self.site = into, site
        self.store: Store | None = None
        self.state = Imported()
        self._rejects, self._keep_going, self._progress = rejects, keep_going, progress
        self._writer: Writer | None = None
        self._files: list[list[Any]] = []
        self._all = False

    # --- where an import was

    def resume(self, names: list[str], reading: Reading) -> Place | None:
        """Where an import of the same files was when it ended before its end."""
        if not _is_there(self.into):
            self._files = _fingerprints(names)
            return None
        store = self.open(_site_in(self.into, self.site))
        self._files = _fingerprints(names)
        left = store.fact("progress")
        self._all = left is not None
        if left is None or left["files"] != self._files or not self._files:
            self._forget(store)
            return None
        self.state.stored, self.state.is_resumed = left["stored"], True
        reading.is_dump, reading.facts = left["is_dump"], left["facts"]
        rows = store.connection.execute("SELECT path, line, byte, reason, text FROM rejects ORDER BY number")
        self._report([Rejected(*row) for row in rows])
        return Place(*left["place"])

    def _forget(self, store: Store) -> None:
        """Forget an import that is not gone on with."""
        assert self._writer is not None
        store.connection.execute("BEGIN IMMEDIATE")
        store.connection.execute("DELETE FROM rejects")
        self._writer.seen.clear()
        store.connection.execute("COMMIT")

    def _note(self, store: Store, reading: Reading, place: Place, bad: list[Rejected]) -> None:
        """Note how far the import is, in the batch's own transaction."""
        left = {"files": self._files, "place": list(place), "stored": self.state.stored}
        store.set_fact("progress", {**left, "is_dump": reading.is_dump, "facts": reading.facts})
        rows = [(one.path, one.line, one.offset, one.reason, one.text) for one in bad]
        store.connection.executemany("INSERT INTO rejects (path, line, byte, reason, text) VALUES (?, ?, ?, ?, ?)", rows)

    # --- batches

    def load(self, items: Found, reading: Reading) -> None:
        """Everything, batch by batch."""
        for batch, place in _batches(items, reading):
            self._load(batch, place, reading)

    def _load(self, batch: list[Item | Rejected], place: Place, reading: Reading) -> None:
        bad = [found for found in batch if isinstance(found, Rejected)]
        good = [item for item in batch if isinstance(item, Item)]
        if self.store is None and good:
            self.open(self.site or _recognise(good))
        store, writer = self.store, self._writer
        if store is None or writer is None:
            self._report(bad)
            return
        run = store.connection.execute
        run("BEGIN IMMEDIATE")
        try:
            self.state.stored += writer.write(_tabled(good, store.site), bad.append)
            bad.sort(key=lambda found: (found.line, found.offset))
            self._report(bad)
            self._note(store, reading, place, bad)
        except BaseException:
            if store.connection.in_transaction:
                run("ROLLBACK")
            writer.forget()
            raise
        run("COMMIT")
        self.state.done, self.state.total = reading.done, reading.total
        if self._progress:
            self._progress(self.state)

    def remove(self, keys: Iterable[int], entity: str | None = None) -> None:
        """Remove records by id."""
        wanted = list(dict.fromkeys(keys))
        if not wanted:
            return
        if self.store is None or self._writer is None:
            raise ConfigError(f"{self.into} holds nothing to remove")
        site = self.store.site
        self.store.connection.execute("BEGIN IMMEDIATE")
        self.state.removed = self._writer.remove(entity_of(site, entity) if entity else site.resource().entity, wanted)
        self.store.connection.execute("COMMIT")

    def close(self, reading: Reading) -> None:
        """The last acts: of a dump, the tables that it lacks are empty, not unknown; then what searches need."""
        store, writer = self.store, self._writer
        assert store is not None and writer is not None
        run = store.connection.execute
        if reading.is_dump:
            run("BEGIN IMMEDIATE")
            self._complete(store, reading)
            run("COMMIT")
        settle(store, None if self._all else writer.touched)
        run("BEGIN IMMEDIATE")
        run("DELETE FROM rejects")
        writer.seen.clear()
        store.set_fact("progress", None)
        run("COMMIT")
        if str(self.into) != ":memory:":
            store.shrink()

    def _complete(self, store: Store, reading: Reading) -> None:
        for relation in store.site.resource().table.relations.values():
            store.shape(relation.entity)
        for name in DUMPED:
            entity = entity_of(store.site, name)
            store.shape(entity)
            store.make_raw(entity)
        known = store.fact("facts") or {}
        latest = {key: max((fact, known.get(key, fact)), key=str) for key, fact in reading.facts.items()}
        store.set_fact("facts", {**known, **latest})

    def open(self, site: Site) -> Store:
        """The store, made for the site when it is not there."""
        if self.store is None:
            self.store = Store.create(self.into, site)
            self.state.site = site
            self._writer = Writer(self.store)
        return self.store

    def _report(self, bad: Iterable[Rejected]) -> None:
        for found in bad:
            self.state.rejected += 1
            if len(self.state.rejects) < 1000:
                self.state.rejects.append(found)
            if self._rejects:
                self._rejects(found)
            if not self._keep_going:
                raise ConfigError(str(found))


def _batches(items: Found, reading: Reading) -> Iterator[tuple[list[Item | Rejected], Place]]:
    """Items of one file, so many or so much at a time, with the place behind the last."""
    batch: list[Item | Rejected] = []
    size, place = 0, reading.place
    for item in items:
        if batch and item.path != batch[-1].path:
            yield batch, place
            batch, size = [], 0
        batch.append(item)
        place = reading.place
        size += len(item.text or "") or 2_000
        if len(batch) == BATCH or size > BATCH_SIZE:
            yield batch, place
            batch, size = [], 0
    if batch:
        yield batch, place


def _tabled(items: Iterable[Item], site: Site) -> Iterator[Item]:
    """The items with the tables that they belong to."""
    for item in items:
        if item.table == TABLE:
            yield from tags_of(item, site)
        elif item.table is None and (table := table_of(item, site)) is not None:
            yield item._replace(table=table)
        else:
            yield item


def _recognise(items: list[Item]) -> Site:
    """The site that the first record of a known shape is of.

    Raises:
        ConfigError: none has one.
    """
    for item in items:
        found = site_of(item.record)
        if found is not None:
            return found
        shape = shape_of(item.record)
        if shape is not None and shape[1] is not None:
            return sites.load(shape[1])
    return recognise(items[0].record)


def _is_there(path: str | Path) -> bool:
    """Whether there is a file that holds something."""
    if str(path) == ":memory:" or not Path(path).is_file() or not Path(path).stat().st_size:
        return False
    connection = sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)
    try:
        return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        raise ConfigError(f"{path} is no store made by 'booruql import'") from None
    finally:
        connection.close()


def _site_in(path: str | Path, site: Site | None) -> Site:
    """The site of a store that is there already, which has to be the given one."""
    store = Store.open(path)
    store.close()
    if site is not None and site.name != store.site.name:
        raise ConfigError(f"{path} holds records of {store.site.name}, not of {site.name}")
    return store.site


def _fingerprints(names: Iterable[str]) -> list[list[Any]]:
    """What tells files apart; nothing when one of them cannot be read again from its middle."""
    found: list[list[Any]] = []
    for name in names:
        if name == STDIN or not Path(name).is_file():
            return []
        facts = Path(name).stat()
        found.append([str(Path(name).resolve()), facts.st_size, facts.st_mtime_ns])
    return found
