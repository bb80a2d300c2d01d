"""The index that compiled bodies expect: its mapping, and how a document of ours is stored in it.

A field stands under the name that the resource's `columns` give, with the type that its kind asks for or that the
resource's `index_types` name. The relations in the resource's `nested` are nested objects, which hold the fields of
the related row that have one value, and the number 1 to be counted by. Times that are the latest of several are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from booruql.ast.nodes import Position
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
_NESTED_ROWS, _NESTED_FIELDS, _FIELDS = 100_000, 200, 4_000  # related rows of a document, relations and fields of an index


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
        "mapping.nested_objects.limit": _NESTED_ROWS,
        "mapping.nested_fields.limit": _NESTED_FIELDS,
        "mapping.total_fields.limit": _FIELDS,
    }
    properties = _properties(resource, resource.table, "")
    properties.update((name, {"type": "date"}) for name in resource.latest)
    return {"settings": {"index": settings}, "mappings": {"dynamic": False, "properties": properties}}


def index_document(document: Mapping[str, Any], resource: Resource) -> Stored:
    """A document (our field names) as the index stores it.

    >>> from booruql import sites
    >>> index_document({"id": 1, "tags": frozenset({"sky", "cat"}), "updated_at": 0}, sites.load("danbooru").resource())
    {'id': 1, 'tags': ['cat', 'sky'], 'updated_at': '1970-01-01T00:00:00Z'}
    """
    stored = _stored(document, resource, resource.table, "")
    for name, latest in resource.latest.items():
        moments = [moment for part in latest.parts for moment in _moments(document, part)]
        if moments:
            stored[name] = spell_instant(max(moments))
    return stored


def _properties(resource: Resource, entity: Table, prefix: str) -> Stored:
    """The mapping of an entity's members; those of related rows stand below `prefix`."""
    found: Stored = {ONE: {"type": "byte"}} if prefix else {}
    for field in _fields(resource, entity, prefix):
        stated = None if prefix else resource.index_types.get(field.name)
        _put(found, _path(resource, prefix, field.name), _type(field, stated), "properties")
    for name, related in _nested(resource, entity, prefix):
        found[name] = {"type": "nested", "properties": _properties(resource, related, f"{prefix}{name}.")}
    return found


def _stored(document: Mapping[str, Any], resource: Resource, entity: Table, prefix: str) -> Stored:
    found: Stored = {ONE: 1} if prefix else {}
    for field in _fields(resource, entity, prefix):
        value = document.get(field.name)
        if value is not None:
            _put(found, _path(resource, prefix, field.name), _value(value, field), None)
    for name, related in _nested(resource, entity, prefix):
        rows = document.get(name)
        if rows:
            found[name] = [_stored(row, resource, related, f"{prefix}{name}.") for row in rows]
    return found


def _moments(document: Mapping[str, Any], part: str | Position) -> Iterator[int]:
    rows: Iterable[Mapping[str, Any]] = (document,) if isinstance(part, str) else document.get(part.relation) or ()
    column = part if isinstance(part, str) else part.column
    return (row[column] for row in rows if row.get(column) is not None)


def _fields(resource: Resource, entity: Table, prefix: str) -> Iterator[Field]:
    """The fields that are stored; of a related row those that have one value."""
    names = resource.fields if resource.fields and not prefix else entity.fields
    known = (entity.fields[name] for name in names)
    return (field for field in known if field.kind is not Kind.JSON and not (prefix and field.many))


def _nested(resource: Resource, entity: Table, prefix: str) -> Iterator[tuple[str, Table]]:
    for name, relation in entity.relations.items():
        if prefix + name in resource.nested:
            yield name, table(relation.entity)


def _path(resource: Resource, prefix: str, name: str) -> str:
    return resource.columns.get(prefix + name, prefix + name).removeprefix(prefix)


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
