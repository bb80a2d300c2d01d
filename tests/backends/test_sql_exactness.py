"""The table of exactness, row by row: what it says of a pair is what compiling does."""

from __future__ import annotations

import pytest

from booruql.ast.nodes import All, Key, Node, Search
from booruql.backends import sql
from booruql.backends.sql.exactness import LEAVES, ORDERS, exactness, pairs
from booruql.errors import UnsupportedError
from booruql.sites.site import Resource

POSTS = Resource("posts", "posts", {}, {}, dict)


@pytest.mark.parametrize(("database", "layout"), list(pairs()))
@pytest.mark.parametrize(("label", "leaf"), LEAVES)
def test_a_row_of_the_table_holds(database: str, layout: str, label: str, leaf: Node) -> None:
    said = exactness(database, layout)[label]
    search = Search("", "posts", leaf, (Key("id"),))
    if said in ("native", "shadow", "closed"):
        assert sql.compile(search, POSTS, database=database, layout=layout).residual is None
        return
    with pytest.raises(UnsupportedError):
        sql.compile(search, POSTS, database=database, layout=layout)
    if said == "residual":
        assert sql.compile(search, POSTS, database=database, layout=layout, exact="residual").residual == leaf


@pytest.mark.parametrize(("database", "layout"), list(pairs()))
@pytest.mark.parametrize(("label", "key"), ORDERS)
def test_a_row_of_an_order_holds(database: str, layout: str, label: str, key: Key) -> None:
    search = Search("", "posts", All(), (key, Key("id")), seed=1)
    if exactness(database, layout)[label] == "refused":
        with pytest.raises(UnsupportedError):
            sql.compile(search, POSTS, database=database, layout=layout, exact="residual")
    else:
        assert " ORDER BY " in sql.compile(search, POSTS, database=database, layout=layout).text


def test_every_pair_answers_what_makes_up_a_booru_query() -> None:
    for database, layout in pairs():
        found = exactness(database, layout)
        for label in ("tag", "number, instant, range", "pattern", "present or missing", "related rows", "order by a field"):
            assert found[label] == "native", (database, layout, label)
