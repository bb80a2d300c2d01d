"""Brings the file of an older version up to date.

A format that differs in little has a step to the next one; else all is made again from the records, kept as they came.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from booruql.store.records import Item
from booruql.store.settling import analyze, count_uses
from booruql.store.sqlite import VERSION, Store
from booruql.store.tables_sql import BY_TAG
from booruql.store.writing import Writer

_BATCH = 5_000


def update(store: Store) -> None:
    """Make the file as this version has it, in one transaction: another process sees the old file or the new one."""
    run = store.connection.execute
    run("BEGIN IMMEDIATE")
    try:
        if not store.is_current():
            _update(store)
    except BaseException:
        run("ROLLBACK")
        raise
    run("COMMIT")
    analyze(store)


def _update(store: Store) -> None:
    if store.version not in STEPS or not store.has_columns():
        _rebuild(store)
        return
    for version in range(store.version, VERSION):
        STEPS[version](store)
    store.mark()


def _index_uniquely(store: Store) -> None:
    """Format 2 did not say that a post has a tag once. A first load that goes on makes its indexes at its end."""
    run = store.connection.execute
    if run("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?", (BY_TAG.name,)).fetchone():
        run(f'DROP INDEX "{BY_TAG.name}"')
        run(BY_TAG.create())


STEPS = {2: _index_uniquely}
"""From a format to the one after it."""


def _rebuild(store: Store) -> None:
    run = store.connection.execute
    facts, names = store.fact("facts"), store.table_names()
    run("CREATE TEMP TABLE kept (entity TEXT, record TEXT)")
    if "records" in names:  # format 1
        run("INSERT INTO temp.kept SELECT entity, record FROM records")
    for name in names:
        if name.startswith("raw_"):
            run(f'INSERT INTO temp.kept SELECT ?, record FROM "{name}"', (name.removeprefix("raw_"),))
    for kind in ("view", "table"):
        found = run("SELECT name FROM main.sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite_%'", (kind,)).fetchall()
        for (name,) in found:
            run(f'DROP {kind} main."{name}"')
    store._shapes.clear()
    store.make()
    for name in names:
        store.shape(name)
    writer, items = Writer(store), _kept(store)
    while batch := list(islice(items, _BATCH)):
        writer.write(batch, lambda rejected: None)
    writer.seen.clear()
    store.set_fact("facts", facts)
    store.make_indexes()
    count_uses(store, None)
    run("DROP TABLE temp.kept")


def _kept(store: Store) -> Iterator[Item]:
    for number, (entity, text) in enumerate(store.connection.execute("SELECT entity, record FROM temp.kept ORDER BY rowid"), 1):
        yield Item(json.loads(text), entity, "", number, 0, text)
