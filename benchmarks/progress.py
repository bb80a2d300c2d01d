"""How far a long step is, on stderr: a bar on a terminal, else a line every half minute."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

T = TypeVar("T")
_WIDTH = 30
_EVERY = 30.0


def track(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """The items, with a bar that grows as they are taken."""
    size = total if total is not None else len(items) if isinstance(items, Sized) else 0
    shown = Bar(label, size)
    for at, item in enumerate(items):
        shown.show(at)
        yield item
    shown.end()


class Bar:
    """A line that tells how much of a step is done."""

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total = label, total
        self.is_live = sys.stderr.isatty()
        self.began = self.last = time.monotonic()

    def show(self, done: int) -> None:
        now = time.monotonic()
        if now - self.last < (0.1 if self.is_live else _EVERY):
            return
        self.last = now
        share = done / self.total if self.total else 0.0
        left = f", {(now - self.began) * (1 - share) / share:.0f} s left" if share else ""
        filled = "#" * int(share * _WIDTH)
        line = f"{self.label} [{filled:{_WIDTH}s}] {done}/{self.total}{left}"
        print(f"\r{line}\033[K" if self.is_live else line, end="" if self.is_live else "\n", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.is_live:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
