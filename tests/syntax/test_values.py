"""The value language: what each text of each type is, with and without a clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booruql.context import Context
from booruql.errors import BadValueError
from booruql.syntax._values import GRAMMAR, TYPES, _tokens, read_value, settle, show_value
from tests.drivers import agree

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
CONTEXT = Context(now=NOW)


def show(type_: str, text: str, context: Context = CONTEXT) -> Any:
    try:
        return show_value("danbooru", type_, text, context)
    except BadValueError as problem:
        assert problem.code == "E301"
        assert problem.hint
        return None


def between(begin: Any, end: Any, exclude_end: bool = False) -> list[Any]:
    return ["between", {"begin": begin, "end": end, "exclude_end": exclude_end}]


def day(date: str) -> list[Any]:
    return between(f"{date}T00:00:00.000000Z", f"{date}T23:59:59.999999Z")


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        ("integer", "5", ["eq", 5]),
        ("integer", ">5", ["gt", 5]),
        ("integer", "5..", ["gteq", 5]),
        ("integer", "..5", ["lteq", 5]),
        ("integer", "10..5", between(5, 10)),
        ("integer", "5...10", between(5, 10, True)),
        ("integer", "10...5", between(5, 10, True)),
        ("integer", "5,7..9", ["union", [["eq", 5], between(7, 9)]]),
        ("integer", "5,", ["in", [5]]),
        ("integer", ",5", None),
        ("integer", "010", ["eq", 8]),
        ("integer", "08", None),
        ("integer", "1_000", ["eq", 1000]),
        ("integer", "1__0", None),
        ("integer", "0b11", ["eq", 3]),
        ("integer", "0o17", ["eq", 15]),
        ("integer", "-0x1F", ["eq", -31]),
        ("integer", "0_7", ["eq", 7]),
        ("integer", "\u0665", None),
        ("integer", "5\n", ["eq", 5]),
        ("integer", "any", ["not_eq", None]),
        ("integer", "ANY", None),
        ("integer", "none", ["eq", None]),
        ("integer", "5,any", None),
        ("integer", "any,>5", ["union", [["not_eq", None], ["gt", 5]]]),
        ("integer", "1..2..3", None),
        ("integer", "5...", None),
        ("integer", "...5", None),
        ("integer", ">=", None),
        ("integer", "> 5", None),
        ("integer", ">5..6", None),
        ("integer", "9" * 400, None),
        ("float", "2", between(1.9, 2.1)),
        ("float", "2,3", ["in", [2.0, 3.0]]),
        ("float", "1e3..", ["gteq", 1000.0]),
        ("float", "Infinity", None),
        ("float", "1e999..", ["gteq", 1.7976931348623157e308]),
        ("float", "0x10..", ["gteq", 16.0]),
        ("filesize", "1m", between(996147.2, 1101004.8)),
        ("filesize", "100b", ["eq", 100]),
        ("filesize", "1g", None),
        ("filesize", "1.5k..", ["gteq", 1536]),
        ("filesize", "-1k", None),
        ("ratio", "16:9", ["eq", 1.78]),
        ("ratio", "1:2..2:1", between(0.5, 2.0)),
        ("ratio", "1:0", None),
        ("ratio", "-1.5/1", ["eq", -1.5]),
        ("duration", "1:30", between(85.5, 94.5)),
        ("duration", ">1:00:00", ["gt", 3600.0]),
        ("duration", "1:60", None),
        ("duration", "1m,>1h", ["union", [between(57.0, 63.0), ["gt", 3600.0]]]),
        ("duration", "30s1m", None),
        ("duration", "1x", None),
        ("interval", "1h30m", ["eq", {"seconds": 5400.0, "parts": {"hours": 1.0, "minutes": 30.0}}]),
        ("interval", "2d..1d", between(*({"seconds": n * 86400.0, "parts": {"days": float(n)}} for n in (1, 2)))),
        ("age", "<1w", ["gt", "2026-01-08T12:00:00.000000Z"]),
        ("age", "1mo", day("2025-12-16")),
        ("age", "1w..2w", between("2026-01-01T12:00:00.000000Z", "2026-01-08T12:00:00.000000Z")),
        ("age", "<1d,>1y", ["union", [["gt", "2026-01-14T12:00:00.000000Z"], ["lt", "2025-01-15T06:00:00.000000Z"]]]),
        ("date", "2024-02-29", day("2024-02-29")),
        ("date", "2024-02-31", day("2024-03-02")),
        ("date", "2024-13-01", None),
        ("date", "2024-01-32", None),
        ("date", "1/2/2024", day("2024-02-01")),
        ("date", "mon", day("2026-01-15")),
        ("date", "jan", day("2026-01-01")),
        ("date", "yesterday", None),
        ("date", "2024", None),
        ("date", "99-1-2", day("0099-01-02")),
        ("date", "2024-W05", day("2026-01-15")),
        ("date", "2024-01-02T23:00-05:00", day("2024-01-03")),
        ("date", "<=2024-01-02", ["lteq", "2024-01-02T00:00:00.000000Z"]),
        ("datetime", "2024-01-02T10:00:00.5+02:00", ["eq", "2024-01-02T08:00:00.500000Z"]),
        ("datetime", "24:01", None),
        ("enum", "PNG, jpg", ["in", ["png", "jpg"]]),
        ("md5", "A" * 32, ["eq", "a" * 32]),
        ("md5", "a" * 31, None),
        ("like", "100%*", r"100\%%"),
        ("like", r"a\\b", r"a\\\\b"),
        ("like", r"a\*b*", "a*b%"),
        ("iequals", r"a\*", r"a\\*"),
    ],
)
def test_a_text_is_the_range_that_the_site_reads(type_: str, text: str, expected: Any) -> None:
    assert show(type_, text) == expected


def test_days_are_the_viewers() -> None:
    new_york = Context(now=NOW, tz=ZoneInfo("America/New_York"))
    expected = between("2024-07-02T04:00:00.000000Z", "2024-07-03T03:59:59.999999Z")
    assert show("date", "2024-07-02", new_york) == expected
    assert show("date", "2024-03-10", new_york) == between("2024-03-10T05:00:00.000000Z", "2024-03-11T03:59:59.999999Z")


def test_moments_stay_symbolic_until_a_clock_settles_them() -> None:
    found = read_value("age", "<1w")
    later = datetime(2026, 1, 16, 12, tzinfo=UTC)
    assert settle(found, later, UTC).values[0] - settle(found, NOW, UTC).values[0] == 86_400_000_000


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(BadValueError, match="no type 'colour'"):
        show_value("danbooru", "colour", "red")


@given(st.sampled_from(TYPES), st.text("0123456789.,<>= :/-TZkmbdhywanyoesxr_\u0665\n", max_size=14))
def test_any_text_is_a_range_or_refused(type_: str, text: str) -> None:
    show(type_, text)


@given(st.text("05,<>=. a", max_size=10))
def test_the_folded_table_and_larks_own_driver_agree(text: str) -> None:
    assert agree(GRAMMAR, _tokens, text)
