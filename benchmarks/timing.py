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


@dataclass(frozen=True)
class Timing:
    """Seconds of each query, the best over all rounds; NaN for a query that the candidate cannot answer."""

    seconds: tuple[float, ...]

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
        return Timing(tuple(self.seconds[at] for at in numbers))

    def _pairs(self, other: Timing) -> list[tuple[float, float]]:
        both = zip(self.seconds, other.seconds, strict=True)
        return [(mine, its) for mine, its in both if not (math.isnan(mine) or math.isnan(its))]


def measure(
    jobs: Mapping[str, Job],
    queries: int,
    rounds: int,
    *,
    label: str = "",
    can: Callable[[str, int], bool] = lambda name, at: True,
) -> dict[str, Timing]:
    """Times every job on every query that it `can` answer."""
    best = {name: [math.inf if can(name, at) else math.nan for at in range(queries)] for name in jobs}
    order, names = list(range(queries)), list(jobs)
    with quiet():
        for _ in track(range(rounds), label or ", ".join(names)):
            random.shuffle(order)
            for at in order:
                random.shuffle(names)
                for name in names:
                    if best[name][at] > 0:  # NaN is not
                        best[name][at] = min(best[name][at], best_of(jobs[name], at))
    return {name: Timing(tuple(found)) for name, found in best.items()}


@contextmanager
def quiet() -> Iterator[None]:
    """No garbage collection inside."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def best_of(job: Job, at: int = 0) -> float:
    """The best seconds of `BEST_OF` runs, or the seconds of one when it is slow."""
    found = math.inf
    for _ in range(BEST_OF):
        start = time.perf_counter()
        job(at)
        found = min(found, time.perf_counter() - start)
        if found > SLOW:
            break
    return found


def typical(work: Callable[[], object], rounds: int = 5) -> float:
    """The median seconds of one run."""
    return median(best_of(lambda _: work()) for _ in range(rounds))
