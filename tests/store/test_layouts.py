"""Layouts from files, held against databases, and searched by URL."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import booruql
from booruql import Context, sites
from booruql.app.cli import main
from booruql.backends.predicate import run
from booruql.errors import ConfigError, UnsupportedError
from booruql.schema import table
from booruql.syntax._patterns import read_pattern
from tests import schemas
from tests.corpus import link
from tests.databases import new_database, writing
from tests.schemas import danbooru
from tests.schemas.board import make_board

SITE = sites.load("danbooru")
HELD = danbooru.hold(make_board(90), "postgres")
MINE = """
databases = ["sqlite"]
instants = "timestamp text"
texts = "code point"

[posts]
table = "pictures"
indexes = ["picture_id", "made"]

[posts.fields]
id = "picture_id"
score = "votes NOT NULL"
created_at = "made NOT NULL"
rating = { sql = "safety", null = false, words = { g = "safe", e = ["unsafe", "worse"] } }
is_deleted = "gone = 1 NOT NULL"
uploader_id = "drawn_by"
tags = { rows = "labels", owner = "picture", value = "label" }

[pools]
table = "albums"

[pools.fields]
id = "album"
name = { sql = "title", cased = true }
post_ids = { rows = "SELECT album, picture FROM pages ORDER BY place", owner = "album", value = "picture" }
"""
TABLES = """
CREATE TABLE pictures (picture_id INTEGER PRIMARY KEY, votes INTEGER NOT NULL, made TEXT NOT NULL, safety TEXT NOT NULL,
    gone INTEGER NOT NULL, drawn_by INTEGER);
CREATE INDEX pictures_by_date ON pictures (made);
CREATE TABLE labels (picture INTEGER NOT NULL, label TEXT NOT NULL, PRIMARY KEY (label, picture));
CREATE TABLE albums (album INTEGER PRIMARY KEY, title TEXT NOT NULL);
CREATE TABLE pages (album INTEGER NOT NULL, place INTEGER NOT NULL, picture INTEGER NOT NULL);
INSERT INTO pictures VALUES (1, 5, '2024-01-02 03:04:05', 'safe', 0, 7), (2, 9, '2024-02-01 00:00:00', 'worse', 1, NULL),
    (3, -1, '2024-03-01 00:00:00.5', 'unsafe', 0, 7), (4, 0, '2024-04-01 00:00:00', 'odd', 0, 8);
INSERT INTO labels VALUES (1, 'cat'), (2, 'cat'), (2, 'owl'), (3, 'owl');
INSERT INTO albums VALUES (1, 'Sky_Story');
INSERT INTO pages VALUES (1, 1, 3), (1, 2, 1), (1, 3, 2);
"""


@pytest.fixture
def mine(tmp_path: Path) -> tuple[str, str]:
    """A database of another's making and the file that describes it."""
    database = sqlite3.connect(tmp_path / "mine.db")
    database.executescript(TABLES)
    database.close()
    (tmp_path / "mine.toml").write_text(MINE)
    return f"sqlite:///{tmp_path / 'mine.db'}", str(tmp_path / "mine.toml")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("cat", [2, 1]),
        ("-cat", [4, 3]),
        ("cat owl", [2]),
        ("score:>0 order:score", [2, 1]),
        ("rating:e", [3, 2]),
        ("-rating:g,e", [4]),
        ("date:2024-01-02", [1]),
        ("order:created_at_asc date:>=2024-02-01", [2, 3, 4]),
        ("is:deleted", [2]),
        ("pool:sky_story", [3, 2, 1]),
        ("ordpool:1", [3, 1, 2]),
        ("pool_count:0", [4]),
        ("*a* or *w*", [3, 2, 1]),
    ],
)
def test_a_database_is_searched_as_a_file_describes_it(mine: tuple[str, str], query: str, expected: list[int]) -> None:
    url, file = mine
    with booruql.open(url, site="danbooru", layout=file) as source:
        assert list(source.search(query).ids) == expected
    with booruql.open(url, site="danbooru", layout=booruql.layout(file)) as source:
        assert list(source.search(query).ids) == expected


def test_records_are_read_back(mine: tuple[str, str]) -> None:
    url, file = mine
    with booruql.open(url, site="danbooru", layout=file) as source:
        found = list(source.search("id:2,4").records)
    made = ("2024-04-01T00:00:00+00:00", "2024-02-01T00:00:00+00:00")
    assert found == [
        {"id": 4, "tags": [], "score": 0, "rating": None, "created_at": made[0], "uploader_id": 8, "is_deleted": False},
        {
            "id": 2,
            "tags": ["cat", "owl"],
            "score": 9,
            "rating": "e",
            "created_at": made[1],
            "uploader_id": None,
            "is_deleted": True,
        },
    ]


def test_what_a_description_lacks_is_refused(mine: tuple[str, str]) -> None:
    url, file = mine
    with booruql.open(url, site="danbooru", layout=file) as source:
        for query in ("upvotes:>1", "comment:x", "width:>5", "cat comment_count:1"):
            with pytest.raises(UnsupportedError):
                source.search(query)


def test_the_command_line_takes_a_file(mine: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    url, file = mine
    assert main(["search", url, "--site", "danbooru", "--layout", file, "--ids", "cat"]) == 0
    assert main(["compile", "--to", "sql", "--layout", file, "cat score:>3"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("2\n1\n") and "FROM pictures AS p WHERE p.picture_id IN (SELECT t1.picture FROM labels AS t1" in told
    assert main(["check", "--layout", file, "--url", url]) == 0
    assert main(["check", "--layout", "array", "--url", url]) == 2
    assert main(["check", "--layout", file, "--url", url, "cat"]) == 2
    assert main(["compile", "--to", "sql", "--database", "postgres", "--layout", file, "cat"]) == 2
    assert "the software keeps its posts in sqlite" in capsys.readouterr().err


def test_check_tells_what_is_not_as_described(mine: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    url, file = mine
    server = writing(url)
    for text in (
        "ALTER TABLE pictures RENAME COLUMN votes TO points",
        "DROP INDEX pictures_by_date",
        "DROP TABLE albums",
        "ALTER TABLE pictures ADD COLUMN votes TEXT",
    ):
        server.run(text)
    server.close()
    assert main(["check", "--layout", file, "--url", url]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "pools: no such table: albums",
        "posts.score: pictures.votes is text, which does not hold such values",
        "posts.score: pictures.votes may be null, and the layout says that it never is",
        "pictures: no index begins with made",
    ]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.toml", "posts = [", "layout a.toml: "),
        ("a.json", "{", "layout a.json: "),
        ("a.json", "[]", "a description is a table of entities"),
        ("a.toml", "[post]", "layout a.toml: the description: there is no entity 'post'; 'posts' is the nearest"),
    ],
)
def test_an_unreadable_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(text)
    with pytest.raises(ConfigError) as problem:
        booruql.layout(name)
    assert message in str(problem.value)


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(ConfigError, match=r"layout nowhere\.toml"):
        booruql.layout("nowhere.toml")
    with pytest.raises(ConfigError, match="no layout 'nowhere'; known: "):
        booruql.layout("nowhere")


def test_json_says_the_same(tmp_path: Path) -> None:
    given = {"posts": {"table": "pictures", "fields": {"id": "n", "score": "votes"}}}
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(given))
    texts = [booruql.sql(booruql.parse("score:5"), layout=booruql.layout(one)).text for one in (file, str(file), given)]
    assert texts == ["SELECT p.n AS id FROM pictures AS p WHERE p.votes = ? ORDER BY p.n DESC"] * 3
    assert booruql.layout(file).name == "mine"


# --- the tables of Danbooru


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with new_database("postgres", tmp_path_factory.mktemp("board")) as url:
        server = writing(url)
        schemas.load(server, danbooru.ddl("postgres"), HELD.rows)
        yield url
        server.close()


ENTITIES = (
    ("tags", "search[name_matches]=*a*&search[order]=count"),
    ("tags", "search[post_count]=>2&search[category]=0,4&search[order]=name"),
    ("pools", "search[name_contains]=dogs&search[order]=name"),
    ("pools", "search[is_deleted]=false&search[category]=series"),
    ("pools", "search[post_ids_include_any]=14 45"),
    ("comments", "search[body_matches]=*cat*"),
    ("comments", "search[creator_name]=Alice&search[order]=id_asc"),
    ("comments", "search[post][score]=>1&search[is_deleted]=false"),
    ("notes", "search[is_active]=true&search[body_matches]=lake"),
    ("users", "search[name_matches]=*a*&search[order]=name"),
    ("users", "search[level]=>=30&search[posts][rating]=g"),
    ("favorites", "search[post][uploader_id]=2"),
    ("favorite_groups", "search[name_contains]=best"),
    ("tag_aliases", "search[antecedent_name]=kitty"),
    ("post_flags", "search[status]=pending&search[reason_matches]=*days*"),
    ("post_appeals", "search[status]=pending,rejected"),
    ("post_approvals", "search[post][score]=<2"),
    ("post_disapprovals", "search[reason]=poor_quality"),
    ("post_votes", "search[score]=1"),
    ("artist_commentaries", "search[text_matches]=*cat*"),
    ("note_versions", "search[version]=1"),
)


@pytest.mark.parametrize(("entity", "text"), ENTITIES)
def test_other_entities_are_searched_too(board: str, entity: str, text: str) -> None:
    viewer = booruql.User(4, "Ada", "admin", 50)
    query = booruql.params(text, site="danbooru", entity=entity, audience="moderator")
    closed = booruql.close(query, Context(viewer=viewer, catalog=HELD.catalog))
    known: Any = {name: (table(name), rows) for name, rows in HELD.documents.items()}
    known["posts"] = (SITE.resource().table, HELD.documents["posts"])
    link(known)
    expected = list(run(closed.search, closed.resource, known[closed.resource.entity][1]).ids)
    with booruql.open(board, site="danbooru", layout="danbooru") as source:
        assert list(source.search(closed).ids) == expected
    assert expected


def test_names_are_looked_up_as_all_rows_tell_them(board: str) -> None:
    with booruql.open(board, site="danbooru", layout="danbooru") as source:
        found, whole = source.catalog, HELD.catalog
        for name in ("kitty", "hound", "é", "cat", "quo'te", "nothing", "%s"):
            assert (found.alias(name), found.tag_count(name)) == (whole.alias(name), whole.tag_count(name)), name
        for text in ("*sky*", "*", "a*b", "a\\*b", "*%*", "*_*", "nothing*"):
            pattern = read_pattern(text, always=True)
            assert found.expand(pattern, 5) == whole.expand(pattern, 5), text
            assert sorted(found.pools(pattern=pattern), key=_id) == sorted(whole.pools(pattern=pattern), key=_id)
        for name in ("alice", "ALICE", "bob_smith", "nobody"):
            assert found.user(name) == whole.user(name)
        assert [found.user_by_id(number) for number in range(8)] == [whole.user_by_id(number) for number in range(8)]
        assert [found.pools(pool_id=number) for number in range(9)] == [list(whole.pools(pool_id=n)) for n in range(9)]
        for number in range(6):
            assert found.favorite_groups(user_id=number) == list(whole.favorite_groups(user_id=number))
        assert found.tag_names((1, 2, 99)) == whole.tag_names((1, 2, 99))
        assert found.abbreviation("bs") == whole.abbreviation("bs")


def _id(row: Any) -> int:
    return int(row.id)


NAMED = ("kitty", "*sky*", "ordpool:*story*", "pool:1", "user:alice", "favgroup:best", "ordfav:mora", "commenter:any -cat", "/bs")


@pytest.mark.parametrize("query", NAMED)
def test_a_source_by_url_knows_the_names(board: str, query: str) -> None:
    viewer = booruql.User(4, "Ada", "admin", 50)
    closed = booruql.close(booruql.parse(query), Context(viewer=viewer, catalog=HELD.catalog, lenient=True))
    posts = HELD.tables(SITE.resource())["posts"][1]
    with booruql.open(board, site="danbooru", layout="danbooru") as source:
        found = source.search(query, context=Context(viewer=viewer, lenient=True)).ids
    assert list(found) == list(run(closed.search, closed.resource, posts).ids)


def test_the_tables_of_danbooru_are_as_the_preset_says(board: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--layout", "danbooru", "--url", board]) == 0, capsys.readouterr().out


CHANGES = (
    ("ALTER TABLE posts RENAME COLUMN score TO points", "posts.score: column p.score does not exist"),
    ("DROP TABLE post_votes", 'post_votes: relation "post_votes" does not exist'),
    (
        "ALTER TABLE posts ALTER COLUMN updated_at TYPE timestamptz",
        "posts.updated_at: posts.updated_at is timestamp with",
    ),
    ("ALTER TABLE comments ALTER COLUMN body DROP NOT NULL", "comments.body: comments.body may be null"),
    ("DROP INDEX index_posts_on_string_to_array_tag_string", "posts: no index begins with string_to_array(tag_string, ' ')"),
    ("ALTER TABLE users ALTER COLUMN level TYPE text", "users.level: users.level is text"),
)


def test_changed_tables_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with new_database("postgres", tmp_path) as url:
        server = writing(url)
        schemas.create(server, danbooru.ddl("postgres"))
        for change, _ in CHANGES:
            server.run(change)
        server.close()
        assert main(["check", "--layout", "danbooru", "--url", url]) == 1
    found = capsys.readouterr().out.splitlines()
    assert [message for _, message in CHANGES if not any(line.startswith(message) for line in found)] == []
    assert sorted(line.partition(":")[0] for line in found) == [
        "comments.body", "post_votes", "posts", "posts.rank", "posts.score", "posts.updated_at", "users.level",
    ]  # fmt: skip
