"""The in-memory index answers as the predicate does, while posts come, change and go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("pyroaring")

from booruql.ast.nodes import All, Compare, Exists, Key, Op, Page, Place, Search, Some, Special
from booruql.backends.bitmap import BitmapIndex, columns, index, postings, ranking
from booruql.backends.bitmap.storage import read, save
from booruql.backends.predicate import run
from booruql.documents import Document
from booruql.errors import UnsupportedError
from booruql.passes.order import total
from tests.few import IMAGES, ORDERS, search_for
from tests.strategies import corpora, trees


@pytest.fixture(autouse=True, params=["large", "small"])
def thresholds(request: pytest.FixtureRequest) -> Iterator[None]:
    """Small posts must walk the roads of large ones too."""
    if request.param == "large":
        yield
        return
    with (
        patch.object(postings, "_FREQUENT", 2),
        patch.object(postings, "_STRETCH", 2),
        patch.object(columns, "_GATHER", 1),
        patch.object(columns, "_UNBINNED", 2),
        patch.object(columns, "_BINS", 3),
        patch.object(ranking, "_SMALL", 0),
        patch.object(ranking, "_FIRST_BLOCK", 1),
        patch.object(ranking, "_WALK", 0),
        patch.object(index, "_BATCH", 2),
    ):
        yield


def make_index(rows: list[Document]) -> BitmapIndex:
    found = BitmapIndex(IMAGES)
    found.add(rows)
    return found


@settings(max_examples=25)
@given(corpora(IMAGES.table, size=8), st.data())
def test_the_index_finds_what_the_predicate_finds(rows: list[Document], data: st.DataObject) -> None:
    found = make_index(rows)
    for tree, order in data.draw(st.lists(st.tuples(trees(IMAGES.table), ORDERS), min_size=2, max_size=6)):
        search = total(search_for(tree, order=order))
        expected = run(search, IMAGES, rows)
        plan = found.prepare(search)
        assert plan.ids() == list(expected.ids), search
        assert plan.count() == expected.total, search
        for size, number in ((1, 1), (2, 2), (3, 1)):
            paged = replace(search, size=size, page=Page(number))
            assert found.prepare(paged).page() == list(run(paged, IMAGES, rows).ids), paged


@settings(max_examples=20)
@given(corpora(IMAGES.table, size=8), st.lists(trees(IMAGES.table, size=4), min_size=1, max_size=4))
def test_a_saved_index_is_the_same(rows: list[Document], wanted: list[object]) -> None:
    rows = [Document(id=0, galleries=(), comments=()), *rows]
    with TemporaryDirectory() as folder:
        path = Path(folder, "index")
        save(make_index(rows), path, {"site": "here"})
        opened = read(path, lambda facts: BitmapIndex(IMAGES))
        for tree in wanted:
            search = total(search_for(tree))  # type: ignore[arg-type]
            assert opened.prepare(search).ids() == list(run(search, IMAGES, rows).ids)


@given(corpora(IMAGES.table, size=8), trees(IMAGES.table, size=3), st.integers(0, 9), st.integers(1, 4))
def test_pages_beside_an_id_are_the_predicates(rows: list[Document], tree: object, id_: int, size: int) -> None:
    for page in (Page(before=id_), Page(after=id_)):
        search = total(search_for(tree, page=page, size=size))  # type: ignore[arg-type]
        if rows:
            assert make_index(rows).prepare(search).page() == list(run(search, IMAGES, rows).ids)


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("add"), corpora(IMAGES.table, size=5), st.integers(0, 6)),
        st.tuples(st.just("delete"), st.lists(st.integers(1, 10), max_size=4), st.just(0)),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25)
@given(CHANGES, st.lists(st.tuples(trees(IMAGES.table, size=4), ORDERS), min_size=1, max_size=3))
def test_changes_are_seen_by_later_searches_alone(changes: list[object], searches: list[tuple[object, tuple[Key, ...]]]) -> None:
    found, rows = BitmapIndex(IMAGES), {0: Document(id=0, galleries=(), comments=())}
    found.add(rows.values())
    wanted = [total(search_for(tree, order=order)) for tree, order in searches]  # type: ignore[arg-type]
    for kind, what, shift in changes:  # type: ignore[misc]
        before = [(found.prepare(search), list(run(search, IMAGES, rows.values()).ids)) for search in wanted]
        if kind == "add":
            fresh = [Document(row, id=row["id"] + shift) for row in what]
            found.add(fresh)
            rows.update((row["id"], row) for row in fresh)
        else:
            found.delete(what)
            for id_ in what:
                rows.pop(id_, None)
        for search, (plan, old) in zip(wanted, before, strict=True):
            assert found.prepare(search).ids() == list(run(search, IMAGES, rows.values()).ids)
            assert found.prepare(search).count() == len(found.prepare(search).ids())
            assert plan.ids() == old
    assert len(found) == len(rows)


def test_every_order_and_sample_is_the_predicates() -> None:
    rows = [Document(id=n, score=n % 5, md5=f"{n % 7}", galleries=()) for n in range(1, 40)]
    found = make_index(rows)
    for order in ((Key(Special.RANDOM),), (Key(Place((4, 9, 2))),), (Key("md5", True),), (Key("score"), Key("md5", True))):
        search = total(Search("danbooru", "posts", Exists("id"), order=order, seed=7))
        assert found.prepare(search).ids() == list(run(search, IMAGES, rows).ids)
        sampled = replace(search, sample=6)
        assert found.prepare(sampled).page() == list(run(sampled, IMAGES, rows).ids)
        assert found.prepare(sampled).total == 6


def test_rows_that_no_post_carries_are_refused() -> None:
    found = make_index([Document(id=1)])
    with pytest.raises(UnsupportedError, match="E502"):
        found.prepare(Search("danbooru", "posts", Some("galleries")))
    with pytest.raises(UnsupportedError, match="E503"):
        found.prepare(Search("danbooru", "posts", All(), order=(Key(Special.RELEVANCE),))).ids()


def test_values_among_the_matches_are_counted() -> None:
    rows = [Document(id=n, tags=frozenset({"a", f"t{n % 3}"}), rating="g" if n % 2 else "s") for n in range(1, 10)]
    plan = make_index(rows).prepare(Search("danbooru", "posts", Compare("id", Op.GT, 3)))
    assert plan.facet("tags", 2) == [("a", 6), ("t0", 2)]
    assert plan.facet("rating") == [("g", 3), ("s", 3)]
    assert plan.facet("score") == []


def test_numbers_too_large_for_a_column_are_still_found() -> None:
    rows = [Document(id=1, score=1 << 70), Document(id=2, score=3), Document(id=3, score=-(1 << 70))]
    plan = make_index(rows).prepare(Search("danbooru", "posts", Compare("score", Op.GT, 1 << 69)))
    assert plan.ids() == [1]
    small = make_index(rows[1:2])
    assert small.prepare(Search("danbooru", "posts", Compare("score", Op.LT, 1 << 69))).ids() == [2]
    assert small.prepare(Search("danbooru", "posts", Compare("score", Op.GT, 1 << 69))).ids() == []
