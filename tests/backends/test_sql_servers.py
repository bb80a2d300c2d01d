"""Every database and layout finds what the predicate finds, in the same order; on real servers, each a temporary schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from booruql.ast.nodes import Compare, Count, Glob, Key, Node, Op, Place, Position, Search, Wild
from booruql.backends import sql
from booruql.backends.predicate import run
from booruql.backends.sql import dialect, layout
from booruql.passes.order import total
from booruql.schema import Field, Kind
from booruql.sites.site import Resource
from booruql.store.servers import Server, SQLite, connect
from booruql.store.transfer import transfer
from tests.corpus import AROUND, TEXTS, make_tables
from tests.servers import available
from tests.strategies import trees

IMAGES = Resource("posts", "posts", {}, {}, dict, kinds={"duration": Kind.FLOAT32})
SIZE = 300
TABLES = make_tables(IMAGES.table, SIZE)
POSTS = TABLES["posts"][1]
PAIRS = [
    (database, shape) for database in dialect.names() for shape in layout.names() if shape not in dialect.load(database).gaps
]
MISSING = frozenset(r.entity for r in IMAGES.table.relations.values() if r.entity not in ("posts", *AROUND))


class Pair:
    """A database with the posts in one layout."""

    def __init__(self, server: Server, shape: str) -> None:
        self.server = server
        self.layout = transfer(TABLES, "posts", server, layout.load(shape), MISSING)

    def text(self, search: Search) -> str:
        made = sql.compile(search, IMAGES, database=self.server.dialect.name, layout=self.layout)
        return f"{made.text}\n{made.params}"

    def ids(self, search: Search) -> list[int]:
        made = sql.compile(search, IMAGES, database=self.server.dialect.name, layout=self.layout)
        return [row[0] for row in self.server.ask(made.text, made.params)]


@pytest.fixture(scope="module", params=PAIRS, ids=lambda pair: "-".join(pair))
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    database, shape = request.param
    if database == "sqlite":
        server: Server = SQLite(sqlite3.connect(":memory:", isolation_level=None))
    else:
        server = connect(database, available(database))
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
        search = total(Search("danbooru", "posts", tree, order=order))
        found, expected = pair.ids(search), list(run(search, IMAGES, POSTS).ids)
        if found != expected:
            different = sorted(set(found) ^ set(expected))[:5]
            pytest.fail(f"{tree}\n{search.order}\n{pair.text(search)}\nset: {different} order: {found[:9]} for {expected[:9]}")
