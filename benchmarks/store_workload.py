"""Count, newest 20 and best 20 by score on a store, beside SQL by hand and SQLite FTS5 over the same rows.

    booruql import posts.jsonl --into STORE.db
    python -m benchmarks.store_workload STORE.db QUERIES.json [--hand HAND.db] [--rounds N] [--seconds N] [--json FILE]

`QUERIES.json` is a list of objects with a tag search under `danbooru`. `HAND.db` is made out of the store at the first run: a
narrow table of posts, `post_tags` by tag, and an FTS5 index of opaque tokens with `detail=none`. What is timed of ours are the
statements of the store's own search, on its own connection; `search` is the public call: query, page and exact total. Every
answer is compared. Candidates take turns in random order, each query counts with its best time: ratios within one run matter.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.timing import Timing
from booruql.ast.nodes import And, Between, Compare, Exists, Node, Not, Nothing, OneOf, Op, Or, Search
from booruql.backends import sql
from booruql.context import Context
from booruql.engine.api import Closed, close, parse
from booruql.store.servers.sqlite import SQLite
from booruql.store.sqlite import Store
from booruql.store.stored import StoreSource

TOP = 20
FORMS = ("count", "newest", "best")
BY_SCORE = " order:score"
CACHE = ("PRAGMA cache_size = -2000000", "PRAGMA mmap_size = 8000000000")
"""What SQL by hand is given: more memory than it needs."""
NAMES = {"favorite_count": "fav_count"}
Job = Callable[[], list[Any]]


# --- by hand


def make_hand(store: Path, into: Path) -> None:
    """The rows of a store as one would lay them out for these queries alone."""
    began = time.perf_counter()
    made = sqlite3.connect(into, isolation_level=None)
    for statement in (
        "PRAGMA journal_mode = OFF",
        "PRAGMA synchronous = OFF",
        "PRAGMA page_size = 8192",
        "PRAGMA cache_size = -1000000",
        f"ATTACH '{store}' AS s",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, created_at INT, score INT, fav_count INT, rating TEXT, width INT)",
        "CREATE TABLE post_tags (tag_id INT, post_id INT, PRIMARY KEY (tag_id, post_id)) WITHOUT ROWID",
        "CREATE TABLE tags (id INTEGER PRIMARY KEY, stored INT, name TEXT, uses INT)",
        "CREATE VIRTUAL TABLE f USING fts5(t, content='', detail=none, columnsize=0)",
        "BEGIN",
        "INSERT INTO posts SELECT id, created_at, score, favorite_count, rating, width FROM s.posts ORDER BY id",
        "CREATE INDEX posts_score ON posts (score)",
        "INSERT INTO tags SELECT row_number() OVER (ORDER BY uses DESC, name), id, name, uses FROM s.tags WHERE name IS NOT NULL",
        "CREATE INDEX tags_stored ON tags (stored, id)",
        "INSERT INTO post_tags SELECT t.id, x.post_id FROM tags t CROSS JOIN s.posts_tags x ON x.tag_id = t.stored ORDER BY 1, 2",
        "INSERT INTO f (rowid, t) SELECT x.post_id, group_concat('t' || t.id, ' ') FROM s.posts_tags x CROSS JOIN tags t "
        "ON t.stored = x.tag_id GROUP BY x.post_id",
        "INSERT INTO f (f) VALUES ('optimize')",
        "COMMIT",
        "ANALYZE",
    ):
        made.execute(statement)
    made.close()
    print(f"tables by hand: {time.perf_counter() - began:.0f} s, {into.stat().st_size:,} bytes", flush=True)


class Hand:
    """SQL that one would write for one query: the rarest required tag first, the rest as probes; or FTS5."""

    def __init__(self, file: Path) -> None:
        self.connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        for statement in CACHE:
            self.connection.execute(statement)
        found = self.connection.execute("SELECT name, id, uses FROM tags").fetchall()
        self.numbers = {name: number for name, number, _ in found}
        self.uses = {name: uses for name, _, uses in found}

    def probes(self, form: str, tree: Node) -> str:
        """A statement over `post_tags`."""
        members = list(tree.children) if isinstance(tree, And) else [tree]
        tags = [node for node in members if isinstance(node, Compare) and node.field == "tags"]
        if not tags:
            return _asked(form, "posts p", self._test(tree, "p.id"), "p.id")
        rarest = min(tags, key=lambda node: self.uses.get(str(node.value), 0))
        tests = [f"t.tag_id = {self._number(rarest.value)}"]
        tests += [self._test(node, "t.post_id") for node in members if node is not rarest]
        wanted = " AND ".join(tests)
        joined = " JOIN posts p ON p.id = t.post_id" if "p." in wanted or form == "best" else ""
        return _asked(form, f"post_tags t{joined}", wanted, "t.post_id")

    def words(self, form: str, tree: Node) -> str:
        """A statement over the FTS5 index; numbers are tested on the posts that it finds."""
        members = tree.children if isinstance(tree, And) else (tree,)
        numbers = [self._test(node, "p.id") for node in members if _is_number(node)]
        match = self._match([node for node in members if not _is_number(node)])
        wanted = " AND ".join([f"f MATCH '{match}'", *numbers])
        joined = " JOIN posts p ON p.id = f.rowid" if numbers or form == "best" else ""
        return _asked(form, f"f{joined}", wanted, "f.rowid")

    def _number(self, tag: Any) -> int:
        number: int = self.numbers.get(str(tag), 0)
        return number

    def _test(self, node: Node, key: str) -> str:
        match node:
            case And(children=children):
                return "(" + " AND ".join(self._test(child, key) for child in children) + ")"
            case Or(children=children):
                return "(" + " OR ".join(self._test(child, key) for child in children) + ")"
            case Not(child=child):
                return f"NOT ({self._test(child, key)})"
            case Compare(field="tags", value=value):
                return f"EXISTS (SELECT 1 FROM post_tags x WHERE x.tag_id = {self._number(value)} AND x.post_id = {key})"
            case OneOf(field="tags", values=values):
                numbers = ", ".join(str(self._number(value)) for value in values)
                return f"EXISTS (SELECT 1 FROM post_tags x WHERE x.tag_id IN ({numbers}) AND x.post_id = {key})"
        return _number_test(node)

    def _match(self, nodes: list[Node]) -> str:
        wanted = [self._word(node) for node in nodes if not isinstance(node, Not)]
        found = f"({' AND '.join(wanted)})"
        for node in nodes:
            if isinstance(node, Not):
                found = f"({found} NOT {self._word(node.child)})"
        return found

    def _word(self, node: Node) -> str:
        match node:
            case Compare(field="tags", value=value):
                return f"t{self._number(value)}"
            case OneOf(field="tags", values=values):
                return "(" + " OR ".join(f"t{self._number(value)}" for value in values or ("",)) + ")"
            case Or(children=children):
                return "(" + " OR ".join(self._word(child) for child in children) + ")"
            case And(children=children):
                return self._match(list(children))
            case Nothing():
                return "t0"
        raise TypeError(node)


def _is_number(node: Node) -> bool:
    return isinstance(node, (Compare, Between, Exists)) and node.field != "tags"


def _number_test(node: Node) -> str:
    match node:
        case Nothing():
            return "0"
        case Exists():
            return "1"  # every post of the workload has it
        case Compare(field=str(field), op=op, value=value):
            shown = f"'{value}'" if isinstance(value, str) else value
            return f"p.{NAMES.get(field, field)} {Op(op).value} {shown}"
        case Between(field=str(field), low=low, high=high, low_open=False, high_open=is_open):
            name = NAMES.get(field, field)
            return f"p.{name} >= {low} AND p.{name} {'<' if is_open else '<='} {high}"
    raise TypeError(node)


def _asked(form: str, tables: str, wanted: str, key: str) -> str:
    if form == "count":
        return f"SELECT count(*) FROM {tables} WHERE {wanted}"
    order = f"p.score DESC, {'p.id' if key == 'f.rowid' else key} DESC" if form == "best" else f"{key} DESC"
    return f"SELECT {key} FROM {tables} WHERE {wanted} ORDER BY {order} LIMIT {TOP}"


# --- ours


class Ours:
    """A store's own statements on a connection of its own."""

    def __init__(self, file: Path, *, pragmas: tuple[str, ...] = ()) -> None:
        self.store = Store.open(file)
        self.source = StoreSource(self.store)
        self.server, self.layout = SQLite(self.store.connection), self.store.layout()
        for pragma in pragmas:
            self.store.connection.execute(pragma)

    def read(self, text: str) -> Closed:
        """A query of this store."""
        return close(parse(text), Context(catalog=self.source.catalog))

    def statement(self, form: str, closed: Closed) -> sql.Statement:
        """What the search of a page asks."""
        search: Search = replace(closed.search, size=TOP)
        made = sql.compile(search, closed.resource, database="sqlite", layout=self.layout, exact="residual")
        assert made.residual is None, "the workload is answered by SQL alone"
        return made.count() if form == "count" else made.page()


def make_jobs(texts: list[str], file: Path, hand_file: Path) -> list[dict[str, dict[str, Job]]]:
    """For each query: form -> candidate -> what runs it."""
    ours, wide = Ours(file), Ours(file, pragmas=CACHE)
    probes, words = Hand(hand_file), Hand(hand_file)
    found, began = [], time.perf_counter()
    for text in texts:
        jobs: dict[str, dict[str, Job]] = {}
        for form in FORMS:
            asked = text + BY_SCORE if form == "best" else text
            closed = ours.read(asked)
            made = ours.statement(form, closed)
            jobs[form] = {
                "by hand": _job(probes.connection, probes.probes(form, closed.search.where)),
                "FTS5": _job(words.connection, words.words(form, closed.search.where)),
                "booruql": _job(ours.store.connection, made.text, made.params),
                "booruql, wide cache": _job(wide.store.connection, made.text, made.params),
            }
            if form != "count":
                jobs[form]["search"] = lambda asked=asked: list(ours.source.search(asked, limit=TOP).ids)  # type: ignore[misc]
        found.append(jobs)
    print(f"close and compile: {(time.perf_counter() - began) / len(texts) / len(FORMS) * 1e3:.2f} ms a statement", flush=True)
    return found


def _job(connection: sqlite3.Connection, text: str, params: Any = ()) -> Job:
    return lambda: [row[0] for row in connection.execute(text, params).fetchall()]


# --- measuring


class Times:
    """The best seconds of every candidate on every query, and the answers that differ."""

    def __init__(self) -> None:
        self.best: dict[tuple[str, str], dict[int, float]] = {}
        self.answers: dict[tuple[str, int], list[Any]] = {}
        self.wrong: list[str] = []

    def run(self, number: int, jobs: dict[str, dict[str, Job]]) -> None:
        """One turn of one query."""
        turns = [(form, name, job) for form, named in jobs.items() for name, job in named.items()]
        random.shuffle(turns)
        for form, name, job in turns:
            start = time.perf_counter()
            answer = job()
            seconds = time.perf_counter() - start
            mine = self.best.setdefault((form, name), {})
            mine[number] = min(mine.get(number, math.inf), seconds)
            if self.answers.setdefault((form, number), answer) != answer:
                self.wrong.append(f"{form} of query {number}: {name} answers {answer}, not {self.answers[form, number]}")

    def report(self) -> dict[str, dict[str, dict[str, float]]]:
        """form -> candidate -> figures."""
        found: dict[str, dict[str, dict[str, float]]] = {}
        for (form, name), seconds in sorted(self.best.items()):
            base = Timing(tuple(self.best[form, "by hand"].values()))
            mine = Timing(tuple(seconds[number] for number in self.best[form, "by hand"]))
            found.setdefault(form, {})[name] = {**mine.to_dict(), "ratio": mine.ratio(base)}
        return found

    def slowest(self, texts: list[str], form: str, most: int = 5) -> list[str]:
        """The queries that lose most time to the hand."""
        ours, hand = self.best[form, "booruql"], self.best[form, "by hand"]
        order = sorted(ours, key=lambda number: hand[number] - ours[number])
        return [f"{ours[n] * 1e3:9.1f} ms, by hand {hand[n] * 1e3:9.1f} ms: {texts[n]}" for n in order[:most]]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("store", type=Path, nargs="?")
    options.add_argument("queries", type=Path, nargs="?")
    options.add_argument("--hand", type=Path, help="where the tables by hand are kept (default: made anew each time)")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=math.inf, help="begin no further query after these")
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    for path, what in ((chosen.store, "a store made by `booruql import`"), (chosen.queries, "a JSON list of queries")):
        if path is None or not path.is_file():
            print(f"NOT MEASURED: {path or 'no argument'} is not {what}; see the head of {__file__}", file=sys.stderr)
            return 2
    texts = [query["danbooru"].removesuffix(BY_SCORE) for query in json.loads(chosen.queries.read_text())]
    with tempfile.TemporaryDirectory() as room:
        hand = chosen.hand or Path(room, "hand.db")
        if not hand.exists():
            make_hand(chosen.store, hand)
        return measure(texts, chosen, hand)


def measure(texts: list[str], chosen: argparse.Namespace, hand: Path) -> int:
    """Times everything, prints it; 1 when answers differ."""
    jobs, times, began = make_jobs(texts, chosen.store, hand), Times(), time.perf_counter()
    for _ in range(chosen.rounds):
        for number in random.sample(range(len(jobs)), len(jobs)):
            if time.perf_counter() - began < chosen.seconds:
                times.run(number, jobs[number])
    report = times.report()
    measured = len(times.best["count", "booruql"])
    print(f"{measured} of {len(texts)} queries, {time.perf_counter() - began:.0f} s; milliseconds")
    for form, named in report.items():
        for name, figures in named.items():
            shown = "  ".join(f"{key} {value * 1e3:8.2f}" for key, value in figures.items() if key != "ratio")
            print(f"{form:7s} {name:20s} {shown}  {figures['ratio']:.2f} of by hand")
        print("\n".join(times.slowest(texts, form)))
    if chosen.json:
        chosen.json.write_text(json.dumps(report, indent=1))
    print(f"answers that differ: {len(times.wrong)}", *times.wrong[:5], sep="\n")
    return 1 if times.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
