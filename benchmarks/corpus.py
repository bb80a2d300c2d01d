"""Posts for the benchmarks, the same ones every time: those of `PERF_DATA` where it has them, else made from a tag table.

The model is that of Poisson draws: every tag is on a post by its own probability. Posts belong to clusters, as to a series or
a character, and the rarer tags come mostly in one of them, so that tags go together as they do on a board.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tag_table import TOTAL, TagTable
from booruql.documents import Document

A_POST = 28
"""Tags of a post in the middle."""
_CLUSTERS = 4_000
_COMMON = 0.01  # tags on more than this share of the posts belong to no cluster
_FIRST_DAY, _LAST_DAY = 1_116_979_200, 1_767_225_600  # 2005-05-25, 2026-01-01
_SECOND = 1_000_000
_STORED = {"favorite_count": "fav_count"}
NAMES = ("id", "created_at", "score", "favorite_count", "width", "height", "file_size", "file_ext", "rating")
"""The columns of a post."""


@dataclass(frozen=True)
class Corpus:
    """Posts as columns, by rising id: numbers of tags one list after the other, and values by our field names."""

    names: list[str]
    starts: Any
    tags: Any
    columns: dict[str, Any]
    source: str

    @property
    def size(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many posts have a tag, of those that some post has."""
        found = np.bincount(self.tags, minlength=len(self.names)).tolist()
        return {name: count for name, count in zip(self.names, found, strict=True) if count}

    def documents(self, most: int | None = None) -> list[Document]:
        """The first posts, or all, as the predicate takes them."""
        size = self.size if most is None else min(most, self.size)
        names, starts = self.names, self.starts.tolist()
        tags = self.tags[: starts[size]].tolist()
        columns = {name: values[:size].tolist() for name, values in self.columns.items()}
        found = [Document(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        for at, document in enumerate(found):
            document["tags"] = frozenset(names[tag] for tag in tags[starts[at] : starts[at + 1]])
        return found

    def table(self, names: Iterable[str] = NAMES) -> Any:
        """The posts as an Arrow table; `tag_ids` are places in `names`."""
        import pyarrow as pa

        columns = {name: pa.array(self.columns[name]) for name in names}
        if "created_at" in columns:
            columns["created_at"] = columns["created_at"].cast(pa.timestamp("us"))
        columns["tag_ids"] = pa.ListArray.from_arrays(
            pa.array(self.starts.astype(np.int32)), pa.array(self.tags.astype(np.int32))
        )
        return pa.table(columns)


def load_corpus(size: int, folder: Path | None, table: TagTable) -> Corpus:
    """`size` posts; those of the folder when it has as many of its own."""
    stored = folder / f"posts_{size}.parquet" if folder else None
    return read_corpus(stored, table) if stored and stored.exists() else make_corpus(size, table)


def read_corpus(file: Path, table: TagTable, names: Sequence[str] = NAMES) -> Corpus:
    """The posts of a Parquet file with `tag_ids`, and some columns."""
    import pyarrow as pa
    from pyarrow import parquet

    there = parquet.read_schema(file).names
    stored = {name: name if name in there else _STORED[name] for name in names}
    rows = parquet.read_table(file, columns=["tag_ids", *stored.values()])
    lists = rows.column("tag_ids").combine_chunks()
    columns = {name: rows.column(own).combine_chunks() for name, own in stored.items()}
    if "created_at" in columns:
        columns["created_at"] = columns["created_at"].cast(pa.timestamp("us")).cast(pa.int64())
    values = {name: _values(column) for name, column in columns.items()}
    return Corpus(table.names, lists.offsets.to_numpy().astype(np.int64), lists.values.to_numpy(), values, str(file.name))


def _values(column: Any) -> Any:
    from pyarrow import types

    if not types.is_string(column.type):
        return column.to_numpy(zero_copy_only=False)
    coded = column.dictionary_encode()
    return np.array(coded.dictionary.to_pylist(), str)[coded.indices.to_numpy()]


def make_corpus(size: int, table: TagTable, seed: int = 7) -> Corpus:
    """Posts with about `A_POST` tags each."""
    rng = np.random.default_rng(seed)
    share = np.minimum(table.counts / TOTAL, 0.95)
    drawn = rng.poisson(-np.log1p(-share) * size)
    tags = np.repeat(np.arange(len(share), dtype=np.int64), drawn)
    posts = _spread(rng, size, len(tags))
    homes, loyal = _homes(rng, share)
    inside = np.flatnonzero(rng.random(len(tags)) < loyal[tags])
    posts[inside] = _within(rng, size, homes[tags[inside]])
    pairs = np.unique(posts << 18 | tags)
    owners, tags = pairs >> 18, (pairs & (1 << 18) - 1).astype(np.int32)
    starts = np.searchsorted(owners, np.arange(size + 1))
    return Corpus(table.names, starts, tags, _columns(rng, size, np.diff(starts)), f"made from {table.source}")


def _spread(rng: np.random.Generator, size: int, draws: int) -> Any:
    """Posts drawn at random, some more often: not all are tagged with the same care."""
    care = np.cumsum(rng.gamma(9, 1, size))
    return np.searchsorted(care, rng.random(draws) * care[-1]).astype(np.int64)


def _weights() -> Any:
    weights = 1 / (np.arange(_CLUSTERS) + 12.0)
    return weights / weights.sum()


def _homes(rng: np.random.Generator, share: Any) -> tuple[Any, Any]:
    """The cluster of each tag, one wide enough for it, and the part of its posts that lie there."""
    weights = _weights()
    widest = np.maximum(np.searchsorted(-weights, -share * 1.5, side="right"), 1)
    homes = rng.choice(_CLUSTERS, len(share), p=weights)
    homes = np.where(homes >= widest, (rng.random(len(share)) * widest).astype(np.int64), homes)
    loyal = 0.75 * np.minimum(1.0, weights[homes] / np.maximum(2 * share, 1e-12))
    return homes, np.where(share > _COMMON, 0.0, loyal)


def _within(rng: np.random.Generator, size: int, homes: Any) -> Any:
    """A post of each of these clusters."""
    starts = np.concatenate([[0], np.floor(np.cumsum(_weights()) * size)]).astype(np.int64)
    widths = np.maximum(starts[homes + 1] - starts[homes], 1)
    places = np.minimum(starts[homes] + (rng.random(len(homes)) * widths).astype(np.int64), size - 1)
    return rng.permutation(size)[places]


def _columns(rng: np.random.Generator, size: int, tags: Any) -> dict[str, Any]:
    fame = rng.standard_normal(size) * 0.9 + 0.35 * np.log(np.maximum(tags, 1) / A_POST)
    favorites = np.maximum(0, np.exp(2.6 + 1.1 * fame) - 2).astype(np.int64)
    width, height = np.exp(rng.normal(7.1, 0.45, size)).astype(np.int64), np.exp(rng.normal(7.2, 0.45, size)).astype(np.int64)
    age = np.sqrt(np.arange(size) / max(size, 1))  # ever more posts a day
    return {
        "id": np.arange(1, size + 1),
        "created_at": (_FIRST_DAY + (_LAST_DAY - _FIRST_DAY) * age).astype(np.int64) * _SECOND,
        "score": (favorites * rng.uniform(0.6, 1.1, size) + rng.normal(0, 3, size)).astype(np.int64),
        "favorite_count": favorites,
        "width": width,
        "height": height,
        "file_size": (width * height * rng.uniform(0.1, 1.2, size)).astype(np.int64),
        "file_ext": np.array(["jpg", "png", "gif", "webm", "mp4"])[rng.choice(5, size, p=[0.6, 0.31, 0.03, 0.01, 0.05])],
        "rating": np.array(["g", "s", "q", "e"])[rng.choice(4, size, p=[0.28, 0.47, 0.12, 0.13])],
    }
