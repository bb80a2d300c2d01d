"""Records cut down to the fields that a request chose, with the related records that it chose.

What a record carries itself stays as it came. Related records that it does not carry are looked up in the source, and are
left out where the source has none of their kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from booruql.ast.nodes import And, Key, Node, OneOf, Search
from booruql.engine.api import Closed
from booruql.passes.simplify import simplify
from booruql.sites import Resource, Word
from booruql.sites.chosen import Tree, nested

if TYPE_CHECKING:
    from booruql.store.source import Source

Record = Mapping[str, Any]
_BATCH = 500
"""Records whose related ones are looked up together: a database takes so many values at once."""


def choose(source: Source, entity: str, records: Iterable[Record], fields: Sequence[str]) -> Iterator[Record]:
    """The records with the chosen fields alone, in the records' own order of members."""
    resource = next((r for r in source.site.resources.values() if r.entity == entity), None)
    tree = nested(fields)
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == _BATCH:
            yield from _chosen(source, resource, batch, tree)
            batch.clear()
    yield from _chosen(source, resource, batch, tree)


def _chosen(source: Source, resource: Resource | None, records: Sequence[Record], tree: Tree) -> list[dict[str, Any]]:
    cut = [{name: _cut(value, tree[name]) for name, value in record.items() if name in tree} for record in records]
    if resource is None:
        return cut
    for name, below in tree.items():
        word = resource.associations.get(name)
        if word is not None and not any(name in record for record in records):
            for made, found in zip(cut, _related(source, resource, word, records, below), strict=True):
                made.update(found)
    return cut


def _cut(value: Any, tree: Tree) -> Any:
    """The chosen members of a record in a record, or of each of several; all of them where none are named."""
    if not tree:
        return value
    if isinstance(value, Mapping):
        return {name: _cut(inner, tree[name]) for name, inner in value.items() if name in tree}
    return [_cut(inner, tree) for inner in value] if isinstance(value, list) else value


def _related(source: Source, resource: Resource, word: Word, records: Sequence[Record], tree: Tree) -> Iterator[dict[str, Any]]:
    """For each record the member that holds its related ones: a list under a plural name, else one or null."""
    name, target, *demands = word.args
    relation, other = resource.table.relations[name], source.site.resource(target)
    if relation.entity in source.missing:
        yield from ({} for _ in records)
        return
    owners = [resource.read(record).get(relation.own) for record in records]
    wanted = tuple(dict.fromkeys(owner for owner in owners if owner is not None))
    rows = _rows(source, other, And((OneOf(relation.other, wanted), *demands))) if wanted else []
    by_owner = defaultdict(list)
    for row, shown in zip(rows, _chosen(source, other, rows, tree) if tree else rows, strict=True):
        by_owner[other.read(row).get(relation.other)].append(shown)
    for owner in owners:
        found = by_owner[owner] if owner is not None else []
        yield {word.name: found if word.name.endswith(("s", "children")) else next(iter(found), None)}


def _rows(source: Source, resource: Resource, where: Node) -> list[Record]:
    search = Search(source.site.name, resource.name, simplify(where), (Key("id"),))
    return list(source.search(Closed(search, resource)).records)
