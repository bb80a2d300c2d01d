"""Many posts: count, newest and best of the index beside bitmaps and columns by hand."""

from __future__ import annotations

from benchmarks.limits import HandIndex
from benchmarks.results import Found, Table, at_most
from benchmarks.setting import Setting
from benchmarks.timing import Job, Timing, measure
from booruql import sites
from booruql.ast.nodes import Key, Search
from booruql.backends.bitmap import BitmapIndex
from booruql.passes.order import total

_TOP = 20
_SHORT = 20e-6  # queries below this are no part of the geometric mean
_PLANNING = 25e-6
_P95 = {"count": 0.8, "newest": 1.0, "best": 0.8}


def run(setting: Setting) -> Found:
    """Prepared plans, and closed queries with their planning."""
    hand = HandIndex(setting.corpus)
    index = BitmapIndex(sites.load("danbooru").resource())
    index.add(setting.corpus.documents())
    trees = [closed.search.where for closed in setting.closed]
    newest = [total(Search("danbooru", "posts", tree)) for tree in trees]
    ranked = [total(Search("danbooru", "posts", tree, order=(Key("score", True),))) for tree in trees]
    plans = [(index.prepare(a), index.prepare(b)) for a, b in zip(newest, ranked, strict=True)]
    for tree, (plan, best) in zip(trees, plans, strict=True):
        assert plan.count() == len(hand.run(tree)), tree
        assert plan.ids(_TOP) == hand.newest(tree, _TOP), tree
        assert best.ids(_TOP) == hand.best(tree, _TOP), tree
    forms: dict[str, tuple[Job, Job, Job]] = {
        "count": (
            lambda at: len(hand.run(trees[at])),
            lambda at: plans[at][0].count(),
            lambda at: index.prepare(newest[at]).count(),
        ),
        "newest": (
            lambda at: hand.newest(trees[at], _TOP),
            lambda at: plans[at][0].ids(_TOP),
            lambda at: index.prepare(newest[at]).ids(_TOP),
        ),
        "best": (
            lambda at: hand.best(trees[at], _TOP),
            lambda at: plans[at][1].ids(_TOP),
            lambda at: index.prepare(ranked[at]).ids(_TOP),
        ),
    }
    found = {}
    for form, jobs in forms.items():
        named = dict(zip(("bitmaps by hand", "prepared", "planned"), jobs, strict=True))
        found[form] = _table(measure(named, len(trees), setting.rounds, label=f"many posts, {form}"), _P95[form])
    return found


def _table(found: dict[str, Timing], p95: float) -> Table:
    hand, prepared, planned = found["bitmaps by hand"], found["prepared"], found["planned"]
    more = planned.percentile(0.5) - hand.percentile(0.5)
    claims = [
        at_most("prepared, geometric mean of those over 20 us", prepared.ratio(hand, _SHORT), 1.15),
        at_most("prepared, sum", prepared.sum_ratio(hand), 0.9),
        at_most("planned, p50 less that of the hand", more * 1e6, _PLANNING * 1e6, " us"),
        at_most("planned, p95s", planned.percentile(0.95) / hand.percentile(0.95), p95),
    ]
    return Table(found, claims, limits=("bitmaps by hand",))
