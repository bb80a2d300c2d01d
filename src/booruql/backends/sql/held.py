"""What a column holds in place of a field's values: instants as timestamps, words as other words, numbers or enumerators.

Own layouts hold the values themselves. What stands here is decided when a value is taken out of a search (see `shape`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from booruql.ast.nodes import Op, Value
from booruql.backends.sql.values import Test, beyond, close, close_many
from booruql.schema import Kind

Spelling = Callable[[Op, Value], Test]
"""A comparison with a value as one with what stands for it in the column; True or False where that is decided."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = (datetime(1, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_HEX = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Held:
    """Kind and bits of a field's values where they are held; `words` and `spell` tell what stands for them there.

    `words` has what the column may hold with the field's value for each, when those are few: every comparison is then
    one of some of them. `is_bmp`: its texts have no character beyond U+FFFF. `is_cased`: patterns in any letter case are
    left to the database, which is sure of ASCII alone.
    """

    kind: Kind
    bits: int
    spell: Spelling | None = None
    words: tuple[tuple[Value, Value], ...] = ()
    is_cased: bool = False
    is_bmp: bool = False

    def close(self, op: Op, value: Value) -> Test:
        """The comparison as the column can be asked (see `values.close`)."""
        if op is Op.EQ and self._is_too_wide(value):
            return False
        test = close(self.kind, self.bits, op, value)
        return test if isinstance(test, bool) or self.spell is None else self.spell(*test)

    def close_many(self, values: tuple[Value, ...]) -> list[Value]:
        """What stands for the values that the column can hold, each once, in order."""
        found = [one for one in close_many(self.kind, self.bits, values) if not self._is_too_wide(one)]
        if self.spell is None:
            return found
        tests = [self.spell(Op.EQ, value) for value in found]
        return [test[1] for test in tests if not isinstance(test, bool)]

    def _is_too_wide(self, value: Value) -> bool:
        return self.is_bmp and isinstance(value, str) and max(value, default="") > "\uffff"


def is_caseless(text: str) -> bool:
    """Whether nothing but ASCII letters in it has another case: every database finds the same in any letter case.

    >>> is_caseless("Cat カラ"), is_caseless("É")
    (True, False)
    """
    return text.isascii() or all(char.isascii() or char.lower() == char == char.upper() for char in text)


def moment(value: int) -> datetime:
    """The instant of so many microseconds since 1970, in UTC."""
    return _EPOCH + timedelta(microseconds=value)


def _instant(spell: Callable[[int], Any]) -> Spelling:
    def test(op: Op, value: Any) -> Test:
        if not _FIRST <= value <= _LAST:
            return beyond(op, value > 0)
        return op, spell(value)

    return test


def _uuid(op: Op, value: Any) -> Test:
    """Only equality is asked of the column itself; a text that is no UUID is in none."""
    return (op, value) if op is not Op.EQ or _HEX.fullmatch(value) else False


def _text(value: int) -> str:
    return moment(value).replace(tzinfo=None).isoformat(" ")


FORMS: Mapping[str, tuple[Spelling | None, str]] = {
    "timestamp": (_instant(lambda value: moment(value).replace(tzinfo=None)), "TIMESTAMP"),
    "timestamptz": (_instant(moment), "TIMESTAMPTZ"),
    "timestamp text": (_instant(_text), "TEXT"),
    "microseconds": (None, "BIGINT"),
    "uuid": (_uuid, "UUID"),
}
"""How a value may be held, with the type of the column: a timestamp without zone is one in UTC, a timestamp as text is
`YYYY-MM-DD hh:mm:ss` in UTC, a UUID stands for 32 hexadecimal digits."""
