"""Fields and values of Philomena: what a term of the image vocabulary means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booruql.ast.nodes import All, Between, Compare, Fuzzy, Glob, Node, Op, Phrase, Query, Some, Symbol, Wild
from booruql.backends.elastic import spell_pattern
from booruql.context import Limits
from booruql.errors import Notes, QueryError
from booruql.sites import load
from booruql.syntax import philomena
from booruql.syntax._philomena_dates import Stretch, days_from_civil, read_date
from booruql.syntax._philomena_tags import clean
from booruql.syntax._philomena_values import read_glob, read_text

SITE = load("furbooru")
DAY = 86_400_000_000
RUN, ONE = Wild.RUN, Wild.ONE


def read(text: str, notes: Notes | None = None, audience: str = "anonymous") -> Node:
    tree = philomena.parse(text, SITE, "images", Limits())
    query = Query(text, "furbooru", "images", audience, "philomena", where=tree)
    return philomena.read(query, SITE.resource(), notes or Notes(text)).where


@pytest.mark.parametrize(
    ("text", "leaf"),
    [
        ("Red_Fox", Compare("tag_names", Op.EQ, "red fox")),
        ("score:5", Compare("score", Op.EQ, 5)),
        ('"score: 5 "', Compare("score", Op.EQ, 5)),
        (r"score\:5", Compare("tag_names", Op.EQ, "score:5")),
        ("Score:5", Compare("tag_names", Op.EQ, "score:5")),
        ("score.ne:5", Compare("tag_names", Op.EQ, "score.ne:5")),
        ("score :5", Compare("tag_names", Op.EQ, "score :5")),
        ("score.gte:-5", Compare("score", Op.GE, -5)),
        ("score:10~3", Between("score", 7, 13)),
        ("score:99999999999~5", Between("score", 2147483642, 2147483647)),
        ("uploader_id:005", Compare("uploader_id", Op.EQ, 5)),
        ("faved_by_id:99999999999", Compare("favorited_by_ids", Op.EQ, 2147483647)),
        ("duration.lt:1.50", Compare("duration", Op.LT, 1.5)),
        ("aspect_ratio:1~0.5", Between("aspect_ratio", 0.5, 1.5)),
        ("animated:true", Compare("is_animated", Op.EQ, True)),
        ("created_at:1970-01-02", Between("created_at", DAY, 2 * DAY, high_open=True)),
        ("created_at.lte:1970", Compare("created_at", Op.LE, 365 * DAY)),
        ("created_at:3 days ago", Symbol("ago", ("created_at", "eq", 3, 86_400))),
        ("uploader:Ash ", Compare("uploader", Op.EQ, "ash")),
        ("uploader:", Compare("uploader", Op.EQ, "")),
        ("file_name:Fox.PNG", Compare("file_name", Op.EQ, "Fox.PNG")),
        ("description:Red  Fox~2", Phrase("description", "red  fox")),
        ("description:f*x", Glob("description", ("f", RUN, "x"), words=True)),
        ("description:**", All()),
        ("*", All()),
        ("*~1", All()),
        ("* ", All()),  # blanks at the end of a query belong to the term: see below
        ("fox~1", Fuzzy("tag_names", "fox", 1)),
        ("fox~0.50", Fuzzy("tag_names", "fox", 0.5)),
        ("fox~1~2", Fuzzy("tag_names", "fox~1", 2)),
        ("~1", Fuzzy("tag_names", "", 1)),
        (r"fox\~1", Compare("tag_names", Op.EQ, "fox~1")),
        ("fox~1 ", Compare("tag_names", Op.EQ, "fox~1")),
        ("artist: Foo_B*r", Glob("tag_names", ("artist:foo_b", RUN, "r"))),
        ("gallery_id:+05", Some("galleries", Compare("gallery_id", Op.EQ, 5))),
        ("filter_id:2", Symbol("filter", ("2", (2,)))),
        ("my:faves", Compare("tag_names", Op.EQ, "my:faves")),
    ],
)
def test_terms(text: str, leaf: Node) -> None:
    if text == "* ":
        leaf = Glob("tag_names", (RUN,))
    assert read(text) == leaf


@pytest.mark.parametrize(
    ("text", "code", "site"),
    [
        ("score:5.0", "E301", "expected a signed integer, like `3' or `-10', starting at: .0"),
        ("score:5 ~2", "E301", "expected a signed integer, like `3' or `-10', starting at:  ~2"),
        ("score.lte:5~2", "E303", "multiple ranges specified for score"),
        ("uploader_id:-1", "E301", "expected a numeric value, like `3' or `10', starting at: -1"),
        ("uploader_id.gte:x", "E301", "expected a numeric value, like `3' or `10', starting at: x"),
        ("uploader_id.gt:5", "E302", "range specified for uploader_id"),
        ("aspect_ratio:.5", "E301", "expected a real number, like `2.7182818' or `-10', starting at: .5"),
        ("animated:True", "E301", "expected a boolean, like `true' or `false', starting at: True"),
        ("animated.gt:true", "E302", "range specified for animated"),
        ("uploader.gt:a", "E302", "range specified for uploader"),
        ("created_at:2019-00", "E304", "invalid date format in input, parsed as 2019, 0, starting at: "),
        ("gallery_id.gt:x", "E302", "range specified for gallery_id"),
        ("gallery_id:-5", "E306", "Invalid gallery `-5'."),
    ],
)
def test_values_that_do_not_read(text: str, code: str, site: str) -> None:
    with pytest.raises(QueryError) as caught:
        read(f"fox, {text}")
    found = caught.value.diagnostic
    assert (found.code, found.site_message) == (code, site)
    assert found.span == (5, 5 + len(text))
    assert found.hint


# --- dates


@pytest.mark.parametrize(
    ("text", "low", "seconds"),
    [
        ("2019", "2019-01-01T00:00:00", 365 * 86_400),
        ("2020", "2020-01-01T00:00:00", 366 * 86_400),
        ("2019-02", "2019-02-01T00:00:00", 28 * 86_400),
        ("2019-05-06", "2019-05-06T00:00:00", 86_400),
        ("2019-05-06T", "2019-05-06T00:00:00", 86_400),
        ("2019-05-06 07", "2019-05-06T07:00:00", 3_600),
        ("2019-05-06t07:08", "2019-05-06T07:08:00", 60),
        ("2019-05-06T07:08:09Z", "2019-05-06T07:08:09", 1),
        ("2019-05-06-02:00", "2019-05-06T02:00:00", 86_400),
        ("2019+01", "2018-12-31T23:00:00", 365 * 86_400),
        ("0000", "0000-01-01T00:00:00", 366 * 86_400),
    ],
)
def test_dates_last_as_long_as_they_are_written(text: str, low: str, seconds: int) -> None:
    date, clock = low.split("T")
    days = days_from_civil(*map(int, date.split("-")))
    hours, minutes, rest = map(int, clock.split(":"))
    start = (days * 86_400 + hours * 3_600 + minutes * 60 + rest) * 1_000_000
    assert read_date(text) == Stretch(start, start + seconds * 1_000_000)


@pytest.mark.parametrize(
    "text",
    [
        "2019-01:00",
        "2019-05-02:00",
        "2019-5",
        "19",
        "2019-05-06+0200",
        "2019-05-06 +02:00x",
        "3 day  ago",
        "3  days ago",
        "3 Days ago",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    "text", ["2019-02-29", "2019-13", "2019-05-06T24", "2019-05-06T07:60", "9999", "9999-12-31", "2019+24", "2019+00:60"]
)
def test_dates_that_do_not_exist(text: str) -> None:
    with pytest.raises(ValueError):
        read_date(text)


# --- texts


@given(st.text(alphabet="ab*?\\~1.", max_size=10))
def test_a_glob_is_written_as_it_was_read(text: str) -> None:
    assert spell_pattern(read_glob(text)) == text


@given(st.text(max_size=20))
def test_escaped_text_is_read_back(text: str) -> None:
    escaped = "".join("\\" + c for c in text)
    assert read_text(escaped) == read_text(escaped).__class__(text)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("Artist: Foo_Bar", "artist:foo_bar"),
        ("art_pack: x", "art pack: x"),
        ("art pack : x_y", "art pack:x y"),
        ("unknown: x", "unknown: x"),
        ("_fox_", "fox"),
        ("red\u00a0\u200bfox", "red fox"),
        ("\u2060fox", "\u2060fox"),
        ("rock ’n roll", "rock 'n roll"),
        ("“x”", '"x"'),
        ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
        ("İ", "i\u0307"),
    ],
)
def test_tag_names_are_cleaned(name: str, cleaned: str) -> None:
    assert clean(name) == cleaned


# --- warnings


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("scoer:5", "'score' is the nearest field"),
        ("score.ne:5", "after the dot comes one of eq, gt, gte, lt, lte"),
        ("my:faves", "only the audience 'user' has 'my'"),
        ("ip:10.0.0.1", "only the audience 'moderator' has 'ip'"),
    ],
)
def test_unknown_words_are_noted(text: str, hint: str) -> None:
    notes = Notes(text)
    read(text, notes)
    (warning,) = notes.warnings
    assert (warning.code, warning.hint) == ("W201", hint)


@pytest.mark.parametrize("text", ["artist:ash", ":3", "art_pack:x", "fox", r"score\:5", "a b:c"])
def test_tags_with_colons_are_no_slips(text: str) -> None:
    notes = Notes(text)
    read(text, notes)
    assert not notes.warnings
