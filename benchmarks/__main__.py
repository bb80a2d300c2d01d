"""`python -m benchmarks`: every path of the library beside its hand-written limit and its peers, in one run.

Answers are compared first. Only ratios within one run mean anything: other work on the machine slows both sides.
With PERF_DATA set, the tags, posts and queries of that folder are used where it has them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path

from benchmarks.picture import draw
from benchmarks.results import Found, show
from benchmarks.setting import Setting, machine

PARTS = {
    "import": "import_time",
    "reading": "reading",
    "sql compile": "sql_compile",
    "one post": "one_post",
    "many posts": "many_posts",
    "many queries": "many_queries",
}
"""The parts of the suite, and the module of each, whose `run(setting)` gives its tables."""


def main() -> int:
    as_written = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(prog="benchmarks", description=__doc__, formatter_class=as_written)
    options.add_argument(
        "--only", metavar="PART", action="append", choices=PARTS, help=f"one of {', '.join(PARTS)}; may be repeated"
    )
    options.add_argument("--posts", type=int, default=100_000, help="size of the corpus (default: %(default)s)")
    options.add_argument("--rounds", type=int, default=15, help="turns of every candidate on every query (default: %(default)s)")
    options.add_argument("--json", metavar="FILE", type=Path, help="write all figures")
    options.add_argument("--picture", metavar="FILE", type=Path, help="draw them, as SVG or PNG")
    chosen = options.parse_args()
    folder = os.environ.get("PERF_DATA")
    setting = Setting(chosen.posts, chosen.rounds, Path(folder) if folder else None)
    facts = machine()
    print("\n".join(f"{name}: {fact}" for name, fact in facts.items()), flush=True)
    parts: dict[str, Found] = {}
    for name in chosen.only or PARTS:
        began = time.monotonic()
        parts[name] = import_module(f"benchmarks.{PARTS[name]}").run(setting)
        print(f"\n{show(name, parts[name])}  ({name}: {time.monotonic() - began:.0f} s)", flush=True)
    if chosen.json:
        found = {name: {title: table.to_dict() for title, table in part.items()} for name, part in parts.items()}
        made = {"machine": facts, "posts": chosen.posts, "rounds": chosen.rounds, "parts": found}
        chosen.json.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    if chosen.picture:
        draw(parts, f"booruql, {chosen.posts:,} posts; {facts['processor']}, Python {facts['python']}", chosen.picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
