"""The distinct values of a field and their codes; it grows and never forgets, so every snapshot may share it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from threading import Lock
from typing import Any

from booruql.ast.nodes import Pattern
from booruql.text import lower
from booruql.vocabulary.globs import make_glob
from booruql.vocabulary.names import Names, make_names
from booruql.vocabulary.spelling import near

_LEAST_FRESH, _SHARE_FRESH = 1_000, 4  # values since the table was made that are tested one by one: so many, or one in so many


class Codes(dict[Any, int]):
    """value -> code; a new value gets the next one, whichever thread asks."""

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self.values_by_code: list[Any] = list(values)
        self._growing = Lock()
        super().__init__(zip(self.values_by_code, range(len(self.values_by_code)), strict=True))

    def __missing__(self, value: Any) -> int:
        with self._growing:
            code = self.get(value)
            if code is None:
                code = len(self.values_by_code)
                self.values_by_code.append(value)
                self[value] = code
            return code


class Dictionary:
    """The values of one field."""

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self.codes = Codes(values)
        self._tables: dict[bool, Names] = {}

    @property
    def values(self) -> Sequence[Any]:
        """The values by code."""
        return self.codes.values_by_code

    def code(self, value: Any) -> int | None:
        return self.codes.get(value)

    def choose(self, test: Callable[[Any], bool]) -> list[int]:
        """The codes of the values that pass a test; one pass over the vocabulary."""
        return [code for code, value in enumerate(list(self.values)) if test(value)]

    def matching(self, pattern: Pattern, fold: bool) -> list[int]:
        """The codes of the values that match a pattern, whatever their case when `fold`."""
        values = list(self.values)
        table = self._table(values, fold)
        test = make_glob(pattern, fold)
        wanted = tuple(lower(part) if fold and isinstance(part, str) else part for part in pattern)
        return table.find(wanted) + [code for code in range(len(table), len(values)) if test(values[code])]

    def near(self, text: str, edits: int) -> list[int]:
        """The codes of the values that are within so many edits of a text."""
        values = list(self.values)
        table = self._table(values, False)
        likely = chain(table.similar(text, edits), range(len(table), len(values)))
        return [code for code in likely if near(text, values[code], edits)]

    def _table(self, values: Sequence[Any], fold: bool) -> Names:
        table = self._tables.get(fold)
        if table is None or len(values) - len(table) > max(_LEAST_FRESH, len(table) // _SHARE_FRESH):
            table = self._tables[fold] = make_names([lower(value) for value in values] if fold else values)
        return table


Dictionaries = dict[str, Dictionary]


def dictionary_of(field: str, dictionaries: Dictionaries) -> Dictionary:
    """The field's dictionary, made when there is none."""
    return dictionaries.get(field) or dictionaries.setdefault(field, Dictionary())
