"""Random texts of both languages while posts and saved queries come, change and go: the index and the percolator answer
as the predicate does, and so does what they wrote to a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("pyroaring")

from booruql import Closed, Context, Index, Percolator, Query, QueryError, close, parse, sites
from booruql.ast.nodes import Special
from booruql.backends.predicate import compile, run
from booruql.demo import DANBOORU_SITE, FURBOORU_IMAGES
from booruql.documents import Document
from booruql.store import open_source
from tests.strategies import texts

FILES = {"danbooru": DANBOORU_SITE, "furbooru": FURBOORU_IMAGES}
CONTEXT = Context(now=datetime(2026, 1, 15, 12, tzinfo=UTC), seed=3)
NUMBERS = st.integers(0, 39)


@cache
def posts(site: str) -> tuple[Document, ...]:
    """Some of the demo posts, each with all relations; parents and children hold one another."""
    none = dict.fromkeys(sites.load(site).resource().table.relations, ())
    with open_source(FILES[site], site=site) as source:
        found = tuple(source.documents("posts"))[:40]
    for post in found:
        post.update({name: rows for name, rows in none.items() if post[name] is None})
    return found


@cache
def tags(site: str) -> tuple[str, ...]:
    field = sites.load(site).resource().default_field
    found = sorted({tag for post in posts(site)[:4] for tag in post[field] or ()})
    return tuple(tag for tag in found if not set(tag) & set("(),"))[:12]


def queries(site: str, drawn: list[str]) -> Iterator[tuple[Query, Closed]]:
    """Those that are not refused, and pick nothing at random."""
    for text in drawn:
        try:
            query = parse(text, site=site)
            closed = close(query, CONTEXT)
            compile(closed.search, closed.resource)
        except QueryError:
            continue
        if closed.search.sample is None and not any(isinstance(key.by, Special) for key in closed.search.order):
            yield query, closed


@pytest.mark.parametrize("site", FILES)
@settings(max_examples=20)
@given(data=st.data())
def test_an_index_answers_as_the_predicate_while_posts_change(site: str, data: st.DataObject) -> None:
    wanted = list(queries(site, data.draw(st.lists(texts(site, tags(site)), min_size=3, max_size=6))))
    index, kept = Index.build(posts(site)[:10], site=site), {post["id"]: post for post in posts(site)[:10]}
    for adds, removed in data.draw(
        st.lists(st.tuples(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=8), st.sets(NUMBERS)), max_size=4)
    ):
        fresh = {posts(site)[at]["id"]: Document(posts(site)[like], id=posts(site)[at]["id"]) for at, like in adds}
        index.add(fresh.values())
        kept |= fresh
        gone = [posts(site)[at]["id"] for at in removed]
        index.delete(gone)
        kept = {id_: post for id_, post in kept.items() if id_ not in gone}
    with TemporaryDirectory() as folder:
        index.save(Path(folder, "index"))
        opened = Index.open(Path(folder, "index"), check=True)
        for _, closed in wanted:
            expected = run(closed.search, closed.resource, kept.values())
            for one in (index, opened):
                assert one.search(closed).ids == expected.ids, closed.search
                assert one.search(closed, limit=3, page=2).ids == expected.ids[3:6], closed.search
                assert one.count(closed) == expected.total


@pytest.mark.parametrize("site", FILES)
@settings(max_examples=20)
@given(data=st.data())
def test_a_percolator_answers_as_the_predicate_while_queries_change(site: str, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(st.tuples(NUMBERS, texts(site, tags(site))), min_size=4, max_size=12))
    alerts, kept = Percolator(site=site), {}
    for id_, text in drawn:
        for query, closed in queries(site, [text]):
            alerts.add(id_, query)
            kept[id_] = closed
    for id_ in data.draw(st.sets(st.sampled_from([id_ for id_, _ in drawn]))):
        alerts.remove(id_)
        kept.pop(id_, None)
    with TemporaryDirectory() as folder:
        alerts.save(Path(folder, "alerts"))
        loaded = Percolator.load(Path(folder, "alerts"), site=site)
    tests = {id_: compile(closed.search, closed.resource).test for id_, closed in sorted(kept.items())}
    for _ in range(2):
        for post in posts(site)[:12]:
            expected = [id_ for id_, test in tests.items() if test(post)]
            assert alerts.match(post, context=CONTEXT) == loaded.match(post, context=CONTEXT) == expected
        alerts.rebind(None)


def test_readers_see_one_moment_while_a_writer_works() -> None:
    """Every batch moves all posts from one tag to the next: whoever searches meanwhile finds them all under one tag."""
    batches, size = 30, 50

    def batch(number: int) -> list[dict[str, object]]:
        return [{"id": id_, "tag_string": f"all t{number}", "score": number} for id_ in range(1, size + 1)]

    index, done, problems = Index.build(batch(0)), Event(), list[str]()

    def read() -> None:
        while not done.is_set():
            plan = index.prepare("all order:score")
            counts = dict(plan.facet("tags"))
            if counts.pop("all") != size or list(counts.values()) != [size] or len(plan.ids(7)) != 7 or plan.count() != size:
                problems.append(f"{counts}")

    readers = [Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(1, batches):
        index.add(batch(number))
    done.set()
    for reader in readers:
        reader.join()
    assert not problems
    assert index.count(f"t{batches - 1}") == len(index) == size
