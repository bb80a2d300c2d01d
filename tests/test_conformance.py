"""`conformance/*.toml`: every back end gives the ids of every case, whichever language asks."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from booruql import Catalog, Context, close, parse, sites
from booruql.ast.nodes import Key, Pattern, Search
from booruql.backends import predicate
from booruql.backends.percolator import Queries
from booruql.documents import Document
from booruql.sites import Resource
from booruql.vocabulary.globs import make_glob
from tests.sqlite_rows import ids as sqlite_ids
from tests.sqlite_rows import make_store

SITES = {"danbooru": "danbooru", "philomena": "furbooru"}


class Case(NamedTuple):
    language: str
    text: str
    posts: tuple[Document, ...]
    ids: list[int]


def read_post(line: str) -> Document:
    """`7 cat dog score=5`: an id, tags, and numbers by our field names."""
    number, *words = line.split()
    tags = frozenset(word for word in words if "=" not in word)
    values = (word.split("=") for word in words if "=" in word)
    numbers = {name: int(value) for name, value in values}
    return Document(id=int(number), tags=tags, tag_names=tags, file_ext="png", **numbers)


def cases() -> list[Any]:
    found = []
    for path in sorted(Path(__file__).parent.glob("conformance/*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        posts = tuple(map(read_post, table["posts"]))
        for case in table["case"]:
            for language in SITES:
                made = Case(language, case[language], posts, case["ids"])
                found.append(pytest.param(made, id=f"{path.stem}: {case['about']} ({language})"))
    return found


class Names(Catalog):
    """The tags of the posts."""

    def __init__(self, posts: tuple[Document, ...]) -> None:
        self.names = sorted(frozenset[str]().union(*(post["tags"] for post in posts)))

    def expand(self, pattern: Pattern, limit: int) -> list[str]:
        return list(filter(make_glob(pattern), self.names))[:limit]


def by_predicate(search: Search, resource: Resource, posts: tuple[Document, ...]) -> list[int]:
    return list(predicate.run(search, resource, posts).ids)


def by_index(search: Search, resource: Resource, posts: tuple[Document, ...]) -> list[int]:
    pytest.importorskip("pyroaring")
    from booruql.backends.bitmap import BitmapIndex

    index = BitmapIndex(resource)
    index.add(posts)
    return index.prepare(search).ids()


def by_percolator(search: Search, resource: Resource, posts: tuple[Document, ...]) -> list[int]:
    queries = Queries(resource.table, resource.default_field)
    queries.add("asked", search.where)
    return [post["id"] for post in reversed(posts) if queries.match(post)]


def by_sqlite(search: Search, resource: Resource, posts: tuple[Document, ...]) -> list[int]:
    store = make_store(resource, posts)
    try:
        return sqlite_ids(store, search, resource)
    finally:
        store.close()


ROADS: dict[str, Callable[[Search, Resource, tuple[Document, ...]], list[int]]] = {
    "predicate": by_predicate,
    "index": by_index,
    "percolator": by_percolator,
    "sqlite": by_sqlite,
}


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("case", cases())
def test_every_back_end_gives_the_ids(case: Case, road: str) -> None:
    site = SITES[case.language]
    search = close(parse(case.text, site=site), Context(catalog=Names(case.posts))).search
    newest = Search(search.site, search.entity, search.where, order=(Key("id", descending=True),))
    assert ROADS[road](newest, sites.load(site).resource(), case.posts) == case.ids
