"""Closures answer as generated source does."""

from __future__ import annotations

from hypothesis import given

from booruql.ast.nodes import Node
from booruql.backends.predicate.closures import make_closure
from booruql.documents import Document
from tests import naive
from tests.few import IMAGES
from tests.strategies import documents, trees


@given(trees(IMAGES.table), documents(IMAGES.table))
def test_closures_read_the_definitions(tree: Node, document: Document) -> None:
    assert make_closure(tree, IMAGES.table)(document) is naive.holds(tree, document, IMAGES.table)
