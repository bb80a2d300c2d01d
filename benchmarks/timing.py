"""Fair timing: candidates interleaved in random order, many rounds, the best of five a query, collector off."""

from __future__ import annotations

import gc
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

Job = Callable[[int], object]
_BEST_OF = 5


@dataclass(frozen=True)
class Timing:
    """Seconds of each query, the best over all rounds."""

    seconds: tuple[float, ...]

    def percentile(self, share: float) -> float:
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(len(self.seconds) * share))]

    def to_dict(self) -> dict[str, float]:
        return {"p50": self.percentile(0.5), "p95": self.percentile(0.95), "p99": self.percentile(0.99), "sum": sum(self.seconds)}

    def ratio(self, other: Timing, least: float = 0.0) -> float:
        """The geometric mean of this over the other, over the queries that take the other `least` seconds or more."""
        pairs = [(mine, its) for mine, its in zip(self.seconds, other.seconds, strict=True) if its >= least]
        return math.exp(sum(math.log(mine / its) for mine, its in pairs) / len(pairs)) if pairs else math.nan


def measure(jobs: dict[str, Job], queries: int, rounds: int) -> dict[str, Timing]:
    """Times every job on every query."""
    best = {name: [math.inf] * queries for name in jobs}
    order, names = list(range(queries)), list(jobs)
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            random.shuffle(order)
            for at in order:
                random.shuffle(names)
                for name in names:
                    best[name][at] = min(best[name][at], _best(jobs[name], at))
    finally:
        gc.enable()
    return {name: Timing(tuple(found)) for name, found in best.items()}


def _best(job: Job, at: int) -> float:
    found = math.inf
    for _ in range(_BEST_OF):
        start = time.perf_counter()
        job(at)
        found = min(found, time.perf_counter() - start)
    return found


def typical(work: Callable[[], object], rounds: int = 5) -> float:
    """The median seconds of one run."""
    times: Sequence[float] = [_best(lambda _: work(), 0) for _ in range(rounds)]
    return median(times)
