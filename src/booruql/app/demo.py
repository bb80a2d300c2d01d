"""`python -m booruql.app.demo`: a handful of queries in both languages over the demo data, with what they compile to."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from booruql import demo
from booruql.app.table import render_records
from booruql.ast.nodes import Query
from booruql.context import Context
from booruql.engine import api

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""The time that relative dates count from, so that the tour is the same every day."""

SHOWN = 5
TOUR = (
    ("danbooru", "cat -sleeping", "tags, one of them excluded"),
    ("danbooru", "(mountain or lake) ~snow ~sunset score:>20 order:score", "groups, a choice, a comparison and an order"),
    ("danbooru", "star* filetype:png,jpg ratio:>=16:9", "a wildcard, a list and a ratio"),
    ("danbooru", "animated duration:<30 -is:deleted", "the length of a moving picture"),
    ("furbooru", "fox, -running, score.gte:10", "the same ideas in the language of boolean queries"),
    ("furbooru", "(rain || snow) && created_at.gt:2023, !umbrella", "operators and dates in all their spellings"),
    ("furbooru", "artist:s*, description:lake^2", "a namespace with a wildcard, and a boost"),
    ("danbooru", "kite_(toy) date:2020-01-01..2022-12-31", "parentheses in a tag"),
)


def main() -> int:
    """Show the tour on stdout."""
    loaded = {"danbooru": list(read_records(demo.DANBOORU_POSTS)), "furbooru": list(read_records(demo.FURBOORU_IMAGES))}
    for site, text, about in TOUR:
        print("\n".join(show_stop(site, text, about, loaded[site])), end="\n\n")
    print("Next: booruql repl, booruql search --help, README.md")
    return 0


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a packed file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def show_stop(site: str, text: str, about: str, records: list[dict[str, Any]]) -> Iterator[str]:
    """One query of the tour: what it is, what it finds, what it compiles to."""
    query = api.parse(text, site=site)
    context = Context(now=NOW, lenient=True)
    yield f"=== {site}: {text}"
    yield f"    {about}"
    yield ""
    yield from _matches(query, context, records)
    yield ""
    yield from _targets(query, context)


def _matches(query: Query, context: Context, records: list[dict[str, Any]]) -> Iterator[str]:
    matches = api.predicate(query, context=context)
    found = [record for record in records if matches(record)]
    if found:
        yield render_records(sorted(found, key=lambda record: -record["score"])[:SHOWN])
    yield f"{len(found)} of {len(records)} posts match"


def _targets(query: Query, context: Context) -> Iterator[str]:
    statement = api.sql(query, database="sqlite", context=context, exact="residual")
    yield f"SQL      {statement.text}"
    yield f"  params {json.dumps(statement.params, ensure_ascii=False, default=str)}"
    yield f"Elastic  {json.dumps(api.elastic(query, context=context), ensure_ascii=False)}"


if __name__ == "__main__":
    sys.exit(main())
