"""luqum, a parser for Lucene's syntax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.peers import need


def make_reader() -> Callable[[str], Any]:
    """What reads a query.

    Raises:
        Missing: luqum is not installed.
    """
    found: Callable[[str], Any] = need("luqum.parser").parser.parse
    return found
