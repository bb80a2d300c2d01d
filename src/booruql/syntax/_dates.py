"""Lenient dates, as far as they are sure: read without a clock, settled with one.

Parts that a text leaves out are filled in later: the year and the month from today, the day with 1 when a year or a
month is given and with today's otherwise, the time with midnight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from fractions import Fraction

from booruql.syntax._scalars import span_of_time

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_DAYS = re.compile(r"(?:sun|mon|tue|wed|thu|fri|sat)[a-z]*\.?")
_TIME = re.compile(
    r"(?:(?:^|(?<=[0-9])t|[ \t]+|(?<=[0-9])[ \t]*t[ \t]*))"
    r"(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9})\d*)?)?)?[ \t]*([ap]\.?m\.?)?[ \t]*"
    r"(z|utc|gmt|[+-]\d{1,2}(?::?\d{2})?)?$"
)
_COMPACT = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:t?(\d{2})(?:(\d{2})(?:(\d{2})(?:[.,](\d{1,9})\d*)?)?)?)?(z|utc|gmt|[+-]\d{2}:?\d{2})?"
)
_WEEK = re.compile(r"\d{4}-w\d{2}(?:-\d)?")
_ORDINAL = re.compile(r"(\d{4})-(\d{3})")
_THREE = re.compile(r"(\d{1,9})([-/.])(\d{1,4})\2(\d{1,9})")
_TWO = re.compile(r"(\d{1,2})/(\d{1,2})")
_DAY_MONTH = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[- ]*{_MONTH}[- ,]*(\d{{3,4}})?")
_MONTH_DAY = re.compile(rf"{_MONTH}[- ]*(\d{{1,2}})?(?:st|nd|rd|th)?(?:[- ,]+(\d{{3,4}}))?")
_YEAR_MONTH = re.compile(rf"(\d{{3,4}})-{_MONTH}-(\d{{1,2}})")


@dataclass(frozen=True, slots=True)
class Ago:
    """So many microseconds before now."""

    micros: int


@dataclass(frozen=True, slots=True)
class Date:
    """What a text says of a moment. `clock` is microseconds after midnight, `offset` seconds east of UTC."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    clock: int = 0
    offset: int | None = None


Moment = Ago | Date


def age(text: str) -> Ago:
    """A duration before now; months and years have fixed lengths.

    >>> age("1mo")
    Ago(micros=2629800000000)
    """
    micros = span_of_time(text).seconds * 1_000_000
    return Ago(int(min(micros, Fraction(10) ** 18)))


def date(text: str) -> Date:
    """The parts of a date.

    >>> date("2024-01-02T10:00Z")
    Date(year=2024, month=1, day=2, clock=36000000000, offset=0)

    Raises:
        ValueError: it is no date.
    """
    bare = text.strip(" \t\n").lower()
    if not bare.isascii() or len(bare) > 100:
        raise ValueError(text)
    compact = _COMPACT.fullmatch(bare)
    if compact:
        year, month, day, *clock, zone = compact.groups()
        return _make(year, month, day, _clock(clock[0], clock[1], clock[2], clock[3]), _offset(zone))
    time = _TIME.search(bare)
    if not time or (time.start() and not re.match(r"[t \t]", bare[time.start() :])):
        return _day(bare, 0, None)
    *clock, half, zone = time.groups()
    if not time.start() and clock[1] is None and half is None:
        return _day(bare, 0, None)
    head = bare[: time.start()].rstrip("t \t")
    moment = _clock(clock[0], clock[1], clock[2], clock[3], half)
    return _day(head, moment, _offset(zone)) if head else Date(clock=moment, offset=_offset(zone))


def _day(text: str, clock: int, offset: int | None) -> Date:
    if _WEEK.fullmatch(text) or _DAYS.fullmatch(text):
        return Date(clock=clock, offset=offset)
    if found := _ORDINAL.fullmatch(text):
        return _make(found[1], None, None, clock, offset)
    if found := _THREE.fullmatch(text):
        first, last = (found[4], found[1]) if len(found[4]) > 2 else (found[1], found[4])
        if len(found[3]) > 2:
            raise ValueError(text)
        return _make(first, found[3], last, clock, offset)
    if found := _TWO.fullmatch(text):
        return _make(None, found[1], found[2], clock, offset)
    return _named(text, clock, offset)


def _named(text: str, clock: int, offset: int | None) -> Date:
    if found := _YEAR_MONTH.fullmatch(text):
        return _make(found[1], _MONTHS.index(found[2]) + 1, found[3], clock, offset)
    if found := _DAY_MONTH.fullmatch(text):
        return _make(found[3], _MONTHS.index(found[2]) + 1, found[1], clock, offset)
    if found := _MONTH_DAY.fullmatch(text):
        return _make(found[3], _MONTHS.index(found[1]) + 1, found[2], clock, offset)
    return _digits(text, clock, offset)


def _digits(text: str, clock: int, offset: int | None) -> Date:
    """A bare number: the day, month and day, the day of a year (which is ignored)."""
    if not re.fullmatch(r"\d{2,7}", text):
        raise ValueError(text)
    match len(text):
        case 2:
            return _make(None, None, text, clock, offset)
        case 3:
            return Date(clock=clock, offset=offset)
        case 4:
            return _make(None, text[:2], text[2:], clock, offset)
        case 7:
            return _make(text[:4], None, None, clock, offset)
        case _:
            raise ValueError(text)


def _make(year: str | None, month: str | int | None, day: str | None, clock: int, offset: int | None) -> Date:
    numbers = [None if part is None else int(part) for part in (year, month, day)]
    found = Date(numbers[0], numbers[1], numbers[2], clock, offset)
    if not (1 <= (found.year or 1) <= 9999 and 1 <= (1 if found.month is None else found.month) <= 12):
        raise ValueError
    if found.year == 0 or not 1 <= (1 if found.day is None else found.day) <= 31:
        raise ValueError
    return found


def _clock(hour: str | None, minute: str | None, second: str | None, fraction: str | None, half: str | None = None) -> int:
    hours, minutes, seconds = int(hour or 0), int(minute or 0), int(second or 0)
    if half:
        hours = hours % 12 + (12 if half[0] == "p" else 0)
    if hours > 24 or minutes > 59 or seconds > 60 or (hours == 24 and (minutes or seconds)):
        raise ValueError
    micros = int((fraction or "0")[:6].ljust(6, "0"))
    return (hours * 3600 + minutes * 60 + seconds) * 1_000_000 + micros


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone in ("z", "utc", "gmt"):
        return 0
    sign = -1 if zone[0] == "-" else 1
    hours, minutes = zone[1:].split(":") if ":" in zone else (zone[1:3], zone[3:] or "0")
    seconds = int(hours) * 3600 + int(minutes) * 60
    if seconds >= 86400:
        raise ValueError(zone)
    return sign * seconds


# --- with a clock

_EPOCH = datetime(1970, 1, 1)


def settle(moment: Moment, now: datetime, tz: tzinfo) -> int:
    """The moment as microseconds since 1970 UTC.

    >>> show(settle(Date(2024, 2, 31), datetime(2026, 1, 15, tzinfo=UTC), UTC))
    '2024-03-02T00:00:00.000000Z'
    """
    if isinstance(moment, Ago):
        return _micros(now.astimezone(UTC).replace(tzinfo=None)) - moment.micros
    today = now.astimezone(tz)
    given = moment.year is not None or moment.month is not None
    day = moment.day or (1 if given else today.day)
    first = datetime(moment.year or today.year, moment.month or today.month, 1)
    local = _micros(first) + (day - 1) * 86_400_000_000 + moment.clock
    zone = tz if moment.offset is None else timezone(timedelta(seconds=moment.offset))
    return local - _offset_at(local, zone)


def day_of(micros: int, tz: tzinfo) -> tuple[int, int]:
    """The first and the last microsecond of the day of a moment, in the zone."""
    local = micros + _offset_of(micros, tz)
    midnight = local - local % 86_400_000_000
    last = midnight + 86_399_999_999
    return midnight - _offset_at(midnight, tz), last - _offset_at(last, tz)


def _micros(moment: datetime) -> int:
    gap = moment - _EPOCH
    return (gap.days * 86_400 + gap.seconds) * 1_000_000 + gap.microseconds


_LOW, _HIGH = _micros(datetime(2, 1, 1)), _micros(datetime(9998, 12, 31))


def _offset_at(local: int, tz: tzinfo) -> int:
    """Microseconds east of UTC at a local time."""
    moment = _EPOCH + timedelta(microseconds=max(_LOW, min(_HIGH, local)))
    return (tz.utcoffset(moment.replace(tzinfo=tz)) or timedelta()) // timedelta(microseconds=1)


def _offset_of(micros: int, tz: tzinfo) -> int:
    """Microseconds east of UTC at a moment."""
    moment = (_EPOCH + timedelta(microseconds=max(_LOW, min(_HIGH, micros)))).replace(tzinfo=UTC)
    return (moment.astimezone(tz).utcoffset() or timedelta()) // timedelta(microseconds=1)


def show(micros: int) -> str:
    """ISO 8601 in UTC with six digits.

    >>> show(0)
    '1970-01-01T00:00:00.000000Z'
    """
    day, rest = divmod(micros, 86_400_000_000)
    moment = _EPOCH + timedelta(days=max(-719162, min(2932896, day)), microseconds=rest)
    return moment.isoformat(timespec="microseconds") + "Z"
