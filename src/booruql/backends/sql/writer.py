"""Statements of searches: their templates are kept by shape, so a search of a known shape costs little more than its values."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from booruql.ast.nodes import And, Boost, Node, Search
from booruql.backends.sql import dialect as dialects
from booruql.backends.sql import layout as layouts
from booruql.backends.sql.begin import Rarity
from booruql.backends.sql.build import Builder, Form
from booruql.backends.sql.keyset import decode
from booruql.backends.sql.layout import Layout
from booruql.backends.sql.leaves import Leaves
from booruql.backends.sql.shape import Shaper, Taken
from booruql.backends.sql.slots import restore
from booruql.backends.sql.statement import Statement, Template
from booruql.kept import Kept
from booruql.sites import Resource

_WRITERS, _TEMPLATES = 64, 1024
_LONGEST = 10_000
"""Characters of a text that is kept: longer ones are rare, and made anew."""


class Writer:
    """Writes statements for one resource in one database and layout."""

    def __init__(self, resource: Resource, database: str, layout: Layout) -> None:
        self.resource, self._given, self.dialect = resource, layout, dialects.load(database)
        self.layout = layout.on(database).of(resource)
        layout.check(self.dialect)
        self._shaper = Shaper(resource.table, self.layout, self.dialect)
        self._leaves = Leaves()

    def ask(self, search: Search, exact: str, paramstyle: str | None, inline: bool, rarity: Rarity | None) -> Asked:
        """The search with its values taken out."""
        key, taken = self._shaper.take(search, rarity)
        return Asked(self, search, key, taken, exact, None if inline else paramstyle or self.dialect.paramstyle)

    def template(self, asked: Asked, form: Form) -> Template:
        """The text of the asked search's shape; `asked.taken` serves messages alone."""
        key = self, asked.key, form, asked.exact, asked.style
        found = _templates.get(key)
        if found is None:
            shape = restore(asked.key, asked.taken.spans, self.resource.entity)
            builder = Builder(shape, self.resource, self.dialect, self.layout, asked.exact, asked.style, self._leaves)
            found = builder.template(form, len(asked.taken.values))
            if len(found.text) <= _LONGEST:
                _templates.put(key, found)
        return found


_writers: Kept[Writer] = Kept(_WRITERS)
_templates: Kept[Template] = Kept(_TEMPLATES)


def writer(resource: Resource, database: str, layout: str | Layout) -> Writer:
    """The writer for the resource in the database and layout.

    Raises:
        ConfigError: unknown database or layout; the pair does not exist.
    """
    if isinstance(layout, str):
        layout = layouts.load(layout)
    key = id(resource), database, id(layout)  # a kept writer holds both, so their numbers are no others'
    found = _writers.get(key)
    if found is None:
        found = Writer(resource, database, layout)
        _writers.put(key, found)
    return found


def forget(*, leaves: bool = True) -> None:
    """Let go of every kept template, of the texts of leaves too or not: for tests and measurements."""
    _templates.clear()
    if leaves:
        Leaves.forget()


@dataclass(frozen=True, slots=True)
class Asked:
    """A search whose statements can be written."""

    writer: Writer
    search: Search
    key: Hashable
    taken: Taken
    exact: str
    style: str | None

    def write(self, form: str, after: str | None = None, most: int = 0) -> Statement:
        """The statement of that form: `rows`, `count`, `estimate` up to `most`, `exists`; rows after a cursor."""
        asked, more = _FORMS[form](self.search, after, most)
        template = self.writer.template(self, asked)
        values = self.taken.values + more
        dialect, text = self.writer.dialect, template.text
        if self.style is None:
            return self._statement(dialect.inline(text, [p.holding(values) for p in template.bound]), (), template)
        return self._statement(text, template.params(values, dialect.encode), template)

    def _statement(self, text: str, params: Any, template: Template) -> Statement:
        residual = None if template.residual is None else _rest(self.taken.where, template.residual)
        return Statement(text, params, template.columns, residual, self.write, template.placed)


def _rest(where: Node, members: Sequence[int]) -> Node:
    """These members of the condition; none stands for the whole."""
    while isinstance(where, Boost):
        where = where.child
    if not isinstance(where, And) or not members:
        return where
    left = tuple([where.children[member] for member in members])
    return left[0] if len(left) == 1 else And(left)


def _rows(search: Search, after: str | None, most: int) -> tuple[Form, list[Any]]:
    row = [] if after is None else decode(after)
    size, skipped = _stretch(search, after is not None)
    values = [value for value in row if value is not None]
    values += [number for number in (size, skipped) if number is not None]
    return Form("rows", tuple([type(value) for value in row]), size is not None, skipped is not None), values


def _stretch(search: Search, is_after: bool) -> tuple[int | None, int | None]:
    """How many rows are shown and how many skipped; None where that is not said."""
    size, sample, page = search.size, search.sample, search.page
    beside = page.before is not None or page.after is not None
    skipped = 0 if size is None or beside or is_after else (page.number - 1) * size
    if size is None and page.number > 1 and not beside:
        size = 0
    if sample is not None:
        size = max(0, min(sample if size is None else size, sample - skipped))
    return size, skipped or None


def _count(search: Search, after: str | None, most: int) -> tuple[Form, list[Any]]:
    return Form("count"), [] if search.sample is None else [search.sample]


def _estimate(search: Search, after: str | None, most: int) -> tuple[Form, list[Any]]:
    return Form("count", limited=True), [most if search.sample is None else min(search.sample, most)]


def _exists(search: Search, after: str | None, most: int) -> tuple[Form, list[Any]]:
    return Form("exists"), []


_FORMS: dict[str, Callable[[Search, str | None, int], tuple[Form, list[Any]]]] = {
    "rows": _rows,
    "count": _count,
    "estimate": _estimate,
    "exists": _exists,
}
