"""`python -m benchmarks [--posts N] [--rounds N] [--json FILE]`: every path beside its hand-written limit, in one run.

Answers are compared first. Only ratios within one run mean anything: other work on the machine slows both sides.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from typing import Any

from benchmarks.corpus import Corpus, make_corpus, make_queries
from benchmarks.limits import HandIndex, hand_lambda
from benchmarks.timing import Job, Timing, measure, typical
from booruql import Context, close, parse, sites
from booruql.ast.nodes import Key, Search
from booruql.backends.bitmap import BitmapIndex, Plan
from booruql.backends.percolator import Queries
from booruql.backends.predicate import compile as compile_predicate
from booruql.documents import Document
from booruql.engine import api
from booruql.passes.order import total
from booruql.store.catalog import RowsCatalog

_TOP = 20
_SHORT = 20e-6  # queries below this are no part of the geometric mean
_COLD = 20_000  # posts of the one-post path


def main() -> int:
    options = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    options.add_argument("--posts", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--json", metavar="FILE")
    chosen = options.parse_args()
    corpus = make_corpus(chosen.posts)
    texts = make_queries(corpus)
    catalog = RowsCatalog({}, _counts(corpus))
    searches = [close(parse(text), Context(catalog=catalog)).search for text in texts]
    report: dict[str, Any] = {"machine": _machine(), "posts": chosen.posts, "queries": len(texts)}
    report["import"] = _import_time()
    report["text"] = _text(texts, catalog, chosen.rounds)
    report["one post"] = _one_post(corpus, searches, max(1, chosen.rounds // 5))
    report["many posts"] = _many_posts(corpus, searches, chosen.rounds)
    report["many queries"] = _many_queries(corpus, searches)
    _show(report)
    if chosen.json:
        with open(chosen.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1)
    return 0


def _counts(corpus: Corpus) -> dict[str, int]:
    import numpy as np

    found = np.bincount(corpus.tags, minlength=len(corpus.names)).tolist()
    return {name: count for name, count in zip(corpus.names, found, strict=True) if count}


def _machine() -> dict[str, str]:
    return {"python": platform.python_version(), "system": platform.platform(), "processor": platform.processor()}


def _import_time() -> float:
    """Seconds of `import booruql` beyond those of Python itself."""
    code = "import time; t = time.perf_counter(); import booruql; print(time.perf_counter() - t)"
    return min(float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout) for _ in range(5))


def _text(texts: list[str], catalog: RowsCatalog, rounds: int) -> dict[str, Any]:
    context = Context(catalog=catalog)
    queries = [parse(text) for text in texts]

    def parse_anew(at: int) -> object:
        api._parse.cache_clear()
        return parse(texts[at])

    def close_anew(at: int) -> object:
        api._typed.cache_clear()
        return close(queries[at], context)

    jobs = {"parse": parse_anew, "close": close_anew, "parse, seen before": lambda at: parse(texts[at])}
    return {name: timing.to_dict() for name, timing in measure(jobs, len(texts), min(rounds, 5)).items()}


def _one_post(corpus: Corpus, searches: list[Search], rounds: int) -> dict[str, Any]:
    rows = corpus.documents(_COLD)
    documents = [Document(row) for row in rows]
    ranks = {name: 1 - at / len(corpus.names) for at, name in enumerate(corpus.names)}
    resource = sites.load("danbooru").resource()
    hand = [hand_lambda(search.where) for search in searches]
    ours = [compile_predicate(search, resource, rarity=lambda tag: ranks.get(str(tag), 0.0)) for search in searches]
    for one, other in zip(hand, ours, strict=True):
        assert [row["id"] for row in rows if one(row)] == [row["id"] for row in other.filter(documents)]
    tests = [made.test for made in ours]
    jobs = {
        "hand": lambda at: [1 for row in rows if hand[at](row)],
        "test": lambda at: [1 for row in documents if tests[at](row)],
        "filter": lambda at: ours[at].filter(documents),
    }
    found = measure(jobs, len(searches), rounds)
    return _compared(found, "hand", 0.0)


def _many_posts(corpus: Corpus, searches: list[Search], rounds: int) -> dict[str, Any]:
    hand = HandIndex(corpus)
    index = BitmapIndex(sites.load("danbooru").resource())
    index.add(Document(row) for row in corpus.documents(corpus.size))
    ranked = [total(Search("danbooru", "posts", search.where, order=(Key("score", True),))) for search in searches]
    newest = [total(Search("danbooru", "posts", search.where)) for search in searches]
    trees = [search.where for search in searches]
    plans: list[tuple[Plan, Plan]] = [(index.prepare(a), index.prepare(b)) for a, b in zip(newest, ranked, strict=True)]
    for tree, (plan, best) in zip(trees, plans, strict=True):
        assert plan.count() == len(hand.run(tree)), tree
        assert plan.ids(_TOP) == hand.newest(tree, _TOP), tree
        assert best.ids(_TOP) == hand.best(tree, _TOP), tree
    paths: dict[str, tuple[Job, Job, Job]] = {
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
    for name, jobs in paths.items():
        timings = measure(dict(zip(("hand", "prepared", "planned"), jobs, strict=True)), len(trees), rounds)
        found[name] = _compared(timings, "hand", _SHORT)
    return found


def _many_queries(corpus: Corpus, searches: list[Search]) -> dict[str, Any]:
    resource = sites.load("danbooru").resource()
    queries = Queries(resource.table, "tags")
    tests = []
    for at, search in enumerate(searches):
        queries.add(at, search.where)
        tests.append(compile_predicate(search, resource).test)
    documents = [Document(row) for row in corpus.documents(200)]
    for document in documents:
        assert sorted(queries.match(document)) == [at for at, test in enumerate(tests) if test(document)]  # type: ignore[type-var]
    loop = typical(lambda: [[at for at, test in enumerate(tests) if test(document)] for document in documents])
    ours = typical(lambda: [queries.match(document) for document in documents])
    return {"loop": loop / len(documents), "percolator": ours / len(documents), "ratio": ours / loop}


def _compared(found: dict[str, Timing], limit: str, least: float) -> dict[str, Any]:
    base = found[limit]
    return {
        name: {**timing.to_dict(), "ratio": timing.ratio(base, least), "sum ratio": sum(timing.seconds) / sum(base.seconds)}
        for name, timing in found.items()
    }


def _show(report: dict[str, Any], indent: str = "") -> None:
    for name, value in report.items():
        if isinstance(value, dict) and not all(isinstance(inner, (int, float, str)) for inner in value.values()):
            print(f"{indent}{name}")
            _show(value, indent + "  ")
        elif isinstance(value, dict):
            print(f"{indent}{name:20s} " + "  ".join(f"{key} {_figure(key, inner)}" for key, inner in value.items()))
        else:
            print(f"{indent}{name:20s} {_figure(name, value)}")


def _figure(name: str, value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.2f}" if "ratio" in name else f"{value * 1e6:.1f}us"


if __name__ == "__main__":
    sys.exit(main())
