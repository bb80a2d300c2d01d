"""However records came, were changed and removed: the store finds what a reading of the last records finds."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import booruql
from booruql import store
from booruql.store import importing
from tests.store.posts import dumped, image, post, write_lines

DAYS = st.sampled_from([f"2025-01-{day:02}T00:00:00Z" for day in (1, 2, 3)])
TAGS = st.lists(st.sampled_from(["cat", "dog", "Éa", "ΣΑΣ", "a*b", "x%y", "sky_(blue)", "ねこ"]), max_size=4, unique=True)
NUMBERS = st.integers(0, 4)
DANBOORU = st.builds(
    lambda number, day, tags, score, source, parent: post(
        number, " ".join(tags), updated_at=day, score=score, source=source, parent_id=parent, pixiv_id=parent
    ),
    number=st.integers(1, 6),
    day=DAYS,
    tags=TAGS,
    score=NUMBERS,
    source=st.sampled_from(["", "https://a.example/1", "Éa"]),
    parent=st.sampled_from([None, 1, 2]),
)
GALLERIES = st.lists(st.builds(lambda at: {"id": at, "position": at * 2}, NUMBERS), max_size=2, unique_by=lambda row: row["id"])
FURBOORU = st.builds(
    lambda number, day, tags, score, sources, galleries: image(
        number, tags=tags, tag_ids=[], updated_at=day, score=score, source_urls=sources, galleries=galleries
    ),
    number=st.integers(1, 6),
    day=DAYS,
    tags=TAGS,
    score=NUMBERS,
    sources=st.lists(st.sampled_from(["https://a.example", "É"]), max_size=2, unique=True),
    galleries=GALLERIES,
)
QUERIES = {
    "danbooru": (
        "cat", "-cat dog", "score:>1", "éa", "source:éa*", "pixiv:any", "-pixiv:1", "~cat ~σας", "x%y", "parent:1", "tagcount:>1",
    ),
    "furbooru": (
        "cat", "-cat, dog", "score.gt:1", "source_url:*example*", "éa || σας", "a\\*b", "gallery_id:2", "-gallery_id:1",
        "tag_count.gt:1",
    ),
}  # fmt: skip
Rows = list[dict[str, Any]]


def steps(rows: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[Rows | list[int]]]:
    """Files of records, each id once in a file, and ids that are removed."""
    files = st.lists(rows, max_size=6, unique_by=lambda row: row["id"])
    return st.lists(st.one_of(files, files, st.lists(st.integers(1, 6), min_size=1, max_size=2, unique=True)), max_size=5)


def apply(done: list[Rows | list[int]]) -> dict[int, dict[str, Any]]:
    """The records that are left: of one id the newest, of one age the one whose text is greater."""
    left: dict[int, dict[str, Any]] = {}
    for step in done:
        for row in step:
            if isinstance(row, int):
                left.pop(row, None)
            else:
                before = left.get(row["id"])
                if before is None or _mark(before) < _mark(row):
                    left[row["id"]] = row
    return left


def _mark(row: dict[str, Any]) -> tuple[str, str]:
    return row["updated_at"], json.dumps(row)


@pytest.mark.parametrize(("site", "rows"), [("danbooru", DANBOORU), ("furbooru", FURBOORU)])
def test_the_store_finds_what_the_records_hold(site: str, rows: st.SearchStrategy[dict[str, Any]]) -> None:
    @settings(max_examples=8)
    @given(steps(rows), st.integers(1, 4))
    def agrees(done: list[Rows | list[int]], batch: int) -> None:
        with tempfile.TemporaryDirectory() as room, pytest.MonkeyPatch.context() as patch:
            patch.setattr(importing, "BATCH", batch)
            target, plain = Path(room, "x.db"), Path(room, "plain.db")
            first = write_lines(Path(room, "first.jsonl"), [_first(site)])
            store.import_files([first], target)
            for step in done:
                removed = [row for row in step if isinstance(row, int)]
                file = write_lines(Path(room, "step.jsonl"), [row for row in step if not isinstance(row, int)])
                store.import_files([file], target, remove=removed)
            left = apply([[_first(site)], *done])
            _check(target, site, left)
            store.import_files([write_lines(Path(room, "left.jsonl"), list(left.values())[::-1] or [_first(site)])], plain)
            if left:
                assert _contents(target) == _contents(plain)

    agrees()


def _first(site: str) -> dict[str, Any]:
    return post(7) if site == "danbooru" else image(7, galleries=[])


def _check(target: Path, site: str, left: dict[int, dict[str, Any]]) -> None:
    with store.open_source(target) as source:
        for query in QUERIES[site]:
            parsed = booruql.parse(query, site=site)
            context = booruql.Context(catalog=source.catalog)
            matches = booruql.predicate(parsed, context=context)
            expected = tuple(sorted((key for key, row in left.items() if matches(row)), reverse=True))
            for via in ("sql", "predicate"):
                assert source.search(parsed, via=via).ids == expected, (query, via)
        assert {row["id"]: row for row in source.raw("posts", left)} == left


def _contents(path: Path) -> list[str]:
    """What depends on the records alone: facts may tell of records that are gone."""
    return [line for line in dumped(path) if not line.startswith('INSERT INTO "booru"')]
