"""Values that hold rows, which may hold one another, as flat JSON: each row is written once, and named by its number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from booruql.documents import Document
from booruql.errors import ConfigError

_ROW, _SET = "$row", "$set"
_PLAIN = (bool, int, float, str)


class Rows:
    """The rows that were met while values were written."""

    def __init__(self) -> None:
        self._met: list[Mapping[str, Any]] = []
        self._numbers: dict[int, int] = {}

    def flat(self, value: Any) -> Any:
        """The value as JSON, with numbers for the rows in it.

        Raises:
            ConfigError: it holds what no file can.
        """
        if value is None or isinstance(value, _PLAIN):
            return value
        if isinstance(value, Mapping):
            return {_ROW: self._number(value)}
        if isinstance(value, list | tuple):
            return [self.flat(one) for one in value]
        if isinstance(value, frozenset | set):
            return {_SET: sorted(value, key=str)}
        raise ConfigError(f"a {type(value).__name__} cannot be saved")

    def _number(self, row: Mapping[str, Any]) -> int:
        number = self._numbers.setdefault(id(row), len(self._met))
        if number == len(self._met):
            self._met.append(row)
        return number

    def whole(self) -> list[dict[str, Any]]:
        """Every row, and those that they hold, in the order of their numbers."""
        found: list[dict[str, Any]] = []
        for row in self._met:  # grows meanwhile
            found.append({name: self.flat(value) for name, value in row.items()})
        return found


def restore(flat: list[dict[str, Any]]) -> list[Document]:
    """What `Rows.whole` gave, as documents that hold one another again."""
    rows = [Document() for _ in flat]
    for row, members in zip(rows, flat, strict=True):
        row.update((name, unflat(value, rows)) for name, value in members.items())
    return rows


def unflat(value: Any, rows: list[Document]) -> Any:
    """What `Rows.flat` was given."""
    if isinstance(value, list):
        return [unflat(one, rows) for one in value]
    if isinstance(value, dict):
        return rows[value[_ROW]] if _ROW in value else frozenset(value[_SET])
    return value
