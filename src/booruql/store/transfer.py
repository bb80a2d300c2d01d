"""Documents into the tables of any layout in any database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from booruql.backends.sql.layout import Layout
from booruql.backends.sql.layouts.fts import MARKS
from booruql.backends.sql.layouts.join import Join
from booruql.backends.sql.tables import Column, Stored, create, index
from booruql.backends.sql.tokens import token_of
from booruql.backends.sql.values import is_storable, round32
from booruql.documents import Document
from booruql.schema import Field, Kind, Table, table
from booruql.schema.field import make_table
from booruql.store.servers import Row, Server
from booruql.text import lower

Documents = Iterable[Document]
_NEEDED = make_table("tags", (Field("id", Kind.INT, "number of the tag"), Field("name", Kind.TAG, "name of the tag")))


class Numbers:
    """The numbers of tags: those of the tag table; a name that it lacks gets a negative one.

    A post answers to the names of its tags' aliases too; what the tag table does not tell of them is one more tag that
    has only that name. A number without a known name is a tag without a name.
    """

    def __init__(self, tags: Documents, posts: Documents) -> None:
        self.names: dict[str, int] = {tag["name"]: tag["id"] for tag in tags if tag["id"] is not None and tag["name"]}
        self.aliases: dict[str, int] = {}
        self.nameless: set[int] = set()
        self.links: list[tuple[int, int]] = [(number, post["id"]) for post in posts for number in sorted(self._of(post))]

    def tokens(self, post: Document) -> str:
        """What a full-text index holds of a post (see the layout `fts`)."""
        marks = [mark for name, mark in MARKS.items() if post[name]]
        return " ".join([*marks, *map(token_of, sorted(self._of(post)))])

    def _of(self, post: Document) -> set[int]:
        own, every = post["tags"] or frozenset(), post["tag_names"] or frozenset()
        numbers = {self._number(name, self.names) for name in sorted(own)}
        numbers |= {self._number(name, self.aliases) for name in sorted(every - own)}
        unnamed = (post["tag_ids"] or frozenset()) - numbers
        self.nameless |= unnamed - set(self.names.values())
        return numbers | unnamed

    def _number(self, name: str, known: dict[str, int]) -> int:
        if name not in known:
            known[name] = -1 - len(self.names) - len(self.aliases)
        return known[name]

    def tags(self) -> Iterator[Row]:
        """`id, name, name_folded, uses` of every tag."""
        posts = Counter(number for number, _ in self.links)
        yield from ([number, name, lower(name), posts[number]] for name, number in self.names.items())
        yield from ([number, None, None, posts[number]] for number in (*self.aliases.values(), *sorted(self.nameless)))

    def tag_names(self) -> Iterator[Row]:
        """`name, tag_id, name_folded` of every name that a tag answers to."""
        for known in (self.names, self.aliases):
            yield from ([name, number, lower(name)] for name, number in known.items())


def transfer(
    tables: Mapping[str, tuple[Table, Sequence[Document]]], main: str, server: Server, layout: Layout, missing: frozenset[str]
) -> Layout:
    """Make the layout's tables on the server and fill them; the layout as the server then has it.

    `tables` holds the schema and the documents of each entity, `main` names the one that has tags.
    """
    layout.check(server.dialect)
    tables = {"tags": (_NEEDED, ()), **_with_embedded(tables, main)}
    layout = layout.with_facts(sparse=frozenset(_sparse(tables)), missing=missing)
    if isinstance(layout, Join):
        layout = replace(layout, listed_tags="listed_tags")
    numbers = Numbers(tables["tags"][1], tables[main][1])
    for schema, documents in tables.values():
        for stored in layout.tables(schema, server.dialect):
            for statement in create(stored, server.dialect):
                server.run(statement)
            server.fill(stored, list(_rows(stored, documents, numbers)))
            for statement in index(stored, server.dialect):
                server.run(statement)
    server.analyze()
    return layout


def _with_embedded(
    tables: Mapping[str, tuple[Table, Sequence[Document]]], main: str
) -> dict[str, tuple[Table, Sequence[Document]]]:
    """The tables and, for relations without one, the rows that documents carry themselves."""
    schema, documents = tables[main]
    found = dict(tables)
    for relation in schema.relations.values():
        if relation.entity not in found or not found[relation.entity][1]:
            rows = [Document({**row, relation.other: d[relation.own]}) for d in documents for row in d[relation.name] or ()]
            found[relation.entity] = (table(relation.entity), rows)
    return found


def _sparse(tables: Mapping[str, tuple[Table, Sequence[Document]]]) -> Iterator[str]:
    """Fields that are missing somewhere though the schema says they never are."""
    for schema, documents in tables.values():
        for field in schema.fields.values():
            if not field.nullable and not field.many and any(document[field.name] is None for document in documents):
                yield f"{schema.name}.{field.name}"


def _rows(stored: Stored, documents: Sequence[Document], numbers: Numbers) -> Iterator[Row]:
    """The rows of a table, as its columns list them."""
    if stored.entity == "posts" and stored.name in _FIXED:
        yield from _FIXED[stored.name](numbers)
    elif stored.columns[0].name == "owner_id":
        yield from _side_rows(stored, documents)
    else:
        reads = [_reader(column, numbers) for column in stored.columns]
        for document in documents:
            yield [read(document) for read in reads]


def _reader(column: Column, numbers: Numbers) -> Callable[[Document], Any]:
    """What a column holds of a document."""
    if column.is_tokens:
        return numbers.tokens
    name, read = column.field.name, Reader(column)
    return lambda document: None if document[name] is None and not read.is_many else read(document[name])


_FIXED: Mapping[str, Callable[[Numbers], Iterable[Row]]] = {
    "posts_tags": lambda numbers: numbers.links,
    "tag_names": Numbers.tag_names,
    "tags": Numbers.tags,
}


def _side_rows(stored: Stored, documents: Sequence[Document]) -> Iterator[Row]:
    """`owner_id, value[, value_folded]` of a many-valued field."""
    reads = [Reader(column) for column in stored.columns[1:]]
    name = stored.name.removeprefix(f"{stored.entity}_")
    for document in documents:
        for value in dict.fromkeys(document[name] or ()):
            yield [document["id"], *(read(value) for read in reads)]


class Reader:
    """A value as the column holds it."""

    def __init__(self, column: Column) -> None:
        self.is_list, self._separator = column.is_array, column.separator
        self._shadow, self._kind = column.is_shadow, column.field.kind

    @property
    def is_many(self) -> bool:
        """Whether it holds every value of a field that has many."""
        return self.is_list or bool(self._separator)

    def __call__(self, value: Any) -> Any:
        if self.is_list:
            return [self._one(one) for one in sorted(value or ())]
        if self._separator:
            names = map(str, sorted(value or ()))
            return self._separator.join([name for name in names if name and is_storable(name) and self._separator not in name])
        return self._one(value)

    def _one(self, value: Any) -> Any:
        if self._kind is Kind.FLOAT32:
            return round32(value)
        if self._kind is Kind.FLOAT:
            return float(value)
        if self._kind is Kind.JSON:
            return None
        if isinstance(value, str) and not is_storable(value):
            return None
        return lower(value) if self._shadow else value
