"""Presets find in the tables of real softwares what the predicate finds, in the same order; on real servers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import booruql
from booruql import Context, sites
from booruql.ast.nodes import All, Compare, Count, Glob, Key, Not, OneOf, Op, Position, Search, Some, Wild
from booruql.backends import sql
from booruql.backends.predicate import run
from booruql.backends.sql import layout
from booruql.errors import QueryError, UnsupportedError
from booruql.passes.order import total
from booruql.store.checking import check_layout
from booruql.store.opening import open_source
from booruql.store.servers import Row, Server
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
SAMPLES = [
    f"{word.name}:{word.sample.replace('albert', 'alice')}" for word in dict.fromkeys(POSTS.vocabulary().values())
    if word.name not in ("order", "limit", "random", "search", "exif")
]  # fmt: skip
MOST_REFUSED = {"danbooru": 0, "moebooru": 20, "shimmie2": 22, "szurubooru": 22}
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

    def rows(self, statement: sql.Statement) -> list[Row]:
        return self.server.ask(statement.text, statement.params)

    def ids(self, statement: sql.Statement) -> list[int]:
        return [row[0] for row in self.rows(statement)]


@pytest.fixture(scope="module", params=PLACES, ids="-".join)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    name, database = request.param
    with worded_database(database, tmp_path_factory.mktemp(name)) as url:
        server = writing(url)
        found = Place(name, server)
        yield found
        server.close()
    print(f"{name} on {database}: {dict(found.told)}")


def close(place: Place, text: str, viewer: dict[str, object] | None = None, site: str = "danbooru") -> booruql.Closed:
    context = Context(now=NOW, viewer=user(viewer) if viewer else None, catalog=place.catalog, lenient=True, seed=1)
    return booruql.close(booruql.parse(text, site=site), context)


def agrees(place: Place, text: str, closed: booruql.Closed) -> bool:
    """Whether the place answers at all; what it does not keep is refused at the word that asks for it."""
    try:
        statement = place.compiled(closed)
    except UnsupportedError as problem:
        assert problem.code in ("E501", "E502")
        assert problem.span is not None or "order:" in text
        return False
    found, expected = place.ids(statement), list(run(closed.search, closed.resource, place.posts).ids)
    if found != expected:  # the documents hold each other: an assertion would print them all
        pytest.fail(f"{text}\n{statement.text}\n{statement.params}\nfound {found[:20]}\nexpected {expected[:20]}")
    return True


@settings(max_examples=200, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
@given(st.tuples(QUERIES, SORTED).map(" ".join), VIEWERS)
def test_a_preset_finds_what_the_predicate_finds(place: Place, text: str, viewer: dict[str, object] | None) -> None:
    try:
        closed = close(place, text, viewer)
    except QueryError:
        return
    place.told["answered" if agrees(place, text, closed) else "refused"] += 1


def test_most_queries_are_answered(place: Place) -> None:
    """One of each word of the site: few are refused, and those for something that the software does not keep."""
    refused = [text for text in SAMPLES if not agrees(place, text, close(place, text))]
    print(f"{place.name} on {place.server.database} refuses {len(refused)} of {len(SAMPLES)}: {', '.join(refused)}")
    assert len(refused) <= MOST_REFUSED[place.name]


@pytest.mark.parametrize("site", ["bronibooru", "gsbooru"])
def test_other_languages_of_the_family_are_answered(place: Place, site: str) -> None:
    answered = 0
    for word in sites.load(site).resource().vocabulary().values():
        text = f"{word.name}:{word.sample}"
        try:
            closed = close(place, f"{text} {text}", site=site)
        except QueryError:
            continue
        answered += agrees(place, f"order: {text}", closed)
    assert answered >= 15


HOSTILE = (
    "'; DROP TABLE posts; --", "\\'; --", "/* */", "\x1a", "%%", "%(p1)s", "{p1}", "${1}", "$$", "`", '"', "a\\", "NULL",
    "100%_x", "x" * 70_000, "\\" * 99, "\u202e", "{a,b}", "{}", '{"', "a b", "[1]", "%s", "é", "İ", "'", "\\", "a\0b", "ΣΑΣ",
    "\U0001f431", "e\u0301", "\uffff", "a ", "A", "éa", "É", ":p1", "?", "$1", "--x",
)  # fmt: skip


def test_hostile_text_is_nothing_but_text_to_a_preset(place: Place) -> None:
    for text in HOSTILE:
        for leaf in (
            Compare("source", Op.EQ, text),
            Compare("tags", Op.EQ, text),
            Not(Compare("tags", Op.EQ, text)),
            OneOf("tags", (text, "cat")),
            OneOf("rating", (text, "s")),
            Glob("source", (Wild.RUN, text, Wild.RUN)),
            Glob("source", (text, Wild.RUN), fold=True),
            Some("pools", Glob("name", (text,), fold=True)),
            Compare("md5", Op.EQ, text),
            Compare("rating", Op.EQ, text),
            Compare("pixel_hash", Op.EQ, text),
            Glob("source", (text, Wild.RUN)),
            Some("comments", Compare("body", Op.EQ, text)),
            Some("pools", Compare("name", Op.EQ, text)),
        ):
            closed = booruql.Closed(total(Search("danbooru", "posts", leaf)), POSTS)
            try:
                found = place.ids(place.compiled(closed))
            except UnsupportedError as problem:
                assert problem.code in ("E501", "E502")
                continue
            assert found == list(run(closed.search, POSTS, place.posts).ids), leaf


def test_pages_of_a_preset_follow_each_other_and_are_counted(place: Place) -> None:
    for order in (
        (Key("score", True),),
        (Key("created_at"),),
        (Key("width", True, True), Key("score")),
        (Key("source", True),),
        (Key(Count("comments"), True),),
        (Key(Position("favorites", "id", All()), True),),
        (Key("last_commented_at", True, False),),
    ):
        search = total(Search("danbooru", "posts", Compare("score", Op.GT, 0), order=order))
        try:
            made = place.compiled(booruql.Closed(replace(search, size=20), POSTS))
        except UnsupportedError as problem:
            assert problem.code == "E502"
            continue
        found: list[int] = []
        cursor = None
        while rows := place.rows(made.page(after=cursor)):
            found += [row[0] for row in rows]
            cursor = made.cursor(rows[-1])
        assert found == list(run(search, POSTS, place.posts).ids), order
        assert place.rows(made.count())[0][0] == len(found)


def test_a_database_of_the_software_is_as_its_preset_says(place: Place) -> None:
    assert check_layout(layout.load(place.name), SITE, place.server) == []


BY_URL = (
    "cat", "kitty", "kit*", "*_sky", "é", "-cat order:score", "fav:alice", "ordfav:alice", "user:bob_smith", "pool:sky_story",
    "ordpool:sky_story", "comment_count:>0", "upvote:mora", "commenter:ada", "status:deleted", "date:>2025-06-01",
)  # fmt: skip


def test_a_database_is_searched_by_its_url_with_its_own_names(place: Place) -> None:
    with open_source(place.server.address.url, site="danbooru", layout=place.name) as source:
        for text in BY_URL:
            found = source.search(text, limit=200, context=Context(now=NOW, catalog=source.catalog, lenient=True))
            assert list(found.ids) == list(run(close(place, text).search, POSTS, place.posts).ids)[:200], text
