"""One post and one query: `test` and `filter` of the predicate over documents beside a hand-written lambda over plain dicts."""

from __future__ import annotations

from typing import Any

from benchmarks.limits import hand_lambda, typed_lambda
from benchmarks.results import Claim, Found, Table, at_most
from benchmarks.setting import Setting
from benchmarks.timing import Timing, measure
from booruql.backends.predicate import compile as compile_predicate
from booruql.documents import Document

_COLD = 100_000
_LAMBDA, _SETS = "lambda, as typed", "lambda, wildcards as sets"
_GOALS = {"test": (1.05, 0.42), "filter": (0.9, 0.42)}
"""Most of the lambda's time: for queries without wildcards, and for all."""


def run(setting: Setting) -> Found:
    """Cold posts: more than the processor's caches hold."""
    return {"cold posts": _cold(setting)}


def _cold(setting: Setting) -> Table:
    rows: list[dict[str, Any]] = setting.corpus.documents(_COLD)  # type: ignore[assignment]
    rows, documents = [dict(row) for row in rows], [Document(row) for row in rows]  # each lies in memory as it was made
    counts, size = setting.corpus.counts, setting.corpus.size
    typed = [typed_lambda(query.expression) for query in setting.queries]
    sets = [hand_lambda(closed.search.where) for closed in setting.closed]
    ours = [
        compile_predicate(closed.search, closed.resource, rarity=lambda tag: counts.get(str(tag), 0) / size)
        for closed in setting.closed
    ]
    plain = [at for at, query in enumerate(setting.queries) if "*" not in query.danbooru]
    for at, made in enumerate(ours):
        kept = made.filter(documents)
        assert kept == [row for row in rows if sets[at](row)], setting.queries[at]
        assert at not in plain or kept == [row for row in rows if typed[at](row)], setting.queries[at]
    tests = [made.test for made in ours]
    jobs = {
        _LAMBDA: lambda at: [1 for row in rows if typed[at](row)],
        _SETS: lambda at: [1 for row in rows if sets[at](row)],
        "test": lambda at: [1 for row in documents if tests[at](row)],
        "filter": lambda at: ours[at].filter(documents),
    }
    seconds = measure(jobs, len(ours), max(1, setting.rounds // 5), label="one post, cold")
    found = {name: Timing(tuple(value / len(documents) for value in timing.seconds)) for name, timing in seconds.items()}
    notes = ["a wildcard stands for its 100 most used names: the lambda as typed, with a regular expression, finds more"]
    return Table(found, _claims(found, plain), per="post", limits=(_LAMBDA, _SETS), notes=notes)


def _claims(found: dict[str, Timing], plain: list[int]) -> list[Claim]:
    base, claims = found[_LAMBDA], []
    for name, (most_plain, most_all) in _GOALS.items():
        timing = found[name]
        ratio = timing.chosen(plain).ratio(base.chosen(plain))
        claims += [
            at_most(f"{name}, queries without wildcards, geometric mean", ratio, most_plain),
            at_most(f"{name}, whole workload, sum", timing.sum_ratio(base), most_all),
            Claim(f"{name}, whole workload, sum, to {_SETS}", timing.sum_ratio(found[_SETS])),
        ]
    return claims
