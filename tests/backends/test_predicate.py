"""One post against a query, in each shape a post may have."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booruql.ast.nodes import (
    And,
    Between,
    Compare,
    Contains,
    Count,
    Exists,
    Glob,
    InNetwork,
    Key,
    Node,
    Not,
    Op,
    Or,
    Page,
    Place,
    Position,
    Regex,
    Search,
    Some,
    Special,
    Wild,
)
from booruql.backends.predicate import Predicate, arrange, compile, run
from booruql.documents import Document
from booruql.errors import Span, UnsupportedError
from booruql.schema import Kind
from booruql.sites.site import Resource
from booruql.vocabulary.globs import make_glob
from tests import naive
from tests.few import IMAGES
from tests.strategies import documents, trees


def read(record: Any) -> dict[str, Any]:
    return {"id": record["number"], "tags": frozenset(record["tag_string"].split()), "score": record.get("points")}


POSTS = Resource("posts", "posts", {}, {}, read, kinds={"duration": Kind.FLOAT32})


def matcher(tree: Node) -> Predicate:
    return compile(Search("danbooru", "posts", tree), POSTS)


def tag(name: str, span: Span | None = None) -> Compare:
    return Compare("tags", Op.EQ, name, span)


GOOD_CAT = And((tag("cat"), Compare("score", Op.GT, 5)))


def test_a_mapping_is_an_api_record_of_the_site() -> None:
    assert matcher(GOOD_CAT)({"number": 1, "tag_string": "cat sky", "points": 6})
    assert not matcher(GOOD_CAT)({"number": 1, "tag_string": "cat sky"})


def test_an_object_without_our_names_is_an_api_record_by_its_attributes() -> None:
    assert matcher(GOOD_CAT)(SimpleNamespace(number=1, tag_string="cat", points=6))


@dataclass
class Post:
    id: int
    tags: list[str] = field(default_factory=list)
    score: int = 0
    created_at: datetime | None = None


def test_an_object_may_use_our_field_names() -> None:
    post = Post(1, ["cat"], 6, datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    assert matcher(GOOD_CAT)(post)
    assert matcher(Compare("created_at", Op.EQ, 1_000_000))(post)


def test_filter_gives_back_the_posts_themselves() -> None:
    posts = [Post(1, ["cat"], 6), Post(2, ["cat"], 5)]
    assert matcher(GOOD_CAT).filter(posts) == [posts[0]]


def test_no_text_of_a_query_is_in_the_source() -> None:
    hostile = "'''\\\"\n__import__"
    matches = matcher(Or((And((tag(hostile), Not(Compare("md5", Op.EQ, hostile)))), Glob("source", (hostile, Wild.RUN)))))
    assert "import" not in matches.source
    assert matches(Document(tags=frozenset({hostile})))


def test_explain_tells_which_terms_held_with_their_spans() -> None:
    text = "cat -dog score:>5"
    tree = And((tag("cat", Span(0, 3)), Not(tag("dog", Span(5, 8))), Compare("score", Op.GT, 5, Span(9, 17))))
    why = matcher(tree).explain(Document(tags=frozenset({"cat"}), score=2))
    assert not why
    assert [term.span for term in why.held] == [Span(0, 3), Span(5, 8)]
    assert [term.span for term in why.failed] == [Span(9, 17)]
    assert why.show(text).splitlines() == ["does not match", "  + cat", "  + not: dog", "  - score:>5"]


def test_a_missing_value_answers_no_and_its_negation_yes() -> None:
    low = Compare("width", Op.LT, 5)
    assert not matcher(low)(Document())
    assert matcher(Not(low))(Document())


def test_an_empty_range_matches_nothing() -> None:
    assert not matcher(Between("score", 5, 1))(Document(score=3))
    assert not matcher(Between("score", 3, 3, low_open=True))(Document(score=3))


def test_32_bit_floats_are_rounded_on_both_sides() -> None:
    assert matcher(Compare("duration", Op.EQ, 0.1))(Document(duration=0.1000000001))
    assert not matcher(Compare("duration", Op.GT, 0.1))(Document(duration=0.1000000001))
    assert not matcher(Compare("duration", Op.LT, 1e300))(Document(duration=1e301))


def test_related_rows_are_asked_and_counted() -> None:
    in_five = Compare("gallery_id", Op.EQ, 5)
    post = Document(galleries=({"gallery_id": 5, "position": 2}, {"gallery_id": 6, "position": 1}))
    assert matcher(Some("galleries", in_five))(post)
    assert matcher(Compare(Count("galleries"), Op.EQ, 2))(post)
    assert matcher(Compare(Count("galleries", in_five), Op.EQ, 1))(post)
    assert matcher(Compare(Count("galleries"), Op.EQ, 0))(Document())


def test_rows_that_a_record_does_not_carry_are_refused() -> None:
    with pytest.raises(UnsupportedError) as refused:
        matcher(Some("galleries", span=Span(0, 9)))({"number": 1, "tag_string": ""})
    assert (refused.value.code, refused.value.span) == ("E502", Span(0, 9))


def test_a_regular_expression_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="E504"):
        matcher(Regex("source", "a+"))


@pytest.mark.parametrize(
    ("network", "inside"), [("10.0.0.0/8", True), ("10.0.0.7", True), ("11.0.0.0/8", False), ("::/0", False)]
)
def test_an_address_lies_in_a_network(network: str, inside: bool) -> None:
    assert matcher(InNetwork("ip", network))(Document(ip="10.0.0.7")) is inside


def test_a_json_value_has_a_key() -> None:
    table = {"a": 1}
    from booruql.backends.predicate.values import contains_test

    assert contains_test(Contains("metadata", "a"))(table)
    assert contains_test(Contains("metadata", "a", 1))(table)
    assert not contains_test(Contains("metadata", "a", True))(table)
    assert not contains_test(Contains("metadata", "b"))(table)


def test_ten_thousand_members_make_one_list() -> None:
    numbers = range(10_000)
    assert matcher(Or(tuple(tag(str(n)) for n in numbers)))(Document(tags=frozenset({"9999"})))
    every = And(tuple(Compare("score", Op.GT, -n) for n in numbers))
    assert matcher(every)(Document(score=1))
    assert not matcher(every)(Document(score=-5))
    assert matcher(And(tuple(tag(str(n)) for n in numbers)))(Document(tags=frozenset(map(str, numbers))))


@pytest.mark.parametrize("levels", [30, 100, 900, 5_000])
def test_a_deep_tree_is_cut_into_statements(levels: int) -> None:
    tree: Node = tag("a")
    for level in range(levels):
        tree = Not(And((tag("a"), Or((Compare("score", Op.GT, level), tree)))))
    below, rich = (bool(levels % 2 == 0), False)
    assert matcher(tree)(Document(tags=frozenset("a"), score=-1)) is below
    assert matcher(tree)(Document(tags=frozenset("a"), score=levels)) is rich
    assert matcher(tree).filter([Document()]) == [Document()]


def test_a_glob_with_gaps_costs_linear_time() -> None:
    pattern = (Wild.RUN, *("a", Wild.ONE) * 2000, "b", Wild.RUN)
    assert not make_glob(pattern)("a" * 20_000)
    assert make_glob(pattern)("a" * 20_000 + "b")


def test_a_list_of_ids_gives_the_order_and_the_rest_comes_last() -> None:
    rows = [Document(id=n) for n in range(1, 6)]
    search = Search("danbooru", "posts", Exists("id"), order=(Key(Place((4, 2))), Key("id", descending=True)))
    assert run(search, POSTS, rows).ids == (4, 2, 5, 3, 1)


def test_the_place_in_a_gallery_gives_the_order() -> None:
    where = Compare("gallery_id", Op.EQ, 5)
    rows = [Document(id=n, galleries=({"gallery_id": 5, "position": 9 - n}, {"gallery_id": 6, "position": n})) for n in (1, 2)]
    order = (Key(Position("galleries", "position", where)), Key("id", descending=True))
    search = Search("furbooru", "images", Exists("id"), order=order)
    assert run(search, POSTS, [*rows, Document(id=3)]).ids == (2, 1, 3)


def test_a_random_order_follows_its_seed() -> None:
    rows = [Document(id=n) for n in range(1, 30)]
    search = Search("danbooru", "posts", Exists("id"), order=(Key(Special.RANDOM), Key("id")), seed=7)
    assert run(search, POSTS, rows) == run(search, POSTS, list(reversed(rows)))
    assert run(search, POSTS, rows).ids != tuple(range(1, 30))


def test_a_sample_is_a_random_pick() -> None:
    rows = [Document(id=n) for n in range(1, 30)]
    search = Search("danbooru", "posts", Exists("id"), order=(Key("id", descending=True),), sample=4, seed=1)
    found = run(search, POSTS, rows)
    assert len(found.ids) == found.total == 4
    assert list(found.ids) == sorted(found.ids, reverse=True)


def test_an_order_by_relevance_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="E503"):
        run(Search("furbooru", "images", Exists("id"), order=(Key(Special.RELEVANCE, True),)), POSTS, [])


@pytest.mark.parametrize(("page", "ids"), [(Page(after=3), [5, 4]), (Page(before=3), [2, 1])])
def test_the_page_beside_an_id_is_the_nearest_one(page: Page, ids: list[int]) -> None:
    rows = [Document(id=n) for n in range(1, 10)]
    search = Search("danbooru", "posts", Exists("id"), page=page, size=2)
    assert [row["id"] for row in arrange(search, POSTS, rows)] == ids
    assert run(search, POSTS, rows).total == 9


@given(trees(IMAGES.table), documents(IMAGES.table), st.sets(st.sampled_from(sorted(IMAGES.table.fields))))
def test_what_a_post_lacks_is_missing_whatever_the_schema_promises(tree: Node, document: Document, lacking: set[str]) -> None:
    """Fields that no post lacks are read without a look; a post that lacks one all the same is answered as any other."""
    less = Document({name: value for name, value in document.items() if name not in lacking}, id=1)
    predicate = compile(Search("danbooru", "posts", tree), IMAGES)
    expected = naive.holds(tree, less, IMAGES.table)
    assert predicate.test(less) is expected
    full = naive.holds(tree, document, IMAGES.table)
    for _ in range(2):
        assert predicate.filter([document, less]) == [document] * full + [less] * expected
    assert predicate.filter(iter([document, less])) == [document] * full + [less] * expected
