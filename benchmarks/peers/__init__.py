"""What ours is measured against, a file each. A peer that cannot be had says so by `Missing`; nothing here imports ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from benchmarks.corpus import Corpus
from benchmarks.workload import Expression

TOP = 20
COLUMNS = ("id", "created_at", "score", "favorite_count", "width", "rating")
"""What every engine for many posts stores beside the tags."""


class Missing(Exception):
    """A peer that is not there; the message says what to install."""


def need(module: str) -> Any:
    """A package of the group `bench`.

    Raises:
        Missing: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        raise Missing(f"the package {module} is not installed (pip install --group bench)") from None


@dataclass(frozen=True)
class Posts:
    """What an engine for many posts gets. Tags are called by their places in `corpus.names`, which is by falling use."""

    corpus: Corpus
    queries: Sequence[Expression]
    folder: Path
    """Where it keeps its files."""

    @property
    def numbers(self) -> dict[str, int]:
        """The places of the tags."""
        return {name: at for at, name in enumerate(self.corpus.names)}


class Engine(Protocol):
    """A peer with all posts; queries are called by their numbers."""

    def count(self, at: int) -> int:
        """How many match."""

    def newest(self, at: int) -> list[int]:
        """The first `TOP` ids, newest first."""

    def close(self) -> None:
        """End what was started."""


def open_engine(name: str, posts: Posts) -> Engine:
    """The engine of a file of this folder, loaded.

    Raises:
        Missing: it cannot be had.
    """
    found: Engine = import_module(f"benchmarks.peers.{name}").open_posts(posts)
    return found
