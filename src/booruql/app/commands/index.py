"""`booruql index`: a source into an index of OpenSearch or Elasticsearch."""

from __future__ import annotations

import sys
import time
from typing import Any

from booruql.app.command import Command, flag, only_whole
from booruql.app.commands.mapping import SHARDS
from booruql.store import open_source


def _index(values: dict[str, Any]) -> int:
    from booruql.store.elastic import load

    refused, shown = 0, _Progress()
    options = {name: values[name] for name in ("entity", "shards", "replicas", "restart")}
    with open_source(values["source"], site=values["site"]) as source:
        for rejected in source.rejects:
            print(f"booruql: {rejected}", file=sys.stderr)
        for refusal in load(source, values["url"], progress=shown.update, **options):
            refused += 1
            print(f"booruql: {refusal}", file=sys.stderr)
        refused += len(source.rejects)
    shown.close()
    print(f"{shown.done - refused + len(source.rejects):,} records in {values['url']}, {refused:,} rejected", file=sys.stderr)
    return 1 if refused else 0


class _Progress:
    """A line on a terminal: how many, how fast. Silent elsewhere."""

    def __init__(self) -> None:
        self.done, self._start, self._live = 0, time.monotonic(), sys.stderr.isatty()

    def update(self, done: int) -> None:
        """Show how far the load is."""
        self.done = done
        if self._live:
            rate = done / max(time.monotonic() - self._start, 1e-6)
            print(f"\r\x1b[K{done:,} records, {rate:,.0f}/s", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Leave a clean line behind."""
        if self._live and self.done:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


COMMAND = Command(
    "index",
    "load a source into an index of OpenSearch or Elasticsearch",
    (
        flag("source", metavar="SOURCE", help="a .db that import made, or a file of records or a site dump"),
        flag("url", metavar="URL", help="the index: http://localhost:9200/posts; made when it is not there"),
        flag("--site", help="the site that the records are of (default: recognised)"),
        flag("--entity", help="what is indexed, in the site's word (default: posts or images)"),
        flag("--restart", action="store_true", help="send everything, also what an interrupted load had stored"),
        *SHARDS,
    ),
    only_whole,
    whole=_index,
    order=9,
)
