"""Dates of Philomena: RFC 3339 fragments and `3 days ago`. Own calendar arithmetic: the years are 0000 to 9999."""

from __future__ import annotations

import re
from typing import NamedTuple

_ZONE = r"(?:(?P<utc>[Zz])|(?P<sign>[+-])(?P<zone_hours>[0-9]{2})(?::(?P<zone_minutes>[0-9]{2}))?+)"
_DATE = re.compile(
    r"(?P<year>[0-9]{4})"
    r"(?:-(?P<month>[0-9]{2})"
    r"(?:-(?P<day>[0-9]{2})"
    r"(?:[Tt \t\n\r\v\f]"
    r"(?:(?P<hour>[0-9]{2})"
    r"(?::(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2}))?+)?+)?+)?+)?+)?+"
    rf"{_ZONE}?+"
)
_AGO = re.compile(r"([0-9]+)[ \t\n\r\v\f](second|minute|hour|day|week|month|year)s? ago")
_AGO_START = re.compile(r"[0-9]+(?:[ \t\n\r\v\f](?:(?:second|minute|hour|day|week|month|year)s?)?)?")

SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3_600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_592_000,
    "year": 31_536_000,
}
LONGEST_AGO = 31_536_000_000  # seconds; the site refuses more than a millennium
_END_OF_TIME = 10_000
_MICRO = 1_000_000
_DAY = 86_400


class Stretch(NamedTuple):
    """An absolute date: the microseconds where it begins and where the next one begins."""

    low: int
    high: int


class Ago(NamedTuple):
    """A relative date: so many units before now."""

    number: int
    unit: int


class Impossible(ValueError):
    """The date is well formed but there is no such day, time or zone; `parts` is how it was read."""

    def __init__(self, parts: str) -> None:
        super().__init__(parts)
        self.parts = parts


class TooLongAgo(ValueError):
    """The relative date lies too far back; `seconds` says how far."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def read_date(text: str) -> Stretch | Ago | None:
    """What a date text says, None when it is no date.

    >>> read_date("1970-01-02")
    Stretch(low=86400000000, high=172800000000)
    >>> read_date("3 days ago")
    Ago(number=3, unit=86400)

    Raises:
        Impossible: there is no such date.
        TooLongAgo: more than a millennium.
    """
    if found := _DATE.fullmatch(text):
        return _stretch(found)
    if found := _AGO.fullmatch(text):
        unit = SECONDS[found[2]]
        digits = found[1].lstrip("0") or "0"
        number = int(digits[:20])
        if len(digits) > len(str(LONGEST_AGO)) or number * unit > LONGEST_AGO:
            raise TooLongAgo(number * unit)
        return Ago(number, unit)
    return None


def rest_of(text: str) -> str:
    """What the site's message quotes of a text that is no date: what is left after its longest start of `3 days ago`."""
    found = _AGO_START.match(text)
    return text[found.end() :] if found else text


def _stretch(found: re.Match[str]) -> Stretch:
    year, month, day, hour, minute, second = (int(n) if (n := found[i]) else None for i in range(1, 7))
    if not _is_possible(found, year or 0, month, day, (hour, minute, second)):
        raise Impossible(_parts(found))
    first = days_from_civil(year or 0, month or 1, day or 1)
    if month is None:
        length = days_from_civil((year or 0) + 1, 1, 1) - first
    else:
        length = 1 if day else days_in_month(year or 0, month)
    low = first * _DAY + (hour or 0) * 3_600 + (minute or 0) * 60 + (second or 0)
    width = length * _DAY if hour is None else 3_600 if minute is None else 60 if second is None else 1
    low -= _offset(found)
    if low + width > days_from_civil(_END_OF_TIME, 1, 1) * _DAY - 1:
        raise Impossible(_parts(found))
    return Stretch(low * _MICRO, (low + width) * _MICRO)


def _is_possible(
    found: re.Match[str], year: int, month: int | None, day: int | None, time: tuple[int | None, int | None, int | None]
) -> bool:
    if month is not None and not 1 <= month <= 12:
        return False
    if day is not None and not 1 <= day <= days_in_month(year, month or 1):
        return False
    limits = (23, 59, 59)
    zone = (int(found["zone_hours"] or 0), int(found["zone_minutes"] or 0))
    clock = all(part is None or part <= most for part, most in zip(time, limits, strict=True))
    return clock and zone[0] <= limits[0] and zone[1] <= limits[1]


def _offset(found: re.Match[str]) -> int:
    if not found["sign"]:
        return 0
    seconds = int(found["zone_hours"]) * 3_600 + int(found["zone_minutes"] or 0) * 60
    return seconds if found["sign"] == "+" else -seconds


def _parts(found: re.Match[str]) -> str:
    numbers = [str(int(n)) for i in range(1, 7) if (n := found[i])]
    zone = [found["sign"], str(int(found["zone_hours"])), str(int(found["zone_minutes"] or 0))] if found["sign"] else []
    return ", ".join(numbers + zone)


def days_in_month(year: int, month: int) -> int:
    """How many days a month has, in the proleptic Gregorian calendar."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01, for any year.

    >>> days_from_civil(2000, 3, 1)
    11017
    """
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
