"""Import: the same records make the same store, in whatever order, however often it was killed; what is bad is named."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from booruql import store
from booruql.errors import ConfigError
from booruql.store import importing, sqlite
from booruql.store.records import LONGEST, Rejected
from tests.store.posts import dumped, image, post, write_lines


def make(path: Path, *files: Path, **options: Any) -> store.Imported:
    return store.import_files(files, path, **options)


def test_two_files_in_either_order_make_the_same_store(tmp_path: Path) -> None:
    first = write_lines(tmp_path / "a.jsonl", [post(n) for n in range(1, 60)])
    newer = {"updated_at": "2025-01-01T00:00:00Z"}
    changed = [post(n, "bird new_tag", score=50 + n, **newer) if n % 3 else post(n, "same_age other") for n in range(30, 90)]
    second = write_lines(tmp_path / "b.jsonl", changed)
    make(tmp_path / "x.db", first, second)
    make(tmp_path / "y.db", second)
    make(tmp_path / "y.db", first)
    make(tmp_path / "z.db", second, first, second)
    assert dumped(tmp_path / "x.db") == dumped(tmp_path / "y.db") == dumped(tmp_path / "z.db")


def test_posts_and_tag_tables_in_either_order(tmp_path: Path) -> None:
    posts = write_lines(tmp_path / "posts.jsonl", [post(n) for n in range(1, 40)])
    tags = write_lines(tmp_path / "tags.jsonl", [{"id": 7, "name": "cat", "category": 0, "post_count": 20}])
    table = tmp_path / "tags.csv"
    table.write_text('cat,0,19,"kitty,puss"\ndog,0,9,\n')
    files = [posts, tags, table]
    for at, order in enumerate((files, files[::-1])):
        for file in order:
            make(tmp_path / f"{at}.db", file, site="danbooru")
    assert dumped(tmp_path / "0.db") == dumped(tmp_path / "1.db")
    with store.open_source(tmp_path / "0.db") as source:
        assert source.catalog.alias("puss") == "cat" and source.catalog.tag_count("cat") == 20
        assert source.search("kitty").total == source.search("cat").total == 20 and source.search("dog").total == 20
        assert source.catalog.tag_count("dog") == 9 and source.catalog.tag_count("sky") == 0


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    for site, make_row in (("danbooru", post), ("furbooru", image)):
        file = write_lines(tmp_path / f"{site}.jsonl", [make_row(n) for n in range(1, 50)])
        done = make(tmp_path / f"{site}.db", file)
        assert done.site is not None and done.site.name == site
        once = dumped(tmp_path / f"{site}.db")
        again = make(tmp_path / f"{site}.db", file)
        assert (again.stored, again.rejected) == (49, 0) and dumped(tmp_path / f"{site}.db") == once


def test_an_update_leaves_nothing_of_the_old_record(tmp_path: Path) -> None:
    old = image(1, galleries=[{"id": 5, "position": 2}, {"id": 6, "position": 0}], source_urls=["https://a.example"])
    new = image(1, galleries=[{"id": 6, "position": 1}], source_urls=[], updated_at="2026-01-01T00:00:00Z", tags=["owl"])
    make(tmp_path / "x.db", write_lines(tmp_path / "a.jsonl", [old, image(2)]))
    make(tmp_path / "x.db", write_lines(tmp_path / "b.jsonl", [new]))
    make(tmp_path / "y.db", write_lines(tmp_path / "c.jsonl", [new, image(2)]))
    ours, plain = (sqlite3.connect(tmp_path / name) for name in ("x.db", "y.db"))
    for table in ("gallery_items", "posts_sources", "posts_tags", "tags", "tag_names", "raw_posts"):
        assert ours.execute(f"SELECT * FROM {table}").fetchall() == plain.execute(f"SELECT * FROM {table}").fetchall(), table
    ours.close()
    plain.close()


def test_removed_records_are_gone(tmp_path: Path) -> None:
    make(tmp_path / "x.db", write_lines(tmp_path / "a.jsonl", [post(n) for n in range(1, 20)]))
    done = make(tmp_path / "x.db", remove=[3, 5, 5, 99])
    assert done.removed == 2
    make(tmp_path / "y.db", write_lines(tmp_path / "b.jsonl", [post(n) for n in range(1, 20) if n not in (3, 5)]))
    assert dumped(tmp_path / "x.db") == dumped(tmp_path / "y.db")
    with pytest.raises(ConfigError, match="nothing to remove"):
        make(tmp_path / "none.db", remove=[1])


# --- what is bad


def test_every_bad_record_is_named_and_every_good_one_kept(tmp_path: Path) -> None:
    chance = random.Random(5)
    kinds = [
        "{broken",
        json.dumps({"tag_string": "a"}),
        json.dumps(post(5000, score="x")),
        json.dumps(post(5001, "a\0b")),
        json.dumps(post(5002, "\ud800")),
        json.dumps(post(5003, source="\udc00")),
        '{"id": 5004, "tag_string": "' + "long_tag " * (LONGEST // 9) + '"}',
        json.dumps(post(5005, " ".join(f"t{n}" for n in range(30_000)))),
        json.dumps(post(1, "again")),
        '{"id": 5006, "tag_string": "a", "score": NaN}',
        '{"id": 5007, "tag_string": ["a"], "created_at": 5}',
        '{"id": "5", "tag_string": "a"}',
        '{"id": 1e400, "tag_string": "a"}',
        "[" * 100_000,
        '"text"', "null", "17",
        json.dumps(post(5008, md5=5)),
        json.dumps(post(5009, is_deleted="no")),
        json.dumps(post(5010, created_at="yesterday")),
        json.dumps({**post(5011), "tag_string": 7}),
    ]  # fmt: skip
    good = [json.dumps(post(n)) for n in range(1, 400)]
    lines = [good[0], *good[1:]]
    for bad in kinds:
        lines.insert(chance.randint(1, len(lines)), bad)
    file = tmp_path / "mixed.jsonl"
    file.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass") + b'\n\xff\xfe{"id": 1}\n')
    named: list[Rejected] = []
    done = make(tmp_path / "x.db", file, rejects=named.append)
    assert (done.stored, done.rejected) == (399, len(kinds) + 1)
    places = sorted(lines.index(bad) + 1 for bad in kinds)
    assert [found.line for found in named] == [*places, len(lines) + 1]
    content = file.read_bytes()
    for found in named[:-1]:
        assert content[found.offset :].startswith(lines[found.line - 1][:40].encode("utf-8", "surrogatepass")), found
        assert content[: found.offset].count(b"\n") == found.line - 1
    with store.open_source(tmp_path / "x.db") as source:
        assert list(source.search("order:id").records) == [json.loads(line) for line in good]


def test_a_database_error_is_no_bad_record(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "a.jsonl", [post(1)])
    make(tmp_path / "x.db", file)
    with sqlite3.connect(tmp_path / "x.db") as database:
        database.execute("CREATE TRIGGER no BEFORE INSERT ON posts BEGIN SELECT RAISE(ABORT, 'no room'); END")
    database.close()
    with pytest.raises(ConfigError, match="no room"):
        make(tmp_path / "x.db", write_lines(tmp_path / "b.jsonl", [post(2)]))


def test_broken_elements_of_a_list_cost_only_themselves(tmp_path: Path) -> None:
    rows = [json.dumps(post(n), indent=n % 3) for n in range(1, 30)]
    rows[4], rows[9], rows[20] = '{"id": 5, "tag_string": "cat}', '{"id": 10, "x": [}', '{"id": 21, "score": tru}'
    for name, text in (
        ("list", "[\n" + ",\n".join(rows) + "\n]"),
        ("envelope", '{"posts": [' + ",\n".join(rows) + '], "total": 3}'),
    ):
        file = tmp_path / f"{name}.json"
        file.write_text(text)
        named: list[Rejected] = []
        done = make(tmp_path / f"{name}.db", file, rejects=named.append)
        assert (done.stored, done.rejected) == (26, 3), name
        assert [text[found.offset :][:7] for found in named] == ['{"id": ', '{"id": ', '{"id": ']
        assert [found.line for found in named] == [text[: found.offset].count("\n") + 1 for found in named]


def test_a_bad_member_of_a_store_of_another_site(tmp_path: Path) -> None:
    make(tmp_path / "x.db", write_lines(tmp_path / "a.jsonl", [post(1)]))
    with pytest.raises(ConfigError, match="holds records of danbooru"):
        make(tmp_path / "x.db", write_lines(tmp_path / "b.jsonl", [image(1)]), site="furbooru")
    text = tmp_path / "text.db"
    text.write_text("not a store" * 100)
    with pytest.raises(ConfigError, match="no store"):
        make(text, tmp_path / "a.jsonl")


# --- what was killed goes on

_SLOW = """
import sys
from booruql.store import importing, sqlite
importing.BATCH = 20
importing.import_files(sys.argv[2:], sys.argv[1])
"""


def test_an_import_that_is_killed_goes_on(tmp_path: Path) -> None:
    bad = ["{broken", json.dumps(post(3, "again"))]
    rows: list[Any] = [post(n) for n in range(1, 600)]
    rows[300:300] = bad
    first = write_lines(tmp_path / "a.jsonl", rows)
    second = tmp_path / "b.json"
    second.write_text(json.dumps({"posts": [post(n, "late") | {"updated_at": "2026-01-01T00:00:00Z"} for n in range(500, 800)]}))
    make(tmp_path / "whole.db", first, second)
    expected = dumped(tmp_path / "whole.db")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    chance, target = random.Random(3), tmp_path / "killed.db"
    killed = 0
    for _ in range(6):
        child = subprocess.Popen([sys.executable, "-c", _SLOW, str(target), str(first), str(second)], env=environment)
        until = time.monotonic() + 20
        while not target.exists() and time.monotonic() < until and child.poll() is None:
            time.sleep(0.005)
        time.sleep(chance.random() * 0.4)
        child.send_signal(signal.SIGKILL)
        killed += child.wait() == -signal.SIGKILL
    named: list[Rejected] = []
    make(target, first, second, rejects=named.append)
    assert dumped(target) == expected
    assert killed


@pytest.mark.parametrize("step", range(20))
def test_it_goes_on_from_any_batch(tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash after any batch, or before its end, or in the last acts."""
    monkeypatch.setattr(importing, "BATCH", 10)
    file = write_lines(
        tmp_path / "a.jsonl", [*(post(n) for n in range(1, 60)), "{", post(9, "again"), *(post(n) for n in range(60, 99))]
    )
    make(tmp_path / "whole.db", file)
    count = 0

    class Crash(Exception):
        pass

    def crash(statement: str) -> None:
        nonlocal count
        if statement.startswith(("COMMIT", "CREATE INDEX", "ANALYZE", "UPDATE tags")):
            count += 1
            if count == step + 1:
                raise Crash

    opened = importing.Store.create
    real: list[Any] = []

    class Watched:
        def __init__(self, connection: sqlite3.Connection) -> None:
            self._connection = connection

        def execute(self, text: str, *given: Any) -> Any:
            crash(text)
            return self._connection.execute(text, *given)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._connection, name)

    def create(path: Any, site: Any) -> Any:
        made = opened(path, site)
        real.append(made.connection)
        made.connection = Watched(made.connection)
        return made

    monkeypatch.setattr(importing.Store, "create", create)
    with suppress(Crash):
        make(tmp_path / "x.db", file)
    for connection in real:
        connection.close()
    monkeypatch.setattr(importing.Store, "create", opened)
    named: list[Rejected] = []
    done = make(tmp_path / "x.db", file, rejects=named.append)
    assert dumped(tmp_path / "x.db") == dumped(tmp_path / "whole.db")
    assert (done.stored, [found.line for found in named]) == (98, [60, 61])


def test_readers_see_whole_batches_while_a_writer_writes(tmp_path: Path) -> None:
    target = tmp_path / "x.db"
    make(target, write_lines(tmp_path / "a.jsonl", [post(n, "cat") for n in range(1, 300)]))
    with store.open_source(target) as source:
        writer = sqlite3.connect(target, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM posts WHERE id < 100")
        assert source.search("cat").total == 299
        writer.execute("ROLLBACK")
        writer.close()
        make(target, write_lines(tmp_path / "b.jsonl", [post(n, "cat") for n in range(300, 400)]))
        assert source.search("cat").total == 399


def test_an_import_does_not_wait_for_readers_of_an_older_snapshot(tmp_path: Path) -> None:
    target = tmp_path / "x.db"
    make(target, write_lines(tmp_path / "a.jsonl", [post(n, "cat") for n in range(1, 300)]))
    with store.open_source(target) as source, source.snapshot():
        assert source.search("cat").total == 299
        began = time.monotonic()
        make(target, write_lines(tmp_path / "b.jsonl", [post(n, "cat") for n in range(300, 400)]))
        assert time.monotonic() - began < sqlite.PATIENCE / 2 and source.search("cat").total == 299
    with store.open_source(target) as source:
        assert source.search("cat").total == 399


def test_an_older_file_is_brought_up_to_date(tmp_path: Path) -> None:
    target = tmp_path / "x.db"
    make(target, write_lines(tmp_path / "a.jsonl", [post(n) for n in range(1, 40)]))
    expected = dumped(target)
    with sqlite3.connect(target) as database:
        database.execute("ALTER TABLE posts DROP COLUMN megapixels")
        database.execute("ALTER TABLE posts ADD COLUMN forgotten TEXT")
    database.close()
    with store.open_source(target) as source:
        assert source.search("mpixels:<1").total == 39
    assert dumped(target) == expected


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "x.db"
    make(target, write_lines(tmp_path / "a.jsonl", [post(1)]))
    with sqlite3.connect(target) as database:
        database.execute("UPDATE booru SET value = '\"999.1\"' WHERE name = 'booruql'")
    database.close()
    for opened in (store.open_source, lambda path: make(path, tmp_path / "a.jsonl")):
        with pytest.raises(ConfigError, match="newer"):
            opened(target)


def test_a_file_of_the_first_format_is_brought_up_to_date(tmp_path: Path) -> None:
    target = tmp_path / "x.db"
    make(target, write_lines(tmp_path / "a.jsonl", [post(n) for n in range(1, 40)]))
    expected = dumped(target)
    database = sqlite3.connect(target)
    database.execute("CREATE TABLE records (entity TEXT, key INTEGER, record TEXT, PRIMARY KEY (entity, key)) WITHOUT ROWID")
    database.execute("INSERT INTO records SELECT 'posts', id, record FROM raw_posts")
    for name in ("raw_posts", "raw_tags", "tag_names", "seen"):
        database.execute(f"DROP TABLE {name}")
    database.execute("PRAGMA user_version = 1")
    database.execute("DELETE FROM booru WHERE name = 'booruql'")
    database.commit()
    database.close()
    make(target, tmp_path / "a.jsonl")
    assert dumped(target) == expected


def test_a_file_of_the_second_format_gets_its_index_again(tmp_path: Path) -> None:
    target = tmp_path / "x.db"
    make(target, write_lines(tmp_path / "a.jsonl", [post(n) for n in range(1, 40)]))
    expected = dumped(target)
    database = sqlite3.connect(target)
    database.execute("DROP INDEX posts_tags_by_tag")
    database.execute("CREATE INDEX posts_tags_by_tag ON posts_tags (tag_id, post_id)")
    database.execute("PRAGMA user_version = 2")
    database.execute("UPDATE tags SET uses = uses + 1")  # a rebuild would count them
    database.commit()
    database.close()
    with store.open_source(target) as source:
        assert source.search("cat").ids
    database = sqlite3.connect(target)
    database.execute("UPDATE tags SET uses = uses - 1")
    database.commit()
    database.close()
    assert sorted(dumped(target)) == sorted(expected)
