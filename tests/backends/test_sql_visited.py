"""A statement that demands a rare tag visits few rows, by the databases' own counters: whatever the order and the rest."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import pytest

from benchmarks.few import POSTS
from benchmarks.sql_plans import FORMS, STYLES, VISITED, Visited
from booruql.ast.nodes import And, Between, Compare, Exists, Key, Node, Not, OneOf, Op, Or, Search
from booruql.backends import sql
from booruql.backends.sql import layout as layouts
from booruql.backends.sql.layout import Layout
from booruql.documents import Document
from booruql.store.servers import Server, connect
from booruql.store.transfer import transfer
from tests.servers import available

NUMBER = 4_000
A_POST, BESIDE = 20, 800
"""The bound of `benchmarks/sql_plans.py`, with less beside: a walk over all posts is far over it."""
PLACES = [("sqlite", "join"), ("postgres", "join"), ("postgres", "array"), ("mysql", "join")]


def make_posts() -> list[Document]:
    """Posts whose tags are as unevenly used as a board's: a few are on half of them, most on a handful."""
    chance = random.Random(5)
    names = [f"tag_{at}" for at in range(600)]
    weights = [1 / (at + 1) for at in range(600)]
    return [
        Document(
            id=number, tags=frozenset(chance.choices(names, weights, k=14)), score=chance.randrange(-5, 300),
            favorite_count=chance.randrange(200), rating=chance.choice("gsqe"), width=chance.randrange(100, 4000),
            height=chance.randrange(100, 4000), file_size=chance.randrange(10**6), file_ext=chance.choice(("png", "jpg")),
            created_at=number * 10**9,
        )
        for number in range(1, NUMBER + 1)
    ]  # fmt: skip


def tag(name: str) -> Node:
    return Compare("tags", Op.EQ, name)


POSTS_MADE = make_posts()
COUNTS = Counter(name for post in POSTS_MADE for name in post["tags"])
COMMON, SECOND, *_ = (name for name, _ in COUNTS.most_common())
RARE = [name for name, number in COUNTS.most_common() if number < NUMBER / 50][::60]
LATE, WIDE = Compare("created_at", Op.GE, NUMBER * 8 * 10**8), Compare("width", Op.GE, 1920)
RESTS: tuple[tuple[Node, ...], ...] = (
    (),
    (tag(COMMON),),
    (Not(tag(COMMON)), Not(tag(SECOND))),
    (Compare("score", Op.GT, 290),),
    (Between("created_at", 10**12, 2 * 10**12), WIDE, Not(tag(SECOND))),
    (LATE, Exists("file_ext")),
    (Or((tag(COMMON), tag(SECOND))), Compare("id", Op.LT, 3_000)),
    (OneOf("tags", tuple(f"tag_{at}" for at in range(40))),),
    (Not(OneOf("tags", tuple(f"tag_{at}" for at in range(3, 40)))),),
    (tag("no_such_tag"),),
)


class Place(NamedTuple):
    server: Server
    layout: Layout


@pytest.fixture(scope="module", params=PLACES, ids="-".join)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    database, shape = request.param
    server = connect(database, None if database == "sqlite" else available(database))
    layout = transfer({"posts": (POSTS.table, POSTS_MADE)}, "posts", server, layouts.load(shape), frozenset())
    yield Place(server, layout)
    server.close()


def visits(place: Place, search: Search, form: str, visited: Visited, *, known: bool) -> tuple[float, str]:
    """The rows that a form of a search visits, and its text."""
    name = place.server.dialect.name
    rarity = COUNTS.__getitem__ if known else None
    made = sql.compile(search, POSTS, database=name, layout=place.layout, rarity=rarity, paramstyle=STYLES.get(name))
    made = made.count() if form == "count" else made
    return visited(place.server, made), made.text


@pytest.mark.parametrize("known", [True, False], ids=["counts known", "counts asked"])
def test_few_rows_are_visited_for_a_rare_tag(place: Place, known: bool) -> None:
    known = known or place.layout.name == "array"  # which has no counts that a statement could ask for
    for mode, visited in VISITED[place.server.dialect.name].items():
        for rare in RARE:
            for rest in RESTS:
                tree = And((*rest[:1], tag(rare), *rest[1:])) if rest else tag(rare)
                for form, order in FORMS.items():
                    search = Search("danbooru", "posts", tree, order or FORMS["newest"], size=20)
                    rows, text = visits(place, search, form, visited, known=known)
                    assert rows <= A_POST * COUNTS[rare] + BESIDE, (mode, form, rows, COUNTS[rare], text)


def test_only_an_order_with_an_index_is_walked() -> None:
    for key, is_walked in ((Key("score", True), True), (Key("score"), True), (Key("file_size", True), False), (Key("id"), False)):
        search = Search("danbooru", "posts", tag(COMMON), (key, Key("id", True)), size=20)
        made = sql.compile(search, POSTS, layout="join", rarity=lambda name: 500_000)
        assert (" FROM posts AS p WHERE EXISTS" in made.text) is is_walked, made.text
        assert " FROM posts_tags AS pt1 WHERE" in made.count().text


def test_the_newest_of_a_common_tag_are_found_without_reading_all_its_posts(place: Place) -> None:
    for mode, visited in VISITED[place.server.dialect.name].items():
        if (place.layout.name, mode) == ("array", "generic"):
            continue  # PostgreSQL takes any array for one on a two-hundredth of the rows
        for tree in (tag(COMMON), And((tag(COMMON), Not(tag(SECOND))))):
            search = replace(Search("danbooru", "posts", tree, FORMS["newest"]), size=2)
            rows, text = visits(place, search, "newest", visited, known=True)
            assert rows <= COUNTS[COMMON] / 4, (mode, rows, COUNTS[COMMON], text)
