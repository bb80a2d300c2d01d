"""Arrow columns become the same index as the documents that they hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

pa = pytest.importorskip("pyarrow")
pytest.importorskip("pyroaring")

from booruql.ast.nodes import Compare, Exists, Key, Node, Not, Op, Search  # noqa: E402
from booruql.backends.bitmap import BitmapIndex  # noqa: E402
from booruql.backends.bitmap.arrow import arrow_segment  # noqa: E402
from booruql.backends.predicate import run  # noqa: E402
from booruql.documents import Document  # noqa: E402
from booruql.passes.order import total  # noqa: E402
from tests.few import IMAGES  # noqa: E402

NAMES = ["cat", "dog", "sky"]
ROWS: list[dict[str, Any]] = [
    {"id": 3, "tags": [0, 2], "score": 5, "width": None, "rating": "g", "duration": 0.1, "created_at": 7},
    {"id": 1, "tags": [], "score": 2, "width": 640, "rating": None, "duration": None, "created_at": 5},
    {"id": 2, "tags": [0, 1], "score": 1 << 40, "width": 800, "rating": "s", "duration": 2.5, "created_at": 6},
]


def columns() -> dict[str, Any]:
    found = {
        name: pa.chunked_array([pa.array([row[name] for row in ROWS])]) for name in ROWS[0] if name not in ("tags", "created_at")
    }
    halves = [[row["tags"] for row in ROWS[:1]], [row["tags"] for row in ROWS[1:]]]
    found["tags"] = pa.chunked_array([pa.array(half, pa.list_(pa.int32())) for half in halves])
    moments = [datetime.fromtimestamp(row["created_at"], UTC).replace(tzinfo=None) for row in ROWS]
    found["created_at"] = pa.chunked_array([pa.array(moments, pa.timestamp("ms"))])
    return found


def documents() -> list[Document]:
    found = []
    for row in ROWS:
        tags = frozenset(NAMES[tag] for tag in row["tags"])
        rest = {name: value for name, value in row.items() if value is not None}
        found.append(Document(rest, tags=tags, created_at=row["created_at"] * 1_000_000))
    return found


@pytest.mark.parametrize(
    "tree",
    [
        Compare("tags", Op.EQ, "cat"),
        Not(Compare("tags", Op.EQ, "dog")),
        Exists("tags"),
        Compare("score", Op.GT, 4),
        Compare("width", Op.LE, 700),
        Not(Exists("width")),
        Compare("rating", Op.EQ, "g"),
        Exists("rating"),
        Compare("duration", Op.EQ, 0.1),
        Compare("created_at", Op.GE, 6_000_000),
    ],
)
def test_columns_are_the_documents(tree: Node) -> None:
    index = BitmapIndex(IMAGES)
    index.adopt(arrow_segment(columns(), IMAGES.table, index.dictionaries, {"tags": NAMES}))
    for order in ((), (Key("score", True),), (Key("rating"),)):
        search = total(Search("danbooru", "posts", tree, order=order))
        assert index.prepare(search).ids() == list(run(search, IMAGES, documents()).ids)


def test_lists_of_names_need_no_vocabulary() -> None:
    index = BitmapIndex(IMAGES)
    tags = pa.chunked_array([pa.array([["b", "a"], ["a"]])])
    index.adopt(arrow_segment({"id": pa.chunked_array([pa.array([1, 2])]), "tags": tags}, IMAGES.table, index.dictionaries))
    assert index.prepare(total(Search("danbooru", "posts", Compare("tags", Op.EQ, "a")))).ids() == [2, 1]
    assert index.prepare(total(Search("danbooru", "posts", Compare("tags", Op.EQ, "b")))).ids() == [1]
