"""Danbooru 2's language of 2014, bound and run over a small site dump: both roads give the same posts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booruql.context import Context, User
from booruql.engine import api
from booruql.engine.resolvers.bronibooru import ago, glob
from booruql.errors import LimitError, QueryError
from booruql.sites import load
from booruql.sites.records import instant
from booruql.store import Source, open_source
from booruql.syntax._bronibooru_order import ORDERS

NOW = datetime(2014, 6, 9, 12, 0, tzinfo=UTC)


def post(number: int, tags: str, **members: Any) -> dict[str, Any]:
    return {
        "id": number, "tag_string": tags, "created_at": f"2014-06-{number:02d}T10:00:00Z", "updated_at": None,
        "uploader_id": 1 + number % 2, "score": number - 3, "fav_count": number, "rating": "sqe"[number % 3],
        "source": "", "file_ext": "png", "file_size": 1000 * number, "image_width": 100 * number, "image_height": 300,
        "tag_count": len(tags.split()), "parent_id": None, "has_children": False, "is_deleted": False, "is_pending": False,
        "is_flagged": False, "is_banned": False, "md5": f"{number:032x}", "is_note_locked": number == 4, **members,
    }  # fmt: skip


DUMP: dict[str, list[dict[str, Any]]] = {
    "posts": [
        post(1, "cat red_sky", has_children=True, approver_id=2, source="https://example.com/100%"),
        post(2, "cat dog", parent_id=1, source="https://example.com/a_b"),
        post(3, "dog blue_sky", is_deleted=True, pixiv_id=77, last_commented_at="2014-06-05T00:00:00Z"),
        post(4, "owl", is_pending=True, source="http://example.org", last_commented_at="2014-06-06T00:00:00Z"),
        post(5, "owl cat highres", is_flagged=True, approver_id=1, source="none such"),
        post(6, "", is_banned=True, image_width=None, image_height=None),
        post(7, "or red_(sky)"),
        post(8, "cat_ears", score=0),
    ],
    "users": [{"id": 1, "name": "Alice"}, {"id": 2, "name": "bob_smith"}],
    "tags": [{"id": i, "name": name, "post_count": count, "category": 0}
             for i, (name, count) in enumerate((("cat", 3), ("dog", 2), ("cat_ears", 1), ("red_sky", 1), ("kitty", 0)), 1)],
    "tag_aliases": [{"id": 1, "antecedent_name": "kitty", "consequent_name": "cat", "status": "active"}],
    "pools": [{"id": 1, "name": "Sky_Story", "category": "series", "is_deleted": False, "post_ids": [3, 1, 7]},
              {"id": 2, "name": "Cats", "category": "series", "is_deleted": True, "post_ids": [5, 1, 2]}],
    "favorites": [{"id": 1, "user_id": 1, "post_id": 5}, {"id": 2, "user_id": 1, "post_id": 2},
                  {"id": 3, "user_id": 2, "post_id": 2}],
    "comments": [{"id": 1, "post_id": 2, "creator_id": 1, "is_deleted": True, "body": "hi"},
                 {"id": 2, "post_id": 2, "creator_id": 2, "is_deleted": False, "body": "ho"},
                 {"id": 3, "post_id": 4, "creator_id": 2, "is_deleted": False, "body": "ho"}],
    "note_versions": [{"id": 1, "note_id": 1, "post_id": 4, "updater_id": 1, "version": 1, "body": "x"},
                      {"id": 2, "note_id": 1, "post_id": 4, "updater_id": 2, "version": 2, "body": "y"}],
    "artist_commentaries": [{"id": 1, "post_id": 3, "original_title": "t", "updated_at": "2014-06-01T00:00:00Z"},
                            {"id": 2, "post_id": 1, "original_title": "u", "updated_at": "2014-06-02T00:00:00Z"}],
    "artist_commentary_versions": [{"id": 1, "post_id": 3, "updater_id": 2}],
}  # fmt: skip


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    path = tmp_path_factory.mktemp("bronibooru") / "dump.json"
    path.write_text(json.dumps(DUMP))
    with open_source(path, site="bronibooru") as opened:
        yield opened


def search(source: Source, text: str, via: str = "predicate", **members: Any) -> list[int]:
    context = replace(Context(now=NOW, catalog=source.catalog), **members)
    return list(source.search(api.parse(text, site="bronibooru"), context=context, via=via).ids)


FOUND: dict[str, list[int]] = {
    "": [8, 7, 6, 5, 4, 3, 2, 1],
    "CAT -dog": [5, 1],
    "kitty": [5, 2, 1],
    "~cat ~dog *sky": [5, 3, 2, 1],
    "cat* ~owl": [8, 5, 4, 2, 1],
    "-cat*": [8, 7, 6, 5, 4, 3, 2, 1],
    "~cat*": [],
    "or": [7],
    "red_(sky)": [7],
    "user:ALICE": [8, 6, 4, 2],
    "user:alice user:nobody": [8, 6, 4, 2],
    "user:nobody user:bob_smith user:alice": [8, 6, 4, 2],
    "user:nobody": [8, 7, 6, 5, 4, 3, 2, 1],
    "-user:nobody": [],
    "-user:nobody -user:alice": [7, 5, 3, 1],
    "approver:alice": [5],
    "-approver:alice": [1],
    "comm:alice comm:bob_smith": [2],
    "comm:nobody cat": [5, 2, 1],
    "noter:alice": [4],
    "noter:bob_smith": [],
    "noteupdater:bob_smith": [4],
    "artcomm:bob_smith": [3],
    "fav:alice": [5, 2],
    "-fav:alice cat": [1],
    "fav:nobody": [],
    "-fav:nobody owl": [5, 4],
    "ordfav:alice": [2, 5],
    "fav:alice fav:bob_smith": [2],
    "pool:1": [7, 3, 1],
    "pool:sky_STORY": [7, 3, 1],
    "pool:nothing": [],
    "-pool:nothing owl": [5, 4],
    "pool:any": [7, 5, 3, 2, 1],
    "pool:NONE": [8, 6, 4],
    "pool:c* ~owl": [5, 4, 2, 1],
    "ordpool:1": [3, 1, 7],
    "ordpool:1 order:id": [3, 1, 7],
    "ordpool:nothing": [],
    "-pool:any owl": [5, 4],
    "sub:alice": [],
    "sub:nobody owl": [5, 4],
    "rating:s": [6, 3],
    "rating:safe,q": [6, 3],
    "rating:g": [8, 7, 6, 5, 4, 3, 2, 1],
    "rating:s -rating:s": [],
    "id:3..5": [5, 4, 3],
    "id:5..3": [],
    "id:1,,x3": [1],
    "-id:3..5 -id:4": [8, 7, 6, 5, 3, 2, 1],
    "score:>3": [7],
    "ratio:1:1": [3],
    "ratio:>=2": [8, 7],
    "mpixels:0.5": [],
    "mpixels:<0.05": [1],
    "filesize:2k": [2],
    "filesize:3000": [3],
    "date:2014-06-03": [3],
    "date:>2014-06-07": [8, 7],
    "date:2014-06-02..2014-06-04": [3, 2],
    "date:2014-06-03,2014-06-04": [],
    "date:2014-06-03T10:00,notadate,2014-06-04T10:00": [4, 3],
    "date:notadate": [],
    "date:>notadate": [],
    "age:<2d": [8],
    "age:1d..3d": [8, 7],
    "age:3d..1d": [],
    "age:2d": [7],
    "age:<9999999999999y": [8, 7, 6, 5, 4, 3, 2, 1],
    "source:none": [8, 7, 6, 3],
    "-source:none": [5, 4, 2, 1],
    "source:HTTPS://Example.com/a_": [2],
    "source:http": [4, 2, 1],
    "source:*100%": [1],
    "-source:http": [8, 7, 6, 5, 3],
    "parent:1": [2, 1],
    "parent:any": [2],
    "-parent:none": [2],
    "parent:none owl": [5, 4],
    "child:any": [1],
    "child:none cat": [5, 2],
    "status:active": [8, 7, 5, 2, 1],
    "-status:active": [6, 4, 3],
    "status:deleted -status:deleted": [3],
    "status:any -status:deleted owl": [5, 4],
    "pixiv:>0": [3],
    "pixiv:none": [],
    "md5:00000000000000000000000000000003,": [3],
    "locked:notes": [4],
    "-locked:note owl": [5],
    "-locked:rating owl": [5, 4],
    "locked:tags owl": [5, 4],
    "order:score_asc cat": [1, 2, 5],
    "order:id": [1, 2, 3, 4, 5, 6, 7, 8],
    "order:portrait": [1, 2, 3, 4, 5, 7, 8],
    "order:landscape cat": [5, 2, 1],
    "order:comm": [4, 3, 8, 7, 6, 5, 2, 1],
    "order:comm_asc": [8, 7, 6, 5, 2, 1, 3, 4],
    "order:artcomm": [1, 3],
    "order:artcomm_asc": [3, 1],
    "order:rank": [],
    "order:whatever owl": [5, 4],
}


@pytest.mark.parametrize("via", ["predicate", "sql"])
@pytest.mark.parametrize("text", FOUND)
def test_what_is_found(source: Source, text: str, via: str) -> None:
    assert search(source, text, via) == FOUND[text]


def test_rank_wants_new_posts_with_a_score(source: Source) -> None:
    assert search(source, "order:rank", now=datetime(2014, 6, 8, 12, 0, tzinfo=UTC)) == [7]


def warned(source: Source, text: str) -> list[tuple[str, str]]:
    closed = api.close(api.parse(text, site="bronibooru"), Context(now=NOW, catalog=source.catalog))
    return [(w.code, text[w.span.start : w.span.end] if w.span else "") for w in closed.warnings]


WARNED = {
    "user:nobody cat": [("W204", "user:nobody")],
    "user:alice user:nobody user:bob_smith": [("W204", "user:nobody"), ("W205", "user:alice")],
    "-user:nobody": [("W202", "-user:nobody")],
    "comm:nobody": [("W204", "comm:nobody")],
    "fav:nobody": [("W202", "fav:nobody")],
    "pool:nothing": [("W202", "pool:nothing")],
    "date:soon": [("W203", "date:soon")],
    "sub:nobody": [("W204", "sub:nobody")],
}


@pytest.mark.parametrize("text", WARNED)
def test_unknown_names_are_told_when_the_query_is_bound(source: Source, text: str) -> None:
    assert warned(source, text) == WARNED[text]
    with pytest.raises(QueryError):
        search(source, text, strict=True)


def test_the_sites_limits_hold_when_they_are_asked_for(source: Source) -> None:
    gold = User(9, "gold", level=30)
    assert search(source, "cat -dog order:id", site_limits=False) == [1, 5]
    with pytest.raises(LimitError, match="3 terms"):
        search(source, "cat -dog order:id", site_limits=True)
    assert search(source, "cat -dog order:id", site_limits=True, viewer=gold) == [1, 5]
    assert search(source, "cat -dog limit:1", site_limits=True) == [5, 1]
    assert search(source, "*", site_limits=True) == [5, 3, 2, 1]  # the two most used tags: cat, dog


def test_ages_go_by_the_calendar() -> None:
    def day(text: str) -> int | None:
        return instant(text)

    leap = datetime(2024, 3, 31, 12, 0, tzinfo=UTC)
    assert ago(leap, 1, "months", UTC) == day("2024-02-29T12:00:00Z")
    assert ago(leap, 1, "years", UTC) == day("2023-03-31T12:00:00Z")
    assert ago(leap, 2, "weeks", ZoneInfo("America/New_York")) == day("2024-03-17T08:00:00-04:00")
    assert ago(leap, 1, "months", ZoneInfo("America/New_York")) == day("2024-02-29T08:00:00-05:00")
    assert ago(leap, 90, "minutes", UTC) == day("2024-03-31T10:30:00Z")


def test_days_are_the_viewers(source: Source) -> None:
    assert search(source, "date:2014-06-03", tz=ZoneInfo("Pacific/Auckland")) == [3]
    assert search(source, "date:2014-06-03", tz=ZoneInfo("Pacific/Kiritimati")) == [2]


def test_stars_that_follow_each_other_are_one() -> None:
    assert glob("a**b*") == glob("a*b*")
    assert glob("") == ()


_VALUES = ["1", ">2", "3..5", "5..3", "1,2", "none", "any", "cat*", "alice", "nobody", "1k", "2d", "2014-06-03", "safe", "1:1",
           "deleted", "active", "*sky*", "sky_story", "http", "%", *ORDERS]  # fmt: skip
_WORDS = list(load("bronibooru").resource().vocabulary())
_TERMS = st.one_of(
    st.sampled_from(["cat", "-dog", "~owl", "red_*", "-", "~*", "kitty", "or"]),
    st.tuples(st.sampled_from(["", "", "-"]), st.sampled_from(_WORDS), st.sampled_from(_VALUES)).map(
        lambda parts: f"{parts[0]}{parts[1]}:{parts[2]}"
    ),
)


@given(terms=st.lists(_TERMS, max_size=5))
def test_predicate_and_sql_agree(source: Source, terms: list[str]) -> None:
    text = " ".join(terms)
    assert search(source, text) == search(source, text, "sql")


def test_without_a_catalog_names_are_unknown() -> None:
    text = "user:alice fav:alice pool:x ordpool:x sub:alice"
    found = api.close(api.parse(text, site="bronibooru")).warnings
    assert sorted((w.code, text[w.span.start : w.span.end]) for w in found if w.span) == [
        ("W202", "fav:alice"), ("W202", "ordpool:x"), ("W202", "pool:x"), ("W204", "sub:alice"), ("W204", "user:alice"),
    ]  # fmt: skip
