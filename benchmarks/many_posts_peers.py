"""Many posts beside search engines and databases: count and the newest of the same queries."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks.many_posts import NOTE, PLANNED, PREPARED, Ours
from benchmarks.peers import Engine, Missing, Posts, open_engine
from benchmarks.results import Claim, Found, Table, at_least
from benchmarks.setting import Setting
from benchmarks.timing import Job, Protocol, Timing, measure

PEERS = {
    "tantivy": ("tantivy", 12, 12),
    "SQLite FTS5": ("sqlite_fts", 80, 8),
    "PostgreSQL GIN int[]": ("postgres", 200, 40),
    "DuckDB, pairs": ("duckdb", 600, 300),
}
"""The file of each, and how many times as fast ours is to be: for counts, for the newest."""
FORMS = ("count", "newest")
_PATIENCE = 0.06
"""Seconds that a query of a peer is given beyond the first rounds."""
_SAMPLED = 300_000
"""Posts from which on one query in two is asked."""


def run(setting: Setting) -> Found:
    """Every engine's answers are compared before anything is timed."""
    ours = Ours(setting)
    asked = range(0, len(setting.queries), 2 if setting.posts >= _SAMPLED else 1)
    with tempfile.TemporaryDirectory(prefix="booruql-") as room, ExitStack() as opened:
        engines, missing = {}, {}
        for name, (file, *_) in PEERS.items():
            try:
                engines[name] = open_engine(file, Posts(setting.corpus, setting.expressions, Path(room)))
                opened.callback(engines[name].close)
            except Missing as problem:
                missing[name] = str(problem)
        _compare(engines, ours, setting, asked)
        return {form: _table(form, engines, missing, ours, setting, asked) for form in FORMS}


def _compare(engines: dict[str, Engine], ours: Ours, setting: Setting, asked: range) -> None:
    for name, engine in engines.items():
        for at in asked:
            wanted = ours.prepared("count", at), ours.prepared("newest", at)
            found = engine.count(at), engine.newest(at)
            assert found == wanted, (name, setting.queries[at], found, wanted)


def _table(form: str, engines: dict[str, Engine], missing: dict[str, str], ours: Ours, setting: Setting, asked: range) -> Table:
    answers: dict[str, Job] = {name: getattr(engine, form) for name, engine in engines.items()}
    jobs = {name: partial(_ask, answer, asked) for name, answer in {**answers, **ours.jobs(form)}.items()}
    protocol = Protocol(patience=_PATIENCE)
    found = measure(jobs, len(asked), setting.rounds, label=f"many posts, {form}, peers", protocol=protocol)
    notes = [NOTE, "peers make their queries within what is timed, as `planned` does"]
    if len(asked) < len(setting.queries):
        notes.append(f"{len(asked)} of the {len(setting.queries)} queries")
    return Table(found, _claims(form, found), limits=tuple(PEERS), missing=missing, notes=notes)


def _ask(answer: Job, asked: range, at: int) -> object:
    return answer(asked[at])


def _claims(form: str, found: dict[str, Timing]) -> list[Claim]:
    goals = {name: goals[FORMS.index(form)] for name, (_, *goals) in PEERS.items() if name in found}
    return [
        at_least(f"{name}, its time to {ours}, geometric mean", found[name].ratio(found[ours]), goal)
        for name, goal in goals.items()
        for ours in (PREPARED, PLANNED)
    ]
