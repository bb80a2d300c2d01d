"""Posts of any shape -> documents: an API record of the site, a document, an object with our field names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from booruql.documents import Document
from booruql.schema import Table, table
from booruql.sites import Resource
from booruql.sites.records import micros


def read_post(post: Any, resource: Resource) -> Document:
    """The post as the site's search sees it.

    A `Document` is one already. Any other mapping is an API record of the site. An object is asked for our field
    names when it has the field that a bare tag asks (`tags`, `tag_names`), else it is an API record by its attributes.
    """
    if type(post) is Document:
        return post
    if isinstance(post, Mapping):
        return Document(resource.read(post))
    if hasattr(post, resource.default_field):
        return _by_attributes(post, resource.table)
    return Document(resource.read(Attributes(post)))


def _by_attributes(row: Any, schema: Table) -> Document:
    """What an object has of the table's fields and relations."""
    found = Document()
    for name, spec in schema.fields.items():
        value = getattr(row, name, None)
        if value is not None:
            found[name] = frozenset(map(_plain, value)) if spec.many else _plain(value)
    for name, relation in schema.relations.items():
        rows = getattr(row, name, None)
        if rows is not None:
            found[name] = tuple(_related(related, table(relation.entity)) for related in rows)
    return found


def _related(row: Any, schema: Table) -> Document:
    return Document(row) if isinstance(row, Mapping) else _by_attributes(row, schema)


def _plain(value: Any) -> Any:
    return micros(value) if isinstance(value, datetime) else value


class Attributes(Mapping[str, Any]):
    """An object's attributes as a record."""

    def __init__(self, subject: Any) -> None:
        self._subject = subject

    def __getitem__(self, name: str) -> Any:
        try:
            return getattr(self._subject, name)
        except AttributeError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return (name for name in dir(self._subject) if not name.startswith("_"))

    def __len__(self) -> int:
        return sum(1 for _ in self)
