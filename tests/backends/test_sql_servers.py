"""Every database and layout finds what the predicate finds, in the same order; on real servers, each a temporary schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from booruql import sites
from booruql.ast.nodes import (
    All,
    And,
    Compare,
    Count,
    Glob,
    Key,
    Node,
    Not,
    OneOf,
    Op,
    Page,
    Place,
    Position,
    Search,
    Special,
    Wild,
)
from booruql.backends import sql
from booruql.backends.predicate import run
from booruql.backends.sql import layout
from booruql.backends.sql.exactness import own_pairs
from booruql.errors import UnsupportedError
from booruql.passes.order import total
from booruql.schema import Field, Kind
from booruql.sites.site import Resource
from booruql.store.checking import check_layout
from booruql.store.servers import Server, connect
from booruql.store.transfer import transfer
from tests.corpus import AROUND, TEXTS, make_tables
from tests.servers import available
from tests.strategies import trees

IMAGES = Resource("posts", "posts", {}, {}, dict, kinds={"duration": Kind.FLOAT32})
SIZE = 300
TABLES = make_tables(IMAGES.table, SIZE)
POSTS = TABLES["posts"][1]
PAIRS = list(own_pairs())
MISSING = frozenset(r.entity for r in IMAGES.table.relations.values() if r.entity not in ("posts", *AROUND))


class Pair:
    """A database with the posts in one layout."""

    def __init__(self, server: Server, shape: str) -> None:
        self.server = server
        self.layout = transfer(TABLES, "posts", server, layout.load(shape), MISSING)

    def compiled(self, search: Search, **options: Any) -> sql.Statement:
        return sql.compile(search, IMAGES, database=self.server.dialect.name, layout=self.layout, **options)

    def can_say(self, search: Search) -> bool:
        """Whether the pair refuses nothing of it."""
        try:
            self.compiled(search)
        except UnsupportedError as problem:
            assert problem.code in ("E501", "E504"), problem
            return False
        return True

    def text(self, search: Search) -> str:
        made = self.compiled(search)
        return f"{made.text}\n{made.params}"

    def rows(self, made: sql.Statement) -> list[Sequence[Any]]:
        return self.server.ask(made.text, made.params)

    def ids(self, search: Search, **options: Any) -> list[int]:
        return [row[0] for row in self.rows(self.compiled(search, **options))]


@pytest.fixture(scope="module", params=PAIRS, ids=lambda pair: "-".join(pair))
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    database, shape = request.param
    server = connect(database, None if database == "sqlite" else available(database))
    yield Pair(server, shape)
    server.close()


def asked(field: Field) -> bool:
    """What every database can be asked."""
    return field.kind not in (Kind.IP, Kind.JSON) and field.name not in ("name_words",)


def relations(tree: Node) -> bool:
    return not any(f"'{name}'" in repr(tree) for name in IMAGES.table.relations if IMAGES.table.relations[name].entity in MISSING)


ORDERS = st.lists(
    st.builds(
        Key,
        st.sampled_from(
            (
                "score", "width", "duration", "md5", "id", "source", Count("comments"), Place((3, 1, 2)), Place(()),
                Special.RANDOM,
                Count("comments", Compare("score", Op.GT, 1)) if "score" in TABLES["comments"][0].fields else Count("pools"),
                Position("galleries", "position", Compare("gallery_id", Op.EQ, 1)),
            )
        ),
        st.booleans(),
        st.booleans(),
    ),
    max_size=3,
).map(tuple)  # fmt: skip
LITERALS = st.sampled_from(TEXTS)
TEXTUAL = ("source", "md5", "sources", "favorited_by", "tags", "tag_names")
TEXT_LEAVES = st.builds(Compare, st.sampled_from(TEXTUAL), st.sampled_from(Op), LITERALS) | st.builds(
    lambda field, one, fold: Glob(field, (Wild.RUN, one[len(one) // 2 :], Wild.ONE), fold),
    st.sampled_from(TEXTUAL), LITERALS, st.booleans(),
)  # fmt: skip
SEARCHES = st.tuples(trees(IMAGES.table, allowed=asked, fuzzy=False).filter(relations) | TEXT_LEAVES, ORDERS)


@settings(max_examples=40, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_pair_finds_what_the_predicate_finds(pair: Pair, data: st.DataObject) -> None:
    for tree, order in data.draw(st.lists(SEARCHES, min_size=10, max_size=20)):
        search = total(Search("danbooru", "posts", tree, order=order, seed=len(order)))
        if not pair.can_say(search):
            continue
        found, expected = pair.ids(search), list(run(search, IMAGES, POSTS).ids)
        if found != expected:
            different = sorted(set(found) ^ set(expected))[:5]
            pytest.fail(f"{tree}\n{search.order}\n{pair.text(search)}\nset: {different} order: {found[:9]} for {expected[:9]}")


HOSTILE = (
    *TEXTS, "'; DROP TABLE posts; --", "\\'; --", "/* */", "a\0b", "\x1a", "%%", "%(p1)s", "{p1:String}", "${1}", "\\N", "\\x41",
    "]", "[a-z]", "(?i)a", "\u202e", "x" * 1_000_000, "\\" * 999, "$$", "`", "U&'\\0041'", "0x41", "NULL", "!%", "\u2028",
)  # fmt: skip


def test_hostile_text_is_nothing_but_text(pair: Pair) -> None:
    for text in HOSTILE:
        for leaf in (
            Compare("source", Op.EQ, text),
            Compare("tags", Op.EQ, text),
            OneOf("source", (text, "nothing")),
            OneOf("tags", (text, "nothing", text)),
            Glob("source", (text, Wild.RUN)),
            Glob("source", (Wild.RUN, text), fold=True),
        ):
            search = total(Search("danbooru", "posts", leaf))
            try:
                found = pair.ids(search)
            except UnsupportedError as problem:
                assert len(text) > 40_000 and problem.code == "E501"
                continue
            assert found == list(run(search, IMAGES, POSTS).ids), leaf
            assert "\0" in text or len(text) > 1000 or pair.ids(search, inline=True) == found, leaf


def test_values_are_never_in_the_text(pair: Pair) -> None:
    for tree in (Compare("source", Op.EQ, "needle"), Glob("tags", ("needle", Wild.RUN)), Compare("score", Op.GT, 987_654)):
        text = pair.text(total(Search("danbooru", "posts", tree))).partition("\n")[0]
        assert "needle" not in text and "987654" not in text


def test_pages_follow_each_other_by_cursor(pair: Pair) -> None:
    orders = ((Key("width", True, True), Key("score")), (Key("source", True), Key("duration")), (Key(Count("comments"), True),))
    for order in orders:
        whole = total(Search("danbooru", "posts", Compare("score", Op.GT, 0), order=order))
        made = pair.compiled(replace(whole, size=40))
        found: list[int] = []
        cursor = None
        while rows := pair.rows(made.page(after=cursor)):
            found += [row[0] for row in rows]
            cursor = made.cursor(rows[-1])
        assert found == list(run(whole, IMAGES, POSTS).ids), order


@settings(max_examples=8, phases=(Phase.generate,), suppress_health_check=list(HealthCheck), deadline=None)
@given(order=ORDERS, size=st.integers(1, 90))
def test_pages_of_any_order_are_the_whole_list_cut(pair: Pair, order: tuple[Key, ...], size: int) -> None:
    whole = total(Search("danbooru", "posts", Compare("score", Op.GT, 0), order=order, seed=7))
    expected = list(run(whole, IMAGES, POSTS).ids)
    made = pair.compiled(replace(whole, size=size))
    rows = pair.rows(made)
    for at in range(0, len(expected), size):
        assert [row[0] for row in rows] == expected[at : at + size], (order, at)
        rows = pair.rows(made.page(after=made.cursor(rows[-1])))
    assert not rows


def test_pages_before_and_after_an_id_are_the_list_by_id_cut(pair: Pair) -> None:
    for tree in (All(), Compare("tags", Op.EQ, "a"), Compare("score", Op.GT, 1)):
        search = total(Search("danbooru", "posts", tree, order=(Key("score"),), size=7))
        ids = sorted(run(Search("danbooru", "posts", tree), IMAGES, POSTS).ids, reverse=True)
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
        assert pair.rows(made.count())[0][0] == run(Search("danbooru", "posts", tree), IMAGES, POSTS).total
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
    server = connect(database, None if database == "sqlite" else available(database))
    pair = Pair(server, shape)
    if database == "postgres":
        server.run("SET enable_seqscan = off")
    made = pair.compiled(total(Search("danbooru", "posts", Compare("tags", Op.EQ, "a"))))
    plan = server.ask(f"EXPLAIN {'' if database == 'postgres' else 'QUERY PLAN '}{made.text}", made.params)
    server.close()
    assert INDEXES[database, shape] in str(plan)


@pytest.mark.parametrize("database", ("postgres", "sqlite"))
def test_any_number_of_tags_is_asked_in_tokens(database: str) -> None:
    """More than FTS5 or a tsquery takes in one query."""
    server = connect(database, None if database == "sqlite" else available(database))
    pair = Pair(server, "fts")
    for names in (65, 20_000):
        leaf = OneOf("tags", (*tuple(f"x{number}" for number in range(names - 1)), "a"))
        for tree in (leaf, Not(leaf), And((leaf, Not(Compare("tags", Op.EQ, "b"))))):
            search = total(Search("danbooru", "posts", tree))
            assert pair.ids(search) == list(run(search, IMAGES, POSTS).ids)
    server.close()


def test_the_tables_of_a_layout_are_as_it_checks_them(pair: Pair) -> None:
    found = check_layout(layout.load(pair.layout.name), sites.load("danbooru"), pair.server)
    loaded = {schema.name for schema, _ in TABLES.values()}
    assert [line for line in found if not line.endswith("is not there") or line.split()[0].partition(".")[0] in loaded] == []
