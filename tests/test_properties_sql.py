"""SQLite finds what the predicate finds, over random trees and posts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from booruql.backends.predicate import run
from booruql.documents import Document
from booruql.passes.order import total
from booruql.schema import Field, Kind
from tests.few import IMAGES, ORDERS, search_for
from tests.sqlite_rows import ids, make_store
from tests.strategies import corpora, trees


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
