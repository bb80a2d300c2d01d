"""A database that holds records, asked by SQL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from booruql.ast.nodes import Node, Page, Search, Special
from booruql.backends import predicate, sql
from booruql.backends.sql.layout import Layout
from booruql.engine.api import Closed
from booruql.store.demands import demands
from booruql.store.pages import CURSOR, cut
from booruql.store.servers import Server

if TYPE_CHECKING:
    from booruql.store.source import Source


class Database:
    """A database that holds the records, asked for ids and totals in one snapshot."""

    def __init__(self, server: Server, layout: Layout) -> None:
        self.server, self.layout = server, layout

    def run(self, search: Search, closed: Closed, source: Source) -> tuple[tuple[int, ...], int]:
        """Ids of the page, and how many match in all."""
        statement = sql.compile(search, closed.resource, database=self.server.dialect.name, layout=self.layout, exact="residual")
        ask = self.server.ask
        if statement.residual is not None:
            ids = [row[0] for row in ask(statement.text, statement.params)]
            return self._rest(ids, search, statement.residual, closed, source)
        self.server.snapshot()
        try:
            ids = [row[0] for row in ask(statement.text, statement.params)]
            if search.size is None and search.page == Page():
                return tuple(ids), len(ids)
            count = statement.count()
            return tuple(ids), ask(count.text, count.params)[0][0]
        finally:
            self.server.release()

    def walk(self, search: Search, closed: Closed, cursor: str | None) -> tuple[tuple[int, ...], int, str | None] | None:
        """Ids behind a row (None: the first ones), how many match in all, and the page after; None: rows have no fixed places."""
        by_chance = search.sample is not None or any(key.by is Special.RANDOM for key in search.order)
        if not search.size or search.page != Page() or by_chance:
            return None
        database = self.server.dialect.name
        statement = sql.compile(search, closed.resource, database=database, layout=self.layout, exact="residual")
        if statement.residual is not None:
            return None
        page, count = statement.page(after=cursor), statement.count()
        self.server.snapshot()
        try:
            rows = self.server.ask(page.text, page.params)
            total: int = self.server.ask(count.text, count.params)[0][0]
        finally:
            self.server.release()
        goes_on = len(rows) == search.size and (cursor is not None or total > len(rows))
        after = f"{CURSOR}{statement.cursor(rows[-1])}" if goes_on else None
        return tuple(row[0] for row in rows), total, after

    def _rest(
        self, ids: list[int], search: Search, residual: Node, closed: Closed, source: Source
    ) -> tuple[tuple[int, ...], int]:
        """The rows of a superset that satisfy the residual, which came in order; then the page."""
        rest = replace(search, where=residual, order=())
        test = predicate.compile(rest, closed.resource).test
        linked = any("." not in demand.name for demand in demands(rest, closed.resource.table))
        documents = source.documents_of(closed.resource.entity, ids, linked=linked)
        kept = [document["id"] for document in documents if test(document)][: search.sample]
        return tuple(cut(kept, search)), len(kept)
