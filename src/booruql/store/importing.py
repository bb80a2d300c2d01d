"""`import`: files into a store, in batches, naming every record that is left out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from booruql import sites
from booruql.errors import ConfigError
from booruql.sites import Site
from booruql.store.records import DUMPED, Item, Reading, Rejected, read_files, recognise
from booruql.store.shapes import BadRecord
from booruql.store.sqlite import Store
from booruql.store.tables import entity_of

BATCH = 10_000
Progress = Callable[["Imported"], None]


@dataclass
class Imported:
    """How far an import is: records stored and refused, bytes read of how many."""

    stored: int = 0
    rejected: int = 0
    done: int = 0
    total: int = 0
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
) -> Imported:
    """Load files into the store at `into`, made when it is not there. The same file twice changes nothing.

    Every bad record is given to `rejects`; without `keep_going` the first one ends the import after its batch
    was rolled back.

    Raises:
        ConfigError: a file cannot be opened, its site is unknown, or the store holds another one.
    """
    loader = Loader(into, sites.load(site) if site else None, rejects, keep_going, progress)
    reading = Reading()
    items = read_files(paths, reading)
    while loader.batch(islice(items, BATCH), reading):
        pass
    if loader.store is not None:
        loader.close(reading)
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
        self._numbers: dict[str, int] = {}

    def batch(self, items: Iterator[Item | Rejected], reading: Reading) -> bool:
        """One transaction; False when there was nothing left."""
        first = next(items, None)
        if first is None:
            return False
        waiting: Iterator[Item | Rejected] = iter((first,))
        while self.store is None and isinstance(first, Rejected):
            self._reject(first)
            first = next(items, None)
            if first is None:
                return True
            waiting = iter((first,))
        store = self._open(first)
        store.connection.execute("BEGIN IMMEDIATE")
        try:
            for item in _chained(waiting, items):
                self._put(store, item)
            store.finish()
        except BaseException:
            store.connection.execute("ROLLBACK")
            store.forget_tags()
            raise
        store.connection.execute("COMMIT")
        self.state.done, self.state.total = reading.done, reading.total
        if self._progress:
            self._progress(self.state)
        return True

    def close(self, reading: Reading) -> None:
        """The last facts: of a dump, the tables that it lacks are empty, not unknown."""
        store = self.store
        assert store is not None
        if reading.is_dump:
            store.connection.execute("BEGIN IMMEDIATE")
            for relation in store.site.resource().table.relations.values():
                store.shape(relation.entity)
            for name in DUMPED:
                store.shape(entity_of(store.site, name))
            store.set_fact("facts", {**(store.fact("facts") or {}), **reading.facts})
            store.connection.execute("COMMIT")
        store.connection.execute("ANALYZE")
        if str(self.into) != ":memory:":
            store.close()

    def _open(self, first: Item | Rejected | None) -> Store:
        if self.store is None:
            assert isinstance(first, Item)
            site = self.site or _known_site(self.into) or recognise(first.record)
            self.store = Store.create(self.into, site)
            self.state.site = site
        return self.store

    def _put(self, store: Store, item: Item | Rejected) -> None:
        if isinstance(item, Rejected):
            self._reject(item)
            return
        entity = entity_of(store.site, item.table) if item.table else store.site.resource().entity
        if entity == "tags" and not store.fact("has_tag_table"):
            store.set_fact("has_tag_table", True)
        self._numbers[entity] = self._numbers.get(entity, 0) + 1
        run = store.connection.execute
        run("SAVEPOINT record")
        try:
            store.add(entity, self._numbers[entity], item.record)
        except (BadRecord, sqlite3.Error, OverflowError, UnicodeEncodeError) as problem:
            run("ROLLBACK TO record")
            store.forget_tags()
            self._reject(item.reject(str(problem)))
        else:
            self.state.stored += 1
        finally:
            run("RELEASE record")

    def _reject(self, found: Rejected) -> None:
        self.state.rejected += 1
        if len(self.state.rejects) < 1000:
            self.state.rejects.append(found)
        if self._rejects:
            self._rejects(found)
        if not self._keep_going:
            raise ConfigError(str(found))


def _known_site(path: str | Path) -> Site | None:
    """The site of a store that is there already."""
    if str(path) == ":memory:" or not Path(path).is_file() or not Path(path).stat().st_size:
        return None
    store = Store.open(path)
    store.close()
    return store.site


def _chained(*parts: Iterator[Item | Rejected]) -> Iterator[Item | Rejected]:
    for part in parts:
        yield from part
