"""Rows of a layout's tables as documents: what `transfer` does, backwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from booruql.ast.nodes import Key, OneOf, Search
from booruql.backends import sql
from booruql.backends.sql.layout import Layout
from booruql.backends.sql.layouts.join import is_linked
from booruql.backends.sql.mapped import Mapped
from booruql.documents import Document
from booruql.schema import Field, Kind, Table
from booruql.sites import Resource
from booruql.sites.records import micros
from booruql.store.servers import Server

_CHUNK = 256
"""Rows that are read at once."""
_LINKED = {
    "tags": "SELECT x.post_id, t.name FROM posts_tags x JOIN tags t ON t.id = x.tag_id WHERE t.name IS NOT NULL AND x.post_id",
    "tag_names": "SELECT x.post_id, n.name FROM posts_tags x JOIN tag_names n ON n.tag_id = x.tag_id WHERE x.post_id",
    "tag_ids": "SELECT post_id, tag_id FROM posts_tags WHERE tag_id > 0 AND post_id",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Rows:
    """The rows of one entity by id, with the fields that the database has."""

    def __init__(self, server: Server, layout: Layout, resource: Resource) -> None:
        self._server, self._layout, self._table = server, layout, resource.table
        present = [field for field in self._table.fields.values() if not layout.lacks(self._table, field)]
        single = {field.name: field.name for field in present if not field.many}
        self._plain = replace(resource, unasked=single, parameters=())
        stored = layout.tables(self._table, server.dialect) if layout.is_own else ()
        columns = [column for one in stored for column in one.columns]
        arrays = {column.name for column in columns if column.is_array}
        self._arrays = [field for field in present if field.many and field.name in arrays]
        self._sides = [field for field in present if field.many and field.name not in arrays]

    def read(self, ids: Iterable[int], *, ordered: bool = False) -> Iterator[Document]:
        """The documents with those ids, in that order; `ordered` keeps the order of lists."""
        listed = tuple if ordered else frozenset
        waiting = iter(ids)
        while chunk := list(islice(waiting, _CHUNK)):
            found = self._own(chunk)
            for field, values in self._described(chunk) if isinstance(self._layout, Mapped) else self._lists(chunk):
                for number, document in found.items():
                    document[field.name] = listed(values.get(number, ()))
            yield from (found[number] for number in chunk if number in found)

    def _own(self, ids: Sequence[int]) -> dict[int, Document]:
        """The documents with their fields of one value."""
        search = Search("", self._plain.name, OneOf("id", tuple(ids)), (Key("id"),), fields=tuple(self._plain.members))
        made = sql.compile(search, self._plain, database=self._server.dialect.name, layout=self._layout)
        fields = [self._table.fields[name] for name in made.columns]
        found = {}
        for row in self._server.ask(made.text, made.params):
            found[row[0]] = Document({field.name: _value(field, value) for field, value in zip(fields, row, strict=True)})
        return found

    def _described(self, ids: Sequence[int]) -> Iterator[tuple[Field, Mapping[int, Iterable[Any]]]]:
        """The fields of many values, as another's schema holds them."""
        assert isinstance(self._layout, Mapped)
        for field in self._sides:
            text, is_whole = self._layout.values(self._table, field, ids, self._server.dialect)
            rows = self._server.ask(text)
            if is_whole:
                yield field, {owner: value or () for owner, value in rows}
                continue
            values = defaultdict(list)
            for owner, value in rows:
                values[owner].append(value)
            yield field, values

    def _lists(self, ids: Sequence[int]) -> Iterator[tuple[Field, Mapping[int, Iterable[Any]]]]:
        """The fields of many values: what each of the rows has."""
        among = ", ".join(str(int(number)) for number in ids)
        quote = self._server.dialect.quote
        if self._arrays:
            shown = ", ".join([quote(field.name) for field in self._arrays])
            own = quote(self._layout.table_name(self._table.name))
            rows = self._server.ask(f"SELECT id, {shown} FROM {own} WHERE id IN ({among})")
            yield from ((field, {row[0]: row[at] for row in rows}) for at, field in enumerate(self._arrays, 1))
        for field in self._sides:
            asked = f"SELECT owner_id, value FROM {quote(f'{self._table.name}_{field.name}')} WHERE owner_id"
            if is_linked(self._table.name, field):
                asked = _LINKED[field.name]
            values = defaultdict(set)
            for owner, value in self._server.ask(f"{asked} IN ({among})"):
                values[owner].add(value)
            yield field, values


def _value(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.kind is Kind.BOOL:
        return bool(value)
    if field.kind is Kind.INSTANT and not isinstance(value, int):
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return float(value) if field.kind in (Kind.FLOAT, Kind.FLOAT32) else value


def to_record(document: Document, resource: Resource) -> dict[str, Any]:
    """A document as a record: under the site's own names where it has some, instants as texts, lists sorted."""
    return {_named(name, resource): _shown(resource.table, name, value) for name, value in document.items()}


def _named(name: str, resource: Resource) -> str:
    own = resource.columns.get(name, name)
    if resource.table.fields[name].many:
        return own
    return next((member for member, field in resource.members.items() if field == name), own)


def _shown(table: Table, name: str, value: Any) -> Any:
    field = table.fields[name]
    if field.many:
        return sorted(value)
    if field.kind is Kind.INSTANT and value is not None:
        return (_EPOCH + timedelta(microseconds=value)).isoformat()
    return value
