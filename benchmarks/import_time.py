"""How long `import booruql` takes in a fresh process, less the bare interpreter."""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter

from benchmarks.progress import track
from benchmarks.results import Found, Table, at_most
from benchmarks.setting import Setting
from benchmarks.timing import Timing

CODES = ("", "import booruql", "import booruql; booruql.parse", "import booruql; booruql.parse('cat')")
BARE, OURS = "a bare interpreter", CODES[1]
_GOAL = 40


def run(setting: Setting) -> Found:
    """Each code in turn, in processes of its own."""
    taken: dict[str, list[float]] = {code or BARE: [] for code in CODES}
    _start(CODES[-1])  # compiles what is not compiled yet
    for _ in track(range(setting.rounds), "import"):
        for code in CODES:
            taken[code or BARE].append(_start(code))
    found = {name: Timing(tuple(times)) for name, times in taken.items()}
    more = (found[OURS].percentile(0.5) - found[BARE].percentile(0.5)) * 1000
    claim = at_most("import booruql, p50 less the bare interpreter", more, _GOAL, " ms")
    return {"a fresh process": Table(found, [claim], per="process", limits=(BARE,))}


def _start(code: str) -> float:
    """Seconds of a fresh process that runs the code."""
    begun = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return perf_counter() - begun
