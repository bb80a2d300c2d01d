"""Trees of sqlglot's nodes -> text."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sqlglot.dialects.dialect import Dialect as Speller

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.generator import Generator


class _Spellers(threading.local):
    """sqlglot's generators, which keep state while they write: each thread has its own."""

    def __init__(self) -> None:
        self._known: dict[str, Generator] = {}

    def of(self, name: str) -> Generator:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = Speller.get_or_raise(name).generator()
        return found


_spellers = _Spellers()


def spell(tree: exp.Expression, speller: str) -> str:
    """The text of a tree, which is used up, as the speller of that name writes it."""
    return _spellers.of(speller).generate(tree, copy=False)
