"""Files of every form, and back: what goes in comes out."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from booruql import store
from booruql.errors import ConfigError
from booruql.store.records import Item, Reading, Rejected, read_files
from booruql.store.sqlite import Store
from tests.store.posts import dumped, image, post, write_lines

POSTS = [post(n) for n in range(1, 30)]
IMAGES = [image(n) for n in range(1, 30)]


def records(path: Path) -> list[Any]:
    with store.open_source(path) as source:
        assert not source.rejects
        return list(source.raw(source.site.resource().entity, sorted(d["id"] for d in source.documents("posts"))))


def as_xml(rows: Iterable[dict[str, Any]]) -> str:
    """Posts as Danbooru's `/posts.xml` spells them."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<posts type="array">']
    for row in rows:
        lines.append("  <post>")
        for key, value in row.items():
            name = key.replace("_", "-")
            kind = {bool: "boolean", int: "integer", float: "float"}.get(type(value))
            shown = str(value).lower() if isinstance(value, bool) else escape(str(value))
            typed = f' type="{kind}"' if kind else ""
            lines.append(f'    <{name} nil="true"/>' if value is None else f"    <{name}{typed}>{shown}</{name}>")
        lines.append("  </post>")
    return "\n".join([*lines, "</posts>\n"])


def zstd(data: bytes) -> bytes:
    return pytest.importorskip("zstandard").ZstdCompressor().compress(data)


def parquet(rows: list[dict[str, Any]]) -> bytes:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet as files

    out = io.BytesIO()
    files.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


LINES = "".join(json.dumps(row) + "\n" for row in POSTS).encode()
FORMS: dict[str, Any] = {
    "lines.jsonl": lambda: LINES,
    "bom.jsonl": lambda: b"\xef\xbb\xbf" + LINES,
    "crlf.jsonl": lambda: LINES.replace(b"\n", b"\r\n\r\n"),
    "open.jsonl": lambda: LINES.rstrip(),
    "lines.jsonl.gz": lambda: gzip.compress(LINES),
    "lines.jsonl.zst": lambda: zstd(LINES),
    "misnamed.txt": lambda: gzip.compress(LINES),
    "list.json": lambda: json.dumps(POSTS).encode(),
    "pretty.json": lambda: json.dumps(POSTS, indent=4).encode(),
    "lists.json": lambda: (json.dumps(POSTS[:9]) + "\n" + json.dumps(POSTS[9:])).encode(),
    "envelope.json": lambda: json.dumps({"status": "ok", "posts": POSTS, "total": 29}).encode(),
    "envelopes.jsonl": lambda: b"".join(json.dumps({"posts": POSTS[at : at + 5]}).encode() + b"\n" for at in range(0, 29, 5)),
    "posts.xml": lambda: as_xml(POSTS).encode(),
    "posts.parquet": lambda: parquet(POSTS),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_brings_the_same_records(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FORMS[name]())
    assert records(path) == POSTS


@pytest.mark.parametrize("start", [0, 1, 7, 28, 29])
@pytest.mark.parametrize("name", FORMS)
def test_reading_goes_on_from_any_place(tmp_path: Path, name: str, start: int) -> None:
    path, reading = tmp_path / name, Reading()
    path.write_bytes(FORMS[name]())
    found = read_files([path], reading)
    for _ in range(start):
        next(found)
    rest = [item.record for item in read_files([path], Reading(), reading.place) if isinstance(item, Item)]
    assert rest == POSTS[start:]


@pytest.mark.parametrize("form", ["lines", "envelope", "single", "dump"])
def test_records_of_furbooru(tmp_path: Path, form: str) -> None:
    path = tmp_path / "x.json"
    if form == "lines":
        write_lines(path, IMAGES)
    elif form == "single":
        path.write_text("".join(json.dumps({"image": row, "interactions": []}, indent=1) for row in IMAGES))
    else:
        more = {"tags": [{"id": 1, "name": "safe"}]} if form == "dump" else {"interactions": [], "total": 29}
        path.write_text(json.dumps({"images": IMAGES, **more}))
    assert records(path) == IMAGES


def test_a_folder_is_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    (folder / "deep").mkdir(parents=True)
    write_lines(folder / "a.jsonl", POSTS[:9])
    (folder / "deep" / "b.json.gz").write_bytes(gzip.compress(json.dumps(POSTS[9:]).encode()))
    write_lines(folder / "pools.jsonl", [{"id": 1, "name": "Sky", "category": "series", "is_deleted": False, "post_ids": [3, 1]}])
    write_lines(
        folder / "tag_aliases.jsonl", [{"id": 1, "antecedent_name": "kitty", "consequent_name": "cat", "status": "active"}]
    )
    (folder / "notes.txt").write_text("nothing")
    store.import_files([folder], tmp_path / "x.db")
    assert records(tmp_path / "x.db") == POSTS
    with store.open_source(tmp_path / "x.db") as source:
        assert source.search("pool:sky order:id").ids == (1, 3) and source.catalog.alias("kitty") == "cat"
    with pytest.raises(ConfigError, match="holds no file"):
        store.import_files(
            [tmp_path / "dump" / "empty"] if (tmp_path / "dump" / "empty").mkdir() else [folder / "empty"], tmp_path / "y.db"
        )


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LINES)))
    assert store.import_files(["-"], tmp_path / "x.db").stored == 29
    assert records(tmp_path / "x.db") == POSTS


def test_broken_xml_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "posts.xml"
    text = (
        as_xml(POSTS[:5])
        .replace('<id type="integer">2</id>', '<id type="integer">two</id>')
        .replace("https://example.com/4", "a & b <")
    )
    path.write_text(text)
    named: list[Rejected] = []
    assert store.import_files([path], tmp_path / "x.db", rejects=named.append).stored == 3
    assert [text[found.offset :][:6] for found in named] == ["<post>"] * 2
    assert [found.line for found in named] == [text[: found.offset].count("\n") + 1 for found in named]
    for bad in (
        '<posts type="array"/>',
        "<!DOCTYPE x [<!ENTITY a 'b'>]><posts><post><id>&a;</id></post></posts>",
        "<posts><post><id",
    ):
        path.write_text(bad)
        found = list(read_files([path]))
        assert all(isinstance(one, Rejected) for one in found) and len(found) <= 2


def test_packed_files_that_end_too_early_say_so(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(gzip.compress(LINES)[:-30])
    with pytest.raises(ConfigError, match=r"x\.jsonl\.gz"):
        store.import_files([path], tmp_path / "x.db")


# --- from the store onwards


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "parquet", "json", "json.gz"])
@pytest.mark.parametrize("rows", [POSTS, IMAGES], ids=["danbooru", "furbooru"])
def test_what_is_exported_makes_the_same_store(tmp_path: Path, ending: str, rows: list[Any]) -> None:
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    from booruql.store.exporting import export

    store.import_files([write_lines(tmp_path / "in.jsonl", rows)], tmp_path / "x.db")
    opened = Store.open(tmp_path / "x.db")
    out = tmp_path / f"out.{ending}"
    assert export(opened, str(out), "posts") == 29
    opened.close()
    store.import_files([out], tmp_path / "y.db")
    assert records(out) == rows and dumped(tmp_path / "x.db") == dumped(tmp_path / "y.db")
    assert sorted(file.name for file in tmp_path.glob("out*")) == [out.name]


def test_a_dump_comes_back_whole(tmp_path: Path) -> None:
    from booruql.store.exporting import export

    dump = {
        "now": "2026-01-15T12:00:00Z",
        "posts": POSTS,
        "users": [{"id": 1, "name": "Alice", "level": 20}],
        "tags": [{"id": 5, "name": "cat", "category": 0, "post_count": 15}],
        "favorites": [{"id": 2, "user_id": 1, "post_id": 4}],
        "comments": [{"id": 1, "post_id": 3, "creator_id": 1, "is_deleted": False, "body": "hello"}],
    }
    for name in ("x", "y"):
        (tmp_path / f"{name}.json").write_text(json.dumps(dump))
        store.import_files([tmp_path / f"{name}.json"], tmp_path / f"{name}.db")
        opened = Store.open(tmp_path / f"{name}.db")
        export(opened, str(tmp_path / "out.json"), "posts")
        opened.close()
        dump = json.loads((tmp_path / "out.json").read_text())
    assert dumped(tmp_path / "x.db") == dumped(tmp_path / "y.db")


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_what_cannot_be_exported_says_so(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from booruql.store.exporting import export

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    store.import_files([write_lines(tmp_path / "in.jsonl", POSTS)], tmp_path / "x.db")
    opened = Store.open(tmp_path / "x.db")
    with pytest.raises(ConfigError, match=r"pyarrow|ends in"):
        export(opened, str(tmp_path / f"out.{ending}"), "posts")
    opened.close()


def test_the_sites_own_records_come_back_as_they_went_in(shared: Path, tmp_path: Path) -> None:
    for name in ("danbooru_posts_sample.jsonl", "danbooru_posts_sample.xml", "philomena_images_sample.jsonl"):
        rows = [item.record for item in read_files([shared / "data" / name]) if isinstance(item, Item)]
        for origin in sorted({row.get("_site", "") for row in rows}):
            target, given = tmp_path / f"{name}.{origin}.db", [row for row in rows if row.get("_site", "") == origin]
            done = store.import_files([write_lines(tmp_path / "rows.jsonl", given)], target)
            assert (done.stored, done.rejected) == (len(given), 0)
            with store.open_source(target) as source:
                for query in ("", "order:id") if source.site.name == "danbooru" else ("*",):
                    found = list(source.search(query).records)
                    assert sorted(found, key=lambda row: row["id"]) == sorted(given, key=lambda row: row["id"])
    for name, site in (("danbooru_tags_sample.jsonl", "danbooru"), ("philomena_tags_sample.jsonl", "furbooru")):
        done = store.import_files([shared / "data" / name], tmp_path / f"{site}.db")
        assert done.rejected == 0 and done.site is not None and done.site.name == site
