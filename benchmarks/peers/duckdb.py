"""DuckDB over a table of pairs, sorted by tag."""

from __future__ import annotations

import os
from typing import Any

from benchmarks.peers import COLUMNS, TOP, Posts, need
from benchmarks.peers.spelling import set_test


class DuckDB:
    """One statement a query; its text is made within what is timed."""

    def __init__(self, posts: Posts) -> None:
        package = need("duckdb")
        self.numbers, self.queries = posts.numbers, posts.queries
        self.connection: Any = package.connect(str(posts.folder / "duck.db"))
        self.connection.execute(f"SET threads = {os.cpu_count() or 1}")
        self.connection.execute("SET enable_progress_bar = false")
        self.connection.register("given", posts.corpus.table(COLUMNS))
        kept = "id, epoch_us(created_at) AS created_at, score, favorite_count, width, rating"
        for statement in (
            f"CREATE TABLE posts AS SELECT {kept} FROM given ORDER BY id",
            "CREATE TABLE post_tags AS SELECT unnest(tag_ids) AS tag_id, id AS post_id FROM given ORDER BY 1, 2",
            "CHECKPOINT",
        ):
            self.connection.execute(statement)
        self.connection.unregister("given")

    def count(self, at: int) -> int:
        found: int = self.connection.execute(f"SELECT count(*) FROM posts WHERE {self._test(at)}").fetchone()[0]
        return found

    def newest(self, at: int) -> list[int]:
        text = f"SELECT id FROM posts WHERE {self._test(at)} ORDER BY id DESC LIMIT {TOP}"
        return [row[0] for row in self.connection.execute(text).fetchall()]

    def close(self) -> None:
        self.connection.close()

    def _test(self, at: int) -> str:
        return set_test(self.queries[at], self.numbers)


def open_posts(posts: Posts) -> DuckDB:
    return DuckDB(posts)
