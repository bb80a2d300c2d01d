"""`python -m benchmarks`: every path of the library beside its hand-written limit and its peers, in one run.

Answers are compared first. Only ratios within one run mean anything: other work on the machine slows both sides.
With PERF_DATA set, the tags, posts and queries of that folder are used where it has them.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.picture import draw
from benchmarks.results import Found, show, show_goals
from benchmarks.runs import Part, run_more
from benchmarks.setting import Setting, machine

PARTS = {
    "import": "import_time",
    "reading": "reading",
    "sql compile": "sql_compile",
    "one post": "one_post",
    "many posts": "many_posts",
    "many posts, building": "building",
    "many posts, adding": "changing",
    "many posts, peers": "many_posts_peers",
    "many queries": "many_queries",
    "globs": "globs",
    "whole vocabulary": "whole_vocabulary",
}
"""The parts of the suite, and the module of each, whose `run(setting)` gives its tables."""


def main() -> int:
    chosen = _options().parse_args()
    began = time.monotonic()
    folder = os.environ.get("PERF_DATA")
    setting = Setting(chosen.posts, chosen.rounds, Path(folder) if folder else None, chosen.queries)
    facts = machine()
    print("\n".join(f"{name}: {fact}" for name, fact in facts.items()), flush=True)
    parts = {name: Part(name, PARTS[name]) for name in _wanted(chosen.only)}
    for part in parts.values():
        part.run(setting)
        shown = part.failure or show(part.name, part.found)
        print(f"\n{shown}  ({part.name}: {part.seconds:.0f} s)", flush=True)
    run_more(parts, setting, chosen.runs, began + chosen.minutes * 60)
    found = {name: part.found for name, part in parts.items() if part.runs}
    if chosen.runs > 1:
        _show_medians(parts)
    print(f"\n{show_goals(found)}\n({time.monotonic() - began:.0f} s)")
    if chosen.json:
        chosen.json.write_text(json.dumps(_figures(facts, setting, parts, found), indent=1) + "\n", encoding="utf-8")
    if chosen.picture:
        draw(found, f"booruql, {chosen.posts:,} posts; {facts['processor']}, Python {facts['python']}", chosen.picture)
    return 1 if any(part.failure for part in parts.values()) else 0


def _options() -> argparse.ArgumentParser:
    as_written = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(prog="benchmarks", description=__doc__, formatter_class=as_written)
    known = f"the parts whose names begin so, of {', '.join(PARTS)}; may be repeated"
    options.add_argument("--only", metavar="PART", action="append", type=_part, help=known)
    options.add_argument("--posts", type=int, default=100_000, help="size of the corpus (default: %(default)s)")
    options.add_argument("--queries", type=int, default=100_000, help="saved queries (default: %(default)s)")
    options.add_argument("--rounds", type=int, default=15, help="turns of every candidate on every query (default: %(default)s)")
    options.add_argument("--runs", type=int, default=1, help="runs of every part; medians are told (default: %(default)s)")
    within = "begin no further run of a part that would end later; each has one (default: no limit)"
    options.add_argument("--minutes", type=float, default=math.inf, help=within)
    options.add_argument("--json", metavar="FILE", type=Path, help="write all figures")
    options.add_argument("--picture", metavar="FILE", type=Path, help="draw them, as SVG or PNG")
    return options


def _part(text: str) -> str:
    if not any(name.startswith(text) for name in PARTS):
        raise argparse.ArgumentTypeError(f"no part {text!r}; there are {', '.join(PARTS)}")
    return text


def _wanted(only: list[str] | None) -> list[str]:
    return [name for name in PARTS if only is None or name.startswith(tuple(only))]


def _show_medians(parts: Mapping[str, Part]) -> None:
    for name, part in parts.items():
        if part.runs:
            print(f"\n{show(f'{name}, {len(part.runs)} runs', part.found)}", flush=True)
        if part.failure:
            print(f"FAILED: {name}: {part.failure}", flush=True)


def _figures(
    facts: Mapping[str, str], setting: Setting, parts: Mapping[str, Part], found: Mapping[str, Found]
) -> dict[str, object]:
    tables = {name: {title: table.to_dict() for title, table in part.items()} for name, part in found.items()}
    runs = {name: len(part.runs) for name, part in parts.items()}
    sizes = {"posts": setting.posts, "saved queries": setting.saved, "rounds": setting.rounds, "runs": runs}
    failed = {name: part.failure for name, part in parts.items() if part.failure}
    return {"machine": facts, **sizes, "parts": tables, "failed": failed}


if __name__ == "__main__":
    sys.exit(main())
