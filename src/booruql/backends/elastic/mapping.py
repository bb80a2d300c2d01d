"""The index that compiled bodies expect: its mapping, and how a document of ours is stored in it.

A field stands under the name that the resource's `columns` give, with the type that its kind asks for or that the
resource's `index_types` name. The relations in the resource's `nested` are nested objects, which hold the fields of
the related row that have one value, and the number 1 to be counted by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from booruql.backends.elastic.compiler import MAX_WINDOW
from booruql.backends.elastic.spelling import spell_instant
from booruql.schema import Field, Kind, Table, table
from booruql.sites import Resource

Stored = dict[str, Any]

ANALYZER = "snowball"
ONE = "one"
"""The member of every nested object that is 1: the sum of it counts them."""
_TYPES: Mapping[Kind, Stored] = {
    Kind.INT: {"type": "integer"},
    Kind.ID: {"type": "long"},
    Kind.FLOAT: {"type": "double"},
    Kind.FLOAT32: {"type": "float"},
    Kind.INSTANT: {"type": "date"},
    Kind.BOOL: {"type": "boolean"},
    Kind.KEYWORD: {"type": "keyword"},
    Kind.TAG: {"type": "keyword"},
    Kind.TEXT: {"type": "text", "analyzer": ANALYZER},
    Kind.IP: {"type": "ip"},
}
_BIG_NESTING = 100_000  # related rows that one document may hold


def mapping(resource: Resource, *, shards: int = 5, replicas: int = 1) -> Stored:
    """The body that creates an index for the resource's documents.

    >>> from booruql import sites
    >>> mapping(sites.load("danbooru").resource())["mappings"]["properties"]["score"]
    {'type': 'integer'}
    """
    settings = {
        "number_of_shards": shards,
        "number_of_replicas": replicas,
        "max_result_window": MAX_WINDOW,
        "mapping.nested_objects.limit": _BIG_NESTING,
    }
    properties: Stored = {}
    for field in _fields(resource):
        _put(properties, _path(resource, field.name), _type(field, resource.index_types.get(field.name)), "properties")
    for name, related in _nested(resource):
        members: Stored = {ONE: {"type": "byte"}}
        for field in _single(related):
            _put(members, _member(resource, name, field.name), _type(field, None), "properties")
        properties[name] = {"type": "nested", "properties": members}
    return {"settings": {"index": settings}, "mappings": {"dynamic": False, "properties": properties}}


def index_document(document: Mapping[str, Any], resource: Resource) -> Stored:
    """A document (our field names) as the index stores it.

    >>> from booruql import sites
    >>> index_document({"id": 1, "tags": frozenset({"sky", "cat"}), "created_at": 0}, sites.load("danbooru").resource())
    {'id': 1, 'tags': ['cat', 'sky'], 'created_at': '1970-01-01T00:00:00Z'}
    """
    stored: Stored = {}
    for field in _fields(resource):
        value = document.get(field.name)
        if value is not None:
            _put(stored, _path(resource, field.name), _value(value, field), None)
    for name, related in _nested(resource):
        rows = document.get(name)
        if rows:
            stored[name] = [_row(row, name, related, resource) for row in rows]
    return stored


def _row(row: Mapping[str, Any], name: str, related: Table, resource: Resource) -> Stored:
    stored: Stored = {ONE: 1}
    for field in _single(related):
        value = row.get(field.name)
        if value is not None:
            _put(stored, _member(resource, name, field.name), _value(value, field), None)
    return stored


def _fields(resource: Resource) -> Iterator[Field]:
    known = resource.table.fields
    chosen: Iterable[Field] = (known[name] for name in resource.fields) if resource.fields else known.values()
    return (field for field in chosen if field.kind is not Kind.JSON)


def _nested(resource: Resource) -> Iterator[tuple[str, Table]]:
    for name in resource.nested:
        yield name, table(resource.table.relations[name].entity)


def _single(related: Table) -> Iterator[Field]:
    return (field for field in related.fields.values() if not field.many and field.kind is not Kind.JSON)


def _path(resource: Resource, name: str) -> str:
    return resource.columns.get(name, name)


def _member(resource: Resource, relation: str, name: str) -> str:
    return resource.columns.get(f"{relation}.{name}", name).removeprefix(f"{relation}.")


def _type(field: Field, stated: str | None) -> Stored:
    if stated is not None:
        return {"type": stated}
    if field.kind is Kind.INT and field.bits > 32:
        return {"type": "long"}
    return dict(_TYPES[field.kind])


def _put(root: Stored, path: str, value: Any, inner: str | None) -> None:
    """Set a dotted path; a mapping puts `properties` between the steps."""
    *above, last = path.split(".")
    for step in above:
        root = root.setdefault(step, {})
        root = root.setdefault(inner, {}) if inner else root
    root[last] = value


def _value(value: Any, field: Field) -> Any:
    if field.many:
        return sorted(value)
    return spell_instant(value) if field.kind is Kind.INSTANT else value
