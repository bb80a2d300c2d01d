"""A board of 2,000 posts, and searches of it that tests of databases share: both sites' vocabularies and the case tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from booruql import Context, QueryError, User, close, parse, sites
from booruql.ast.nodes import Compare, Count, Glob, Key, Node, Op, Place, Position, Search, Special, Wild
from booruql.backends.predicate import run
from booruql.documents import Document
from booruql.errors import UnsupportedError
from booruql.passes.order import total
from booruql.schema import Field, Kind
from booruql.sites import Resource
from booruql.store.catalog import RowsCatalog
from tests.conftest import SHARED
from tests.corpus import AROUND, TAGS, TEXTS, Tables, make_tables
from tests.strategies import NAMES, texts, trees

POSTS, IMAGES = sites.load("danbooru").resource(), sites.load("furbooru").resource()
TABLES = make_tables(IMAGES.table, 2000)
"""Single precision is Furbooru's; no value needs more, so that Danbooru's posts are the same."""
ROWS = TABLES["posts"][1]
MISSING = frozenset(r.entity for r in IMAGES.table.relations.values() if r.entity not in ("posts", *AROUND))
SHOWN = {**IMAGES.table.fields, "galleries": None}
"""What Furbooru tells of an image: there are no other related rows."""
GALLERIES: Tables = {
    "posts": (IMAGES.table, [Document((name, value) for name, value in row.items() if name in SHOWN) for row in ROWS]),
    "gallery_items": TABLES["gallery_items"],
}
USERS = [{"id": number, "name": name, "level": 20} for number, name in enumerate(("alice", "b", "élan"), 1)]
_POOL = ("id", "name", "category", "is_deleted", "post_ids")
CATALOG = RowsCatalog(
    {
        "tags": [{"id": number, "name": name, "post_count": number} for number, name in enumerate(TAGS, 1)],
        "users": USERS,
        "pools": [
            {name: row[name] for name in ("id", "name", "category", "is_deleted", "post_ids")} for row in TABLES["pools"][1]
        ],
    }
)
CONTEXT = Context(
    now=datetime(2026, 1, 15, 12, tzinfo=UTC), viewer=User(1, "alice", "moderator", 40), catalog=CATALOG, lenient=True, seed=5
)


class Asked(NamedTuple):
    """A search with what it was made of."""

    said: str
    search: Search
    resource: Resource


def expected(search: Search, resource: Resource) -> list[int] | None:
    """What the predicate finds; None: it refuses the search."""
    try:
        return list(run(search, resource, ROWS).ids)
    except UnsupportedError:
        return None


def asked(field: Field) -> bool:
    """What every database can be asked."""
    return field.kind not in (Kind.IP, Kind.JSON) and field.name not in ("name_words",)


ORDERS = st.lists(
    st.builds(
        Key,
        st.sampled_from(
            (
                "score", "width", "duration", "md5", "id", "source", Count("comments"), Place((3, 1, 2)), Place(()),
                Special.RANDOM,
                Count("comments", Compare("score", Op.GT, 1)) if "score" in TABLES["comments"][0].fields else Count("pools"),
                Position("galleries", "position", Compare("gallery_id", Op.EQ, 1)),
            )
        ),
        st.booleans(),
        st.booleans(),
    ),
    max_size=3,
).map(tuple)  # fmt: skip
_LITERALS = st.sampled_from(TEXTS)
_TEXTUAL = ("source", "md5", "sources", "favorited_by", "tags", "tag_names")
_TEXT_LEAVES = st.builds(Compare, st.sampled_from(_TEXTUAL), st.sampled_from(Op), _LITERALS) | st.builds(
    lambda field, one, fold: Glob(field, (Wild.RUN, one[len(one) // 2 :], Wild.ONE), fold),
    st.sampled_from(_TEXTUAL), _LITERALS, st.booleans(),
)  # fmt: skip


def _of_tree(tree: Node, order: tuple[Key, ...]) -> Asked:
    return Asked(f"{tree}", total(Search("danbooru", "posts", tree, order=order, seed=len(order))), POSTS)


def _of_text(text: str, site: str) -> Asked | None:
    try:
        closed = close(parse(text, site=site, audience="moderator"), CONTEXT)
    except QueryError:
        return None
    return Asked(f"{site}: {text}", closed.search, closed.resource)


def _cases() -> Iterator[Asked | None]:
    """The queries of the case tables, where the shared folder is at hand."""
    for site in ("danbooru", "furbooru"):
        path = SHARED / "cases" / f"{site}_match.jsonl"
        if path.is_file():
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
            yield from (_of_text(row["q"], site) for row in rows if "q" in row)


def _drawn(strategy: SearchStrategy[Asked | None], number: int) -> list[Asked | None]:
    found: list[Asked | None] = []

    @settings(max_examples=number, phases=(Phase.generate,), database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def draw(one: Asked | None) -> None:
        found.append(one)

    draw()
    return found


@cache
def searches() -> tuple[Asked, ...]:
    """Random trees, random queries of both languages, and the cases; others in every run."""
    found = _drawn(st.builds(_of_tree, trees(IMAGES.table, allowed=asked, fuzzy=False) | _TEXT_LEAVES, ORDERS), 160)
    for site in ("danbooru", "furbooru"):
        found += _drawn(texts(site, NAMES).map(lambda text, site=site: _of_text(text, site)), 80)
    known = {(one.said, one.search): one for one in (*found, *_cases()) if one is not None}
    return tuple(known.values())


@cache
def answers() -> tuple[list[int] | None, ...]:
    """What the predicate finds for each."""
    return tuple([expected(one.search, one.resource) for one in searches()])
