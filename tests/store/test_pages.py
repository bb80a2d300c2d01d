"""Pages, counts, facets and facts of a store."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from booruql import store
from booruql.app.cli import main
from booruql.errors import ConfigError
from booruql.store.sqlite import Store
from booruql.store.stored import StoreSource
from tests.store.posts import image, post, write_lines

POSTS = [post(n) for n in range(1, 120)]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    store.import_files([write_lines(tmp_path / "a.jsonl", POSTS)], tmp_path / "x.db")
    return tmp_path / "x.db"


@pytest.mark.parametrize("query", ["", "order:score", "order:id", "cat order:favcount", "order:created_at", "order:mpixels -dog"])
def test_pages_go_on_where_the_last_one_ended(database: Path, query: str) -> None:
    with store.open_source(database) as source:
        whole = source.search(query)
        found: list[int] = []
        page: str | None = None
        while True:
            result = source.search(query, limit=7, page=page)
            found += result.ids
            assert result.total == whole.total == source.count(query)
            page = result.next_page
            if page is None:
                break
        assert tuple(found) == whole.ids
        with pytest.raises(ConfigError):
            source.search(query, limit=7, page="~nonsense")


@pytest.mark.parametrize("via", ["sql", "predicate"])
def test_facets_count_what_is_found(database: Path, via: str) -> None:
    with store.open_source(database) as source:
        found = [row for row in POSTS if row["score"] > 2]
        tags = Counter(name for row in found for name in row["tag_string"].split())
        assert dict(source.facet("score:>2", "tags", via=via)) == tags
        assert dict(source.facet("score:>2", "rating", via=via)) == Counter(row["rating"] for row in found)
        assert dict(source.facet("score:>2", "is_deleted", via=via)) == Counter(row["is_deleted"] for row in found)
        assert source.facet("score:>2", "tags", limit=1, via=via) == [max(tags.items(), key=lambda pair: pair[1])]
        with pytest.raises(ConfigError, match="does not carry"):
            source.facet("", "favorited_by")
        with pytest.raises(ConfigError, match="no field"):
            source.facet("", "nonsense")


def test_facets_of_side_tables(tmp_path: Path) -> None:
    rows = [image(n) for n in range(1, 40)]
    with store.open_source(write_lines(tmp_path / "a.jsonl", rows)) as source:
        assert dict(source.facet("*", "sources")) == {f"https://example.org/{n}": 1 for n in range(1, 40)}
        numbers = Counter(number for row in rows for number in row["tag_ids"])
        assert dict(source.facet("*", "tag_ids")) == numbers


def test_the_commands(database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(database), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["site"], told["records"], told["unfinished"]) == ("danbooru", {"posts": 119}, None)
    assert main(["info", str(database)]) == 0
    assert "119" in capsys.readouterr().out
    assert main(["search", str(database), "--facet", "rating", "--format", "json", "id:<5"]) == 0
    assert json.loads(capsys.readouterr().out) == {"rating": {"s": 1, "q": 1, "e": 1, "g": 1}}
    assert main(["search", str(database), "--facet", "id", "--limit", "2", "--format", "json", "id:3..9"]) == 0
    assert json.loads(capsys.readouterr().out) == {"id": {"3": 1, "4": 1}}
    assert main(["search", str(database), "--facet", "tags", "id:1"]) == 0
    assert capsys.readouterr().out == "        1  cat\n"
    assert main(["export", str(database), "--to", str(tmp_path / "out.jsonl")]) == 0
    assert (tmp_path / "out.jsonl").read_text() == (tmp_path / "a.jsonl").read_text()
    assert main(["export", str(database), "--to", str(tmp_path / "out.jsonl"), "--entity", "pools"]) == 2
    capsys.readouterr()
    (tmp_path / "ids.txt").write_text("3\n4 5\n")
    assert main(["import", "--into", str(database), "--remove", f"@{tmp_path / 'ids.txt'}"]) == 0
    assert "3 removed" in capsys.readouterr().err
    assert main(["import", "--into", str(database), "--remove", "1,x"]) == 2
    assert main(["search", str(database), "--ids", "id:<7 order:id"]) == 0
    assert capsys.readouterr().out == "1\n2\n6\n"


def test_rejects_and_the_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_lines(tmp_path / "a.jsonl", [post(1), "{broken", post(2)])
    arguments = ["import", str(file), "--into", str(tmp_path / "x.db"), "--rejects", str(tmp_path / "bad.jsonl")]
    assert main(arguments) == 1
    assert f"{file}:2 (byte " in capsys.readouterr().err
    (bad,) = map(json.loads, (tmp_path / "bad.jsonl").read_text().splitlines())
    assert (bad["line"], bad["text"], bad["offset"]) == (2, "{broken", len(json.dumps(post(1))) + 1)
    assert main([*arguments, "--keep-going"]) == 0


def test_a_page_is_not_counted_until_its_total_is_asked_for(database: Path) -> None:
    with StoreSource(Store.open(database)) as source:
        asked: list[str] = []
        source.store.connection.set_trace_callback(asked.append)
        found = source.search("cat", limit=5)
        assert len(found.ids) == 5 and found.next_page and not any("COUNT(*) AS total" in text for text in asked)
        numbered = source.search("cat", limit=5, page=2)
        assert not any("COUNT(*) AS total" in text for text in asked)
        assert found.total == found.total == numbered.total == source.count("cat")
        assert numbered.next_page == "3"
        assert sum("COUNT(*) AS total" in text for text in asked) == 3


def test_a_snapshot_holds_still_while_others_write(database: Path) -> None:
    with store.open_source(database) as source:
        with source.snapshot():
            before = source.search("", limit=5)
            store.import_files([], database, remove=before.ids)
            assert before.total == len(POSTS) and source.search("", limit=5).ids == before.ids
        assert source.search("", limit=5).total == len(POSTS) - 5
