"""The one protocol: candidates interleaved in random order, many rounds, the best of five a query, collector off."""

from __future__ import annotations

import gc
import math
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import fmean, median

from benchmarks.progress import track

Job = Callable[[int], object]
"""Runs one query, by its number."""
BEST_OF = 5
SLOW = 0.01
"""Seconds from which a job is run once a turn: the best over the rounds is taken of it, as of all."""
LEAST = 3
"""Rounds that a job gets whose patience is at its end."""


@dataclass(frozen=True)
class Timing:
    """Seconds of each query, the best over all rounds; NaN for a query that the candidate cannot answer."""

    seconds: tuple[float, ...]
    rounds: int = 0
    """The fewest rounds that a query had, where some had fewer than others."""

    @property
    def answered(self) -> list[float]:
        return [value for value in self.seconds if not math.isnan(value)]

    def percentile(self, share: float) -> float:
        found = sorted(self.answered)
        return found[min(len(found) - 1, int(len(found) * share))] if found else math.nan

    def to_dict(self) -> dict[str, float]:
        mean = fmean(self.answered) if self.answered else math.nan
        found = {"p50": self.percentile(0.5), "p95": self.percentile(0.95), "p99": self.percentile(0.99), "mean": mean}
        return {**found, "queries": len(self.answered)}

    def ratio(self, other: Timing, least: float = 0.0) -> float:
        """The geometric mean of this over the other, over the queries that take the other `least` seconds or more."""
        pairs = [(mine, its) for mine, its in self._pairs(other) if its >= least]
        return math.exp(fmean(math.log(mine / its) for mine, its in pairs)) if pairs else math.nan

    def sum_ratio(self, other: Timing) -> float:
        """The sums over the queries that both answer, this over the other."""
        pairs = self._pairs(other)
        return sum(mine for mine, _ in pairs) / sum(its for _, its in pairs) if pairs else math.nan

    def chosen(self, numbers: Sequence[int]) -> Timing:
        """Of some of the queries alone."""
        return Timing(tuple(self.seconds[at] for at in numbers), self.rounds)

    def each(self, change: Callable[[int, float], float]) -> Timing:
        """Every figure changed, by the number of its query."""
        return Timing(tuple(change(at, value) for at, value in enumerate(self.seconds)), self.rounds)

    def _pairs(self, other: Timing) -> list[tuple[float, float]]:
        both = zip(self.seconds, other.seconds, strict=True)
        return [(mine, its) for mine, its in both if not (math.isnan(mine) or math.isnan(its))]


@dataclass(frozen=True)
class Protocol:
    """How candidates are timed, where it is not the usual way.

    `reset` runs before every timed call, to empty caches. A job that has run `patience` seconds has no rounds after the
    first `least`. `apart`: the turns of a round are shuffled as a whole, so that none finds in the processor's caches
    what the one before it left there. `repeats`: of so many calls the best is taken, each turn. `can` tells which queries
    a candidate answers.
    """

    reset: Callable[[], object] | None = None
    patience: float = math.inf
    least: int = LEAST
    repeats: int = BEST_OF
    apart: bool = False
    can: Callable[[str, int], bool] = lambda name, at: True


def measure(
    jobs: Mapping[str, Job], queries: int, rounds: int, *, label: str = "", protocol: Protocol = Protocol()
) -> dict[str, Timing]:
    """Times every job on every query that it can answer."""
    turns = _Turns(jobs, queries, protocol)
    with quiet():
        for done in track(range(rounds), label or ", ".join(jobs)):
            turns.run(done)
    return turns.timings()


class _Turns:
    """The best of every job on every query so far."""

    def __init__(self, jobs: Mapping[str, Job], queries: int, protocol: Protocol) -> None:
        self.jobs, self.queries, self.protocol = jobs, queries, protocol
        self.best = {(name, at): math.inf for name in jobs for at in range(queries) if protocol.can(name, at)}
        self.spent = dict.fromkeys(self.best, 0.0)
        self.had = dict.fromkeys(self.best, 0)

    def run(self, done: int) -> None:
        """One round."""
        for turn in self._order():
            if done < self.protocol.least or self.spent[turn] < self.protocol.patience:
                self._take(turn)

    def _order(self) -> list[tuple[str, int]]:
        turns = list(self.best)
        random.shuffle(turns)
        if not self.protocol.apart:
            places = list(range(self.queries))
            random.shuffle(places)
            turns.sort(key=lambda turn: places[turn[1]])
        return turns

    def _take(self, turn: tuple[str, int]) -> None:
        name, at = turn
        began = time.perf_counter()
        self.best[turn] = min(self.best[turn], best_of(self.jobs[name], at, self.protocol.reset, self.protocol.repeats))
        self.spent[turn] += time.perf_counter() - began
        self.had[turn] += 1

    def timings(self) -> dict[str, Timing]:
        found = {}
        for name in self.jobs:
            had = [self.had[name, at] for at in range(self.queries) if (name, at) in self.had]
            rounds = min(had, default=0)
            seconds = tuple(self.best.get((name, at), math.nan) for at in range(self.queries))
            found[name] = Timing(seconds, rounds if had and rounds < max(had) else 0)
        return found


@contextmanager
def quiet() -> Iterator[None]:
    """No garbage collection inside."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def best_of(job: Job, at: int = 0, reset: Callable[[], object] | None = None, repeats: int = BEST_OF) -> float:
    """The best seconds of some runs, or the seconds of one when it is slow."""
    found = math.inf
    for _ in range(repeats):
        if reset is not None:
            reset()
        start = time.perf_counter()
        job(at)
        found = min(found, time.perf_counter() - start)
        if found > SLOW:
            break
    return found


def typical(work: Callable[[], object], rounds: int = 5) -> float:
    """The median seconds of one run."""
    return median(best_of(lambda _: work()) for _ in range(rounds))
