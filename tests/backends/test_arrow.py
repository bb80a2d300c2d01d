"""Columns of a file or a table become the same index as the records that they hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pa = pytest.importorskip("pyarrow")
pytest.importorskip("pyroaring")
import pyarrow.parquet as pq  # noqa: E402

from booruql import Index  # noqa: E402
from booruql import open as open_source  # noqa: E402
from booruql.backends.bitmap import arrow, postings  # noqa: E402
from booruql.errors import ConfigError  # noqa: E402

NAMES = ["cat", "dog", "sky", "blue_sky"]
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.replace(microsecond=0))
NUMBERS = st.none() | st.integers(0, 3000)


@pytest.fixture(autouse=True, params=["large", "small"])
def batches(request: pytest.FixtureRequest) -> Iterator[None]:
    """Few rows must walk the roads of many too."""
    if request.param == "large":
        yield
        return
    with patch.object(arrow, "_BATCH", 2), patch.object(postings, "_FREQUENT", 2), patch.object(postings, "_STRETCH", 2):
        yield


def column(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=6, max_size=6)


RECORDS = st.fixed_dictionaries(
    {
        "id": st.lists(st.integers(1, 9), min_size=6, max_size=6),
        "tag_string": column(st.lists(st.sampled_from(NAMES)).map(" ".join) | st.sampled_from((None, " cat  dog "))),
        "score": column(st.integers(-5, 5)),
    },
    optional={
        "created_at": column(MOMENTS) | column(MOMENTS.map(lambda moment: moment.isoformat() + "-04:00")),
        "image_width": column(NUMBERS),
        "width": column(NUMBERS),
        "image_height": column(NUMBERS),
        "up_score": column(NUMBERS),
        "down_score": column(st.none() | st.integers(-9, 0)),
        "fav_count": column(st.integers(0, 1 << 40)),
        "bit_flags": column(st.none() | st.integers(0, 3)),
        "duration": column(st.none() | st.floats(0, 100)),
        "rating": column(st.none() | st.sampled_from("gsqe")),
        "source": column(st.none() | st.sampled_from(("", "https://example.org/1"))),
        "is_deleted": column(st.none() | st.booleans()),
        "uploader_id": column(st.none() | st.integers(1, 9)),
        "elsewhere": column(st.integers(0, 9)),
    },
)
QUERIES = (
    "order:id", "cat -dog", "blue_*", "score:>0 order:score", "order:rank", "mpixels:>1 order:mpixels", "ratio:>=1.5",
    "width:>100", "upvotes:>1000", "downvotes:<5", "favcount:>1000 order:favcount", "embedded:true", "duration:>5",
    "rating:g,s order:id_asc", "source:https*", "-source:none", "status:deleted", "date:>2015-01-01 order:change",
    "-width:>5 or height:>7",
)  # fmt: skip


def answers(index: Index) -> list[tuple[int, ...]]:
    return [index.search(text).ids for text in QUERIES]


@settings(max_examples=15)
@given(RECORDS)
def test_columns_of_records_are_the_records(columns: dict[str, list[Any]]) -> None:
    table = pa.table(columns)
    last = {row["id"]: row for row in table.to_pylist()}
    assert answers(Index.build(table)) == answers(Index.build(last.values()))


OWN = {
    "id": [3, 1, 2],
    "tag_ids": [[0, 2], [], [0, 1]],
    "score": [5, 2, 1 << 40],
    "width": [None, 640, 800],
    "rating": ["g", None, "s"],
    "duration": [0.1, None, 2.5],
    "file_ext": ["webm", "png", "mp4"],
    "favorited_by": [["ash"], None, ["ash", None, "elm"]],
    "description": ["a quick fox", None, ""],
    "created_at": [datetime.fromtimestamp(second, UTC) for second in (7, 5, 6)],
}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("cat", (3, 2)),
        ("-dog", (3, 1)),
        ("score:>4 order:score", (2, 3)),
        ("width:<700", (1,)),
        ("rating:g", (3,)),
        ("duration:2.5", (2,)),
        ("date:1970-01-01", (3, 2, 1)),
    ],
)
def test_columns_may_be_called_as_our_fields_are(text: str, ids: tuple[int, ...], tmp_path: Path) -> None:
    path = tmp_path / "posts.parquet"
    pq.write_table(pa.table(OWN), path, row_group_size=2)
    assert Index.build(path, tag_names=NAMES).search(text).ids == ids
    assert Index.build(pa.table(OWN).to_reader(1), tag_names=dict(enumerate(NAMES))).search(text).ids == ids


def test_lists_of_names_and_names_of_another_site() -> None:
    table = pa.table({"id": [1, 2], "tag_names": [["fox", "sky"], ["fox"]], "description": ["a quick fox", None]})
    index = Index.build(table, site="furbooru")
    assert index.search("fox, -sky").ids == (2,)
    assert index.search("description:quick").ids == (1,)


def test_records_that_must_be_read_whole_are(tmp_path: Path) -> None:
    records = [{"id": 1, "tag_string": "cat", "media_asset": {"status": "deleted", "image_width": 5}, "image_width": 5}]
    assert Index.build(pa.Table.from_pylist(records)).search("width:5").ids == ()
    path = tmp_path / "exported.parquet"
    pq.write_table(pa.table({"id": [1], "record": [json.dumps({"id": 1, "tag_string": "cat"})]}), path)
    assert Index.build(path).search("cat").ids == (1,)


def test_rows_replace_those_of_the_same_id() -> None:
    index = Index.build([{"id": 1, "tag_string": "cat"}, {"id": 5, "tag_string": "cat"}])
    index.add(pa.table({"id": [5, 7], "tag_string": ["dog", "cat"]}))
    assert index.search("cat").ids == (7, 1)
    assert len(index) == 3


def test_a_table_may_be_empty() -> None:
    index = Index.build(pa.table({"id": pa.array([], pa.int64()), "tag_string": pa.array([], pa.string())}))
    assert index.search("order:score -cat").ids == ()


def test_progress_tells_the_rows_that_are_done() -> None:
    seen: list[int] = []
    Index.build(pa.table({"id": [1, 2, 3], "tag_string": ["a", "b", "c"]}), progress=seen.append)
    assert seen[-1] == 3


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"score": [1]}, "no column 'id'"),
        ({"id": [None, 1]}, "a row has no id"),
        ({"id": [1], "score": ["five"]}, "'score': string is no number"),
        ({"id": [1], "created_at": [[1]]}, "'created_at'"),
        ({"id": [1], "tag_string": [5]}, "'tag_string': int64 is no list"),
        ({"id": [1], "created_at": ["yesterday"]}, "'created_at'"),
        ({"id": [1], "tag_ids": [[9]]}, "'tag_ids': a number has no name"),
        ({"id": [1], "tag_ids": [[-1]]}, "'tag_ids': a number has no name"),
    ],
)
def test_what_columns_do_not_hold_is_said(columns: dict[str, list[Any]], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        Index.build(pa.table(columns), tag_names=NAMES)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "posts.parquet"
    path.write_bytes(b"PAR1 nothing")
    for wrong in (path, tmp_path / "absent.parquet"):
        with pytest.raises(ConfigError, match=wrong.name):
            Index.build(wrong)


def test_a_source_is_indexed_with_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "dump.json"
    posts = [{"id": 1, "tag_string": "cat", "uploader_id": 4}, {"id": 2, "tag_string": "dog"}]
    path.write_text(json.dumps({"posts": posts, "comments": [{"id": 7, "post_id": 2, "creator_id": 4}], "tags": []}))
    with open_source(path) as source:
        index = Index.build(source)
    assert index.search("comment_count:1").ids == (2,)
