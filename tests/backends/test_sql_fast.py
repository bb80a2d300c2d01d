"""The extra `fast`, sqlglot compiled, writes the texts that sqlglot in Python writes."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def told(*options: str) -> Any:
    """What the script prints in an interpreter of its own."""
    command = [sys.executable, "-m", "tests.sql_texts", *options]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout)


def test_compiled_sqlglot_writes_the_same_texts() -> None:
    found = find_spec("sqlglot.generator")
    if found is None or str(found.origin).endswith(".py"):
        pytest.skip("NOT TESTED: sqlglot is not compiled here; install the extra 'fast'")
    (compiled, *fast), (source, *pure) = told(), told("--pure")
    assert not compiled.endswith(".py") and source.endswith(".py")
    assert fast == pure
