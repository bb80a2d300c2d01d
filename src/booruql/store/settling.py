"""What is done to a store after records were written: indexes, numbers of uses, statistics. May be done again at any time."""

from __future__ import annotations

import json
from collections.abc import Iterable

from booruql.store.sqlite import Store

_UNPLANNED = ("booru", "rejects", "seen")


def settle(store: Store, touched: Iterable[int] | None) -> None:
    """Make what searches need. `touched` are the tags whose uses may have changed; None: any."""
    run = store.connection.execute
    run("BEGIN IMMEDIATE")
    store.make_indexes()
    count_uses(store, touched)
    run("COMMIT")
    analyze(store)


def analyze(store: Store) -> None:
    """Statistics for the planner: exact ones, so that the same records give the same."""
    run = store.connection.execute
    run("BEGIN IMMEDIATE")
    for name in store.table_names():
        if name not in _UNPLANNED and not name.startswith(("raw_", "sqlite_")):
            run(f'ANALYZE "{name}"')
    run("COMMIT")


def count_uses(store: Store, touched: Iterable[int] | None) -> None:
    """Count the posts of the tags, and forget the tags that no post has any more."""
    run = store.connection.execute
    keys = None if touched is None else sorted(touched)
    if keys is None:
        run("CREATE TEMP TABLE counted AS SELECT tag_id, count(*) AS number FROM posts_tags WHERE tag_id < 0 GROUP BY tag_id")
        run("CREATE UNIQUE INDEX temp.counted_by_tag ON counted (tag_id)")
        run("UPDATE tags SET uses = coalesce((SELECT number FROM counted WHERE tag_id = tags.id), 0)")
        run("DROP TABLE temp.counted")
        where = ""
    else:
        where = "AND id IN (SELECT value FROM json_each(?))"
        counted = "UPDATE tags SET uses = (SELECT count(*) FROM posts_tags WHERE tag_id = tags.id) WHERE 1"
        run(f"{counted} {where}", (json.dumps(keys),))
    given = (json.dumps(keys),) if where else ()
    run(f"DELETE FROM tag_names WHERE tag_id IN (SELECT id FROM tags WHERE uses = 0 {where})", given)
    run(f"DELETE FROM tags WHERE uses = 0 {where}", given)
