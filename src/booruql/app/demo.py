"""`python -m booruql.app.demo`: a handful of queries in both languages over the demo data, with what they compile to."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from booruql import demo
from booruql.app.table import render_records
from booruql.ast.nodes import Query
from booruql.context import Context
from booruql.engine import api
from booruql.store import Source, open_source

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""The time that relative dates count from, so that the tour is the same every day."""

SHOWN = 5
TOUR = (
    ("danbooru", "cat -sleeping", "tags, one of them excluded"),
    ("danbooru", "(mountain or lake) ~snow ~sunset order:score", "groups, a choice and an order"),
    ("danbooru", "star* filetype:png,jpg ratio:>=16:9", "a wildcard, a list and a ratio"),
    ("danbooru", "animated duration:<30 date:2020-01-01..2023-12-31", "how long moving pictures take, and a range of dates"),
    ("danbooru", "kite_(toy) or :3", "parentheses in tags, and faces"),
    ("furbooru", "cat, -sleeping, score.gte:10", "the same ideas in the language of boolean queries"),
    ("furbooru", "(rain || snow || fog) && created_at.gt:2020, !umbrella", "operators and dates in all their spellings"),
    ("furbooru", "artist:s*, description:lake OR fox^2", "a namespace with a wildcard, a phrase, and a boost"),
)


def main() -> int:
    """Show the tour on stdout."""
    with open_source(demo.DANBOORU_POSTS) as posts, open_source(demo.FURBOORU_IMAGES) as images:
        sources = {source.site.name: source for source in (posts, images)}
        for site, text, about in TOUR:
            print("\n".join(show_stop(sources[site], text, about)), end="\n\n")
    print("Next: booruql repl, booruql search --help, README.md")
    return 0


def show_stop(source: Source, text: str, about: str) -> Iterator[str]:
    """One query of the tour: what it is, what it finds, what it compiles to."""
    query = api.parse(text, site=source.site.name)
    context = Context(now=NOW, catalog=source.catalog, lenient=True)
    found = source.search(query, context=context, limit=SHOWN, via="predicate")
    yield f"=== {source.site.name}: {text}"
    yield f"    {about}"
    yield ""
    if found.ids:
        yield render_records(list(found.records))
    yield f"{found.total} found"
    yield ""
    yield from _targets(query, context)


def _targets(query: Query, context: Context) -> Iterator[str]:
    statement = api.sql(query, database="sqlite", context=context, exact="residual")
    yield f"SQL      {statement.text}"
    yield f"  params {json.dumps(statement.params, ensure_ascii=False, default=str)}"
    yield f"Elastic  {json.dumps(api.elastic(query, context=context), ensure_ascii=False)}"


if __name__ == "__main__":
    sys.exit(main())
