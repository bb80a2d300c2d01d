"""Posts and queries for the benchmarks: the same ones every time, tags by a Zipf law, queries of eight kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

TAGS = 20_000
A_POST = 28  # tags of a post in the middle
_FIRST_DAY = 1_116_979_200  # 2005-05-25
_DAYS = 7_500


@dataclass(frozen=True)
class Corpus:
    """Posts as columns: tag lists one after the other, and numbers, by rising id."""

    names: list[str]
    starts: Any
    tags: Any
    columns: dict[str, Any]

    @property
    def size(self) -> int:
        return len(self.starts) - 1

    def documents(self, most: int) -> list[dict[str, Any]]:
        """The first posts as plain dicts of our field names."""
        names, found = self.names, []
        starts, tags = self.starts.tolist(), self.tags.tolist()
        columns = {name: values.tolist() for name, values in self.columns.items()}
        for at in range(min(most, self.size)):
            row = {name: values[at] for name, values in columns.items()}
            row["tags"] = frozenset(names[tag] for tag in tags[starts[at] : starts[at + 1]])
            found.append(row)
        return found


def make_corpus(size: int, seed: int = 7) -> Corpus:
    """Posts with about `A_POST` tags each."""
    rng = np.random.default_rng(seed)
    names = [f"tag_{number}" if number % 9 else f"blue_{number}" for number in range(TAGS)]
    weights = 1 / np.arange(2, TAGS + 2) ** 0.9
    sizes = np.clip(rng.normal(A_POST * 1.4, 10, size), 3, 80).astype(int)
    drawn = rng.choice(TAGS, int(sizes.sum()), p=weights / weights.sum())
    owners = np.repeat(np.arange(size), sizes)
    pairs = np.unique(owners.astype(np.int64) * TAGS + drawn)
    owners, tags = pairs // TAGS, pairs % TAGS
    starts = np.searchsorted(owners, np.arange(size + 1))
    created = _FIRST_DAY + np.sort(rng.integers(0, _DAYS * 86_400, size))
    columns = {
        "id": np.arange(1, size + 1),
        "created_at": created * 1_000_000,
        "score": np.maximum(rng.exponential(25, size).astype(int) - 3, -20),
        "favorite_count": rng.exponential(40, size).astype(int),
        "width": rng.choice([600, 850, 1000, 1280, 1920, 2480, 4000], size),
        "file_ext": np.full(size, "png"),
        "rating": np.array(["g", "s", "q", "e"])[rng.choice(4, size, p=[0.28, 0.47, 0.12, 0.13])],
    }
    return Corpus(names, starts, tags, columns)


def make_queries(corpus: Corpus, count: int = 200, seed: int = 11) -> list[str]:
    """Texts of tag search: one tag, two, negations, unions, nested groups, wildcards, numbers, long ones."""
    rng = np.random.default_rng(seed)
    bands = ((0, 60), (60, 1_000), (1_000, 8_000))

    def tag(band: int | None = None) -> str:
        low, high = bands[int(rng.choice(3, p=[0.45, 0.35, 0.2])) if band is None else band]
        return corpus.names[int(rng.integers(low, high))]

    def number() -> str:
        return str(rng.choice(["score:>10", "score:>50", "favcount:>=100", "width:>=1920", "rating:g", "id:<30000",
                               "date:2014-01-01..2016-12-31", "date:>=2019-06-01"]))  # fmt: skip

    forms = (
        lambda: tag(),
        lambda: f"{tag()} {tag()}",
        lambda: f"{tag()} {tag()} -{tag(0)}",
        lambda: f"{tag(0)} ({tag()} or {tag()} or {tag()})",
        lambda: f"{tag(0)} (({tag()} -{tag()}) or {tag(1)}) -({tag()} {tag()})",
        lambda: f"{tag(0)} blue_{rng.integers(1, 9)}*",
        lambda: f"{tag()} {number()}",
        lambda: f"{tag()} {tag(0)} {tag(0)} -{tag()} {number()}",
    )
    return [forms[at % len(forms)]() for at in range(count)]
