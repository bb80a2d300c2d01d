"""Hypothesis strategies: random closed trees over a schema table, and random documents that they may match."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from booruql import sites
from booruql.ast.nodes import (
    All,
    And,
    Between,
    Boost,
    Compare,
    Count,
    Exists,
    Fuzzy,
    Glob,
    InNetwork,
    Node,
    Not,
    Nothing,
    OneOf,
    Op,
    Or,
    Pattern,
    Some,
    Wild,
)
from booruql.documents import Document
from booruql.passes.simplify import simplify
from booruql.schema import Field, Kind, Relation, Table, table

NAMES = ("a", "b", "ab", "aab", "bA", "a*b", "cat_ear", "cats", "Éa", "σς", "a%b", "a_b", "a\\b")
ALIASES = {name: f"alias_of_{name}" for name in NAMES}
"""Each tag's other name, which posts answer to as well."""

ADDRESSES = ("10.0.0.1", "10.0.0.77", "10.1.2.3", "2001:db8::1", "::ffff:10.0.0.1")
NETWORKS = ("10.0.0.1", "10.0.0.0/24", "10.0.0.0/8", "2001:db8::/32")

Allowed = Callable[[Field], bool]


def anything(_: Field) -> bool:
    return True


def values(field: Field) -> SearchStrategy[Any]:
    """Single values of a field, from so few that terms and posts meet."""
    match field.kind:
        case Kind.TEXT:
            return st.sampled_from(("The foxes are running", "a quick brown fox", "foxglove, and the running man", ""))
        case Kind.INT | Kind.ID:
            return st.sampled_from((-1, 0, 1, 2, 3, 7))
        case Kind.INSTANT:
            return st.sampled_from((0, 1, 86_400_000_000, 1_700_000_000_000_000, 1_700_000_000_000_001))
        case Kind.FLOAT | Kind.FLOAT32:
            return st.sampled_from((0.0, 0.1, 0.5, 1.0, 1.7000000476837158, 1.7, 2.5))
        case Kind.BOOL:
            return st.booleans()
        case Kind.IP:
            return st.sampled_from(ADDRESSES)
        case Kind.JSON:
            return st.dictionaries(st.sampled_from("ab"), st.integers(0, 2), max_size=2)
        case _:
            other = tuple(ALIASES.values())[:3] if field.name == "tag_names" else ()
            return st.sampled_from(field.values or NAMES + other)


def documents(schema: Table, *, related: bool = True, allowed: Allowed = anything) -> SearchStrategy[Document]:
    """Rows of the table; any nullable field may be missing, absent or None."""
    parts: dict[str, SearchStrategy[Any]] = {}
    for name, field in schema.fields.items():
        if not allowed(field) or name in ("id", "tag_names", "tag_ids"):
            continue
        one = values(field)
        if field.many:
            one = st.frozensets(one, max_size=4)
        elif field.nullable:
            one = st.none() | one
        parts[name] = one
    if related:
        for name, relation in schema.relations.items():
            rows = documents(table(relation.entity), related=False, allowed=allowed)
            parts[name] = st.lists(rows, max_size=3).map(tuple)
    return st.fixed_dictionaries(parts).map(_document)


def _document(row: dict[str, Any]) -> Document:
    """The row without its gaps; what follows from the tags is as sites keep it."""
    found = Document((name, value) for name, value in row.items() if value is not None)
    if "tags" in found:
        tags = found["tags"]
        found["tag_names"] = tags | {ALIASES[name] for name in tags}
        found["tag_ids"] = frozenset(NAMES.index(name) + 1 for name in tags)
    return found


def corpora(schema: Table, size: int = 6, **options: Any) -> SearchStrategy[list[Document]]:
    """Lists of rows with ids of their own, and related rows that know whose they are."""
    return st.lists(documents(schema, **options), max_size=size).map(lambda rows: _numbered(rows, schema))


def _numbered(rows: list[Document], schema: Table) -> list[Document]:
    numbers = count(1)
    found = [Document(row, id=at) for at, row in enumerate(rows, 1)]
    for row in found:
        for name, relation in schema.relations.items():
            entity = table(relation.entity)
            own = {relation.other: frozenset({row[relation.own]}) if entity.fields[relation.other].many else row[relation.own]}
            ids = ({"id": next(numbers)} if "id" in entity.fields else {} for _ in row[name] or ())
            row[name] = tuple(Document(related, **id_, **own) for related, id_ in zip(row[name] or (), ids, strict=True))
    return found


patterns: SearchStrategy[Pattern] = st.lists(
    st.sampled_from((Wild.RUN, Wild.RUN, Wild.ONE, "a", "b", "A", "ab", "_", "%", "é", "\\")), min_size=1, max_size=6
).map(tuple)


def leaves(schema: Table, *, allowed: Allowed = anything, fuzzy: bool = True, related: bool = True) -> SearchStrategy[Node]:
    """Leaves of the closed tree over the table's fields."""
    found = [field_leaves(field, fuzzy=fuzzy) for field in schema.fields.values() if allowed(field)]
    if related:
        found += [_rows(relation, allowed) for relation in schema.relations.values()]
    return st.one_of(found)


@cache
def field_leaves(field: Field, *, fuzzy: bool = True) -> SearchStrategy[Node]:
    """Leaves that may ask this field."""
    name, value = field.name, values(field)
    match field.kind:
        case Kind.JSON | Kind.TEXT:
            return st.just(Exists(name))
        case Kind.IP:
            return st.just(Exists(name)) | st.builds(InNetwork, st.just(name), st.sampled_from(NETWORKS))
        case Kind.BOOL:
            return st.just(Exists(name)) | st.builds(Compare, st.just(name), st.just(Op.EQ), value)
    choices = [
        st.just(Exists(name)),
        st.builds(Compare, st.just(name), st.just(Op.EQ), value),
        st.builds(OneOf, st.just(name), st.lists(value, max_size=3, unique=True).map(tuple)),
    ]
    if field.kind in (Kind.KEYWORD, Kind.TAG):
        choices.append(st.builds(Glob, st.just(name), patterns, st.booleans()))
        if fuzzy:
            choices.append(st.builds(Fuzzy, st.just(name), st.sampled_from(NAMES), st.sampled_from((0, 0.5, 1, 2))))
    elif field.kind is not Kind.ID:
        choices.append(_ranges(name, value))
    return st.one_of(choices)


def _ranges(name: Any, value: SearchStrategy[Any]) -> SearchStrategy[Node]:
    compared = st.builds(Compare, st.just(name), st.sampled_from(Op), value)
    return compared | st.builds(Between, st.just(name), value, value, st.booleans(), st.booleans())


@cache
def _rows(relation: Relation, allowed: Allowed) -> SearchStrategy[Node]:
    where = trees(table(relation.entity), allowed=allowed, fuzzy=False, related=False, size=2)
    counted = where.map(lambda tree: Count(relation.name, tree))
    number = st.integers(0, 3)
    return where.map(lambda tree: Some(relation.name, tree)) | counted.flatmap(lambda count: _ranges(count, number))


def trees(
    schema: Table, *, allowed: Allowed = anything, fuzzy: bool = True, related: bool = True, size: int = 8
) -> SearchStrategy[Node]:
    """Closed trees: flat, simplified, every leaf total."""
    bottom = leaves(schema, allowed=allowed, fuzzy=fuzzy, related=related)
    return st.recursive(bottom | st.sampled_from((All(), Nothing())), _above, max_leaves=size).map(simplify)


def _above(below: SearchStrategy[Node]) -> SearchStrategy[Node]:
    several = st.lists(below, min_size=2, max_size=4).map(tuple)
    return several.map(And) | several.map(Or) | below.map(Not) | below.map(lambda tree: Boost(tree, 2.0))


# --- query texts

OPERATORS = {
    "danbooru": ((" ", " ", " or ", " and ", " -", " ~"), ("-", "~", "(", "")),
    "furbooru": ((", ", " AND ", " || ", " OR ", ", -", " && !"), ("-", "NOT ", "(", "!")),
}


def terms(site: str, tags: tuple[str, ...]) -> SearchStrategy[str]:
    """Tags, wildcards and every word of the site with its sample value and small numbers."""
    resource = sites.load(site).resource()
    samples = {word.name: word.sample for word in resource.vocabulary().values() if word.sample}
    numbers = tuple(f"{name}:{value}" for name in ("score", "width", "id") for value in ("5", ">3", "<=20", "2..9", ">=1000"))
    suffixed = tuple(
        f"{name}{suffix}:{value}" for name in ("score", "width") for suffix in (".gt", ".lte", "") for value in (5, 640)
    )
    fields = tuple(f"{name}:{sample}" for name, sample in samples.items())
    wild = tuple(f"{tag[:3]}*" for tag in tags) + tuple(f"*{tag[-3:]}" for tag in tags)
    known = tags + wild + (numbers if site == "danbooru" else suffixed)
    return st.sampled_from(known) | st.sampled_from(fields)


def texts(site: str, tags: tuple[str, ...]) -> SearchStrategy[str]:
    """Queries of a site's language, most of them well formed."""
    joints, prefixes = OPERATORS[site]

    def above(below: SearchStrategy[str]) -> SearchStrategy[str]:
        joined = st.tuples(below, st.sampled_from(joints), below).map("".join)
        marked = st.tuples(st.sampled_from(prefixes), below).map("".join)
        return joined | marked | below.map(lambda text: f"({text})")

    return st.recursive(terms(site, tags), above, max_leaves=6)
