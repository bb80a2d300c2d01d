"""A cluster in trouble: nodes that stop, a full queue, lost connections, a wrong mapping. Nothing is lost or doubled."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from booruql import sites
from booruql.ast.nodes import Compare, Key, Op, Search
from booruql.backends import elastic
from booruql.errors import ConfigError
from booruql.store.elastic import IndexSource
from booruql.store.search_index import SearchIndex
from booruql.store.search_server import Refused, Server
from tests.opensearch import CannotRun, Cluster, request
from tests.proxy import Proxy

POSTS = sites.load("danbooru").resource()
COUNT = int(os.environ.get("BOORUQL_FAULT_POSTS", "12000"))
CATS = Search("", "", Compare("tags", Op.EQ, "cat"), order=(Key("id", True),))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Nodes that take one bulk request at a time and let one more wait."""
    try:
        found = Cluster({"thread_pool.write.size": 1, "thread_pool.write.queue_size": 1})
    except CannotRun as problem:
        pytest.skip(str(problem))
    with found:
        yield found


@pytest.fixture
def index(cluster: Cluster) -> Iterator[SearchIndex]:
    server = Server(cluster.url, timeout=20)
    found = SearchIndex(server, "booruql-faults")
    found.drop()
    found.create(POSTS, {}, shards=2, replicas=1)
    cluster.wait()
    yield found
    found.drop()
    server.close()


def stored(number: int) -> dict[str, Any]:
    """A post as the index stores it, told by its number alone."""
    post = {"id": number, "score": number % 100, "tags": frozenset({f"tag_{number % 7}", *(["cat"] if number % 3 == 0 else [])})}
    return {**elastic.index_document(post, POSTS), "record": {"id": number, "note": f"post {number}"}}


def every(index: SearchIndex) -> dict[int, dict[str, Any]]:
    """All that the index holds, by id."""
    found: dict[int, dict[str, Any]] = {}
    body: dict[str, Any] = {"size": 5_000, "sort": [{"id": "asc"}]}
    while hits := index.server.ask("POST", f"{index.name}/_search?allow_partial_search_results=false", body)["hits"]["hits"]:
        for hit in hits:
            assert int(hit["_id"]) not in found
            found[int(hit["_id"])] = hit["_source"]
        body = {**body, "search_after": hits[-1]["sort"]}
    return found


@contextmanager
def meanwhile(work: Callable[[], None]) -> Iterator[threading.Thread]:
    """Run work beside the body; what it raises is raised at the end."""
    problems: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as problem:
            problems.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        thread.join()
    if problems:
        raise problems[0]


@pytest.mark.slow
def test_a_replicated_index_answers_the_same_without_the_second_node(cluster: Cluster, index: SearchIndex) -> None:
    assert list(index.load((n, stored(n)) for n in range(1, 3001))) == []
    index.refresh()
    wanted = tuple(range(3000, 0, -3))
    assert index.run(CATS, POSTS) == (wanted, 1000)
    ended = threading.Event()

    def search() -> None:
        while not ended.is_set():
            assert index.run(CATS, POSTS) == (wanted, 1000)

    with meanwhile(search):
        try:
            cluster.b.stop(hard=True)
            cluster.wait(nodes=1, status="yellow")
            threading.Event().wait(2)
            cluster.b.start()
            cluster.wait()
        finally:
            ended.set()
    assert index.run(CATS, POSTS) == (wanted, 1000)


@pytest.mark.slow
def test_a_load_through_every_fault_stores_each_post_once(cluster: Cluster, index: SearchIndex) -> None:
    faults = iter(
        [
            (0.1, lambda: cluster.b.stop(hard=True)),
            (0.3, cluster.b.start),
            (0.5, cluster.wait),
            (0.6, lambda: (cluster.a.stop(hard=True), cluster.a.start())),
            (0.8, lambda: (cluster.a.stop(), cluster.a.start())),
        ]
    )
    pending = next(faults, None)

    def heard(done: int) -> None:
        nonlocal pending
        while pending is not None and done >= pending[0] * COUNT:
            pending[1]()
            pending = next(faults, None)

    with Proxy(cluster.a.http, cut=0.02) as proxy:
        server = Server(proxy.url, timeout=20)
        through = SearchIndex(server, index.name)
        assert list(through.load(((n, stored(n)) for n in range(1, COUNT + 1)), progress=heard)) == []
        server.close()
        assert proxy.lost > 0
    assert pending is None
    cluster.wait()
    index.refresh()
    assert every(index) == {n: stored(n) for n in range(1, COUNT + 1)}


@pytest.mark.slow
def test_a_full_queue_is_waited_for(cluster: Cluster, index: SearchIndex) -> None:
    body = b"".join(b'{"index":{"_id":"%d"}}\n{"id":%d}\n' % (n, n) for n in range(100_000, 104_000))
    refused: list[int] = []

    def press() -> None:
        for _ in range(4):
            answer = request(f"{cluster.url}/{index.name}/_bulk", body)
            items = answer.get("items", [])
            refused.append(sum(item["index"]["status"] == 429 for item in items) + (answer.get("status") == 429))

    pressing = [threading.Thread(target=press) for _ in range(6)]
    for thread in pressing:
        thread.start()
    assert list(index.load((n, stored(n)) for n in range(1, 4001))) == []
    for thread in pressing:
        thread.join()
    assert sum(refused) > 0, "the queue was never full"
    index.refresh()
    assert {n: found for n, found in every(index).items() if n < 100_000} == {n: stored(n) for n in range(1, 4001)}


def test_a_server_that_says_nothing_is_given_up_and_asked_again(cluster: Cluster, index: SearchIndex) -> None:
    with Proxy(cluster.a.http) as proxy:
        server = Server(proxy.url, timeout=0.5, patience=30)
        proxy.hang = True
        threading.Timer(1.5, lambda: setattr(proxy, "hang", False)).start()
        assert SearchIndex(server, index.name).count() == 0
        proxy.hang = True
        server.patience = 1.0
        with pytest.raises(ConfigError, match="timed out"):
            SearchIndex(server, index.name).count()
        server.close()


def test_a_wrong_mapping_is_reported_by_record(index: SearchIndex) -> None:
    index.drop()
    index.server.ask("PUT", index.name, {"mappings": {"properties": {"id": {"type": "integer"}, "score": {"type": "boolean"}}}})
    rows = [(n, {"id": n, "score": n if n == 5 else True}) for n in range(1, 10)]
    refused = list(index.load(rows))
    assert [refusal.id for refusal in refused] == [5]
    assert "score" in str(refused[0])
    assert "boolean" in str(refused[0])
    index.refresh()
    assert sorted(every(index)) == [1, 2, 3, 4, 6, 7, 8, 9]


def test_an_index_of_others_is_no_source(index: SearchIndex) -> None:
    with pytest.raises(ConfigError, match="no index"):
        IndexSource.open(f"{index.server.address}/nothing-here")
    with pytest.raises(ConfigError, match="names no index"):
        IndexSource.open(index.server.address)
    index.drop()
    index.server.ask("PUT", index.name, {})
    with pytest.raises(ConfigError, match="not made by"):
        IndexSource.open(f"{index.server.address}/{index.name}")
    with pytest.raises(Refused, match="400"):
        index.server.ask("POST", f"{index.name}/_search", {"query": {"nonsense": {}}})
