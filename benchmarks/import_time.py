"""How long `import booruql` takes in a fresh process, less the bare interpreter. Goal: 40 ms."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter

ROUNDS = 15
GOAL = 40


def start(code: str) -> float:
    """Milliseconds that a fresh process takes to run the code."""
    begun = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return (perf_counter() - begun) * 1000


def main() -> None:
    start("import booruql")
    bare = median(start("") for _ in range(ROUNDS))
    for code in ("import booruql", "import booruql; booruql.parse", "import booruql; booruql.parse('cat')"):
        print(f"{code:40} {median(start(code) for _ in range(ROUNDS)) - bare:6.1f} ms")
    print(f"goal of the first line: {GOAL} ms; the bare interpreter takes {bare:.1f} ms")


if __name__ == "__main__":
    main()
