"""Count, newest 20 and best 20 by score on a million posts, beside SQL by hand: an embedded store, and PostgreSQL.

    booruql import posts_1000000.jsonl --into STORE.db
    PERF_DATA=perf-data python -m benchmarks.sql_workload --store STORE.db --hand HAND.db --postgres postgresql://...

`PERF_DATA` holds what `make_posts.py` and `make_queries.py` wrote. `HAND.db` is made out of the store at the first run: a
narrow table of posts, `post_tags` by tag, and an FTS5 index of opaque tokens with `detail=none`. In PostgreSQL the posts are put
into two schemas at the first run, which stay (`benchmarks/postgres_posts.py`); SQL by hand is over the same tables.

What is timed of ours are the statements of a search, on a connection as a source has it, with its counts of tags. All answers
are compared first. Then candidates take turns, in random order, and each query counts with its best time: only ratios within
one run mean anything. Exits with 1 when answers differ.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import postgres_posts
from benchmarks.by_hand import BY_SCORE, CACHE, TOP, Arrays, Hand, connect, make_hand
from benchmarks.few import POSTS
from benchmarks.timing import Timing, measure
from booruql.ast.nodes import Key, Search
from booruql.backends import sql
from booruql.backends.sql import layout as layouts
from booruql.context import Context
from booruql.engine.api import close, parse
from booruql.store import open_source
from booruql.store.servers.postgres import Postgres

FORMS: Mapping[str, tuple[Key, ...]] = {
    "count": (),
    "newest": (Key("id", True),),
    "best": (Key("score", True), Key("id", True)),
}
LAYOUTS = ("array", "join")
TWICE = 2.0
SLOWEST = 6
Ask = Callable[[], list[Any]]
Candidates = Mapping[str, Callable[[str, Search], Ask]]
"""What each candidate runs for a form of a search."""


def sqlite_candidates(store: Path, hand: Path) -> Iterator[tuple[str, Callable[[str, Search], Ask]]]:
    """By hand, FTS5, ours on the store's own connection, and on one with the memory that SQL by hand has."""
    if not hand.exists():
        make_hand(store, hand)
    probes, words = connect(hand), connect(hand)
    made = Hand(probes.execute("SELECT name, id, uses FROM tags"))
    yield "SQLite by hand", lambda form, search: _rows(probes, made.probes(form, search.where))
    yield "SQLite FTS5", lambda form, search: _rows(words, made.words(form, search.where))
    for name, pragmas in (("booruql SQLite", ()), ("booruql SQLite, wide cache", CACHE)):
        source: Any = open_source(store)
        for pragma in pragmas:
            source.store.connection.execute(pragma)
        yield name, _stored(source)


def _stored(source: Any) -> Callable[[str, Search], Ask]:
    database = source._database()  # the statements that a search of the source asks

    def make(form: str, search: Search) -> Ask:
        made = database.statement(search, source.site.resource())
        return _rows(source.store.connection, *_form(form, made))

    return make


def _rows(connection: sqlite3.Connection, text: str, params: Any = ()) -> Ask:
    return lambda: [row[0] for row in connection.execute(text, params).fetchall()]


def _form(form: str, made: sql.Statement) -> tuple[str, Any]:
    made = made.count() if form == "count" else made
    return made.text, made.params


def postgres_candidates(url: str, size: int, shape: str) -> Iterator[tuple[str, Callable[[str, Search], Ask]]]:
    """By hand over the tables of a layout, and ours, each on a connection of its own."""
    hand, join = _connect(url, size, shape), _connect(url, size, "join")
    tags = join.ask("SELECT name, id, uses FROM tags")
    join.close()
    probes, arrays = Hand(tags, "posts_tags"), Arrays()
    write = arrays.statement if shape == "array" else probes.probes
    yield f"PostgreSQL by hand, {shape}", lambda form, search: _asked(hand, _renamed(write(form, search.where)), None)
    yield f"booruql PostgreSQL {shape}", _ours(_connect(url, size, shape), shape, probes.uses.get)


def _renamed(text: str) -> str:
    return text.replace("p.fav_count", "p.favorite_count")


def _connect(url: str, size: int, shape: str) -> Postgres:
    server = Postgres(url, seconds=600)
    server.run(f"SET search_path = {postgres_posts.schema(size, shape)}")
    return server


def _ours(server: Postgres, shape: str, rarity: Any) -> Callable[[str, Search], Ask]:
    layout = layouts.load(shape)

    def make(form: str, search: Search) -> Ask:
        made = sql.compile(search, POSTS, database="postgres", layout=layout, rarity=rarity)
        return _asked(server, *_form(form, made))

    return make


def _asked(server: Postgres, text: str, params: Any) -> Ask:
    return lambda: [row[0] for row in server.ask(text, params)]


# --- measuring


def read(text: str, order: tuple[Key, ...], catalog: Any) -> Search:
    """A query's search in one of the forms."""
    search = close(parse(text), Context(catalog=catalog)).search
    return replace(search, order=order or search.order, size=TOP)


def differing(jobs: Mapping[str, list[Ask]], texts: list[str], form: str) -> list[str]:
    """The queries whose answers are not all the same; each candidate's first run of all."""
    found = []
    for at, text in enumerate(texts):
        answers = {name: made[at]() for name, made in jobs.items()}
        first = next(iter(answers.values()))
        found += [f"{form} of {text}: {name} answers {one}, not {first}" for name, one in answers.items() if one != first]
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--store", type=Path, help="a store made by `booruql import`")
    options.add_argument("--hand", type=Path, help="where the tables by hand are kept")
    options.add_argument("--postgres", metavar="URL", help="a PostgreSQL server whose tables may be made")
    options.add_argument("--layout", action="append", choices=LAYOUTS, help="one of PostgreSQL's layouts; may be repeated")
    options.add_argument("--posts", type=int, default=1_000_000, help="size of the corpus (default: %(default)s)")
    options.add_argument("--only", metavar="FORM", action="append", choices=FORMS, help="one of the forms; may be repeated")
    options.add_argument("--rounds", type=int, default=3, help="turns of every candidate on every query (default: %(default)s)")
    options.add_argument("--sample", type=int, metavar="N", help="so many of the queries, evenly chosen")
    options.add_argument("--json", type=Path, help="write all figures")
    chosen = options.parse_args()
    folder = Path(os.environ.get("PERF_DATA", "perf-data"))
    texts = [query["danbooru"].removesuffix(BY_SCORE) for query in json.loads((folder / "queries.json").read_text())]
    texts = texts[:: max(1, len(texts) // (chosen.sample or len(texts)))]
    groups: list[Candidates] = []
    if chosen.store:
        groups.append(dict(sqlite_candidates(chosen.store, chosen.hand or chosen.store.with_suffix(".hand.db"))))
    if chosen.postgres:
        postgres_posts.load(chosen.postgres, folder, chosen.posts)
        groups += [dict(postgres_candidates(chosen.postgres, chosen.posts, shape)) for shape in chosen.layout or LAYOUTS]
    if not groups:
        options.error("name a --store, a --postgres, or both")
    return run(texts, groups, chosen)


def run(texts: list[str], groups: Sequence[Candidates], chosen: argparse.Namespace) -> int:
    """Compare, measure, print; 1 when answers differ."""
    catalog = open_source(chosen.store).catalog if chosen.store else _counted(chosen)
    figures: dict[str, dict[str, dict[str, float]]] = {}
    wrong: list[str] = []
    for form in chosen.only or FORMS:
        searches = [read(text, FORMS[form], catalog) for text in texts]
        for candidates in groups:
            jobs = {name: [make(form, search) for search in searches] for name, make in candidates.items()}
            found = differing(jobs, texts, form)
            print(f"{form}: {len(texts)} queries, {len(found)} answers differ", *found[:3], sep="\n    ", flush=True)
            wrong += found
            timings = measure({name: _numbered(made) for name, made in jobs.items()}, len(texts), chosen.rounds, label=form)
            figures.setdefault(form, {}).update(show(form, timings, texts))
    if chosen.json:
        chosen.json.write_text(json.dumps({"figures": figures, "wrong": wrong}, indent=1))
    return 1 if wrong else 0


def _numbered(made: list[Ask]) -> Callable[[int], object]:
    return lambda at: made[at]()


def _counted(chosen: argparse.Namespace) -> Any:
    from booruql.store.catalog import RowsCatalog

    return RowsCatalog({}, _counts(chosen.postgres, chosen.posts))


def _counts(url: str, size: int) -> dict[str, int]:
    server = _connect(url, size, "join")
    found: dict[str, int] = {row[0]: row[1] for row in server.ask("SELECT name, uses FROM tags")}
    server.close()
    return found


def show(form: str, timings: Mapping[str, Timing], texts: list[str]) -> dict[str, dict[str, float]]:
    """Print milliseconds and ratios to the first candidate, which is by hand, and give them."""
    found, hand = {}, next(iter(timings.values()))
    for name, timing in timings.items():
        ratios = [mine / its for mine, its in zip(timing.seconds, hand.seconds, strict=True)]
        above = sum(ratio > TWICE for ratio in ratios)
        found[name] = {**timing.to_dict(), "ratio": timing.ratio(hand), "above 2x": above}
        times = "  ".join(f"{key} {found[name][key] * 1e3:9.2f}" for key in ("p50", "p95", "mean"))
        print(f"{form:7s} {name:28s} {times}  {found[name]['ratio']:6.2f} of by hand, {above} above 2x", flush=True)
        if name.startswith("booruql") and "wide" not in name:
            for at in sorted(range(len(ratios)), key=lambda at: -ratios[at])[: min(above, SLOWEST)]:
                mine, its = timing.seconds[at] * 1e3, hand.seconds[at] * 1e3
                print(f"            {ratios[at]:6.1f}x {mine:9.2f} ms for {its:9.2f}: {texts[at]}", flush=True)
    return found


if __name__ == "__main__":
    random.seed(7)
    sys.exit(main())
