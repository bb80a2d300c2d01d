"""`booruql export`: a store's records into a file."""

from __future__ import annotations

import sys
from typing import Any

from booruql.app.command import Command, flag, only_whole
from booruql.errors import ConfigError
from booruql.store.exporting import export
from booruql.store.sqlite import Store


def _export(values: dict[str, Any]) -> int:
    store = Store.open(values["store"])
    try:
        wanted = values["entity"]
        entity = store.entity(wanted) if wanted else store.site.resource().entity
        if wanted and not store.has_table(f"raw_{entity}"):
            raise ConfigError(f"{values['store']} holds no {wanted}; it holds {', '.join(store.entities())}")
        number = export(store, values["to"], entity)
    finally:
        store.close()
    print(f"{number:,} records in {values['to']}", file=sys.stderr)
    return 0


COMMAND = Command(
    "export",
    "write a store's records to a file",
    (
        flag("store", metavar="DB", help="a store that import made"),
        flag("--to", required=True, metavar="FILE", help=".jsonl or .parquet; .json: a dump of every table; - writes JSONL"),
        flag("--entity", help="whose records, in the site's word (default: posts or images)"),
    ),
    only_whole,
    whole=_export,
    order=9,
)
