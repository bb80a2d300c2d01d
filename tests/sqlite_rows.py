"""Documents put into the embedded store, so that SQL can be asked of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from booruql.ast.nodes import Search
from booruql.backends import sql
from booruql.documents import Document
from booruql.sites.site import Resource, Site
from booruql.store.records import Item, Rejected
from booruql.store.sqlite import Store
from booruql.store.writing import Writer


def make_store(resource: Resource, rows: Iterable[Document]) -> Store:
    """An in-memory store that holds the rows."""
    documents = {row["id"]: row for row in rows}

    def read(record: Any) -> dict[str, Any]:
        return documents[record["id"]]

    site = Site("danbooru", "tags", {"posts": replace(resource, read=read)}, "posts", 20, 100, bool)
    store = Store.create(":memory:", site)
    store.connection.execute("BEGIN")
    for relation in resource.table.relations.values():
        store.shape(relation.entity)
    bad: list[Rejected] = []
    Writer(store).write([Item({"id": key}, None, "", key, 0) for key in documents], bad.append)
    store.connection.execute("COMMIT")
    assert not bad
    return store


def ids(store: Store, search: Search, resource: Resource) -> list[int]:
    """What SQL finds, in its order."""
    statement = sql.compile(search, resource, database="sqlite", layout="join")
    return [row[0] for row in store.connection.execute(statement.text, statement.params)]
