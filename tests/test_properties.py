"""Every back end answers a closed tree alike; the definitions, read naively, are the judge."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from booruql.ast.nodes import All, Glob, Key, Node, Page, Pattern
from booruql.backends.predicate import compile, run
from booruql.documents import Document
from booruql.passes.order import total
from booruql.schema import table
from booruql.vocabulary.globs import make_glob
from tests import naive
from tests.few import IMAGES, ORDERS, search_for
from tests.strategies import corpora, documents, patterns, trees

POSTS = table("posts")


@given(trees(IMAGES.table), documents(IMAGES.table))
def test_the_predicate_reads_the_definitions(tree: Node, document: Document) -> None:
    matches = compile(search_for(tree), IMAGES)
    expected = naive.holds(tree, document, IMAGES.table)
    assert matches(document) is expected, matches.source
    assert matches.filter([document]) == ([document] if expected else [])
    assert matches.explain(document).matches is expected


@given(trees(IMAGES.table), st.lists(documents(IMAGES.table), max_size=4))
def test_what_a_predicate_learns_does_not_change_its_answers(tree: Node, rows: list[Document]) -> None:
    matches = compile(search_for(tree), IMAGES)
    expected = [naive.holds(tree, row, IMAGES.table) for row in rows]
    assert [matches(row) for row in rows] == expected
    assert [matches(row) for row in rows] == expected


@given(patterns, st.text("abAé_%\\σΣ", max_size=8), st.booleans())
def test_a_glob_matches_the_whole_value(pattern: Pattern, value: str, fold: bool) -> None:
    assert make_glob(pattern, fold)(value) is naive.value_holds(Glob("source", pattern, fold), value, POSTS)


@given(trees(IMAGES.table, size=3), corpora(IMAGES.table), ORDERS)
def test_results_come_in_the_order_of_the_keys(tree: Node, rows: list[Document], order: tuple[Key, ...]) -> None:
    search = total(search_for(tree, order=order))
    found = run(search, IMAGES, rows)
    matching = [row for row in rows if naive.holds(tree, row, IMAGES.table)]
    assert found.total == len(matching)
    assert sorted(found.ids) == [row["id"] for row in matching]
    by_id = {row["id"]: row for row in rows}
    for one, other in zip(found.ids, found.ids[1:], strict=False):
        assert precedes(by_id[one], by_id[other], search.order)


def precedes(one: Document, other: Document, order: tuple[Key, ...]) -> bool:
    """Whether one row stands before the other."""
    for key in order:
        left, right = (naive.answers(key.by, row, IMAGES.table) for row in (one, other))  # type: ignore[arg-type]
        if not left or not right:
            if bool(left) != bool(right):
                return key.nulls_first is not bool(left)
            continue
        left, right = (naive.stored(found[0], key.by, IMAGES.table) for found in (left, right))  # type: ignore[arg-type, assignment]
        if left != right:
            return (left > right) is key.descending
    return False


@given(corpora(IMAGES.table, size=9), st.integers(1, 4), st.integers(0, 10))
def test_pages_by_number_and_beside_an_id_cut_the_same_list(rows: list[Document], size: int, id_: int) -> None:
    every = [row["id"] for row in reversed(rows)]
    search = total(search_for(All(), size=size))
    pages = [run(replace(search, page=Page(number)), IMAGES, rows).ids for number in range(1, 11)]
    assert [found for page in pages for found in page] == every
    below = [found for found in every if found < id_]
    above = [found for found in every if found > id_]
    assert list(run(replace(search, page=Page(before=id_)), IMAGES, rows).ids) == below[:size]
    assert list(run(replace(search, page=Page(after=id_)), IMAGES, rows).ids) == above[-size:]
