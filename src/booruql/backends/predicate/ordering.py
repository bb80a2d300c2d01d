"""Order, sample and page of documents in memory: what every back end's answer looks like.

Missing values go where the key says. A random pick is the beginning of the random order.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from booruql.ast.nodes import Count, Key, Latest, Node, Operand, Place, Position, Search, Special, Symbol
from booruql.backends.predicate.predicate import compile, compile_rows
from booruql.backends.predicate.values import count_rows, single
from booruql.chance import rank
from booruql.documents import Document
from booruql.errors import make_error
from booruql.schema import Kind, Table, table
from booruql.sites import Resource

Reader = Callable[[Document], Any]


@dataclass(frozen=True, slots=True)
class Found:
    """Ids in result order, and how many match before paging."""

    ids: tuple[int, ...]
    total: int


def run(search: Search, resource: Resource, documents: Iterable[Document]) -> Found:
    """What the search finds among documents.

    Raises:
        UnsupportedError: a leaf or the order cannot be decided in memory.
    """
    order = readers(search, resource)
    matching = compile(search, resource).filter(documents)
    if search.sample is not None:
        matching = _sample(matching, search)
    arranged = _arrange(matching, search, order)
    return Found(tuple(document["id"] for document in arranged), len(matching))


def arrange(search: Search, resource: Resource, documents: Iterable[Document]) -> list[Document]:
    """Matching documents in the order of the search, its page only."""
    return _arrange(list(documents), search, readers(search, resource))


_Readers = Sequence[tuple[Key, Reader]]


def _arrange(documents: list[Document], search: Search, order: _Readers) -> list[Document]:
    page = search.page
    if page.before is not None or page.after is not None:
        return beside(documents, search)
    for key, read in reversed(order):
        documents = _sorted(documents, key, read)
    return paged(documents, search)


def beside(documents: list[Document], search: Search) -> list[Document]:
    """The page next to an id: ids alone give the order."""
    before, after, size = search.page.before, search.page.after, search.size
    documents = sorted(documents, key=_id, reverse=True)
    if before is not None:
        return [d for d in documents if d["id"] < before][:size]
    above = [d for d in documents if d["id"] > (after or 0)]
    return above if size is None else above[max(0, len(above) - size) :]


def paged(rows: list[Document], search: Search) -> list[Document]:
    """The page by number; without a size there is one page."""
    first = search.page.number - 1
    if search.size is None:
        return rows if first == 0 else []
    return rows[first * search.size : (first + 1) * search.size]


def _sorted(documents: list[Document], key: Key, read: Reader) -> list[Document]:
    valued = [(read(document), document) for document in documents]
    missing = [document for value, document in valued if value is None]
    present = [pair for pair in valued if pair[0] is not None]
    present.sort(key=_value, reverse=key.descending)
    there = [document for _, document in present]
    return missing + there if key.nulls_first else there + missing


def _value(pair: tuple[Any, Document]) -> Any:
    return pair[0]


def _id(document: Document) -> int:
    found: int = document["id"]
    return found


def readers(search: Search, resource: Resource) -> _Readers:
    """The keys of a search with what each reads from a document.

    Raises:
        UnsupportedError: an order by relevance.
    """
    seed = search.seed if search.seed is not None else secrets.randbits(64)
    return [(key, key_reader(key, resource.table, seed)) for key in search.order]


def key_reader(key: Key, schema: Table, seed: int) -> Reader:
    """What an order key is for a document."""
    match key.by:
        case Special.RANDOM:
            return lambda document: rank(document["id"], seed)
        case Special.RELEVANCE:
            raise make_error("E503", "an order by relevance exists in Elasticsearch alone", hint="order by a field")
        case Place(ids=ids):
            places = {id_: at for at, id_ in reversed(list(enumerate(ids)))}
            return lambda document: places.get(document["id"])
        case Position(relation=relation, column=column, where=where):
            return _position(relation, column, _rows(where, schema, relation), max if key.descending else min)
        case Latest(parts=parts):
            return _latest(parts, schema)
        case Symbol():
            raise TypeError(f"{key.by!r} is of the typed state; bind the search first")
        case _:
            return operand_reader(key.by, schema)


def key_names(key: Key) -> tuple[str, ...]:
    """The fields and relations that an order key reads."""
    match key.by:
        case Count(relation=relation) | Position(relation=relation):
            return (relation,)
        case Latest(parts=parts):
            return tuple(part if isinstance(part, str) else part.relation for part in parts)
        case str(name):
            return (name,)
        case _:
            return ("id",)


def operand_reader(operand: Operand, schema: Table) -> Reader:
    """What a field or a count is for a document, as it compares."""
    if isinstance(operand, Count):
        counter, name = count_rows(_rows(operand.where, schema, operand.relation)), operand.relation
        return lambda document: counter(document[name] or ())
    if schema.fields[operand].kind is Kind.FLOAT32:
        return lambda document: single(document[operand])
    return lambda document: document[operand]


def _latest(parts: tuple[str | Position, ...], schema: Table) -> Reader:
    reads = [
        operand_reader(part, schema)
        if isinstance(part, str)
        else _position(part.relation, part.column, _rows(part.where, schema, part.relation), max)
        for part in parts
    ]

    def read(document: Document) -> Any:
        return max((value for each in reads if (value := each(document)) is not None), default=None)

    return read


def _position(relation: str, column: str, test: Callable[[Any], bool], pick: Callable[..., Any]) -> Reader:
    def read(document: Document) -> Any:
        rows = map(Document, document[relation] or ())
        places = [row[column] for row in rows if test(row) and row[column] is not None]
        return pick(places, default=None)

    return read


def _rows(where: Node, schema: Table, relation: str) -> Callable[[Any], bool]:
    return compile_rows(where, table(schema.relations[relation].entity))


def _sample(documents: list[Document], search: Search) -> list[Document]:
    seed = search.seed if search.seed is not None else secrets.randbits(64)
    ranked = sorted(documents, key=lambda document: (rank(document["id"], seed), document["id"]))
    return ranked[: search.sample]
