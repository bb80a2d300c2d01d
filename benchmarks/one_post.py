"""One post and one query: `test` and `filter` of the predicate beside a hand-written lambda, jmespath and rule-engine."""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from typing import Any

from benchmarks.limits import hand_lambda, typed_lambda
from benchmarks.peers import Missing
from benchmarks.results import Claim, Found, Table, at_least, at_most
from benchmarks.setting import Setting
from benchmarks.timing import Job, Protocol, Timing, measure
from booruql.backends.predicate import Predicate
from booruql.backends.predicate import compile as compile_predicate
from booruql.documents import Document
from booruql.engine.api import Closed

_COLD, _HOT = 100_000, 2_000
_STRETCHES = 5
"""The cold posts are taken a stretch at a time, so that a candidate can be timed often; a turn of all is one of each."""
_PARTS_OF_ROUNDS = 3  # every query has five turns a round
_PATIENCE = 0.1
_LAMBDA, _SETS, _TEST, _FILTER = "lambda, as typed", "lambda, wildcards as sets", "test", "filter"
_GOALS = {_TEST: (1.05, 0.42), _FILTER: (0.9, 0.42)}
"""Most of the lambda's time: for queries without wildcards, and for all."""
_PEERS = {"jmespath": 50, "rule_engine": 400}
_CONDITIONS = 4
_FEW = 12  # queries of the peers


def run(setting: Setting) -> Found:
    """Cold posts, more than the processor's caches hold, and hot ones."""
    return {"cold posts": _cold(setting), "hot posts": _hot(setting)}


def _compiled(closed: Closed, setting: Setting) -> Predicate:
    counts, size = setting.corpus.counts, setting.corpus.size
    return compile_predicate(closed.search, closed.resource, rarity=lambda tag: counts.get(str(tag), 0) / size)


def _cold(setting: Setting) -> Table:
    plain_dicts: list[dict[str, Any]] = [dict(row) for row in setting.corpus.documents(_COLD)]
    documents = [Document(row) for row in plain_dicts]  # each lies in memory as it was made
    typed = [typed_lambda(query.expression) for query in setting.queries]
    ours = [_compiled(closed, setting) for closed in setting.closed]
    plain = [at for at, query in enumerate(setting.queries) if "*" not in query.danbooru]
    for at, made in enumerate(ours):
        by_hand = typed[at] if at in plain else hand_lambda(setting.closed[at].search.where)
        wanted = [id_ for id_, row in zip(map(_id, plain_dicts), plain_dicts, strict=True) if by_hand(row)]
        assert [*map(_id, made.filter(documents))] == wanted, setting.queries[at]
    tests = [made.test for made in ours]
    cuts = [len(documents) * at // _STRETCHES for at in range(_STRETCHES + 1)]
    parts = [documents[start:end] for start, end in pairwise(cuts)]
    dicts = [plain_dicts[start:end] for start, end in pairwise(cuts)]
    many = _STRETCHES
    jobs: dict[str, Job] = {
        _LAMBDA: lambda at: [1 for row in dicts[at % many] if typed[at // many](row)],
        _TEST: lambda at: [1 for row in parts[at % many] if tests[at // many](row)],
        _FILTER: lambda at: ours[at // many].filter(parts[at % many]),
    }
    rounds = max(1, setting.rounds // _PARTS_OF_ROUNDS)
    protocol = Protocol(apart=True, patience=_PATIENCE, least=1, repeats=1)
    taken = measure(jobs, len(ours) * many, rounds, label="one post, cold", protocol=protocol)
    found = {name: _a_post(timing, len(documents)) for name, timing in taken.items()}
    notes = [
        "a wildcard stands for its 100 most used names: the lambda as typed, with a regular expression, finds more",
        f"{len(documents):,} posts in {many} stretches, {rounds} turns of each; the lambda has plain dicts",
    ]
    return Table(found, _claims(found, plain), per="post", limits=(_LAMBDA,), notes=notes)


def _id(row: dict[str, int]) -> int:
    return row["id"]


def _a_post(timing: Timing, posts: int) -> Timing:
    seconds = timing.seconds
    sums = [sum(seconds[at : at + _STRETCHES]) for at in range(0, len(seconds), _STRETCHES)]
    return Timing(tuple(value / posts for value in sums), timing.rounds)


def _claims(found: dict[str, Timing], plain: list[int]) -> list[Claim]:
    base, claims = found[_LAMBDA], []
    for name, (most_plain, most_all) in _GOALS.items():
        ratio = found[name].chosen(plain).ratio(base.chosen(plain))
        claims += [
            at_most(f"{name}, queries without wildcards, geometric mean", ratio, most_plain),
            at_most(f"{name}, whole workload, sum", found[name].sum_ratio(base), most_all),
        ]
    return claims


def _hot(setting: Setting) -> Table:
    documents = setting.corpus.documents(_HOT)
    numbers = [at for at, query in enumerate(setting.queries) if _conditions(query.danbooru) >= _CONDITIONS][:_FEW]
    asked = [setting.expressions[at] for at in numbers]
    ours = [_compiled(setting.closed[at], setting) for at in numbers]
    tests = [made.test for made in ours]
    sets = [hand_lambda(setting.closed[at].search.where) for at in numbers]
    plain_dicts = [dict(document) for document in documents]
    jobs: dict[str, Job] = {
        _SETS: lambda at: [1 for row in plain_dicts if sets[at](row)],
        _TEST: lambda at: [1 for row in documents if tests[at](row)],
        _FILTER: lambda at: ours[at].filter(documents),
    }
    missing = {}
    for name in _PEERS:
        try:
            jobs[name] = _peer(name, setting, numbers)
        except Missing as problem:
            missing[name] = str(problem)
    for at in range(len(asked)):
        assert len({len(job(at)) for job in jobs.values()}) == 1, setting.queries[numbers[at]]  # type: ignore[arg-type]
    taken = measure(jobs, len(asked), setting.rounds, label="one post, hot", protocol=Protocol(patience=1.0))
    found = {name: timing.each(lambda _, value: value / len(documents)) for name, timing in taken.items()}
    claims = [
        at_least(f"{name}, to test", found[name].ratio(found[_TEST]), goal) for name, goal in _PEERS.items() if name in found
    ]
    notes = [f"{len(documents):,} posts, {len(asked)} queries of {_CONDITIONS} conditions and more, without wildcards"]
    return Table(found, claims, per="post", limits=(_SETS, *_PEERS), missing=missing, notes=notes)


def _conditions(text: str) -> int:
    return 0 if "*" in text else len([word for word in text.split() if word != "or"])


def _peer(name: str, setting: Setting, numbers: list[int]) -> Job:
    peer = import_module(f"benchmarks.peers.{name}")
    tests = [peer.make_test(setting.expressions[at]) for at in numbers]
    rows = [peer.make_post(document) for document in setting.corpus.documents(_HOT)]
    return lambda at: [1 for row in rows if tests[at](row)]
