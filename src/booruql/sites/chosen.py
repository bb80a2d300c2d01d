"""The fields that a request chooses for its answer, by the site's own names: `id,post[rating]` is `("id", "post.rating")`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple, TypeAlias

from booruql.schema import Table, table
from booruql.sites.site import Resource, Site, Word

Tree: TypeAlias = dict[str, "Tree"]
_HINTED, _LONGEST = 10, 80
"""How many unknown names are compared with the known ones, and how long ones."""


class Unknown(NamedTuple):
    """A chosen name that the site's records do not have, with the nearest that they have."""

    path: str
    resource: str
    nearest: str | None


def nested(names: Iterable[str]) -> Tree:
    """The chosen names by the records they are members of; a name without members is wanted whole.

    >>> nested(("id", "post.id", "post.rating"))
    {'id': {}, 'post': {'id': {}, 'rating': {}}}
    """
    root: Tree = {}
    for name in names:
        here = root
        for part in name.split("."):
            here = here.setdefault(part, {})
    return root


def unknown(names: Iterable[str], site: Site, resource: Resource) -> Iterator[Unknown]:
    """The chosen names that records do not have."""
    waiting = [(nested(names), resource, "")]
    hints = _HINTED
    while waiting:
        tree, resource, above = waiting.pop()
        for name, below in tree.items():
            path = f"{above}{name}"
            word = resource.associations.get(name)
            if below and word is not None:
                waiting.append((below, site.resource(word.args[1]), f"{path}."))
            elif word is None and (name not in resource.members or (below and resource.members[name])):
                hints -= 1
                known = (*resource.members, *resource.associations) if hints >= 0 and len(name) <= _LONGEST else ()
                yield Unknown(path, resource.name, next(iter(get_close_matches(name, known, 1)), None))


def row_fields(names: Iterable[str], resource: Resource) -> Mapping[str, str]:
    """The chosen names that a row of the entity's table can carry, with the field of each: those of one value."""
    known = ((name, resource.members.get(name)) for name in names if name not in resource.associations)
    fields = resource.table.fields
    return {name: field for name, field in known if field in fields and field is not None and not fields[field].many}


def index_paths(names: Iterable[str], resource: Resource) -> Mapping[str, str]:
    """Where an index holds the chosen names: those of nested objects are asked as the index calls them."""
    found: dict[str, str] = {}
    for name in names:
        path = _index_path(name.split("."), resource)
        if path is not None:
            found[name] = path
    return found


def _index_path(parts: list[str], resource: Resource) -> str | None:
    """The relations down to the last name, each of which must be a nested object, then a field."""
    here, prefix = resource.table, ""
    *above, last = parts
    for name in above:
        relation = _relation(name, here, resource)
        if relation is None or prefix + relation not in resource.nested:
            return None
        here, prefix = table(here.relations[relation].entity), f"{prefix}{relation}."
    relation = _relation(last, here, resource)
    if relation is not None:
        return prefix + relation if prefix + relation in resource.nested else None
    field = resource.members.get(last) if here.name == resource.entity else last
    if field is None or field not in here.fields or (prefix and here.fields[field].many):
        return None
    return resource.columns.get(prefix + field, prefix + field)


def _relation(name: str, here: Table, resource: Resource) -> str | None:
    word: Word | None = resource.associations.get(name) if here.name == resource.entity else None
    if word is not None:
        return str(word.args[0])
    return name if name in here.relations else None
