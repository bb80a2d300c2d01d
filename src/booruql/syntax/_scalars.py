"""One value of a type, read from its text: numbers, ratios, sizes, hashes, durations. Each reader raises ValueError."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

_HUGE = 300  # digits: beyond any column, and a bound on the work
_FLOAT_MAX = 1.7976931348623157e308
_ASCII_BLANKS = " \t\n\v\f\r"
_INTEGER = re.compile(
    r"([+-]?)(?:0[xX]([0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)|0[bB]([01]+(?:_[01]+)*)|0(?:[oO]|_)?([0-7]+(?:_[0-7]+)*)"
    r"|(?:0[dD])?([0-9]+(?:_[0-9]+)*))"
)
_DIGITS = r"[0-9]+(?:_[0-9]+)*"
_FLOAT = re.compile(rf"[+-]?(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?")
_HEX_FLOAT = re.compile(r"[+-]?0[xX][0-9a-fA-F]+(?:\.[0-9a-fA-F]+)?(?:[pP][+-]?[0-9]{1,5})?")
_DECIMAL = re.compile(rf"[+-]?(?:{_DIGITS}(?:\.{_DIGITS})?|\.{_DIGITS})(?:[eE][+-]?[0-9]{{1,3}})?")
_FILESIZE = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([km]?)b?", re.IGNORECASE | re.ASCII)
_MD5 = re.compile(r"[0-9a-fA-F]{32}")
_TIMECODE = re.compile(r"(?:([0-9]{1,2}):([0-5][0-9])|([0-9]{1,2})):([0-5][0-9](?:\.[0-9]+)?)")
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)[ \t]*([a-zA-Z]*)[ \t]*")

UNITS = {
    "years": Fraction(36525, 100) * 86400,
    "months": Fraction(304375, 10000) * 86400,
    "weeks": Fraction(604800),
    "days": Fraction(86400),
    "hours": Fraction(3600),
    "minutes": Fraction(60),
    "seconds": Fraction(1),
}
_ORDER = tuple(UNITS)
_SHORT = {"": "seconds", "m": "minutes", "hr": "hours", "wk": "weeks", "yr": "years"}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: exact seconds, and the parts as written, by unit."""

    seconds: Fraction
    parts: tuple[tuple[str, float], ...]


def integer(text: str) -> int:
    """A whole number as Ruby writes them: `1_000`, `0x1F`, and a leading 0 is octal.

    >>> integer("010"), integer("-0x1F")
    (8, -31)
    """
    found = _INTEGER.fullmatch(text.strip(_ASCII_BLANKS))
    if not found or len(text) > _HUGE:
        raise ValueError(text)
    sign, *digits = found.groups()
    for base, run in zip((16, 2, 8, 10), digits, strict=True):
        if run is not None:
            if base == 10 and len(run) > 1 and run[0] == "0" and not _is_marked(text):
                raise ValueError(text)
            return int(sign + run.replace("_", ""), base)
    raise ValueError(text)


def _is_marked(text: str) -> bool:
    return "d" in text or "D" in text


def decimal(text: str) -> float:
    """A number as Ruby writes floats: `1.5`, `.5`, `1.`, `1e3`, `0x10`.

    >>> decimal("1_0.5")
    10.5
    """
    bare = text.strip(_ASCII_BLANKS)
    if len(bare) > _HUGE:
        raise ValueError(text)
    if _HEX_FLOAT.fullmatch(bare):
        return _finite(float.fromhex(bare))
    if not _FLOAT.fullmatch(bare):
        raise ValueError(text)
    return _finite(float(bare.replace("_", "")))


def _finite(value: float) -> float:
    return max(-_FLOAT_MAX, min(_FLOAT_MAX, value))


def ratio(text: str) -> int:
    """A ratio in hundredths, rounded half away from zero: `16:9`, `4/3`, `1.78`.

    >>> ratio("16:9"), ratio("1.005")
    (178, 101)
    """
    above, slash, below = text.strip(_ASCII_BLANKS).replace(":", "/").partition("/")
    exact = _fraction(above) / _fraction(below) if slash and _fraction(below) else _fraction(above)
    if slash and not _fraction(below):
        raise ValueError(text)
    value = float(exact)
    if abs(value) > 1e12:
        raise ValueError(text)
    rounded = math.floor(abs(value) * 100 + 0.5)
    if rounded - abs(value) * 100 > 0.5:
        rounded -= 1
    if (rounded + 0.5) / 100 <= abs(value):
        rounded += 1
    return rounded if value >= 0 else -rounded


def _fraction(text: str) -> Fraction:
    if len(text) > _HUGE or not _DECIMAL.fullmatch(text):
        raise ValueError(text)
    return Fraction(text.replace("_", ""))


def filesize(text: str) -> int:
    """A number of bytes: `100`, `500kb`, `1.5m`.

    >>> filesize("1.5MB")
    1572864
    """
    found = _FILESIZE.fullmatch(text)
    if not found or len(text) > _HUGE:
        raise ValueError(text)
    number = found[1].rstrip(".")
    return int(Fraction(number) * {"": 1, "k": 1024, "m": 1024 * 1024}[found[2].lower()])


def md5(text: str) -> str:
    """32 hexadecimal digits in lower case."""
    if not _MD5.fullmatch(text):
        raise ValueError(text)
    return text.lower()


def span_of_time(text: str) -> Duration:
    """Numbers with units, largest first: `1h30m`, `2 weeks`; a number alone is seconds.

    >>> float(span_of_time("1m30s").seconds)
    90.0
    """
    at, last, parts = 0, -1, []
    total = Fraction(0)
    while at < len(text):
        found = _PART.match(text, at)
        if not found or len(found[1]) > _HUGE:
            raise ValueError(text)
        unit = _unit(found[2].lower())
        if _ORDER.index(unit) <= last:
            raise ValueError(text)
        last = _ORDER.index(unit)
        total += Fraction(found[1]) * UNITS[unit]
        parts.append((unit, float(found[1])))
        at = found.end()
    if not parts:
        raise ValueError(text)
    return Duration(total, tuple(parts))


@cache
def _prefixes() -> dict[str, str]:
    """Every unambiguous beginning of a unit's name."""
    found: dict[str, list[str]] = {}
    for unit in _ORDER:
        for end in range(1, len(unit) + 1):
            found.setdefault(unit[:end], []).append(unit)
    return {**{prefix: units[0] for prefix, units in found.items() if len(units) == 1}, **_SHORT}


def _unit(text: str) -> str:
    try:
        return _prefixes()[text]
    except KeyError:
        raise ValueError(text) from None


def duration(text: str) -> float:
    """Seconds: a time code `1:30`, `1:02:03.5`, or numbers with units.

    >>> duration("1:30"), duration("1.5m")
    (90.0, 90.0)
    """
    if ":" not in text:
        return float(span_of_time(text).seconds)
    found = _TIMECODE.fullmatch(text)
    if not found:
        raise ValueError(text)
    hours, long_minutes, minutes, seconds = found.groups()
    return float(Fraction(hours or 0) * 3600 + Fraction(long_minutes or minutes) * 60 + Fraction(seconds))


READERS: dict[str, Callable[[str], Any]] = {
    "integer": integer,
    "float": decimal,
    "ratio": ratio,
    "filesize": filesize,
    "md5": md5,
    "duration": duration,
    "interval": span_of_time,
}
"""Types whose values need no clock."""
