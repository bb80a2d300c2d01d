"""Every back end answers a closed tree alike; the definitions, read naively, are the judge."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from hypothesis import given, settings
from hypothesis import strategies as st

from booruql.ast.nodes import All, Count, Glob, Key, Node, Page, Pattern, Search
from booruql.backends.predicate import compile, run
from booruql.backends.predicate.globs import make_glob
from booruql.documents import Document
from booruql.passes.order import total
from booruql.schema import Field, Kind, Table, table
from booruql.sites.site import Resource
from tests import naive
from tests.sqlite_rows import ids, make_store
from tests.strategies import corpora, documents, patterns, trees

POSTS = table("posts")
CHOSEN = (
    "id", "tags", "tag_names", "tag_ids", "score", "width", "rating", "created_at", "updated_at", "md5", "duration",
    "megapixels", "sources", "source", "uploader_id", "is_deleted", "is_animated", "favorited_by", "description", "ip",
)  # fmt: skip
"""A field or two of each kind: with all of them terms and posts would seldom meet."""


class Few(Resource):
    """Posts with fewer fields."""

    @cached_property
    def table(self) -> Table:
        whole = super().table
        linking = {r.other for r in whole.relations.values() if r.entity == whole.name}
        relations = {name: whole.relations[name] for name in ("galleries", "comments") if name in whole.relations}
        return replace(
            whole, fields={name: f for name, f in whole.fields.items() if name in linking.union(CHOSEN)}, relations=relations
        )


IMAGES = Few("posts", "posts", {}, {}, dict, kinds={"duration": Kind.FLOAT32})


def search_for(tree: Node, **parts: object) -> Search:
    return Search("danbooru", "posts", tree, **parts)  # type: ignore[arg-type]


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


ORDERS = st.lists(
    st.builds(
        Key, st.sampled_from(("score", "width", "duration", "md5", "id", Count("galleries"))), st.booleans(), st.booleans()
    ),
    max_size=3,
).map(tuple)


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


def in_sql(field: Field) -> bool:
    """What SQLite can be asked as every back end is."""
    return field.kind not in (Kind.IP, Kind.JSON)


@settings(max_examples=40)
@given(corpora(IMAGES.table, size=5, allowed=in_sql), st.data())
def test_sqlite_finds_what_the_predicate_finds(rows: list[Document], data: st.DataObject) -> None:
    store = make_store(IMAGES, rows)
    some = trees(IMAGES.table, allowed=in_sql, fuzzy=False)
    for tree, order in data.draw(st.lists(st.tuples(some, ORDERS), min_size=2, max_size=6)):
        search = total(search_for(tree, order=order))
        assert ids(store, search, IMAGES) == list(run(search, IMAGES, rows).ids), search
    store.close()
