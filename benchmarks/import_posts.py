"""How fast `import` is beside `json.loads` and `executemany` of the same rows into the same tables and indexes.

    python benchmarks/import_posts.py [POSTS.jsonl] [--posts N] [--rounds N] [--keep STORE]

Without a file, posts of invented tags are made. Processor time is what counts where other work shares the machine.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median

from booruql.store import import_files

CHUNK = 5_000
GOAL = 0.5


class Clock:
    """Processor and wall seconds of what runs between start and stop."""

    def __init__(self) -> None:
        self.cpu = self.wall = 0.0

    def __enter__(self) -> None:
        self._began = time.process_time(), time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.cpu += time.process_time() - self._began[0]
        self.wall += time.perf_counter() - self._began[1]


def make_posts(number: int) -> Iterator[str]:
    """Posts with about 28 tags each out of some thousands, a few of them common."""
    chance = random.Random(7)
    names = [f"tag_{at}" for at in range(20_000)]
    for key in range(1, number + 1):
        tags = {names[int(len(names) * chance.random() ** 4)] for _ in range(chance.randint(20, 40))}
        yield json.dumps(
            {
                "id": key, "created_at": f"20{key % 20 + 5:02}-0{key % 9 + 1}-11T10:20:30.000-04:00", "score": key % 97,
                "updated_at": "2025-01-02T03:04:05.678-05:00", "up_score": key % 99, "down_score": -(key % 3),
                "fav_count": key % 60, "rating": "gsqe"[key % 4], "image_width": 1000 + key % 900, "image_height": 1200,
                "file_size": key * 1000 % 5_000_000, "file_ext": "jpg", "uploader_id": key % 500, "md5": f"{key:032x}",
                "source": f"https://example.net/p/{key}", "is_deleted": key % 31 == 0, "tag_string": " ".join(sorted(tags)),
                "tag_count": len(tags), "parent_id": None, "bit_flags": 0, "is_pending": False, "is_flagged": False,
            }
        )  # fmt: skip


def run_import(file: Path, into: Path) -> tuple[Clock, int]:
    """Our way."""
    clock = Clock()
    with clock:
        done = import_files([file], into, site="danbooru")
    return clock, done.stored


def run_plain(file: Path, made: Path, into: Path) -> Clock:
    """The rows that our way made, put into a new file with the same tables, then the same indexes."""
    source, target = sqlite3.connect(made), sqlite3.connect(into, isolation_level=None)
    written = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    schema = [sql for (sql,) in source.execute(written)]
    for statement in ("PRAGMA page_size = 8192", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL"):
        target.execute(statement)
    target.execute("PRAGMA cache_size = -64000")
    clock = Clock()
    for statement in schema:
        if statement.startswith("CREATE TABLE"):
            target.execute(statement)
    for name in ("tags", "tag_names"):
        _copy(source, target, clock, f"SELECT * FROM {name}", name)
    with open(file, "rb") as lines:
        while chunk := list(islice(lines, CHUNK)):
            with clock:
                records = [json.loads(line) for line in chunk]
            low, high = min(r["id"] for r in records), max(r["id"] for r in records)
            clock_begin(target, clock)
            for name, key in (("raw_posts", "id"), ("posts", "id"), ("posts_tags", "post_id")):
                _copy(source, target, clock, f"SELECT * FROM {name} WHERE {key} BETWEEN {low} AND {high}", name, alone=False)
            with clock:
                target.execute("COMMIT")
    with clock:
        for statement in schema:
            if statement.startswith("CREATE INDEX"):
                target.execute(statement)
        target.execute("ANALYZE")
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    target.close()
    source.close()
    return clock


def clock_begin(target: sqlite3.Connection, clock: Clock) -> None:
    """Begin a transaction on the clock."""
    with clock:
        target.execute("BEGIN")


def _copy(
    source: sqlite3.Connection, target: sqlite3.Connection, clock: Clock, query: str, name: str, *, alone: bool = True
) -> None:
    rows = source.execute(query).fetchall()
    if rows:
        with clock:
            if alone:
                target.execute("BEGIN")
            target.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)
            if alone:
                target.execute("COMMIT")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("file", nargs="?", type=Path)
    arguments.add_argument("--posts", type=int, default=20_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--keep", type=Path, help="where the last round leaves its store; no file yet")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as room:
        file = options.file or Path(room, "posts.jsonl")
        if options.file is None:
            file.write_text("".join(line + "\n" for line in make_posts(options.posts)))
        ratios, peak = [], 0.0
        for turn in range(options.rounds):
            ours, plain = Path(room, f"ours{turn}.db"), Path(room, f"plain{turn}.db")
            clock, posts = run_import(file, ours)
            if not turn:  # the other way, in this process too, takes more
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            other = run_plain(file, ours, plain)
            ratios.append(other.cpu / clock.cpu)
            print(
                f"{posts:,} posts: import {clock.cpu:.1f} s ({posts / clock.cpu:,.0f}/s; wall {clock.wall:.1f} s), "
                f"plain {other.cpu:.1f} s (wall {other.wall:.1f} s): {ratios[-1]:.2f} of its rate; "
                f"{ours.stat().st_size / posts:,.0f} bytes a post, peak {peak:,.0f} MB"
            )
            if options.keep and turn == options.rounds - 1:
                shutil.move(ours, options.keep)
            ours.unlink(missing_ok=True)
            plain.unlink()
    print(f"median {median(ratios):.2f}; goal {GOAL}")


if __name__ == "__main__":
    main()
