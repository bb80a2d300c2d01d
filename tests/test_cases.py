"""The case tables of the sites' own parsers, replayed through the command line, where the shared folder is at hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SUITES = (
    "danbooru_parse",
    "danbooru_normalize",
    "danbooru_range",
    "danbooru_like",
    "danbooru_match",
    "bronibooru_parse",
    "bronibooru_match",
    "furbooru_parse",
    "furbooru_parse_other",
    "furbooru_match",
)


@pytest.mark.parametrize("suite", SUITES)
def test_every_row_passes(shared: Path, suite: str) -> None:
    replay = shared / "tools" / "replay.py"
    command = [sys.executable, str(replay), suite, "--cmd", f"{sys.executable} -m booruql", "--show", "3"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
