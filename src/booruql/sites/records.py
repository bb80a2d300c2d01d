"""Readers of the values in API records, shared by the sites' `read` functions."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(value: Any, zone: tzinfo = UTC) -> int | None:
    """Microseconds since 1970 UTC of an ISO 8601 text, `zone` where it names none; None stays None.

    >>> instant("2024-05-06T07:08:09.123-04:00")
    1714993689123000

    Raises:
        ValueError: the text is no instant.
    """
    if value is None or value == "":
        return None
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return micros(moment)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC of an aware datetime, exactly."""
    gap = moment - _EPOCH
    return (gap.days * 86_400 + gap.seconds) * 1_000_000 + gap.microseconds


def hundredths(width: int | None, height: int | None) -> int | None:
    """Width by height in hundredths, rounded half up, in integers; None without both or for a height of 0.

    >>> hundredths(16, 9)
    178
    """
    if not width or not height:
        return None
    return (200 * width + height) // (2 * height)
