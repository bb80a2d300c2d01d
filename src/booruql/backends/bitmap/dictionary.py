"""The distinct values of a field and their codes; it grows and never forgets, so every snapshot may share it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from booruql.ast.nodes import Pattern


class Codes(dict[Any, int]):
    """value -> code; a new value gets the next one."""

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self.values_by_code: list[Any] = list(values)
        super().__init__((value, code) for code, value in enumerate(self.values_by_code))

    def __missing__(self, value: Any) -> int:
        code = self[value] = len(self.values_by_code)
        self.values_by_code.append(value)
        return code


class Dictionary:
    """The values of one field."""

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self.codes = Codes(values)
        self._sorted: tuple[int, Sequence[tuple[Any, int]]] = (0, ())
        self._reversed: tuple[int, Sequence[tuple[Any, int]]] = (0, ())

    @property
    def values(self) -> Sequence[Any]:
        """The values by code."""
        return self.codes.values_by_code

    def code(self, value: Any) -> int | None:
        return self.codes.get(value)

    def choose(self, test: Callable[[Any], bool]) -> list[int]:
        """The codes of the values that pass a test; one pass over the vocabulary."""
        return [code for code, value in enumerate(list(self.values)) if test(value)]

    def matching(self, pattern: Pattern, test: Callable[[Any], bool], fold: bool) -> list[int]:
        """The codes of the values that match a pattern: a literal beginning or end narrows the search."""
        if not fold and len(pattern) > 1:
            if isinstance(pattern[0], str):
                return self._between(self._forward(), pattern[0], test)
            if isinstance(pattern[-1], str):
                return self._between(self._backward(), pattern[-1][::-1], test)
        return self.choose(test)

    def _between(self, entries: Sequence[tuple[Any, int]], start: str, test: Callable[[Any], bool]) -> list[int]:
        first = bisect_left(entries, (start, -1))
        found = []
        values = self.values
        for at in range(first, len(entries)):
            text, code = entries[at]
            if not text.startswith(start):
                break
            if test(values[code]):
                found.append(code)
        return found

    def _forward(self) -> Sequence[tuple[Any, int]]:
        values = self.values
        if self._sorted[0] != len(values):
            self._sorted = (len(values), sorted((value, code) for code, value in enumerate(list(values))))
        return self._sorted[1]

    def _backward(self) -> Sequence[tuple[Any, int]]:
        values = self.values
        if self._reversed[0] != len(values):
            self._reversed = (len(values), sorted((value[::-1], code) for code, value in enumerate(list(values))))
        return self._reversed[1]
