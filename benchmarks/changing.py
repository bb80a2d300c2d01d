"""Many posts: adding new ones, a thousand at a time, until all segments have been merged; and searches meanwhile."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import cycle, islice
from statistics import fmean, median

from benchmarks.many_posts import NOTE, TOP, build_index
from benchmarks.progress import track
from benchmarks.results import Claim, Found, Table, at_most
from benchmarks.setting import Setting
from benchmarks.timing import BEST_OF, Timing, best_of, quiet
from booruql import Index
from booruql.ast.nodes import And, Compare, Op
from booruql.documents import Document
from booruql.engine.api import Closed

_BATCH = 1_000
_MOST = 260_000
"""Posts to add; fewer are enough when a quarter of the index is, which merges everything."""
_MOMENTS = 12
_ASKED = 25  # queries at each moment
ADD, STILL, MEANWHILE = "a thousand posts added", "searches, index at rest", "searches meanwhile"


@dataclass
class Asked:
    """Seconds of the searches of one side: the first call of each and the best."""

    first: list[float] = field(default_factory=list)
    best: list[float] = field(default_factory=list)


def run(setting: Setting) -> Found:
    """The same queries on the growing index and on one that stays, in turn; then with a thread that writes."""
    growing, still = build_index(setting), build_index(setting)
    batches = max(2, min(_MOST, setting.posts // 4 + _BATCH) // _BATCH)
    fresh = _batches(setting, batches)
    moments = {batches * at // _MOMENTS for at in range(1, _MOMENTS)}
    added: list[float] = []
    resting, meanwhile = Asked(), Asked()
    with quiet():
        for at, batch in enumerate(track(fresh, "many posts, adding", batches)):
            began = time.perf_counter()
            growing.add(batch)
            added.append(time.perf_counter() - began)
            if at in moments or batches < _MOMENTS:
                _ask({still: resting, growing: meanwhile}, setting.closed)
    _check(growing, still, setting, batches * _BATCH)
    timings = {ADD: Timing(tuple(added)), STILL: Timing(tuple(resting.best)), MEANWHILE: Timing(tuple(meanwhile.best))}
    first = Timing(tuple(meanwhile.first)).ratio(Timing(tuple(resting.first)))
    claims = [
        at_most("a post added, merges included, mean", fmean(added) / _BATCH * 1e6, 40, " us"),
        at_most("searches meanwhile, geometric mean", timings[MEANWHILE].ratio(timings[STILL]), 1.5),
        Claim("the first call of each, geometric mean", first),
        Claim("searches beside a thread that writes, p50", _beside(growing, still, setting)),
    ]
    notes = [NOTE, f"{batches * _BATCH:,} posts; a search is a planned count and the newest {TOP}, best of {BEST_OF}"]
    return {"adding": Table(timings, claims, per="call", limits=(STILL,), notes=notes)}


def _ask(sides: Mapping[Index, Asked], queries: Sequence[Closed]) -> None:
    """Some of the queries, by both in turn: once, which makes what the index makes when it is first asked, and at their best."""
    for closed in random.choices(queries, k=_ASKED):
        for index, asked in random.sample(list(sides.items()), len(sides)):
            job = partial(_job, index, closed)
            asked.first.append(best_of(job, repeats=1))
            asked.best.append(best_of(job))


def _job(index: Index, closed: Closed, at: int) -> object:
    return _search(index, closed)


def _search(index: Index, closed: Closed) -> object:
    plan = index.prepare(closed)
    return plan.count(), plan.ids(TOP)


def _batches(setting: Setting, number: int) -> Iterator[list[Document]]:
    """Newer posts like the old ones."""
    rows = setting.corpus.documents(number * _BATCH)
    first = int(setting.corpus.columns["id"].max()) + 1
    fresh = (Document(row, id=first + at) for at, row in enumerate(cycle(rows)))
    for _ in range(number):
        yield list(islice(fresh, _BATCH))


def _check(growing: Index, still: Index, setting: Setting, added: int) -> None:
    """What is new counts, and nothing else changed."""
    assert len(growing) == len(still) + added
    whole, part = divmod(added, len(still))
    last = int(setting.corpus.columns["id"][part - 1]) if part else 0
    for closed, query in zip(setting.closed, setting.queries, strict=True):
        if "id:" not in query.danbooru:
            first = replace(closed.search, where=And((closed.search.where, Compare("id", Op.LE, last))))
            wanted = still.count(closed) * (1 + whole) + still.prepare(first).count()
            assert growing.count(closed) == wanted, query


def _beside(growing: Index, still: Index, setting: Setting) -> float:
    """How much longer a search takes in the middle while a thread adds posts."""
    rows = setting.corpus.documents(_BATCH)
    first = int(setting.corpus.columns["id"].max()) + _MOST * 2
    ended = threading.Event()

    def write() -> None:
        at = first
        while not ended.is_set():
            growing.add([Document(row, id=at + number) for number, row in enumerate(rows)])
            at += len(rows)

    alone = median(best_of(partial(_job, still, closed)) for closed in setting.closed)
    writer = threading.Thread(target=write)
    writer.start()
    found = []
    for closed in setting.closed:
        began = time.perf_counter()
        _search(growing, closed)
        found.append(time.perf_counter() - began)
    ended.set()
    writer.join()
    return median(found) / alone
