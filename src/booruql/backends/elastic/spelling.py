"""How patterns and instants are written for the engine."""

from __future__ import annotations

from booruql.ast.nodes import Pattern, Wild


def spell_pattern(pattern: Pattern) -> str:
    r"""A glob as the engine's `wildcard` reads it.

    A literal part that follows another one begins with an escaped character; an empty one leaves the backslash before
    it bare, at the pattern's end.

    >>> spell_pattern(("a*", Wild.RUN, "b")), spell_pattern(("a", "b"))
    ('a\\**b', 'a\\b')
    """
    spelled: list[str] = []
    for place, part in enumerate(pattern):
        if isinstance(part, Wild):
            spelled.append(part.value)
            continue
        bare_end = place + 1 < len(pattern) and pattern[place + 1] == "" and part.endswith("\\")
        joined = place > 0 and not isinstance(pattern[place - 1], Wild)
        if joined and part:
            spelled.append("\\" + part[0])
            part = part[1:]
        spelled.append(_escape(part[:-1]) + "\\" if bare_end and part else _escape(part))
    return "".join(spelled)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")


def spell_bound(micros: int, word: str) -> str:
    """An instant beside an operator. The index holds milliseconds, and reads a text without them after `gt` or `lte` as .999."""
    millis, rest = divmod(micros, 1000)
    millis += bool(rest) and word in ("gte", "lt")
    shown = spell_instant(millis * 1000 // 1_000_000 * 1_000_000)
    if millis % 1000 == 0 and word in ("gte", "lt"):
        return shown
    return f"{shown[:-1]}.{millis % 1000:03d}Z"


def spell_instant(micros: int) -> str:
    """Microseconds since 1970 as ISO 8601 in UTC; the proleptic Gregorian calendar goes on below the year 1.

    >>> spell_instant(-62167219200000000), spell_instant(1_500_000)
    ('0000-01-01T00:00:00Z', '1970-01-01T00:00:01.500000Z')
    """
    seconds, part = divmod(micros, 1_000_000)
    days, second = divmod(seconds, 86_400)
    year, month, day = _civil_from_days(days)
    hour, minute = divmod(second // 60, 60)
    sign = "-" if year < 0 else ""
    fraction = f".{part:06d}" if part else ""
    return f"{sign}{abs(year):04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second % 60:02d}{fraction}Z"


def _civil_from_days(days: int) -> tuple[int, int, int]:
    era, of_era = divmod(days + 719_468, 146_097)
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1
