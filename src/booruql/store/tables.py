"""Raw rows of a site -> documents of our entities, and the relations between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from booruql.documents import Document
from booruql.errors import ConfigError
from booruql.schema import Field, Kind, Table, table
from booruql.sites import Resource, Site
from booruql.sites.records import instant

Read = Callable[[Mapping[str, Any]], dict[str, Any]]


def entity_of(site: Site, name: str) -> str:
    """Our entity behind the site's (or a dump's) word for a table."""
    resource = site.resources.get(name)
    return resource.entity if resource else name


def schema_of(site: Site, entity: str) -> Table | None:
    """The entity's table as the site stores it; None for an entity that nobody searches."""
    resource = _resource(site, entity)
    if resource is not None:
        return resource.table
    try:
        return table(entity)
    except ConfigError:
        return None


def reader_of(site: Site, entity: str) -> Read:
    """What turns a raw row of the entity into a document."""
    resource = _resource(site, entity)
    if resource is not None:
        return resource.read
    schema = schema_of(site, entity)
    return (lambda row: read_plain(row, schema)) if schema else dict


def _resource(site: Site, entity: str) -> Resource | None:
    default = site.resource()
    found = [r for r in site.resources.values() if r.entity == entity]
    return default if default.entity == entity else found[0] if found else None


def read_plain(row: Mapping[str, Any], schema: Table) -> dict[str, Any]:
    """A row whose columns have our names."""
    return {name: _value(field, row[name]) for name, field in schema.fields.items() if row.get(name) is not None}


def _value(field: Field, value: Any) -> Any:
    if field.many:
        return frozenset(value)
    if field.kind is Kind.INSTANT and isinstance(value, str):
        return instant(value)
    return str(value) if field.kind is Kind.KEYWORD and isinstance(value, int) else value


def link(site: Site, tables: Mapping[str, Iterable[Document]]) -> None:
    """Give every document its related ones, by the schema's relations, for the tables that are there."""
    rows = {entity: list(documents) for entity, documents in tables.items()}
    for entity, documents in rows.items():
        schema = schema_of(site, entity)
        for relation in schema.relations.values() if schema else ():
            if relation.entity in rows:
                _attach(documents, relation.name, relation.own, _by_value(rows[relation.entity], relation.other))


def _attach(documents: Iterable[Document], name: str, own: str, index: Mapping[Any, list[Document]]) -> None:
    for document in documents:
        found, value = document.get(name) or (), document[own]
        named = sorted(value) if isinstance(value, frozenset) else () if value is None else (value,)
        document[name] = (*found, *(row for one in named for row in index.get(one, ())))


def _by_value(documents: Iterable[Document], field: str) -> Mapping[Any, list[Document]]:
    index = defaultdict(list)
    for document in documents:
        value = document[field]
        for one in value if isinstance(value, (frozenset, tuple, list)) else (value,):
            index[one].append(document)
    return index
