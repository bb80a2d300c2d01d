"""Rows that databases visit for the 200-query workload, by their own counters.

    PERF_DATA=perf-data python -m benchmarks.sql_plans 100000 [sqlite postgres mysql]

`PERF_DATA` holds what `make_posts.py` and `make_queries.py` wrote. For every query whose rarest required tag is on under
2 % of posts, in three forms (count, newest 20, best 20 by score), the bound is 20 visits a post of that tag and 2,000.
SQLite counts no rows: its number is virtual-machine steps divided by 20, about what a visited row costs it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from booruql.ast.nodes import And, Compare, Key, Node, Search
from booruql.backends import sql
from booruql.backends.sql.layout import Layout, load
from booruql.context import Context
from booruql.documents import Document
from booruql.engine import api
from booruql.schema import Table, table
from booruql.sites import Resource
from booruql.store.catalog import RowsCatalog
from booruql.store.servers import Server, connect
from booruql.store.transfer import transfer

FIELDS = ("id", "tags", "score", "favorite_count", "rating", "width", "height", "file_size", "file_ext", "created_at")
FORMS = {"count": (), "newest": (Key("id", True),), "best": (Key("score", True), Key("id", True))}
STEPS = 20


class Few(Resource):
    """Posts with the fields of the synthetic ones."""

    @property
    def table(self) -> Table:
        whole = table("posts")
        return replace(whole, fields={name: whole.fields[name] for name in FIELDS}, relations={})


POSTS = Few("posts", "posts", {}, {}, dict)


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


def visited_sqlite(server: Server, made: sql.Statement) -> float:
    steps = [0]

    def tick() -> int:
        steps[0] += 1
        return 0

    connection: sqlite3.Connection = server.connection  # type: ignore[attr-defined]
    connection.set_progress_handler(tick, STEPS)
    server.ask(made.text, made.params)
    connection.set_progress_handler(None, 0)
    return steps[0]


def visited_postgres(server: Server, made: sql.Statement) -> float:
    plan = server.ask(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {made.text}", made.params)[0][0][0]["Plan"]
    rows: float = sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0))
        * node["Actual Loops"]
        for node in _nodes(plan)
    )
    return rows


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def visited_mysql(server: Server, made: sql.Statement) -> float:
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


VISITED = {"sqlite": visited_sqlite, "postgres": visited_postgres, "mysql": visited_mysql}


def measure(server: Server, layout: Layout, searches: list[tuple[str, Search, int]], rarity: Any) -> None:
    """Print how many statements stay under the bound, and the worst of them."""
    name, worst, over, number = server.dialect.name, [], 0, 0
    begun = time.perf_counter()
    for text, search, rarest in searches:
        for form, order in FORMS.items():
            asked = replace(search, order=order or search.order, size=20)
            made = sql.compile(asked, POSTS, database=name, layout=layout, rarity=rarity)
            made = made.count() if form == "count" else made
            share = VISITED[name](server, made) / (20 * rarest + 2000)
            number += 1
            over += share > 1
            worst.append((share, form, text))
    seconds = time.perf_counter() - begun
    shown = "; ".join(f"{share:.2f} {form} {text}" for share, form, text in sorted(worst, reverse=True)[:4])
    print(f"{name} {layout.name} rarity={'known' if rarity else 'asked'}: {over} of {number} over the bound ({seconds:.1f} s)")
    print(f"    worst: {shown}")


def main(size: int, databases: list[str]) -> None:
    """Load every database and measure."""
    folder = os.environ.get("PERF_DATA", "perf-data")
    posts = list(read_posts(folder, size))
    counts = Counter(tag for post in posts for tag in post["tags"])
    catalog = RowsCatalog({}, counts)
    searches = []
    for query in json.loads(Path(folder, "queries.json").read_text()):
        parsed = api.parse(query["danbooru"].replace(" order:score", ""), site="danbooru")
        search = api.close(parsed, Context(catalog=catalog)).search
        tags = required(search.where)
        rarest = min((counts[tag] for tag in tags), default=size)
        if rarest < size / 50:
            searches.append((query["danbooru"], search, rarest))
    print(f"{len(searches)} queries with a rare required tag, {size} posts")
    for database in databases:
        for shape in ("join", "array"):
            if shape in sql_gaps(database):
                continue
            server = open_server(database)
            layout = transfer({"posts": (POSTS.table, posts)}, "posts", server, load(shape), frozenset())
            for rarity in (None, counts.get):
                measure(server, layout, searches, rarity)
            server.close()


def sql_gaps(database: str) -> Any:
    """The layouts that the database does not have."""
    from booruql.backends.sql.dialect import load as load_dialect

    return load_dialect(database).gaps


def open_server(database: str) -> Server:
    """A database to load, `BOORUQL_<D>_URL` where it needs one."""
    return connect(database, os.environ.get(f"BOORUQL_{database.upper()}_URL"))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:] or list(VISITED))
