"""`booruql info`: what a store holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from booruql.app.command import Command, flag, only_whole
from booruql.store.describing import describe
from booruql.store.sqlite import Store


def _info(values: dict[str, Any]) -> int:
    store = Store.open(values["store"])
    try:
        found = describe(store, values["store"])
    finally:
        store.close()
    print(json.dumps(found, indent=2, ensure_ascii=False) if values["format"] == "json" else _lines(found))
    return 0


def _lines(found: Mapping[str, Any]) -> str:
    shown = [
        ("file", f"{found['file']}, {found['bytes']:,} bytes, format {found['format']} of booruql {found['booruql']}"),
        ("site", found["site"]),
        *((name, f"{number:,}") for name, number in found["records"].items()),
    ]
    if found.get("ids"):
        shown.append(("ids", f"{found['ids'][0]} to {found['ids'][1]}"))
        shown.append(("posted", f"{found['first']} to {found['last']}"))
        used = ", ".join(f"{name} {number:,}" for name, number in found["most_used"].items())
        shown.append(("names of tags", f"{found['tags']:,}; most used: {used}"))
    if found["missing"]:
        shown.append(("not in it", ", ".join(found["missing"])))
    if found["unfinished"]:
        shown.append(("unfinished", f"import of {', '.join(found['unfinished'])}: start it again and it goes on"))
    width = max(len(name) for name, _ in shown)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in shown)


COMMAND = Command(
    "info",
    "what a store holds",
    (
        flag("store", metavar="DB", help="a store that import made"),
        flag("--format", choices=("table", "json"), default="table", help="how it is printed"),
    ),
    only_whole,
    whole=_info,
    order=9,
)
