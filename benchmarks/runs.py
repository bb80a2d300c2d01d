"""Runs of the parts, each in a process of its own: nothing that one leaves behind reaches the next."""

from __future__ import annotations

import time
import traceback
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing import get_context

from benchmarks.results import Found, merged
from benchmarks.setting import Setting


@dataclass
class Part:
    """A part, its module, and what its runs have found so far."""

    name: str
    module: str
    runs: list[Found] = field(default_factory=list)
    seconds: float = 0.0
    """How long its last run took."""
    failure: str = ""

    def run(self, setting: Setting) -> None:
        """One run more; what it raises is kept as its failure."""
        began = time.monotonic()
        try:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
                self.runs.append(alone.submit(run_module, self.module, setting).result())
        except Exception:
            self.failure = traceback.format_exc()
        self.seconds = time.monotonic() - began

    @property
    def found(self) -> Found:
        return merged(self.runs)


def run_module(module: str, setting: Setting) -> Found:
    """The tables of a part's module."""
    found: Found = import_module(f"benchmarks.{module}").run(setting)
    return found


def run_more(parts: Mapping[str, Part], setting: Setting, runs: int, until: float) -> None:
    """Further runs of the parts, the quickest first, as long as they end before `until`."""
    for part in sorted(parts.values(), key=lambda part: part.seconds):
        while not part.failure and len(part.runs) < runs and time.monotonic() + part.seconds * 1.1 < until:
            print(f"{part.name}: run {len(part.runs) + 1}", flush=True)
            part.run(setting)
