"""Rows that databases visit for the 200-query workload, by their own counters; exits with 1 when a statement is over the bound.

    PERF_DATA=perf-data BOORUQL_POSTGRES_URL=... python -m benchmarks.sql_plans 100000 [sqlite postgres mysql]

`PERF_DATA` holds what `make_posts.py` and `make_queries.py` wrote. For every query whose rarest required tag is on under
2 % of posts, in three forms (count, newest 20, best 20 by score), the bound is 20 visits a post of that tag and 2,000. On
PostgreSQL both the plan for the values at hand (custom) and the one for any (generic) are held to it, under default settings.
SQLite counts no rows: its number is virtual-machine steps divided by 20, about what a visited row costs it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import postgres_posts
from benchmarks.few import FIELDS, POSTS
from booruql.ast.nodes import And, Compare, Key, Node, Search
from booruql.backends import sql
from booruql.backends.sql.layout import Layout, load
from booruql.context import Context
from booruql.documents import Document
from booruql.engine import api
from booruql.store.catalog import RowsCatalog
from booruql.store.servers import Server, connect
from booruql.store.servers.postgres import Postgres
from booruql.store.transfer import transfer

FORMS = {"count": (), "newest": (Key("id", True),), "best": (Key("score", True), Key("id", True))}
STEPS = 20
A_POST, BESIDE = 20, 2_000
"""Rows that may be visited for each post of the rarest required tag, and beside."""
SHOWN = 5


class Over(NamedTuple):
    """How far a statement is over its bound; below 1 it is not."""

    share: float
    visited: float
    form: str
    text: str


def read_posts(folder: str, size: int) -> Iterator[Document]:
    """The synthetic posts as documents."""
    from pyarrow import parquet

    names = parquet.read_table(f"{folder}/tags.parquet", columns=["name"]).column(0).to_pylist()
    for row in parquet.read_table(f"{folder}/posts_{size}.parquet").to_pylist():
        post = Document({name: row.get(name) for name in FIELDS})
        post["favorite_count"] = row["fav_count"]
        post["tags"] = frozenset(names[number] for number in row["tag_ids"])
        at: datetime = row["created_at"]
        post["created_at"] = int(at.replace(tzinfo=UTC).timestamp()) * 1_000_000
        yield post


def required(tree: Node) -> list[str]:
    """The tags that every match has."""
    members = tree.children if isinstance(tree, And) else (tree,)
    return [str(node.value) for node in members if isinstance(node, Compare) and node.field == "tags"]


# --- counters


def visited_sqlite(server: Server, made: sql.Statement) -> float:
    """Steps of the virtual machine, as rows."""
    steps = [0]

    def tick() -> int:
        steps[0] += 1
        return 0

    connection: sqlite3.Connection = server.connection  # type: ignore[attr-defined]
    connection.set_progress_handler(tick, STEPS)
    server.ask(made.text, made.params)
    connection.set_progress_handler(None, 0)
    return steps[0]


def visited_postgres(server: Server, made: sql.Statement, mode: str) -> float:
    """Rows that the nodes of the plan gave or removed."""
    import psycopg

    server.run(f"SET plan_cache_mode = force_{mode}_plan")
    server.run(f"PREPARE visited AS {made.text}")
    connection: Any = server.connection  # type: ignore[attr-defined]
    marks = f"({', '.join(['%s'] * len(made.params))})" if made.params else ""
    asked = psycopg.ClientCursor(connection).mogrify(f"EXECUTE visited{marks}", made.params)
    plan = server.ask(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {asked.replace('%', '%%')}")[0][0][0]["Plan"]
    server.run("DEALLOCATE visited")
    removed = ("Rows Removed by Filter", "Rows Removed by Index Recheck", "Rows Removed by Join Filter")
    rows: float = sum(
        (node["Actual Rows"] + sum(node.get(name, 0) for name in removed)) * node["Actual Loops"] for node in _nodes(plan)
    )
    return rows


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def visited_mysql(server: Server, made: sql.Statement) -> float:
    """Rows that were read of each table."""
    plan = json.loads(server.ask(f"ANALYZE FORMAT=JSON {made.text}", made.params)[0][0])
    rows: float = sum(table.get("r_rows", 0) * table.get("r_loops", 1) for table in _tables(plan))
    return rows


def _tables(plan: Any) -> Iterator[dict[str, Any]]:
    if isinstance(plan, dict):
        if "r_rows" in plan and plan["r_rows"] is not None:
            yield plan
        for below in plan.values():
            yield from _tables(below)
    elif isinstance(plan, list):
        for below in plan:
            yield from _tables(below)


Visited = Callable[[Server, sql.Statement], float]
VISITED: dict[str, dict[str, Visited]] = {
    "sqlite": {"": visited_sqlite},
    "postgres": {
        "custom": lambda server, made: visited_postgres(server, made, "custom"),
        "generic": lambda server, made: visited_postgres(server, made, "generic"),
    },
    "mysql": {"": visited_mysql},
}
STYLES = {"postgres": "dollar"}


def over(server: Server, layout: Layout, searches: list[tuple[str, Search, int]], rarity: Any, visited: Visited) -> list[Over]:
    """How every statement keeps its bound, the worst first."""
    found = []
    database = server.dialect.name
    for text, search, rarest in searches:
        for form, order in FORMS.items():
            asked = replace(search, order=order or search.order, size=20)
            made = sql.compile(asked, POSTS, database=database, layout=layout, rarity=rarity, paramstyle=STYLES.get(database))
            made = made.count() if form == "count" else made
            rows = visited(server, made)
            found.append(Over(rows / (A_POST * rarest + BESIDE), rows, form, text))
    return sorted(found, reverse=True)


def measure(server: Server, layout: Layout, searches: list[tuple[str, Search, int]], rarity: Any) -> int:
    """Print how many statements stay under the bound, and the worst of them; how many do not."""
    total = 0
    for mode, visited in VISITED[server.dialect.name].items():
        begun = time.perf_counter()
        found = over(server, layout, searches, rarity, visited)
        wrong = [one for one in found if one.share > 1]
        total += len(wrong)
        counts, seconds = "known" if rarity else "asked", time.perf_counter() - begun
        name = " ".join(filter(None, (server.dialect.name, layout.name, mode)))
        print(f"{name}, counts {counts}: {len(wrong)} of {len(found)} over the bound ({seconds:.1f} s)", flush=True)
        for one in found[: max(SHOWN, min(len(wrong), 40))]:
            print(f"    {one.share:6.2f} of the bound, {one.visited:,.0f} rows: {one.form} {one.text}", flush=True)
    return total


def main(size: int, databases: list[str]) -> int:
    """Load every database and measure; 1 when some statement is over its bound."""
    folder = os.environ.get("PERF_DATA", "perf-data")
    posts = list(read_posts(folder, size))
    counts = Counter(tag for post in posts for tag in post["tags"])
    searches = make_searches(json.loads(Path(folder, "queries.json").read_text()), counts, size)
    print(f"{len(searches)} queries with a rare required tag, {size} posts", flush=True)
    total = 0
    for database in databases:
        for shape, rarities in SHAPES.items():
            if shape not in gaps(database):
                server, layout = opened(database, shape, posts, folder, size)
                total += sum(measure(server, layout, searches, counts.__getitem__ if known else None) for known in rarities)
                server.close()
    return 1 if total else 0


SHAPES = {"join": (False, True), "array": (True,)}
"""The layouts, and whether counts of tags are given: arrays have none to ask for."""


def make_searches(queries: list[dict[str, str]], counts: Counter[str], size: int) -> list[tuple[str, Search, int]]:
    """The queries with a rare required tag, closed, and how many posts have it."""
    catalog, found = RowsCatalog({}, counts), []
    for query in queries:
        search = api.close(api.parse(query["danbooru"].replace(" order:score", "")), Context(catalog=catalog)).search
        rarest = min((counts[tag] for tag in required(search.where)), default=size)
        if rarest < size / 50:
            found.append((query["danbooru"], search, rarest))
    return found


def gaps(database: str) -> Any:
    """The layouts that the database does not have."""
    from booruql.backends.sql.dialect import load as load_dialect

    return load_dialect(database).gaps


def opened(database: str, shape: str, posts: list[Document], folder: str, size: int) -> tuple[Server, Layout]:
    """The posts in a database: in PostgreSQL in a schema that stays, elsewhere in one that goes."""
    url = os.environ.get(f"BOORUQL_{database.upper()}_URL")
    if database == "postgres" and url:
        postgres_posts.load(url, Path(folder), size)
        server: Server = Postgres(url, seconds=600)
        server.run(f"SET search_path = {postgres_posts.schema(size, shape)}")
        return server, load(shape)
    server = connect(database, url)
    return server, transfer({"posts": (POSTS.table, posts)}, "posts", server, load(shape), frozenset())


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:] or list(VISITED)))
