"""A table of tags with the shape of a big board's: how many names, how often each is used, what words they are made of.

The counts follow a Zipf law whose exponent changes on the way down, through the measured points of `COUNTS`. The words of
the workload's wildcards stand in as many names, from as high a rank, as there; all other words are invented.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SIZE = 135_000
TOTAL = 9_000_000
"""Posts of the board that the counts are of."""

COUNTS = (
    (1, 6_000_000), (4, 4_350_000), (11, 1_817_000), (51, 784_000), (101, 428_000), (201, 207_500), (501, 73_400),
    (1_001, 31_000), (2_001, 12_100), (5_001, 3_090), (10_001, 1_060), (20_001, 391), (50_001, 111), (100_001, 40), (SIZE, 25),
)  # fmt: skip
"""Rank and uses, joined by straight lines on logarithmic scales."""

FAMILIES = (
    ("blue_{}", 230, 12, SIZE), ("{}_(cosplay)", 1136, 4536, SIZE), ("{}_hair", 40, 3, 600), ("{}_hair", 147, 600, SIZE),
    ("black_{}", 306, 15, SIZE), ("{}_dress", 40, 147, 3000), ("{}_dress", 82, 3000, SIZE), ("holding_{}", 130, 153, 5000),
    ("holding_{}", 408, 5000, SIZE), ("hair_{}", 120, 40, SIZE), ("{}_hairband", 100, 300, SIZE), ("{}_hair_{}", 250, 500, SIZE),
    ("red_eye{}", 4, 25, 60_000), ("{}_uniform", 499, 100, SIZE), ("animal_{}", 69, 28, SIZE), ("{}_focus", 37, 52, SIZE),
    ("school_{}", 22, 48, SIZE), ("multiple_{}", 56, 16, SIZE), ("{}_background", 104, 9, SIZE), ("white_{}", 30, 18, 1500),
    ("white_{}", 197, 1500, SIZE), ("pokemon_{}", 88, 260, SIZE), ("{}_removed", 34, 3136, SIZE), ("fate_{}", 48, 123, SIZE),
    ("cat_{}", 76, 139, SIZE), ("{}_jewelry", 7, 7750, SIZE), ("{}_(fate)", 943, 900, SIZE), ("{}_(pokemon)", 531, 1500, SIZE),
    ("{}_(meme)", 327, 1800, SIZE),
)  # fmt: skip
"""A form of name, how many names have it, and the ranks of the first and the last: between them they lie by a power law."""

WORDS = (0.29, 0.48, 0.14, 0.09)
"""Shares of the names of one, two, three and four words."""
BRACKETED = 0.25
"""Share of the names that end in a word in brackets: whose they are."""


@dataclass(frozen=True)
class TagTable:
    """Names by falling number of uses."""

    names: list[str]
    counts: np.ndarray
    source: str = "a Zipf table"


def load_tag_table(folder: Path | None, size: int = SIZE) -> TagTable:
    """The table of the folder where it has one, else ours."""
    stored = folder / "tags.parquet" if folder else None
    return read_tag_table(stored) if stored and stored.exists() else make_tag_table(size)


def read_tag_table(file: Path) -> TagTable:
    """A Parquet file with `name` and `count`, by falling count."""
    from pyarrow import parquet

    rows = parquet.read_table(file, columns=["name", "count"])
    return TagTable(rows.column("name").to_pylist(), rows.column("count").to_numpy(), file.name)


def make_tag_table(size: int = SIZE, seed: int = 5) -> TagTable:
    """The same table every time; a smaller `size` keeps the top of it."""
    rng = np.random.default_rng(seed)
    ranks, uses = zip(*COUNTS, strict=True)
    counts = np.exp(np.interp(np.log(np.arange(1, size + 1)), np.log(ranks), np.log(uses))).astype(np.int64)
    words = _words(rng)
    names: dict[int, str] = {}
    seen: set[str] = set()
    for form, many, first, last in FAMILIES:
        for at in range(many):
            rank = int(first * (at + 1) ** (math.log(last / first) / math.log(many)))
            names[next(free for free in itertools.count(rank) if free not in names)] = _fresh(form, words, seen)
    forms = iter(rng.choice(len(WORDS), size, p=WORDS).tolist())
    brackets = iter((rng.random(size) < BRACKETED).tolist())
    for rank in range(size):
        if rank not in names:
            form = "_".join(["{}"] * (1 + next(forms))) + ("_({})" if next(brackets) else "")
            names[rank] = _fresh(form, words, seen)
    return TagTable([names[rank] for rank in range(size)], counts)


def _fresh(form: str, words: Iterator[str], seen: set[str]) -> str:
    """A name that none has yet."""
    while True:
        name = form.format(*(next(words) for _ in range(form.count("{}"))))
        if name not in seen:
            seen.add(name)
            return name


def _words(rng: np.random.Generator) -> Iterator[str]:
    """Invented words of two or three syllables, without end."""
    starts, ends = "k s t n h m y r w g z d b p ch sh j f l v".split(), "a i u e o ai ou an in un en on".split()
    syllables = [start + end for start in starts for end in ends]
    while True:
        drawn, sizes = rng.integers(0, len(syllables), (10_000, 3)).tolist(), rng.integers(2, 4, 10_000).tolist()
        for word, many in zip(drawn, sizes, strict=True):
            yield "".join(syllables[at] for at in word[:many])
