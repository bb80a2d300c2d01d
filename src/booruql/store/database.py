"""A database that holds records, asked by SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from booruql.ast.nodes import Node, Page, Search, Special
from booruql.backends import predicate, sql
from booruql.backends.sql.begin import Rarity
from booruql.backends.sql.layout import Layout
from booruql.engine.api import Closed
from booruql.sites import Resource
from booruql.store.demands import demands
from booruql.store.pages import CURSOR, cut
from booruql.store.servers import Server

if TYPE_CHECKING:
    from booruql.store.source import Source


class Walked(NamedTuple):
    """Ids of a page behind a row, what tells how many match in all, and the page after."""

    ids: tuple[int, ...]
    total: Callable[[], int]
    after: str | None


class Database:
    """A database that holds the records. How many match is asked when somebody wants to know: it costs far more than a page."""

    def __init__(self, server: Server, layout: Layout, rarity: Rarity | None = None) -> None:
        """`rarity` tells how many posts have a tag, as far as known; without it the database is asked."""
        self.server, self.layout, self._rarity = server, layout, rarity

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is asked within sees the same rows, where the database can."""
        self.server.snapshot()
        try:
            yield
        finally:
            self.server.release()

    def run(self, search: Search, closed: Closed, source: Source) -> tuple[tuple[int, ...], Callable[[], int]]:
        """Ids of the page, and what tells how many match in all."""
        statement = self.statement(search, closed.resource)
        if statement.residual is not None:
            return self._rest(self._ids(statement), search, statement.residual, closed, source)
        ids = () if search.size == 0 else self._ids(statement)
        if search.size is None and search.page == Page():
            return ids, lambda: len(ids)
        return ids, lambda: self._count(statement)

    def estimate(self, search: Search, closed: Closed) -> int | None:
        """How many match as far as the estimate goes; None when the database does not answer the whole."""
        statement = self.statement(search, closed.resource)
        return None if statement.residual is not None else self._number(statement.estimate())

    def walk(self, search: Search, closed: Closed, cursor: str | None) -> Walked | None:
        """Ids behind a row (None: the first ones), or None when rows have no fixed places."""
        by_chance = search.sample is not None or any(key.by is Special.RANDOM for key in search.order)
        if not search.size or search.page != Page() or by_chance:
            return None
        statement = self.statement(replace(search, size=search.size + 1), closed.resource)  # one more tells whether there is one
        if statement.residual is not None:
            return None
        page = statement if cursor is None else statement.page(after=cursor)
        found = self.server.ask(page.text, page.params)
        rows, goes_on = found[: search.size], len(found) > search.size
        ids = tuple(row[0] for row in rows)
        is_all = cursor is None and not goes_on
        after = f"{CURSOR}{statement.cursor(rows[-1])}" if goes_on else None
        return Walked(ids, (lambda: len(ids)) if is_all else (lambda: self._count(statement)), after)

    def statement(self, search: Search, resource: Resource) -> sql.Statement:
        """What a search asks here; a superset with the rest where it cannot say all."""
        database = self.server.dialect.name
        return sql.compile(search, resource, database=database, layout=self.layout, exact="residual", rarity=self._rarity)

    def _ids(self, statement: sql.Statement) -> tuple[int, ...]:
        return tuple(row[0] for row in self.server.ask(statement.text, statement.params))

    def _count(self, statement: sql.Statement) -> int:
        return self._number(statement.count())

    def _number(self, statement: sql.Statement) -> int:
        number: int = self.server.ask(statement.text, statement.params)[0][0]
        return number

    def _rest(
        self, ids: Sequence[int], search: Search, residual: Node, closed: Closed, source: Source
    ) -> tuple[tuple[int, ...], Callable[[], int]]:
        """The rows of a superset that satisfy the residual, which came in order; then the page."""
        rest = replace(search, where=residual, order=())
        test = predicate.compile(rest, closed.resource).test
        linked = any("." not in demand.name for demand in demands(rest, closed.resource.table))
        documents = source.documents_of(closed.resource.entity, ids, linked=linked)
        kept = [document["id"] for document in documents if test(document)][: search.sample]
        return tuple(cut(kept, search)), lambda: len(kept)
