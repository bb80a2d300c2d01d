"""Many posts: count, newest and best of the index beside bitmaps and columns by hand."""

from __future__ import annotations

from typing import Any

from benchmarks.hand_index import HandIndex
from benchmarks.results import Found, Table, at_most
from benchmarks.setting import Setting
from benchmarks.timing import Job, Timing, measure
from booruql import Index
from booruql.ast.nodes import Key, Search
from booruql.passes.order import total

TOP = 20
BY_HAND, PREPARED, PLANNED = "bitmaps by hand", "prepared", "planned"
_SHORT = 20e-6  # queries below this are no part of the geometric mean
_PLANNING = 25e-6
_P95 = {"count": 0.8, "newest": 1.0, "best": 0.8}
NOTE = "the goals are for 1,000,000 posts and more"


def build_index(setting: Setting) -> Index:
    """The posts of the setting, by way of Arrow."""
    corpus = setting.corpus
    return Index.build(corpus.table(), tag_names=corpus.names)


class Ours:
    """The index with the queries of the workload, by their numbers."""

    def __init__(self, setting: Setting) -> None:
        self.index = build_index(setting)
        trees = [closed.search.where for closed in setting.closed]
        newest = [total(Search("danbooru", "posts", tree)) for tree in trees]
        ranked = [total(Search("danbooru", "posts", tree, order=(Key("score", True),))) for tree in trees]
        self.searches = {"count": newest, "newest": newest, "best": ranked}
        self.plans = {form: [self.index.prepare(search) for search in searches] for form, searches in self.searches.items()}

    def prepared(self, form: str, at: int) -> Any:
        """The answer of a plan that is there."""
        plan = self.plans[form][at]
        return plan.count() if form == "count" else plan.ids(TOP)

    def planned(self, form: str, at: int) -> Any:
        """The answer from the closed query."""
        plan = self.index.prepare(self.searches[form][at])
        return plan.count() if form == "count" else plan.ids(TOP)

    def jobs(self, form: str) -> dict[str, Job]:
        return {PREPARED: lambda at: self.prepared(form, at), PLANNED: lambda at: self.planned(form, at)}


def run(setting: Setting) -> Found:
    """Prepared plans, and closed queries with their planning."""
    hand, ours, asked = HandIndex(setting.corpus), Ours(setting), setting.expressions
    by_hand: dict[str, Job] = {
        "count": lambda at: hand.count(asked[at]),
        "newest": lambda at: hand.newest(asked[at], TOP),
        "best": lambda at: hand.best(asked[at], TOP),
    }
    _compare(hand, ours, setting)
    found = {}
    for form, job in by_hand.items():
        timings = measure({BY_HAND: job, **ours.jobs(form)}, len(asked), setting.rounds, label=f"many posts, {form}")
        found[form] = _table(timings, _P95[form])
    return found


def _compare(hand: HandIndex, ours: Ours, setting: Setting) -> None:
    scores = dict(zip(hand.ids.tolist(), hand.columns["score"].tolist(), strict=True))
    for at, e in enumerate(setting.expressions):
        exact = hand.exact_best(e, TOP)
        wanted = {"count": hand.count(e), "newest": hand.newest(e, TOP).tolist(), "best": exact}
        for form, answer in wanted.items():
            assert ours.prepared(form, at) == answer == ours.planned(form, at), (form, setting.queries[at])
        assert [scores[id_] for id_ in hand.best(e, TOP).tolist()] == [scores[id_] for id_ in exact], setting.queries[at]


def _table(found: dict[str, Timing], p95: float) -> Table:
    hand, prepared, planned = found[BY_HAND], found[PREPARED], found[PLANNED]
    more = planned.percentile(0.5) - hand.percentile(0.5)
    claims = [
        at_most("prepared, geometric mean of those over 20 us", prepared.ratio(hand, _SHORT), 1.15),
        at_most("prepared, sum", prepared.sum_ratio(hand), 0.9),
        at_most("planned, p50 less that of the hand", more * 1e6, _PLANNING * 1e6, " us"),
        at_most("planned, p95s", planned.percentile(0.95) / hand.percentile(0.95), p95),
    ]
    return Table(found, claims, limits=(BY_HAND,), notes=[NOTE])
