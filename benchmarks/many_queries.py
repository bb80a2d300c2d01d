"""Many saved queries and a new post: the percolator beside an index by hand and a loop over every query."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from statistics import fmean

from benchmarks.caches import Caches
from benchmarks.hand_queries import HandQueries, Wanted
from benchmarks.progress import track
from benchmarks.results import Claim, Found, Table, at_least, at_most
from benchmarks.saved_queries import Maker, Saved
from benchmarks.setting import Setting
from benchmarks.timing import Job, Protocol, Timing, measure, quiet
from booruql import Percolator, close, parse
from booruql.backends.predicate import compile as compile_predicate
from booruql.documents import Document

BY_HAND, OURS, LOOP = "index by hand", "percolator", "a loop over predicates"
_POSTS = 200
_LOOPED = 5  # posts of the loop
_MIXED = 60  # posts of the mixture, each of which thousands of queries match
_ADDED = 1_000
_A_MATCH = 1e-6
_PART = 20
"""One in so many queries of the mixture is checked."""
_GROWN = """
import gc, json, sys
from benchmarks.building import resident
from booruql import Percolator, parse
from booruql.store.catalog import RowsCatalog
with open(sys.argv[1], encoding="utf-8") as file:
    texts, counts = json.load(file)
percolator = Percolator(catalog=RowsCatalog({}, counts))
percolator.add(0, parse("cat -dog"))
gc.collect()
before = resident()
for number, text in enumerate(texts):
    percolator.add(number, parse(text))
gc.collect()
print(resident() - before)
"""


def run(setting: Setting) -> Found:
    """Conjunctions of tags, the mixture, and what adding a query takes."""
    maker = Maker(setting.table, setting.corpus)
    step = max(1, setting.corpus.size // _POSTS)
    posts = setting.corpus.documents()[::step][:_POSTS]
    plain = _Kept(maker.plain(setting.saved), setting, "many queries")
    found, limit = _plain(plain, posts, setting)
    adding = _adding(plain.percolator, maker, setting, _memory(plain.queries, setting))
    return {"tags": found, "adding": adding, "a mixture": _mixed(maker, posts[:_MIXED], limit, setting)}


class _Kept:
    """Queries and the percolator that holds them, under their numbers."""

    def __init__(self, queries: Sequence[Saved], setting: Setting, label: str) -> None:
        self.queries = queries
        self.percolator = Percolator(catalog=setting.whole_catalog)
        for number, query in enumerate(track(queries, label)):
            self.percolator.add(number, parse(query.text))


def _memory(queries: Sequence[Saved], setting: Setting) -> float:
    """The bytes a query that a fresh process grows by."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(
            [[query.text for query in queries], dict(zip(setting.table.names, setting.table.counts.tolist(), strict=True))], file
        )
        file.flush()
        done = subprocess.run([sys.executable, "-c", _GROWN, file.name], check=True, capture_output=True, text=True)
    return int(done.stdout) / len(queries)


def _plain(kept: _Kept, posts: Sequence[Document], setting: Setting) -> tuple[Table, Timing]:
    wanted = [query.wanted for query in kept.queries if query.wanted is not None]
    ranks = {name: at for at, name in enumerate(setting.table.names)}
    by_hand = HandQueries(wanted, ranks)
    tags = [post["tags"] for post in posts]
    tests = [_lambda(query) for query in track(wanted, "many queries, the loop")]
    for post in posts:
        assert sorted(by_hand.match(post["tags"])) == kept.percolator.match(post)
    for own in tags[:_LOOPED]:
        assert sorted(by_hand.match(own)) == [at for at, test in enumerate(tests) if test(own)]
    jobs: dict[str, Job] = {
        BY_HAND: lambda at: by_hand.match(tags[at]),
        OURS: lambda at: kept.percolator.match(posts[at]),
        LOOP: lambda at: [number for number, test in enumerate(tests) if test(tags[at])],
    }
    protocol = Protocol(can=lambda name, at: name != LOOP or at < _LOOPED)
    found = measure(jobs, len(posts), setting.rounds, label="many queries", protocol=protocol)
    claims = [
        at_most("percolator, to the index by hand, sum", found[OURS].sum_ratio(found[BY_HAND]), 1.2),
        at_least("a loop, to the percolator, sum", found[LOOP].sum_ratio(found[OURS]), 200),
    ]
    matches = fmean(len(by_hand.match(own)) for own in tags)
    notes = [f"{len(wanted):,} queries; {matches:.1f} matches a post; the loop on {_LOOPED} posts"]
    return Table(found, claims, per="post", limits=(BY_HAND, LOOP), notes=notes), found[BY_HAND]


def _lambda(wanted: Wanted) -> Callable[[frozenset[str]], bool]:
    asked = [f"{tag!r} in t" for tag in wanted.required] + [f"{tag!r} not in t" for tag in wanted.forbidden]
    found: Callable[[frozenset[str]], bool] = eval(f"lambda t: {' and '.join(asked)}")
    return found


def _adding(percolator: Percolator, maker: Maker, setting: Setting, size: float) -> Table:
    queries = [parse(query.text) for query in maker.plain(_ADDED)]
    caches, best = Caches(), [float("inf")] * len(queries)
    with quiet():
        for _ in track(range(setting.rounds), "many queries, adding"):
            for at, query in enumerate(queries):
                caches.clear()
                began = time.perf_counter()
                percolator.add(-1 - at, query)
                best[at] = min(best[at], time.perf_counter() - began)
                percolator.remove(-1 - at)
    found = Timing(tuple(best))
    claims = [
        at_most("adding a parsed query, p50", found.percentile(0.5) * 1e6, 50, " us"),
        at_most("memory, a query", size, 1024, " bytes"),
    ]
    notes = [
        f"to {len(percolator):,} queries; memory: the growth of the process, parsed queries included; the goal is for 1,000,000"
    ]
    return Table({"added": found}, claims, notes=notes)


def _mixed(maker: Maker, posts: Sequence[Document], limit: Timing, setting: Setting) -> Table:
    kept = _Kept(maker.mixed(setting.saved), setting, "many queries, the mixture")
    tests = [
        compile_predicate(closed.search, closed.resource) for closed in (close(parse(q.text)) for q in kept.queries[::_PART])
    ]
    for post in posts[:_LOOPED]:
        matched = [number for number in kept.percolator.match(post) if number % _PART == 0]  # type: ignore[operator]
        assert matched == [at * _PART for at, test in enumerate(tests) if test(post)]
    jobs: dict[str, Job] = {OURS: lambda at: kept.percolator.match(posts[at])}
    found = measure(jobs, len(posts), setting.rounds, label="many queries, the mixture")
    matches = [len(kept.percolator.match(post)) for post in posts]
    allowed = limit.chosen(range(len(posts))).each(lambda at, seconds: 2 * seconds + _A_MATCH * matches[at])
    claims = [
        at_most("percolator, to twice the index by hand and 1 us a match, sum", found[OURS].sum_ratio(allowed), 1),
        Claim("matches a post", fmean(matches), unit=""),
    ]
    notes = [
        f"{len(kept.queries):,} queries: 20% unions, 5% that only forbid, 5% ranges; the index by hand holds conjunctions alone"
    ]
    return Table({"allowed": allowed, **found}, claims, per="post", limits=("allowed",), notes=notes)
