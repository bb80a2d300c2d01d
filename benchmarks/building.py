"""Many posts: building the index from Parquet, opening a saved one, loading all of it; its size in memory and on disk."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.hand_index import COLUMNS, build_by_hand
from benchmarks.many_posts import NOTE
from benchmarks.results import Claim, Found, Table, at_least, at_most
from benchmarks.setting import Setting
from benchmarks.timing import Protocol, measure
from booruql import Index

BY_HAND, BUILD, OPEN, LOAD = "built by hand", "built", "opened", "loaded whole"
_PATIENCE = 10.0
"""Seconds of each beyond the first rounds."""
_A_PAIR, _BESIDE = 4, 64 * 2**20  # bytes of memory a pair of a tag and a post, and beside them
_ON_DISK = 2.25
_LOADED = """
import sys
from benchmarks.building import load, resident
from booruql import Index
import booruql.backends.bitmap.storage
before = resident()
index = Index.open(sys.argv[1])
load(index)
print(resident() - before)
"""


def run(setting: Setting) -> Found:
    """Of the same columns, and of the tags alone."""
    with tempfile.TemporaryDirectory(prefix="booruql-") as room:
        return {"from Parquet": _times(setting, Path(room)), "tags only": _sizes(setting, Path(room))}


def _times(setting: Setting, room: Path) -> Table:
    file, saved, names = room / "posts.parquet", room / "posts.index", setting.corpus.names
    write(setting, file, COLUMNS)
    built, by_hand = Index.build(file, tag_names=names), build_by_hand(file, setting.table)
    for at, closed in enumerate(setting.closed):
        assert built.count(closed) == by_hand.count(setting.expressions[at]), setting.queries[at]
    built.save(saved)
    _check_saved(built, saved, setting)
    del built, by_hand
    jobs = {
        BY_HAND: lambda _: build_by_hand(file, setting.table),
        BUILD: lambda _: Index.build(file, tag_names=names),
        OPEN: lambda _: Index.open(saved),
        LOAD: lambda _: load(Index.open(saved)),
    }
    found = measure(jobs, 1, setting.rounds, label="many posts, building", protocol=Protocol(patience=_PATIENCE))
    claims = [
        at_least("built, speed of the hand", found[BY_HAND].ratio(found[BUILD]), 0.8),
        at_least("opened, times as fast as built", found[BUILD].ratio(found[OPEN]), 5),
        at_least("loaded whole, times as fast as built", found[BUILD].ratio(found[LOAD]), 5),
    ]
    return Table(found, claims, per="index", limits=(BY_HAND,), notes=[NOTE])


def _check_saved(built: Index, saved: Path, setting: Setting) -> None:
    opened = Index.open(saved)
    for closed in setting.closed:
        wanted, found = built.search(closed, limit=20), opened.search(closed, limit=20)
        assert (wanted.ids, wanted.total) == (found.ids, found.total), closed


def _sizes(setting: Setting, room: Path) -> Table:
    file, saved = room / "tags.parquet", room / "tags.index"
    write(setting, file, ("id",))
    Index.build(file, tag_names=setting.corpus.names).save(saved)
    pairs = len(setting.corpus.tags)
    done = subprocess.run([sys.executable, "-c", _LOADED, str(saved)], check=True, capture_output=True, text=True)
    memory, disk = int(done.stdout), saved.stat().st_size
    claims = [
        at_most("memory of a fresh process, of 4 bytes a pair and 64 MB", memory / (_A_PAIR * pairs + _BESIDE), 1),
        Claim("memory", memory / 1e6, unit=" MB"),
        Claim("memory, a pair", memory / pairs, unit=" bytes"),
        at_most("file, a pair", disk / pairs, _ON_DISK, " bytes"),
    ]
    return Table({}, claims, notes=[f"{pairs:,} pairs", "the growth of a process's memory after imports, the file loaded whole"])


def write(setting: Setting, file: Path, columns: tuple[str, ...]) -> None:
    """The posts as a Parquet file with some columns and `tag_ids`."""
    from pyarrow import parquet

    parquet.write_table(setting.corpus.table(columns), file, compression="zstd", row_group_size=250_000)


def load(index: Index) -> None:
    """Read everything that an opened index holds: every bitmap is made, every array touched."""
    for segment, _ in index._posts.snapshot.segments:
        segment.ids.max(initial=0)
        for column in segment.columns.values():
            postings: Any = getattr(column, "postings", column)
            if hasattr(postings, "every"):
                _ = postings.every
                postings.docs.max(initial=0)
            for array in ("values", "codes"):
                if hasattr(getattr(column, array, None), "max"):
                    getattr(column, array).max(initial=0)


def resident() -> int:
    """Bytes of this process that are in memory."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    raise OSError("no VmRSS")
