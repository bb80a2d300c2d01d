"""Files, dumps and the embedded store: what goes in comes out, and every road gives the same answer."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from booruql import store
from booruql.ast.nodes import All, Compare, Exists, Fuzzy, Key, Node, Not, Op, Page, Search, Some, Wild
from booruql.engine.api import Closed
from booruql.errors import ConfigError, UnsupportedError
from booruql.store import Source
from booruql.store.pages import next_page, read_page
from booruql.store.records import Item, Reading, read_files


def post(number: int, tags: str, **more: Any) -> dict[str, Any]:
    at = f"2024-01-{number % 28 + 1:02}T00:00:00Z"
    return {"id": number, "tag_string": tags, "score": number % 7, "created_at": at, "updated_at": at, "rating": "g", **more}


POSTS = [post(n, "cat sky" if n % 2 else "dog Éa", source=f"https://example.com/{n}") for n in range(1, 31)]
DUMP = {
    "now": "2026-01-15T12:00:00Z",
    "viewer": None,
    "posts": POSTS,
    "users": [{"id": 1, "name": "Alice", "private_favorites": True}, {"id": 2, "name": "Bo", "level": 40}],
    "tags": [
        {"id": 5, "name": "cat", "category": 0, "post_count": 15},
        {"id": 6, "name": "sky", "category": 0, "post_count": 20},
        {"id": 7, "name": "ghost", "category": 0, "post_count": 0},
    ],
    "tag_aliases": [
        {"id": 1, "antecedent_name": "kitty", "consequent_name": "cat", "status": "active"},
        {"id": 2, "antecedent_name": "pup", "consequent_name": "dog", "status": "deleted"},
    ],
    "pools": [{"id": 1, "name": "Sky_Story", "category": "series", "is_deleted": False, "post_ids": [3, 1]}],
    "comments": [{"id": 1, "post_id": 3, "creator_id": 1, "is_deleted": False, "body": "hello"}],
}


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "posts.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in POSTS))
    return path


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "site.json"
    path.write_text(json.dumps(DUMP))
    return path


def sources(path: Path) -> Iterator[tuple[Source, str]]:
    """Every road to the records of a file."""
    database = path.with_suffix(".db")
    store.import_files([path], database)
    for opened in (path, database):
        with store.open_source(opened) as source:
            for via in ("sql", "predicate"):
                yield source, via


def closed(source: Source, tree: Node, **parts: Any) -> Closed:
    resource = source.site.resource()
    order = parts.pop("order", (Key("id", True),))
    return Closed(Search(source.site.name, resource.name, tree, order=order, **parts), resource)


def tag(name: str) -> Compare:
    return Compare("tags", Op.EQ, name)


@pytest.mark.parametrize(
    ("tree", "count"),
    [
        (All(), 30),
        (tag("cat"), 15),
        (Not(tag("cat")), 15),
        (Compare("score", Op.GT, 3), 12),
        (Not(Compare("bit_flags", Op.EQ, 0)), 30),
        (Exists("duration"), 0),
        (Fuzzy("tags", "cta", 1), 15),
    ],
)
def test_every_road_gives_the_same_answer(lines: Path, tree: Node, count: int) -> None:
    answers = [source.search(closed(source, tree), via=via) for source, via in sources(lines)]
    assert {answer.total for answer in answers} == {count}
    assert len({answer.ids for answer in answers}) == 1


def test_records_come_back_as_they_went_in(lines: Path) -> None:
    for source, via in sources(lines):
        assert list(source.search(closed(source, All(), order=(Key("id"),)), via=via).records) == POSTS


def test_pages(lines: Path) -> None:
    for source, via in sources(lines):

        def search(page: Any, source: Source = source, via: str = via) -> store.Result:
            return source.search(closed(source, All()), page=page, limit=4, via=via)

        assert (search(1).ids, search(1).total, search(1).next_page) == ((30, 29, 28, 27), 30, "2")
        assert (search(8).ids, search(8).next_page) == ((2, 1), None)
        assert (search("b5").ids, search("b5").next_page) == ((4, 3, 2, 1), "b1")
        assert (search("a5").ids, search("a5").next_page) == ((9, 8, 7, 6), "a9")
    assert read_page("b12") == Page(before=12) and next_page(Search("x", "x", All(), size=3), [], 0) is None
    with pytest.raises(ConfigError):
        read_page("z1")


def test_without_a_page_everything_comes(lines: Path) -> None:
    for source, via in sources(lines):
        assert len(source.search(closed(source, All(), size=3), via=via).ids) == 30
        assert len(source.search(closed(source, All(), size=3), via=via, page=1).ids) == 3
        assert len(source.search(closed(source, All(), sample=3, seed=1), via=via).ids) == 3


def test_plain_records_carry_no_relations(lines: Path) -> None:
    for source, via in sources(lines):
        for tree in (Some("pools"), Compare("favorited_by", Op.EQ, "x")):
            with pytest.raises(UnsupportedError, match="E502"):
                source.search(closed(source, tree), via=via)


def test_a_dump_brings_its_relations_and_what_it_lacks_is_empty(dump: Path) -> None:
    for source, via in sources(dump):
        assert source.facts["now"] == DUMP["now"]
        assert source.search(closed(source, Some("pools")), via=via).ids == (3, 1)
        assert source.search(closed(source, Some("comments", Compare("body", Op.EQ, "hello"))), via=via).ids == (3,)
        assert source.search(closed(source, Some("notes")), via=via).ids == ()


def test_a_catalog_knows_what_the_dump_says(dump: Path) -> None:
    for source, _ in sources(dump):
        catalog = source.catalog
        assert (catalog.alias("kitty"), catalog.alias("pup"), catalog.alias("cat")) == ("cat", None, None)
        assert catalog.expand((Wild.RUN,), 10) == ["sky", "cat"] and catalog.expand((Wild.RUN,), 1) == ["sky"]
        assert (catalog.abbreviation("c"), catalog.abbreviation("x")) == ("cat", None)
        user, other = catalog.user("alice"), catalog.user_by_id(2)
        assert user is not None and user.private_favorites and other is not None and other.role == "moderator"
        assert [pool.post_ids for pool in catalog.pools(name="sky_story")] == [(3, 1)]
        assert [pool.id for pool in catalog.pools(pattern=("SKY", Wild.RUN))] == [1] and not catalog.pools(pool_id=9)


def test_a_missing_tag_table_is_made_from_the_posts(lines: Path) -> None:
    for source, _ in sources(lines):
        assert source.catalog.expand((Wild.RUN,), 3) == ["cat", "dog", "sky"]
        assert (source.catalog.tag_count("cat"), source.catalog.tag_count("none")) == (15, 0)


def test_the_same_file_twice_changes_nothing_and_newer_records_win(tmp_path: Path, lines: Path) -> None:
    database = tmp_path / "x.db"
    store.import_files([lines, lines], database)
    newer, older = tmp_path / "newer.jsonl", tmp_path / "older.jsonl"
    newer.write_text(json.dumps(post(3, "bird", score=100) | {"updated_at": "2025-01-01T00:00:00Z"}) + "\n")
    older.write_text(json.dumps(post(3, "fish") | {"updated_at": "2020-01-01T00:00:00Z"}) + "\n")
    store.import_files([newer], database)
    store.import_files([older], database)
    with store.open_source(database) as source:
        assert source.search(closed(source, All())).total == 30
        assert source.search(closed(source, tag("bird"))).ids == (3,)
        assert source.search(closed(source, tag("fish"))).ids == ()
        assert source.search(closed(source, tag("cat"))).total == 14


def test_bad_records_are_named_and_the_good_ones_kept(tmp_path: Path) -> None:
    path = tmp_path / "mixed.jsonl"
    bad = ["{broken", '{"tag_string": "a"}', '{"id": 2, "tag_string": "a\\u0000b"}', '{"id": 3, "tag_string": "", "score": "x"}']
    good = json.dumps(POSTS[0])
    more = ['"text"', '{"id": 4, "tag_string": "\\ud800"}', '{"id": 99999999999999999999, "tag_string": ""}']
    path.write_text("\n".join([good, *bad, json.dumps(POSTS[1]), *more]) + "\n")
    named: list[store.Rejected] = []
    done = store.import_files([path], tmp_path / "x.db", rejects=named.append)
    assert (done.stored, done.rejected) == (2, 7)
    assert [found.line for found in named] == [2, 3, 4, 5, 7, 8, 9]
    content = path.read_bytes()
    assert all(content[found.offset :].startswith(found.text.encode()[:5]) for found in named)
    with pytest.raises(ConfigError, match=r"mixed\.jsonl:2"):
        store.import_files([path], tmp_path / "y.db", keep_going=False)


@pytest.mark.parametrize("shape", ["lines", "gzip", "list", "envelope", "one", "pretty"])
def test_shapes_of_files(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "posts.json"
    few = POSTS[:1] if shape in ("one", "pretty") else POSTS[:3]
    text = {
        "lines": "\n".join(map(json.dumps, few)),
        "gzip": "\n".join(map(json.dumps, few)),
        "list": json.dumps(few),
        "envelope": json.dumps({"posts": few, "total": 3}),
        "one": json.dumps(few[0]),
        "pretty": json.dumps(few[0], indent=1),
    }[shape]
    path.write_bytes(gzip.compress(text.encode()) if shape == "gzip" else text.encode())
    reading = Reading()
    assert [found.record for found in read_files([path], reading) if isinstance(found, Item)] == few
    assert not reading.is_dump


def test_files_that_are_no_source_say_so(tmp_path: Path) -> None:
    empty, strange = tmp_path / "empty.json", tmp_path / "strange.jsonl"
    empty.write_text("")
    strange.write_text('{"what": 1}\n')
    for path in (tmp_path / "absent.db", empty, strange):
        with pytest.raises(ConfigError):
            store.open_source(path)
    newer = tmp_path / "newer.db"
    store.import_files([_file(tmp_path)], newer)
    import sqlite3

    with sqlite3.connect(newer) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(ConfigError, match="newer"):
        store.open_source(newer)


def _file(folder: Path) -> Path:
    path = folder / "some.jsonl"
    path.write_text(json.dumps(POSTS[0]) + "\n")
    return path
