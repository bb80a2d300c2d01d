"""Random query texts of both languages: the predicate, SQLite and the index find the same posts, in the same order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booruql import Closed, Context, QueryError, close, parse, sites
from booruql.ast.nodes import Special
from booruql.demo import DANBOORU_SITE, FURBOORU_IMAGES
from booruql.passes.order import total
from booruql.store import Source, open_source
from tests.strategies import texts

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
FILES = {"danbooru": DANBOORU_SITE, "furbooru": FURBOORU_IMAGES}


@cache
def source(site: str) -> Source:
    return open_source(FILES[site], site=site)


@cache
def tags(site: str) -> tuple[str, ...]:
    """The most used tags of the demo posts."""
    resource = sites.load(site).resource()
    counts = Counter(tag for document in source(site).documents("posts") for tag in document[resource.default_field] or ())
    return tuple(tag for tag, _ in counts.most_common(12) if "(" not in tag and "," not in tag)


@pytest.fixture(scope="module", autouse=True)
def _closing() -> Iterator[None]:
    yield
    for site in FILES:
        source(site).close()
    source.cache_clear()


def closed(text: str, site: str) -> Closed | None:
    """The query over the demo posts; None for one that is refused."""
    try:
        return close(parse(text, site=site), Context(now=NOW, catalog=source(site).catalog, seed=3))
    except QueryError:
        return None


def is_random(query: Closed) -> bool:
    """Whether each road may pick and order as it likes."""
    return query.search.sample is not None or any(key.by is Special.RANDOM for key in query.search.order)


@pytest.mark.parametrize("site", FILES)
@settings(max_examples=50)
@given(data=st.data())
def test_every_road_finds_the_same_posts(site: str, data: st.DataObject) -> None:
    pytest.importorskip("pyroaring")
    for text in data.draw(st.lists(texts(site, tags(site)), min_size=4, max_size=8)):
        query = closed(text, site)
        if query is None or is_random(query):
            continue
        assert query.search == total(query.search)
        found = {via: answer(query, site, via) for via in ("predicate", "index", "sql")}
        assert len({str(ids) for ids in found.values()}) == 1, (text, found)


def answer(query: Closed, site: str, via: str) -> object:
    """The ids in order, or the code of a refusal."""
    try:
        ids = source(site).search(query, via=via).ids
    except QueryError as problem:
        return problem.code
    return ids
