"""What a store holds, as facts to be shown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from booruql.store.sqlite import Store


def describe(store: Store, path: str | Path) -> dict[str, Any]:
    """Site, format, size, records by table, tags, the time they span, and whether an import waits to go on."""
    ask = store.connection.execute
    found: dict[str, Any] = {
        "file": str(path),
        "site": store.site.name,
        "format": ask("PRAGMA user_version").fetchone()[0],
        "booruql": store.fact("booruql"),
        "bytes": Path(path).stat().st_size,
        "records": dict(sorted(store.entities().items(), key=lambda pair: -pair[1])),
    }
    main = store.site.resource().entity
    if main == "posts":
        first, last = ask("SELECT min(created_at), max(created_at) FROM posts").fetchone()
        found["first"], found["last"] = _shown(first), _shown(last)
        low, high = ask("SELECT min(id), max(id) FROM posts").fetchone()
        found["ids"] = None if low is None else [low, high]
        found["tags"] = ask("SELECT count(*) FROM tags WHERE name IS NOT NULL").fetchone()[0]
        found["most_used"] = dict(ask("SELECT name, uses FROM tags WHERE name IS NOT NULL ORDER BY uses DESC, name LIMIT 5"))
    missing = sorted(store.layout().missing)
    found["missing"] = missing
    progress = store.fact("progress")
    found["unfinished"] = None if progress is None else [name for name, *_ in progress["files"]] or ["standard input"]
    return found


def _shown(microseconds: int | None) -> str | None:
    if microseconds is None:
        return None
    return datetime.fromtimestamp(microseconds // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
