"""Databases that are there, by their URLs: searched as they are, and what they lack is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import booruql
from booruql import demo, sites
from booruql.app.cli import main
from booruql.app.repl import Session
from booruql.backends.sql import layout
from booruql.backends.sql.exactness import own_pairs
from booruql.errors import ConfigError, QueryError
from booruql.store import Source, open_source
from booruql.store.source import Result
from booruql.store.tables import schema_of
from booruql.store.transfer import transfer
from tests.databases import new_database, writing

SITE = Path(demo.__file__).with_name("danbooru_site.json")
PAIRS = [pair for pair in own_pairs() if layout.load(pair[1]).is_readable]
QUERIES = (
    "", "cat", "cat -dog order:score", "~cat ~dog rating:g", "kit*", "*_theme order:favcount", "kitty", "score:>20 order:id",
    "source:*paint*", "-source:none", "pool:Tea_Time", "order:comment", "comment_count:>0", "user:pip", "fav:3", "id:3,1,2",
    "age:<100y order:mpixels", "duration:>1", "parent:none ratio:16:9", "tagcount:>10 order:random", "no_such_tag", "lake night",
)  # fmt: skip


@pytest.fixture(scope="module")
def dump() -> Iterator[Source]:
    with open_source(SITE) as source:
        yield source


def put(dump: Source, url: str, shape: str) -> None:
    """The dump into a database."""
    server = writing(url)
    tables = {name: (schema_of(dump.site, name), rows) for name, rows in dump.tables().items()}
    known = {name: (schema, rows) for name, (schema, rows) in tables.items() if schema is not None}
    transfer(known, "posts", server, layout.load(shape), dump.missing)
    server.close()


@contextmanager
def served(dump: Source, folder: Path, pair: tuple[str, str]) -> Iterator[str]:
    with new_database(pair[0], folder) as url:
        put(dump, url, pair[1])
        yield url


@pytest.fixture(scope="module", params=PAIRS, ids="-".join)
def place(request: pytest.FixtureRequest, dump: Source, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    with served(dump, tmp_path_factory.mktemp("databases"), request.param) as url:
        yield url, request.param[1]


def outcome(source: Source, query: str) -> object:
    """What is found, or the code of what is refused; a random order is no order."""
    try:
        found = source.search(query)
    except QueryError as problem:
        return problem.diagnostic.code
    assert found.total == len(found.ids)
    return set(found.ids) if "random" in query else found.ids


def test_a_database_finds_what_the_records_in_it_do(place: tuple[str, str], dump: Source) -> None:
    with booruql.open(place[0], site="danbooru", layout=place[1]) as source:
        for query in QUERIES:
            assert outcome(source, query) == outcome(dump, query), query
            if not isinstance(outcome(dump, query), str):
                assert source.count(query) == source.count(query, estimate=True) == dump.count(query), query


def test_rows_are_read_as_they_were_written(place: tuple[str, str], dump: Source) -> None:
    with booruql.open(place[0], site="danbooru", layout=place[1]) as source:
        documents = dump.documents("posts")
        ids = [document["id"] for document in documents][::-1]
        for found, document in zip(source.documents_of("posts", ids, linked=False), reversed(documents), strict=True):
            for name in sites.load("danbooru").resource().table.fields:
                if name not in ("tag_ids", "tag_names"):  # which Danbooru's records do not have
                    assert (found[name] or None) == (document[name] or None), (name, document["id"])


def test_pages_go_on_behind_a_row(place: tuple[str, str], dump: Source) -> None:
    with booruql.open(place[0], site="danbooru", layout=place[1]) as source, source.snapshot():
        pages: list[Result] = [source.search("order:score", limit=7)]
        while pages[-1].next_page is not None:
            pages.append(source.search("order:score", limit=7, page=pages[-1].next_page))
        assert [number for page in pages for number in page.ids] == list(dump.search("order:score").ids)


def test_the_command_line_searches_it(place: tuple[str, str], dump: Source, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--site", "danbooru", "--layout", place[1]]
    assert main(["search", place[0], *options, "--format", "jsonl", "cat order:score"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["id"] for record in records] == list(dump.search("cat order:score").ids)
    own = {document["id"]: document for document in dump.documents("posts")}
    for document in map(booruql.document, records):
        assert all(document[name] == own[document["id"]][name] for name in ("tags", "score", "width", "created_at", "parent_id"))
    assert main(["compile", "--to", "sql", "--plan", "--url", place[0], *options, "cat order:score"]) == 0
    shown = capsys.readouterr().out
    assert "-- plan:" in shown and len(shown.partition("-- plan:")[2].split()) > 3
    assert main(["search", place[0], *options, "--ids", "no_such_column:5 cat~"]) == 0


def test_what_tables_and_columns_lack_is_refused(dump: Source, tmp_path: Path) -> None:
    for database, shape in PAIRS:
        if database == "clickhouse":
            continue  # its tables are keyed by what would be dropped
        with new_database(database, tmp_path) as url:
            put(dump, url, shape)
            server = writing(url)
            for text in ("comments", "pools"):
                server.run(f"DROP TABLE {text}")
            server.run(f"ALTER TABLE posts DROP COLUMN {server.dialect.quote('duration')}")
            if shape == "join":
                server.run("DROP TABLE tag_names")
            server.close()
            with booruql.open(url, site="danbooru", layout=shape) as source:
                for query in ("duration:>1", "order:duration", "pool:1", "comment_count:0"):
                    with pytest.raises(QueryError, match="does not carry") as raised:
                        source.search(query)
                    assert raised.value.code == "E502", (database, query)
                assert source.search("cat order:score").ids == dump.search("cat order:score").ids
                assert "duration" not in next(iter(source.search("cat").records))


def test_a_database_without_the_tables_of_the_layout_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    server = writing(url)
    server.run("CREATE TABLE posts_tags (post_id INTEGER, tag_id INTEGER)")
    with pytest.raises(ConfigError, match="--site"):
        open_source(url)
    with pytest.raises(ConfigError, match="no table 'posts'"):
        open_source(url, site="danbooru")
    server.run("CREATE TABLE posts (id INTEGER PRIMARY KEY, score INTEGER)")
    server.run("CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT)")
    with pytest.raises(ConfigError, match="'tags' has no column 'uses'"):
        open_source(url, site="danbooru")
    server.run("ALTER TABLE tags ADD COLUMN uses INTEGER")
    server.run("INSERT INTO posts VALUES (1, NULL), (2, 5), (3, 9)")
    with open_source(url, site="danbooru") as source:
        assert source.search("order:score").ids == (1, 3, 2)  # as on the site, nulls are great
        assert source.search("-score:>5").ids == (2, 1)
    server.close()


def test_a_store_is_a_store_by_its_url_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(demo.DANBOORU_POSTS), "--into", str(tmp_path / "booru.db")]) == 0
    with open_source(f"sqlite:///{tmp_path / 'booru.db'}") as source:
        assert "tag_string" in next(iter(source.search("cat", limit=1).records))
    capsys.readouterr()


def test_the_prompt_shows_no_secret(dump: Source, tmp_path: Path) -> None:
    with served(dump, tmp_path, ("sqlite", "join")) as url:
        session = Session()
        session.load(f"{url}?password=opal", "danbooru")
        assert "opal" not in session.name and session.source is not None
        assert "opal" not in session.answer("\\site danbooru")
        session.end()


def test_the_prompt_shows_what_the_database_is_asked(dump: Source, tmp_path: Path) -> None:
    with served(dump, tmp_path, ("duckdb", "array")) as url:
        session = Session(layout="array")
        session.load(url, "danbooru")
        shown = session.answer("cat")
        assert "p.tags" in shown and "posts_tags" not in shown
        session.end()


def test_a_plan_needs_a_database(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", "--to", "sql", "--plan", "cat"]) == 2
    assert "--url" in capsys.readouterr().err
