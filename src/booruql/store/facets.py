"""How often each value of a field is among what a search found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from booruql.backends.sql.layouts.join import is_linked
from booruql.documents import Document
from booruql.errors import ConfigError
from booruql.schema import Field, Kind
from booruql.sites import Resource
from booruql.store.sqlite import Store

MOST = 100
"""Values that a facet has when nothing is said."""
Facet = list[tuple[Any, int]]
_FOUND = "(SELECT value FROM json_each(?))"
_LINKED = {
    "tags": ("SELECT name, count(*) FROM posts_tags JOIN tags ON id = tag_id", "name IS NOT NULL", "tag_id"),
    "tag_names": ("SELECT name, count(DISTINCT post_id) FROM posts_tags JOIN tag_names USING (tag_id)", "1", "name"),
    "tag_ids": ("SELECT tag_id, count(*) FROM posts_tags", "tag_id > 0", "tag_id"),
}


def field_of(resource: Resource, name: str, audience: str) -> Field:
    """The field behind our name or the site's word.

    Raises:
        ConfigError: there is none.
    """
    words = resource.vocabulary(audience)
    found = resource.table.fields.get(name) or resource.table.fields.get(words[name].field if name in words else "")
    if found is None:
        raise ConfigError(f"no field {name!r} to count")
    return found


def count_documents(documents: Iterable[Document], field: Field, limit: int) -> Facet:
    """The facet of documents in memory."""
    counts: Counter[Any] = Counter()
    for document in documents:
        value = document[field.name]
        counts.update(value or () if field.many else () if value is None else (value,))
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


def count_stored(store: Store, entity: str, ids: Sequence[int], field: Field, limit: int) -> Facet:
    """The facet of rows of a store."""
    stored = "listed_tags" if entity == "tags" else entity
    if is_linked(entity, field):
        select, kept, group = _LINKED[field.name]
        where = f"post_id IN {_FOUND} AND {kept}"
    elif field.many:
        select, group = f'SELECT value, count(*) FROM "{entity}_{field.name}"', "value"
        where = f"owner_id IN {_FOUND}"
    else:
        select, group = f'SELECT "{field.name}", count(*) FROM "{stored}"', f'"{field.name}"'
        where = f'id IN {_FOUND} AND "{field.name}" IS NOT NULL'
    text = f"{select} WHERE {where} GROUP BY {group} ORDER BY 2 DESC, 1 LIMIT ?"
    rows = store.connection.execute(text, (json.dumps(list(ids)), limit))
    return [(bool(value) if field.kind is Kind.BOOL else value, number) for value, number in rows]
