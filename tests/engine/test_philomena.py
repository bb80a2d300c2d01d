"""Philomena's words that a context closes, and what its endpoints make of a query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from booruql import sites
from booruql.ast.nodes import (
    All,
    And,
    Between,
    Compare,
    Exists,
    Glob,
    Key,
    Node,
    Not,
    Nothing,
    OneOf,
    Op,
    Or,
    Page,
    Position,
    Special,
    Wild,
)
from booruql.context import Context, Filter, User
from booruql.engine.api import Closed, close, params, parse, predicate
from booruql.engine.evaluators import differences
from booruql.errors import QueryError
from booruql.syntax import philomena

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
ME = User(7, "ash", watched_tag_ids=(21, 22), watched_images_query="fox, score.gte:10", watched_images_exclude="gore\nblood")
FILTERS = {
    1: Filter(1, system=True, hidden_tag_ids=(11, 12)),
    2: Filter(2, public=True, hidden_complex="score.lt:0\nmeme"),
    3: Filter(3, user_id=9, hidden_tag_ids=(5,)),
    4: Filter(4, user_id=7, hidden_complex="score:bad"),
    6: Filter(6, public=True, hidden_complex="my:watched"),
}
CONTEXT = Context(now=NOW, filters=FILTERS)


def tag(name: str) -> Node:
    return Compare("tag_names", Op.EQ, name)


def closed(text: str, *, entity: str = "images", viewer: User | None = None, **more: Any) -> Closed:
    audience = "anonymous" if viewer is None else viewer.audience
    return close(parse(text, site="furbooru", entity=entity, audience=audience), replace(CONTEXT, viewer=viewer, **more))


def where(text: str, **more: Any) -> Node:
    return closed(text, **more).search.where


def refused(text: str, **more: Any) -> tuple[str, str | None]:
    with pytest.raises(QueryError) as caught:
        closed(text, **more)
    return caught.value.code, caught.value.diagnostic.site_message


# --- time


def test_relative_dates_are_as_many_seconds_wide_as_units_are_counted() -> None:
    high = int((NOW.timestamp() - 3 * 86_400) * 1_000_000)
    assert where("created_at:3 days ago") == Between("created_at", high - 3_000_000, high, high_open=True)
    assert where("created_at.lt:3 days ago") == Compare("created_at", Op.LT, high - 3_000_000)
    assert where("created_at.gte:3 days ago") == Compare("created_at", Op.GE, high - 3_000_000)
    assert where("created_at.gt:3 days ago") == Compare("created_at", Op.GT, high)


# --- filters


def test_a_filter_leaves_what_it_does_not_hide() -> None:
    assert where("filter_id:1") == Not(OneOf("tag_ids", (11, 12)))
    assert where("filter_id:02") == Not(Or((Compare("score", Op.LT, 0), tag("meme"))))
    assert where("-filter_id:1") == OneOf("tag_ids", (11, 12))


def test_a_filter_that_does_not_compile_hides_everything() -> None:
    found = closed("filter_id:4", viewer=ME)
    assert found.search.where == Nothing()
    assert [warning.code for warning in found.warnings] == ["W209"]
    strict = close(parse("filter_id:4", site="furbooru"), replace(CONTEXT, viewer=ME, strict=True))
    assert strict.search.where == Nothing()


@pytest.mark.parametrize(
    ("text", "viewer"),
    [
        ("filter_id:3", None),
        ("filter_id:3", ME),
        ("filter_id:4", None),
        ("filter_id:99", None),
        ("filter_id:x", None),
        ("filter_id: 1", None),
        ("filter_id.eq:1", None),
    ],
)
def test_filters_that_cannot_be_used(text: str, viewer: User | None) -> None:
    code, message = refused(text, viewer=viewer)
    assert (code, message) == ("E306", f"Invalid filter `{text.partition(':')[2].strip()}`.")


def test_staff_may_use_any_filter() -> None:
    assert where("filter_id:3", viewer=User(1, "m", role="moderator")) == Not(OneOf("tag_ids", (5,)))


def test_filters_do_not_nest() -> None:
    assert refused("filter_id:1", entity="images_filter")[0] == "E405"
    assert refused("a filter_id:1 b", entity="images_filter")[0] == "E405"
    assert where("fox\nwolf", entity="images_filter") == Or((tag("fox"), tag("wolf")))


# --- the viewer's words


@pytest.mark.parametrize(
    ("word", "field"),
    [
        ("faves", "favorited_by_ids"),
        ("upvotes", "upvoted_by_ids"),
        ("downvotes", "downvoted_by_ids"),
        ("uploads", "true_uploader_id"),
        ("hidden", "hidden_by_ids"),
    ],
)
def test_my_words(word: str, field: str) -> None:
    assert where(f"my:{word}", viewer=ME) == Compare(field, Op.EQ, 7)


@pytest.mark.parametrize("text", ["my:", "my:Faves", "my:x"])
def test_unknown_my_words(text: str) -> None:
    assert refused(text, viewer=ME) == ("E306", "Unknown `my' value.")


def test_my_without_a_viewer_is_a_tag_or_an_error() -> None:
    assert where("my:faves") == tag("my:faves")
    with pytest.raises(QueryError, match="viewer"):
        close(parse("my:faves", site="furbooru", audience="user"), CONTEXT)
    with pytest.raises(QueryError, match="viewer"):
        close(parse("my:faves", site="derpibooru"), CONTEXT)


WATCHED = And(
    (
        Or((OneOf("tag_ids", (21, 22)), And((tag("fox"), Compare("score", Op.GE, 10))))),
        Not(Or((tag("gore"), tag("blood")))),
    )
)


def test_watched_images() -> None:
    assert where("my:watched", viewer=ME) == WATCHED
    careful = replace(ME, no_spoilered_in_watched=True, watched_images_exclude="")
    current = Filter(spoilered_tag_ids=(5,), spoilered_complex="rain")
    found = where("my:watched", viewer=careful, filter=current)
    assert isinstance(found, And)
    assert found.children[1:] == (Not(OneOf("tag_ids", (5,))), Not(tag("rain")))


def test_a_watch_list_does_not_ask_for_itself() -> None:
    assert refused("my:watched", entity="images_watch", viewer=ME)[0] == "E405"
    looped = replace(ME, watched_images_query="my:watched", watched_tag_ids=())
    found = closed("my:watched", viewer=looped)
    assert found.search.where == Not(Or((tag("gore"), tag("blood"))))
    assert [warning.code for warning in found.warnings] == ["W209"]
    through = replace(ME, watched_images_query="filter_id:6", watched_tag_ids=())
    assert closed("filter_id:6", viewer=through).warnings


@pytest.mark.parametrize(("entity", "word"), [("comments", "comments"), ("posts", "posts"), ("filters", "filters")])
def test_my_words_of_other_entities(entity: str, word: str) -> None:
    assert where(f"my:{word}", entity=entity, viewer=ME) == Compare("creator_id", Op.EQ, 7)
    assert refused("my:faves", entity=entity, viewer=ME)[0] == "E306"


def test_authors_are_found_where_they_did_not_hide() -> None:
    shown = Compare("is_anonymous", Op.EQ, False)
    named = Or((Compare("creator", Op.EQ, "Ink*"), Glob("creator", ("Ink", Wild.RUN))))
    found = where("author:Ink*", entity="comments")
    assert isinstance(found, And)
    assert found.children[0] == shown
    assert found.children[1] == named
    assert where("user_id:-5x", entity="posts") == And((shown, Compare("creator_id", Op.EQ, -5)))
    assert refused("user_id:x", entity="posts") == ("E306", "Unknown `user_id' value.")
    staff = User(1, "m", role="moderator")
    assert where("author:Ink", entity="comments", viewer=staff) == Compare("creator", Op.EQ, "ink")


# --- endpoints

SITE = sites.load("furbooru")
VISIBLE = And((Not(Compare("is_approved", Op.EQ, False)), Not(Compare("is_hidden", Op.EQ, True))))


def page(
    parameters: Mapping[str, str] | None = None,
    *,
    text: str | None = "*",
    entity: str = "images",
    viewer: User | None = None,
    given: Filter | None = None,
) -> Closed:
    query = philomena.page_query(text, parameters or {}, site=SITE, entity=entity)
    return close(query, replace(CONTEXT, viewer=viewer, filter=given))


@pytest.mark.parametrize(
    ("parameters", "number", "size"),
    [
        ({}, 1, 15),
        ({"page": "3x", "per_page": "20"}, 3, 20),
        ({"page": "0"}, 1, 15),
        ({"page": "-2", "per_page": "-5"}, 1, 1),
        ({"page": " 2", "per_page": "x"}, 1, 25),
        ({"per_page": "500"}, 1, 50),
        ({"per_page": ""}, 1, 25),
    ],
)
def test_pages(parameters: dict[str, str], number: int, size: int) -> None:
    search = page(parameters).search
    assert (search.page, search.size) == (Page(number), size)


def test_pages_beyond_the_window_are_refused() -> None:
    assert page({"page": "200000", "per_page": "50"}).search.page.number == 200_000
    with pytest.raises(QueryError, match="10000000"):
        page({"page": "200001", "per_page": "50"})


@pytest.mark.parametrize(
    ("parameters", "order"),
    [
        ({}, (Key("first_seen_at", True), Key("id", True))),
        ({"sf": "created_at", "sd": "asc"}, (Key("first_seen_at"), Key("id"))),
        ({"sf": "faves", "sd": "ASC"}, (Key("favorite_count", True), Key("id", True))),
        ({"sf": "size", "sd": "asc"}, (Key("file_size"), Key("id"))),
        ({"sf": "hides"}, (Key("first_seen_at", True), Key("id", True))),
        ({"sf": "id", "sd": "asc"}, (Key("id"), Key("id"))),
        ({"sf": "_score"}, (Key(Special.RELEVANCE, True), Key("id", True))),
        ({"sf": "random"}, (Key(Special.RANDOM, True), Key("id", True))),
        (
            {"sf": "gallery_id:3x", "sd": "asc"},
            (Key(Position("galleries", "position", Compare("gallery_id", Op.EQ, 3))), Key("id", True)),
        ),
        ({"sf": "gallery_id:x"}, (Key("id", True),)),
    ],
)
def test_orders(parameters: dict[str, str], order: tuple[Key, ...]) -> None:
    assert page(parameters).search.order == order


def test_random_seeds_are_leading_integers() -> None:
    assert page({"sf": "random:12x"}).search.seed == 12
    assert page({"sf": "random:x"}).search.seed is None


def test_other_entities_have_fixed_orders() -> None:
    assert page({"sf": "id"}, entity="comments").search.order[0] == Key("created_at", True)
    assert page(entity="tags").search.order == (Key("post_count", True), Key("id", True))
    assert page(entity="filters").search.order == (Key("name"), Key("id", True))
    assert page(entity="tags").search.size == 25


def test_unknown_parameters_are_noted() -> None:
    assert [w.code for w in page({"limit": "5", "sf": "up"}).warnings] == ["W208", "W208"]


def test_endpoints_hide_what_is_hidden() -> None:
    assert page().search.where == VISIBLE
    assert page(text=None).search.where == Nothing()
    assert page({"del": "1"}).search.where == VISIBLE.children[0]
    assert page({"del": "only"}).search.where == VISIBLE
    own = Not(Compare("hidden_by_ids", Op.EQ, 7))
    assert page(viewer=ME).search.where == And((VISIBLE.children[0], own, VISIBLE.children[1]))
    assert page({"hidden": "1"}, viewer=ME).search.where == VISIBLE


def test_staff_may_see_what_is_deleted() -> None:
    staff = User(1, "m", role="moderator")
    shown = page({"hidden": "1", "del": "deleted"}, viewer=staff).search.where
    assert shown == And((VISIBLE.children[0], Compare("is_hidden", Op.EQ, True), Not(Exists("duplicate_id"))))


def test_the_current_filter_hides_unless_another_may_be_used() -> None:
    hidden = page(given=Filter(hidden_tag_ids=(5,), hidden_complex="rain")).search.where
    assert hidden == And((*VISIBLE.children, Not(OneOf("tag_ids", (5,))), Not(tag("rain"))))
    assert page(given=Filter(hidden_complex="(")).search.where == Nothing()
    assert page({"filter_id": "1"}).search.where == And((*VISIBLE.children, Not(OneOf("tag_ids", (11, 12)))))
    assert page({"filter_id": "3"}, given=Filter(hidden_tag_ids=(5,))).search.where == And(
        (*VISIBLE.children, Not(OneOf("tag_ids", (5,))))
    )


def test_what_other_endpoints_hide() -> None:
    given = Filter(hidden_tag_ids=(5,))
    shown = Compare("is_hidden", Op.EQ, False)
    assert page(entity="comments", given=given).search.where == And((shown, Not(OneOf("post_tag_ids", (5,)))))
    assert page(entity="comments").search.where == shown
    deleted = Compare("is_deleted", Op.EQ, False)
    assert page(entity="posts").search.where == And((deleted, Compare("access_level", Op.EQ, "normal")))
    public = (Compare("is_public", Op.EQ, True), Compare("is_system", Op.EQ, True))
    assert page(entity="filters", viewer=ME).search.where == Or((*public, Compare("creator_id", Op.EQ, 7)))
    assert page(entity="galleries").search.where == All()


# --- query strings


def test_a_query_string_is_an_endpoints_request() -> None:
    query = params("?q=red+f%C3%B6x%2C+-%22a%22&sf=score&sd=asc&per_page=50&page=2&sf=id", site="furbooru", entity="images")
    search = close(query).search
    assert search.where == And((tag("red föx"), Not(tag("a")), *VISIBLE.children))
    assert (search.order, search.page, search.size) == ((Key("id"), Key("id")), Page(2), 50)
    assert isinstance(query.where, And)
    span = query.where.children[0].span
    assert span and query.text[span.start : span.end].startswith("red+f%C3%B6")


def test_without_q_nothing_is_found() -> None:
    assert close(params("sf=id", site="furbooru")).search.where == Nothing()


def test_errors_point_into_the_query_string() -> None:
    text = "sf=id&q=s%61fe,,x"
    with pytest.raises(QueryError) as caught:
        params(text, site="furbooru")
    found = caught.value.diagnostic
    assert (found.text, found.span) == (text, (15, 16))
    with pytest.raises(QueryError, match="UTF-8"):
        params("q=%ff", site="furbooru")


def test_what_a_plain_record_lacks_is_not_guessed() -> None:
    record = {"id": 1, "tags": ["fox"], "sha512_hash": ""}
    assert predicate(parse("-source_url:x", site="furbooru"))(record)
    for text in ("-faved_by:ash", "gallery_id:1", "tag_count.gt:0, -my:watched"):
        with pytest.raises(QueryError) as caught:
            predicate(closed(text, viewer=ME))(record)
        assert caught.value.code == "E502"


def test_differences_of_the_other_evaluators_are_told_once() -> None:
    found = differences(where("fox, wolf, -description:den"), SITE.resource())
    assert len(found) == len(set(found)) > 2
    assert differences(where("score:5"), SITE.resource()) == ()
