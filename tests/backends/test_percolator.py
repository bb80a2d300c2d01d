"""A post finds the saved queries that match it, as the predicate of each would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from booruql.ast.nodes import All, And, Between, Compare, Node, Not, Nothing, OneOf, Op, Or
from booruql.backends.percolator import Queries
from booruql.documents import Document
from tests import naive
from tests.few import IMAGES
from tests.strategies import corpora, trees

FORMS = trees(IMAGES.table, size=5)
TAG = st.sampled_from(("a", "b", "ab", "cats", "aab")).map(lambda name: Compare("tags", Op.EQ, name))
TAGGED = st.lists(TAG | TAG.map(Not) | trees(IMAGES.table, size=2), min_size=2, max_size=4).map(lambda found: And(tuple(found)))
SAVED = st.lists(st.one_of(FORMS, TAGGED, st.lists(TAG, min_size=2, max_size=3).map(lambda found: Or(tuple(found)))), max_size=12)


@given(SAVED, corpora(IMAGES.table, size=5), st.sets(st.integers(0, 11)))
def test_a_post_finds_the_queries_that_match_it(saved: list[Node], rows: list[Document], removed: set[int]) -> None:
    queries = Queries(IMAGES.table, "tags")
    for number, tree in enumerate(saved):
        queries.add(number, tree)
    for row in rows:
        expected = [number for number, tree in enumerate(saved) if naive.holds(tree, row, IMAGES.table)]
        assert sorted(queries.match(row)) == expected  # type: ignore[type-var]
    for number in removed:
        queries.remove(number)
    assert len(queries) == len(set(range(len(saved))) - removed)
    for row in rows:
        left = [n for n, tree in enumerate(saved) if n not in removed and naive.holds(tree, row, IMAGES.table)]
        assert sorted(queries.match(row)) == left  # type: ignore[type-var]


def tag(name: str) -> Compare:
    return Compare("tags", Op.EQ, name)


def test_every_form_has_its_place() -> None:
    queries = Queries(IMAGES.table, "tags", {"cat": 9, "dog": 1}.get)
    queries.add("both", And((tag("cat"), tag("dog"), Not(tag("night")))))
    queries.add("either", Or((tag("cat"), And((tag("dog"), Compare("score", Op.GT, 3))))))
    queries.add("rated", OneOf("rating", ("g", "s")))
    queries.add("good", Compare("score", Op.GE, 5))
    queries.add("middling", And((Between("score", 2, 4), Not(tag("cat")))))
    queries.add("no dogs", And((Not(tag("dog")), Not(Compare("rating", Op.EQ, "e")))))
    queries.add("all", All())
    queries.add("nothing", Nothing())
    post = Document(id=1, tags=frozenset({"cat", "dog"}), score=5, rating="g")
    assert set(queries.match(post)) == {"both", "either", "rated", "good", "all"}
    assert set(queries.match(Document(id=2, score=3))) == {"middling", "no dogs", "all"}
    assert set(queries.match(Document(id=3, tags=frozenset({"dog"}), rating="e", score=4))) == {"either", "middling", "all"}


def test_adding_an_id_again_replaces_its_query() -> None:
    queries = Queries(IMAGES.table, "tags")
    queries.add(1, tag("cat"))
    queries.add(1, tag("dog"))
    assert queries.match(Document(id=1, tags=frozenset({"cat"}))) == []
    assert queries.match(Document(id=1, tags=frozenset({"dog"}))) == [1]
    queries.remove(1)
    queries.remove(1)
    assert queries.match(Document(id=1, tags=frozenset({"dog"}))) == []
    assert len(queries) == 0
