"""Every database and layout finds what the predicate finds, in the same order; on real servers, each a temporary schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import cycle, islice
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from booruql import sites
from booruql.ast.fold import children, rewrite
from booruql.ast.nodes import (
    All,
    And,
    Between,
    Compare,
    Count,
    Glob,
    Key,
    Node,
    Not,
    Nothing,
    OneOf,
    Op,
    Or,
    Page,
    Search,
    Some,
    Wild,
    Words,
)
from booruql.backends import sql
from booruql.backends.predicate import run
from booruql.backends.sql import layout
from booruql.backends.sql.exactness import own_pairs
from booruql.errors import UnsupportedError
from booruql.passes.order import total
from booruql.passes.simplify import simplify
from booruql.sites import Resource
from booruql.store.checking import check_layout
from booruql.store.servers import Server, connect
from booruql.store.transfer import transfer
from tests.board import CATALOG, GALLERIES, IMAGES, MISSING, ORDERS, POSTS, ROWS, TABLES, answers, expected, searches
from tests.corpus import HOSTILE, TEXTS
from tests.servers import available

PAIRS = list(own_pairs())


class Pair:
    """A database with the posts in one layout."""

    def __init__(self, server: Server, shape: str, resource: Resource = POSTS) -> None:
        self.server, self.resource = server, resource
        tables = TABLES if resource is POSTS else GALLERIES
        missing = MISSING.union(TABLES).difference(tables)
        self.layout = transfer(tables, "posts", server, layout.load(shape).of(resource), missing)

    def compiled(self, search: Search, resource: Resource | None = None, **options: Any) -> sql.Statement:
        database = self.server.dialect.name
        return sql.compile(search, resource or self.resource, database=database, layout=self.layout, **options)

    def can_say(self, leaf: Node, resource: Resource) -> bool:
        """Whether the pair refuses nothing of it."""
        try:
            self.compiled(Search("", "posts", leaf), resource)
        except UnsupportedError as problem:
            assert problem.code in ("E501", "E502", "E504"), problem
            return False
        return True

    def text(self, search: Search, resource: Resource | None = None) -> str:
        made = self.compiled(search, resource)
        return f"{made.text}\n{made.params}"

    def rows(self, made: sql.Statement) -> list[Sequence[Any]]:
        return self.server.ask(made.text, made.params)

    def ids(self, search: Search, resource: Resource | None = None, **options: Any) -> list[int]:
        return [row[0] for row in self.rows(self.compiled(search, resource, **options))]


@pytest.fixture(scope="module", params=PAIRS, ids=lambda pair: "-".join(pair))
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    with opened(*request.param) as found:
        yield found


@contextmanager
def opened(database: str, shape: str, resource: Resource = POSTS) -> Iterator[Pair]:
    server = connect(database, None if database == "sqlite" else available(database))
    try:
        yield Pair(server, shape, resource)
    finally:
        server.close()


class Refused:
    """Leaves out of trees what a pair refuses, and counts it."""

    def __init__(self, pair: Pair, resource: Resource) -> None:
        self.pair, self.resource, self.asked, self.refused = pair, resource, 0, 0

    def __call__(self, node: Node) -> Node:
        if children(node) or isinstance(node, All | Nothing):
            return node
        self.asked += 1
        if self.pair.can_say(node, self.resource):
            return node
        self.refused += 1
        return All()


def test_every_pair_finds_what_the_predicate_finds(pair: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    asked = refused = 0
    with ExitStack() as more:
        pairs = {POSTS.separator: pair}
        if pair.layout.of(IMAGES) != pair.layout:
            pairs[IMAGES.separator] = more.enter_context(opened(pair.server.database, pair.layout.name, IMAGES))
        for number, (one, answer) in enumerate(zip(searches(), answers(), strict=True)):
            if answer is None:
                continue
            held = pairs.get(one.resource.separator, pair)
            left_out = Refused(held, one.resource)
            search = replace(one.search, where=simplify(rewrite(one.search.where, left_out)))
            asked, refused = asked + left_out.asked, refused + left_out.refused
            wanted = answer if not left_out.refused else expected(search, one.resource)
            found = held.ids(search, one.resource, rarity=CATALOG.tag_count if number % 2 else None)
            if found != wanted:
                different = sorted(set(found) ^ set(wanted or ()))[:5]
                order = f"{found[:9]} for {(wanted or [])[:9]}"
                pytest.fail(f"{one.said}\n{search}\n{held.text(search, one.resource)}\nset: {different} order: {order}")
    with capsys.disabled():
        print(f" {pair.server.database} {pair.layout.name}: {refused} of {asked} leaves refused, ", end="")


STYLES = {
    "postgres": ("format", "pyformat", "dollar"),
    "mysql": ("format", "pyformat"),
    "sqlite": ("qmark", "named"),
    "duckdb": ("qmark", "dollar"),
    "clickhouse": ("typed",),
}
"""How the drivers take values."""
PLACES: tuple[Callable[[str], Node], ...] = (
    lambda text: Compare("source", Op.EQ, text),
    lambda text: Compare("tags", Op.EQ, text),
    lambda text: Compare("source", Op.GE, text),
    lambda text: Between("md5", "", text, high_open=True),
    lambda text: OneOf("source", (text, "nothing")),
    lambda text: OneOf("tags", (text, "nothing", text)),
    lambda text: OneOf("tag_names", (f"alias_of_{text}", text)),
    lambda text: OneOf("tags", (*map(str, range(20)), text)),
    lambda text: Compare("sources", Op.EQ, text),
    lambda text: OneOf("favorited_by", (text, "nothing")),
    lambda text: Glob("source", (text, Wild.RUN)),
    lambda text: Glob("source", (Wild.RUN, text), fold=True),
    lambda text: Glob("tags", (Wild.RUN, text, Wild.RUN)),
    lambda text: Glob("sources", (Wild.ONE, text[1:])),
    lambda text: Some("comments", Compare("body", Op.EQ, text)),
    lambda text: Compare(Count("comments", OneOf("body", (text, "nothing"))), Op.EQ, 1),
    lambda text: Some("pools", Glob("name", (text, Wild.RUN), fold=True)),
    lambda text: Not(Or((Compare("tags", Op.EQ, text), Compare("source", Op.EQ, text)))),
)
"""Where text can stand."""


def asked_as(style: str, pair: Pair, search: Search) -> list[int]:
    """What a search finds with its values in the style of a driver."""
    made = pair.compiled(search, paramstyle=style)
    if style == "dollar" and pair.server.database == "postgres":
        import psycopg

        return [row[0] for row in psycopg.RawCursor(pair.server.connection).execute(made.text, made.params).fetchall()]  # type: ignore[attr-defined]
    return [row[0] for row in pair.rows(made)]


def test_hostile_text_is_nothing_but_text(pair: Pair) -> None:
    styles = cycle(STYLES[pair.server.database])
    places = islice(cycle(PLACES), PAIRS.index((pair.server.database, pair.layout.name)), None)
    for text in (*HOSTILE, *TEXTS):
        for place in islice(places, 5):  # no multiple of their number: another pair of text and place each time
            leaf = place(text)
            if not pair.can_say(leaf, POSTS):
                assert "Glob(" in repr(leaf) and len(text) > 40_000
                continue
            search = total(Search("danbooru", "posts", leaf))
            found = asked_as(next(styles), pair, search)
            assert found == list(run(search, POSTS, ROWS).ids), f"{leaf}"[:300]
            assert len(text) > 1000 or pair.ids(search, inline=True) == found, leaf


def test_hostile_text_is_searched_for_words() -> None:
    with opened("postgres", "join") as pair:
        for text in (*HOSTILE, *TEXTS, '"fox', "-", "or", ":* & | !", "(", "<->", "a\0-b"):
            leaf = Words("description", text)
            found = pair.ids(total(Search("danbooru", "posts", leaf)))
            for style in STYLES["postgres"]:
                assert asked_as(style, pair, total(Search("danbooru", "posts", leaf))) == found
            assert len(text) > 1000 or pair.ids(total(Search("danbooru", "posts", leaf)), inline=True) == found
            assert pair.ids(total(Search("danbooru", "posts", Words("description", text.replace("\0", " "))))) == found


def test_values_are_never_in_the_text(pair: Pair) -> None:
    for tree in (Compare("source", Op.EQ, "needle"), Glob("tags", ("needle", Wild.RUN)), Compare("score", Op.GT, 987_654)):
        text = pair.text(total(Search("danbooru", "posts", tree))).partition("\n")[0]
        assert "needle" not in text and "987654" not in text


def test_pages_follow_each_other_by_cursor(pair: Pair) -> None:
    orders = ((Key("width", True, True), Key("score")), (Key("source", True), Key("duration")), (Key(Count("comments"), True),))
    for order in orders:
        whole = total(Search("danbooru", "posts", Compare("score", Op.GT, 0), order=order))
        made = pair.compiled(replace(whole, size=300))
        found: list[int] = []
        cursor = None
        while rows := pair.rows(made.page(after=cursor)):
            found += [row[0] for row in rows]
            cursor = made.cursor(rows[-1])
        assert found == list(run(whole, POSTS, ROWS).ids), order


@settings(max_examples=8, phases=(Phase.generate,), suppress_health_check=list(HealthCheck), deadline=None)
@given(order=ORDERS, size=st.integers(150, 900))
def test_pages_of_any_order_are_the_whole_list_cut(pair: Pair, order: tuple[Key, ...], size: int) -> None:
    whole = total(Search("danbooru", "posts", Compare("score", Op.GT, 0), order=order, seed=7))
    expected = list(run(whole, POSTS, ROWS).ids)
    made = pair.compiled(replace(whole, size=size))
    rows = pair.rows(made)
    for at in range(0, len(expected), size):
        assert [row[0] for row in rows] == expected[at : at + size], (order, at)
        rows = pair.rows(made.page(after=made.cursor(rows[-1])))
    assert not rows


def test_pages_before_and_after_an_id_are_the_list_by_id_cut(pair: Pair) -> None:
    for tree in (All(), Compare("tags", Op.EQ, "a"), Compare("score", Op.GT, 1)):
        search = total(Search("danbooru", "posts", tree, order=(Key("score"),), size=7))
        ids = sorted(run(Search("danbooru", "posts", tree), POSTS, ROWS).ids, reverse=True)
        for mark in (ids[0], ids[len(ids) // 2], ids[-1], 0, ids[0] + 5):
            above, below = [number for number in ids if number > mark], [number for number in ids if number < mark]
            assert pair.ids(replace(search, page=Page(after=mark))) == above[-7:]
            assert pair.ids(replace(search, page=Page(before=mark))) == below[:7]


def test_no_place_of_nulls_is_spelled_for_keys_that_have_none(pair: Pair) -> None:
    """An index serves `DESC` alone: https://www.postgresql.org/docs/current/indexes-ordering.html."""
    never_null = [name for name in ("id", "score", "created_at") if f"posts.{name}" not in pair.layout.sparse]
    assert "id" in never_null
    for name in never_null:
        for descending in (False, True):
            search = total(Search("danbooru", "posts", All(), order=(Key(name, descending), Key("id", descending)), size=5))
            for made in (pair.compiled(search), pair.compiled(replace(search, page=Page(after=9)))):
                assert "NULLS" not in made.text and " IS NULL" not in made.text, made.text


def test_counts_agree(pair: Pair) -> None:
    for tree in (All(), Compare("tags", Op.EQ, "a"), Compare("score", Op.GT, 1)):
        made = pair.compiled(total(Search("danbooru", "posts", tree, size=3, page=Page(2))))
        assert pair.rows(made.count())[0][0] == run(Search("danbooru", "posts", tree), POSTS, ROWS).total
        assert len(pair.rows(made.exists())) == 1
        number = pair.rows(made.count())[0][0]
        for most in (1, 7, number, number + 1, 100_000):
            assert pair.rows(made.estimate(most))[0][0] == min(most, number)


INDEXES = {
    ("postgres", "array"): "posts_by_tags",
    ("postgres", "string"): "posts_by_tag_string",
    ("postgres", "fts"): "posts_by_tag_tokens",
    ("sqlite", "fts"): "VIRTUAL TABLE INDEX",
}


@pytest.mark.parametrize(("database", "shape"), INDEXES)
def test_tags_are_asked_as_they_are_indexed(database: str, shape: str) -> None:
    with opened(database, shape) as pair:
        if database == "postgres":
            pair.server.run("SET enable_seqscan = off")
        made = pair.compiled(total(Search("danbooru", "posts", Compare("tags", Op.EQ, "a"))))
        plan = pair.server.ask(f"EXPLAIN {'' if database == 'postgres' else 'QUERY PLAN '}{made.text}", made.params)
    assert INDEXES[database, shape] in str(plan)


@pytest.mark.parametrize("database", ("postgres", "sqlite"))
def test_any_number_of_tags_is_asked_in_tokens(database: str) -> None:
    """More than FTS5 or a tsquery takes in one query."""
    with opened(database, "fts") as pair:
        for names in (65, 20_000):
            leaf = OneOf("tags", (*(f"x{number}" for number in range(names - 1)), "a"))
            for tree in (leaf, Not(leaf), And((leaf, Not(Compare("tags", Op.EQ, "b"))))):
                search = total(Search("danbooru", "posts", tree))
                assert pair.ids(search) == list(run(search, POSTS, ROWS).ids)


def test_the_tables_of_a_layout_are_as_it_checks_them(pair: Pair) -> None:
    found = check_layout(layout.load(pair.layout.name), sites.load("danbooru"), pair.server)
    loaded = {schema.name for schema, _ in TABLES.values()}
    assert [line for line in found if not line.endswith("is not there") or line.split()[0].partition(".")[0] in loaded] == []
