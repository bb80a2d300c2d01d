"""Presets find in the tables of real softwares what the predicate finds, in the same order; on real servers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib import import_module

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import booruql
from booruql import Context, sites
from booruql.backends import sql
from booruql.backends.predicate import run
from booruql.backends.sql import layout
from booruql.errors import QueryError, UnsupportedError
from booruql.store.servers import Server
from tests import schemas
from tests.danbooru_dump import NOW, USERS
from tests.databases import worded_database, writing
from tests.engine.test_danbooru import ORDERS, QUERIES, user
from tests.schemas.board import make_board

SITE = sites.load("danbooru")
POSTS = SITE.resource()
BOARD = make_board(150)
PRESETS = [name for name in layout.names() if not layout.load(name).is_own]
PLACES = [(name, database) for name in PRESETS for database in layout.load(name).databases]
SORTED = st.sampled_from(
    ("", "", *(f"order:{word}{end}" for word in ORDERS for end in ("", "_asc")), "order:rank", "order:artcomm", "order:landscape",
     "ordfav:alice", "ordpool:1", "ordpool:*story*", "ordfavgroup:1")
)  # fmt: skip
VIEWERS = st.sampled_from((None, *USERS[:4]))


class Place:
    """A database with a board in the tables of a software."""

    def __init__(self, name: str, server: Server) -> None:
        software = import_module(f"tests.schemas.{name}")
        held = software.hold(BOARD, schemas.fold_of(server))
        self.name, self.server, self.catalog = name, server, held.catalog
        self.posts = held.tables(POSTS)["posts"][1]
        schemas.load(server, software.ddl(server.database), held.rows)
        self.told: Counter[str] = Counter()

    def compiled(self, closed: booruql.Closed) -> sql.Statement:
        return sql.compile(closed.search, closed.resource, database=self.server.database, layout=self.name)

    def ids(self, statement: sql.Statement) -> list[int]:
        return [row[0] for row in self.server.ask(statement.text, statement.params)]


@pytest.fixture(scope="module", params=PLACES, ids="-".join)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    name, database = request.param
    with worded_database(database, tmp_path_factory.mktemp(name)) as url:
        server = writing(url)
        found = Place(name, server)
        yield found
        server.close()
    print(f"{name} on {database}: {dict(found.told)}")


@settings(max_examples=150, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
@given(st.tuples(QUERIES, SORTED).map(" ".join), VIEWERS)
def test_a_preset_finds_what_the_predicate_finds(place: Place, text: str, viewer: dict[str, object] | None) -> None:
    context = Context(now=NOW, viewer=user(viewer) if viewer else None, catalog=place.catalog, lenient=True, seed=1)
    try:
        closed = booruql.close(booruql.parse(text), context)
        statement = place.compiled(closed)
    except UnsupportedError as problem:
        assert problem.code in ("E501", "E502")
        place.told[problem.message] += 1
        return
    except QueryError:
        return
    place.told["answered"] += 1
    found, expected = place.ids(statement), list(run(closed.search, POSTS, place.posts).ids)
    if found != expected:  # the documents hold each other: an assertion would print them all
        pytest.fail(f"{text}\n{statement.text}\n{statement.params}\nfound {found[:20]}\nexpected {expected[:20]}")
