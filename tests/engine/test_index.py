"""`booruql.Index`: build, search, page, count and change posts by queries."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

pytest.importorskip("pyroaring")

import booruql
from booruql.errors import ConfigError

POSTS = [{"id": n, "tag_string": f"cat t{n % 3}", "score": n % 10, "rating": "g"} for n in range(1, 31)]


def test_a_search_gives_pages_and_a_total() -> None:
    index = booruql.Index.build(POSTS)
    found = index.search("cat -t0 order:score", limit=3, page=2)
    assert found.ids == (8, 17, 7)
    assert found.total == index.count("cat -t0") == 20
    assert index.search("id:>28").ids == (30, 29)
    assert index.search("", page=booruql_page(before=3), limit=5).ids == (2, 1)


def booruql_page(before: int) -> object:
    from booruql.ast.nodes import Page

    return Page(before=before)


def test_posts_come_change_and_go() -> None:
    index = booruql.Index.build(POSTS)
    plan = index.prepare("dog")
    index.add([{"id": 5, "tag_string": "dog"}, {"id": 31, "tag_string": "dog"}])
    index.delete([31, 99])
    assert index.search("dog").ids == (5,)
    assert index.count("cat") == 29
    assert len(index) == 30
    assert plan.ids() == []


def test_values_are_counted() -> None:
    index = booruql.Index.build(POSTS)
    assert index.facet("t1 or t2", limit=2) == [("cat", 20), ("t1", 10)]
    with pytest.raises(ConfigError, match="no field"):
        index.facet("cat", "colour")


def test_furbooru_images_are_indexed_too() -> None:
    images = [{"id": 1, "tags": ["fox"], "tag_ids": [1]}, {"id": 2, "tags": ["wolf"], "tag_ids": [2]}]
    index = booruql.Index.build(images, site="furbooru")
    assert index.search("fox || wo*").ids == (2, 1)


def test_readers_see_whole_batches_while_posts_are_added() -> None:
    index = booruql.Index.build(POSTS[:1])
    seen: list[int] = []
    done = False

    def read() -> None:
        while not done:
            seen.append(index.count("fresh"))

    reader = Thread(target=read)
    reader.start()
    for batch in range(30):
        index.add([{"id": 100 + batch * 10 + n, "tag_string": "fresh"} for n in range(10)])
    done = True
    reader.join()
    assert index.count("fresh") == 300
    assert all(number % 10 == 0 for number in seen)
    assert seen == sorted(seen)


def test_an_index_is_saved_and_mapped(tmp_path: Path) -> None:
    index = booruql.Index.build(POSTS)
    index.add([{"id": 5, "tag_string": "dog"}])
    index.delete([6])
    index.save(tmp_path / "posts.index")
    opened = booruql.Index.open(tmp_path / "posts.index")
    for text in ("cat", "dog", "-cat", "score:>3 order:score", "t1 -cat", "c*"):
        assert opened.search(text).ids == index.search(text).ids
    assert opened.facet("") == index.facet("")
    opened.add([{"id": 77, "tag_string": "dog"}])
    assert opened.search("dog").ids == (77, 5)
    opened.save(tmp_path / "posts.index")
    assert booruql.Index.open(tmp_path / "posts.index").search("dog").ids == (77, 5)
    (tmp_path / "none").write_bytes(b"text")
    with pytest.raises(ConfigError, match="no saved index"):
        booruql.Index.open(tmp_path / "none")


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    booruql.Index.build(POSTS).save(tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    assert booruql.Index.open(tmp_path / "whole", check=True).count("cat") == 30
    (tmp_path / "short").write_bytes(whole[:-9])
    (tmp_path / "stub").write_bytes(whole[:20])
    (tmp_path / "older").write_bytes(whole[:7] + b"\x01" + whole[8:])
    turned = bytearray(whole)
    turned[100] ^= 1
    (tmp_path / "turned").write_bytes(turned)
    for name, words in (("short", "damaged"), ("stub", "damaged"), ("older", "another version"), ("turned", "damaged")):
        with pytest.raises(ConfigError, match=words):
            booruql.Index.open(tmp_path / name, check=True)
