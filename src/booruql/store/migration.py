"""Brings the file of an older version up to date: the records are kept as they came, so all else is made from them again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from booruql.store.records import Item
from booruql.store.settling import analyze, count_uses
from booruql.store.sqlite import Store
from booruql.store.writing import Writer

_BATCH = 5_000


def rebuild(store: Store) -> None:
    """Make the tables anew, in one transaction: another process sees the old file or the new one."""
    run = store.connection.execute
    run("BEGIN IMMEDIATE")
    try:
        if not store.is_current():
            _rebuild(store)
    except BaseException:
        run("ROLLBACK")
        raise
    run("COMMIT")
    analyze(store)


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
