"""Statements from kept templates are those that would be made anew, whatever the values; a text depends on the shape alone."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booruql import Closed, Context, QueryError, close, parse
from booruql.ast.fold import rewrite
from booruql.ast.nodes import And, Between, Compare, Fuzzy, Glob, Key, Node, OneOf, Op, Page, Place, Search, Special, Wild
from booruql.backends import sql
from booruql.backends.sql.exactness import own_pairs, pairs
from booruql.backends.sql.writer import forget
from booruql.errors import Span
from booruql.kept import Kept
from booruql.passes.order import total
from booruql.sites import Resource
from tests.corpus import TEXTS
from tests.few import IMAGES, ORDERS
from tests.strategies import texts, trees

PAIRS = list(pairs())
EDGES = (
    0, -7, 5, 2_147_483_647, 1 << 31, -(1 << 31), 1 << 63, -(1 << 70), 2.5, -0.0, 0.1, 1e300, math.inf, True, False,
    *TEXTS, "a\0b", "x" * 300,
)  # fmt: skip
RARITIES = st.none() | st.dictionaries(st.sampled_from(TEXTS), st.integers(0, 40_000)).map(lambda known: known.get)
POSTS = Resource("posts", "posts", {}, {}, dict)
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def said(made: sql.Statement) -> str:
    """All that a statement tells, with the types of its values."""
    return f"{made.text}\n{made.params!r}\n{made.columns}\n{made.residual}"


def every_form(search: Search, resource: Resource, rarity: Any, **options: Any) -> list[str]:
    """What the search's statements tell, or the code and place of its refusal."""
    try:
        made = sql.compile(search, resource, rarity=rarity, **options)
        found = [said(made)]
        for row in ([1] * len(made.columns), [1, *[None] * (len(made.columns) - 1)]):
            found.append(said(made.page(after=made.cursor(row))))
        if made.residual is None:
            found += [said(made.count()), said(made.exists())]
    except QueryError as problem:
        return [f"{problem.code} {problem.span}"]
    return found


def same(first: Search, second: Search, resource: Resource, rarity: Any, database: str, layout: str) -> None:
    """The second is told in the same words after the first, which may have its shape, and after nothing at all."""
    options = {"database": database, "layout": layout}
    for more in ({}, {"exact": "residual"}, {"paramstyle": "named"}, {"inline": True}):
        forget()
        alone = every_form(second, resource, rarity, **options, **more)
        forget()
        every_form(first, resource, rarity, **options, **more)
        assert every_form(second, resource, rarity, **options, **more) == alone
        assert every_form(second, resource, rarity, **options, **more) == alone


@st.composite
def siblings(draw: st.DrawFn) -> tuple[Search, Search]:
    """Two searches that differ in their values alone."""
    tree = draw(trees(IMAGES.table))
    edges = st.sampled_from(EDGES)

    def change(node: Node) -> Node:
        match node:
            case Compare():
                return Compare(node.field, node.op, draw(edges))
            case Between():
                return Between(node.field, draw(edges), draw(edges), node.low_open, node.high_open)
            case OneOf():
                return OneOf(node.field, tuple(draw(edges) for _ in node.values))
            case Glob():
                pattern = (draw(st.sampled_from(TEXTS)) if isinstance(part, str) else part for part in node.pattern)
                return Glob(node.field, tuple(pattern), node.fold)
            case _:
                return node

    order = draw(ORDERS) + draw(st.sampled_from(((), (Key(Special.RANDOM),), (Key(Place((3, 1, 3, 2))),))))
    sizes, samples = st.none() | st.integers(0, 40), st.none() | st.integers(0, 9)
    pages = st.sampled_from((Page(), Page(1), Page(3), Page(before=9), Page(after=4)))
    beside = draw(st.tuples(sizes, samples, pages)), draw(st.tuples(sizes, samples, pages))
    found = [
        total(Search("danbooru", "posts", where, order, page, size, sample, seed=7))
        for where, (size, sample, page) in zip((tree, rewrite(tree, change)), beside, strict=True)
    ]
    return found[0], found[1]


@pytest.mark.parametrize(("database", "layout"), PAIRS)
@settings(max_examples=15)
@given(siblings(), RARITIES)
def test_a_kept_template_tells_what_a_new_one_would(
    database: str, layout: str, searches: tuple[Search, Search], rarity: Any
) -> None:
    same(*searches, IMAGES, rarity, database, layout)


def closed(text: str, site: str) -> Closed | None:
    try:
        return close(parse(text, site=site), Context(now=NOW, seed=3))
    except QueryError:
        return None


@pytest.mark.parametrize("site", ("danbooru", "furbooru"))
@settings(max_examples=15)
@given(st.data())
def test_queries_of_both_languages_are_told_alike(site: str, data: st.DataObject) -> None:
    drawn = [closed(data.draw(texts(site, ("cat", "dog", "long_hair"))), site) for _ in range(2)]
    first, second, *_ = (query for query in (*drawn, closed("cat", site), closed("dog", site)) if query is not None)
    for database, layout in PAIRS:
        same(first.search, second.search, second.resource, None, database, layout)


def compiled(tree: Node, **options: Any) -> sql.Statement:
    return sql.compile(total(Search("danbooru", "posts", tree)), POSTS, **options)


@pytest.mark.parametrize(("database", "layout"), list(own_pairs()))
def test_lists_of_many_lengths_have_few_texts(database: str, layout: str) -> None:
    for name, values in (("tags", "abcdefghi"), ("rating", "abcdefghi"), ("score", range(9))):
        made = [compiled(OneOf(name, tuple(values[:n])), database=database, layout=layout).text for n in range(2, 10)]
        one_array = database in ("postgres", "duckdb", "clickhouse")
        assert [len(set(made[:at])) for at in (1, 3, 7, 8)] == ([1, 1, 1, 1] if one_array else [1, 2, 3, 4])


def test_a_list_is_bound_once_where_it_can_be() -> None:
    leaf = OneOf("score", (3, 1, 3))
    assert compiled(leaf, database="postgres").params == ([3, 1],)
    assert "p.score = ANY(" in compiled(leaf, database="postgres").text
    assert compiled(OneOf("score", (3, 1, 2)), database="sqlite").params == (3, 1, 2, 2)
    assert compiled(OneOf("score", tuple(range(1500))), database="sqlite").text.count("?") == 1500


def test_a_text_depends_on_what_values_decide_and_on_nothing_else_of_them() -> None:
    def text(value: Any, op: Op = Op.GT) -> str:
        return compiled(Compare("width", op, value)).text

    assert text(5) == text(-9) == text(4.0)
    assert len({text(5), text(2.5), text(1 << 63), text(-(1 << 63) - 1)}) == 4
    assert compiled(Glob("source", ("a", Wild.RUN))).text == compiled(Glob("source", (Wild.ONE, "b%", Wild.RUN))).text
    assert compiled(Glob("source", ("a",))).text == compiled(Compare("source", Op.EQ, "b")).text


def test_leaves_of_a_kind_are_told_alike_but_for_their_numbers() -> None:
    leaves = [Compare("is_pending", Op.EQ, True), Compare("is_pending", Op.EQ, False), *(OneOf("tags", (t, "e")) for t in "ab")]
    alone = []
    for leaf in leaves:
        forget()
        alone.append(compiled(leaf).text)
    assert [compiled(leaf).text for leaf in leaves] == alone
    assert alone[0] != alone[1] and alone[2] == alone[3]
    made = compiled(And(tuple(leaves[2:])))
    assert made.params == ("a", "e", "b", "e") and "pt1." in made.text and "pt3." in made.text


def test_a_tag_that_is_asked_for_twice_is_one_value() -> None:
    cat = Compare("tags", Op.EQ, "cat")
    both = sql.compile(total(Search("", "posts", And((cat, OneOf("tags", ("cat",)))))), POSTS)
    assert both.params[0] == "cat" and "COUNT" not in both.text


def test_refusals_name_the_place_in_the_query_that_was_refused() -> None:
    for span in (Span(0, 3), Span(4, 9)):
        with pytest.raises(QueryError) as refused:
            compiled(And((Compare("score", Op.GT, 1), Fuzzy("tags", "cat", 1, span))))
        assert refused.value.span == span


def test_random_orders_keep_their_seed_from_statement_to_statement() -> None:
    made = sql.compile(Search("", "posts", Compare("score", Op.GT, 1), (Key(Special.RANDOM), Key("id"))), POSTS)
    assert made.page(after=None).params == made.params


def test_what_is_kept_is_bounded() -> None:
    kept: Kept[int] = Kept(2)
    for number in (1, 2, 1, 3):
        kept.put(number, number)
        kept.get(1)
    assert [kept.get(number) for number in (1, 2, 3)] == [1, None, 3]


def test_threads_may_ask_at_once() -> None:
    forget()
    searches = [total(Search("", "posts", OneOf("tags", tuple("abcdefghijkl"[: n % 9 + 1])), size=n)) for n in range(200)]

    def make(search: Search) -> list[str]:
        return [said(sql.compile(search, POSTS, database=database, layout=layout)) for database, layout in PAIRS]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(make, searches))
    forget()
    assert found == [make(search) for search in searches]
