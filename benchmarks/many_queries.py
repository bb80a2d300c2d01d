"""Many queries and one post: the percolator beside a loop over compiled predicates."""

from __future__ import annotations

from benchmarks.results import Found, Table, at_least
from benchmarks.setting import Setting
from benchmarks.timing import measure
from booruql.backends.percolator import Queries
from booruql.backends.predicate import compile as compile_predicate

_POSTS = 200


def run(setting: Setting) -> Found:
    """The queries of the workload, all at once."""
    closed = setting.closed
    queries = Queries(closed[0].resource.table, "tags")
    for at, one in enumerate(closed):
        queries.add(at, one.search.where)
    tests = [compile_predicate(one.search, one.resource).test for one in closed]
    documents = setting.corpus.documents(_POSTS)
    for document in documents:
        assert sorted(queries.match(document)) == [at for at, test in enumerate(tests) if test(document)]  # type: ignore[type-var]
    jobs = {
        "a loop over predicates": lambda at: [number for number, test in enumerate(tests) if test(documents[at])],
        "percolator": lambda at: queries.match(documents[at]),
    }
    found = measure(jobs, len(documents), setting.rounds, label="many queries")
    faster = found["a loop over predicates"].ratio(found["percolator"])
    claims = [at_least("faster than the loop", faster, 1)]
    return {"the workload": Table(found, claims, per="post", limits=("a loop over predicates",))}
