"""SQLite's full-text index over opaque tokens: no positions, no sizes, no copy of the text; numbers in a table beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from benchmarks.peers import COLUMNS, TOP, Missing, Posts
from benchmarks.peers.spelling import field_test
from benchmarks.progress import track
from benchmarks.workload import Expression

_FAST = ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -1000000", "PRAGMA page_size = 8192")
_ROOM = ("PRAGMA mmap_size = 8000000000", "PRAGMA cache_size = -2000000")
"""More memory than it needs."""
_POSTS = """CREATE TABLE posts
    (id INTEGER PRIMARY KEY, created_at INT, score INT, favorite_count INT, width INT, rating TEXT)"""


class FullText:
    """One statement a query; its text is made within what is timed."""

    def __init__(self, posts: Posts) -> None:
        self.numbers, self.queries = posts.numbers, posts.queries
        self.connection = sqlite3.connect(posts.folder / "fts.db", isolation_level=None)
        for pragma in _FAST:
            self.connection.execute(pragma)
        try:
            self.connection.execute("CREATE VIRTUAL TABLE f USING fts5(t, content='', detail=none, columnsize=0)")
        except sqlite3.OperationalError:
            raise Missing("this SQLite has no FTS5") from None
        self._fill(posts)
        for pragma in _ROOM:
            self.connection.execute(pragma)

    def _fill(self, posts: Posts) -> None:
        columns = [posts.corpus.columns[name].tolist() for name in COLUMNS]
        execute = self.connection.execute
        execute("BEGIN")
        execute(_POSTS)
        self.connection.executemany("INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?)", zip(*columns, strict=True))
        execute("CREATE INDEX posts_score ON posts (score)")
        self.connection.executemany("INSERT INTO f (rowid, t) VALUES (?, ?)", _rows(posts))
        execute("INSERT INTO f (f) VALUES ('optimize')")
        execute("COMMIT")
        execute("ANALYZE")

    def count(self, at: int) -> int:
        found: int = self.connection.execute(self._text(at, "count(*)", "")).fetchone()[0]
        return found

    def newest(self, at: int) -> list[int]:
        text = self._text(at, "f.rowid", f" ORDER BY f.rowid DESC LIMIT {TOP}")
        return [row[0] for row in self.connection.execute(text)]

    def close(self) -> None:
        self.connection.close()

    def _text(self, at: int, what: str, rest: str) -> str:
        e = self.queries[at]
        members = e.get("and", [e])
        fields = [field_test(member, "p.") for member in members if "field" in member]
        match = self._match({"and": [member for member in members if "field" not in member]})
        wanted = " AND ".join([f"f MATCH '{match}'", *fields])
        joined = " JOIN posts p ON p.id = f.rowid" if fields else ""
        return f"SELECT {what} FROM f{joined} WHERE {wanted}{rest}"

    def _match(self, e: Expression) -> str:
        match e:
            case {"tag": name}:
                return f"t{self.numbers[name]}"
            case {"any": names}:
                return "(" + " OR ".join(f"t{self.numbers[name]}" for name in names) + ")" if names else "none"
            case {"or": members}:
                return "(" + " OR ".join(map(self._match, members)) + ")"
        found = "(" + " AND ".join(self._match(member) for member in e["and"] if "not" not in member) + ")"
        for member in e["and"]:
            if "not" in member:
                found = f"({found} NOT {self._match(member['not'])})"
        return found


def _rows(posts: Posts) -> Iterator[tuple[int, str]]:
    corpus = posts.corpus
    starts, tags = corpus.starts.tolist(), [f"t{tag}" for tag in corpus.tags.tolist()]
    for at, id_ in enumerate(track(corpus.columns["id"].tolist(), "FTS5: posts")):
        yield id_, " ".join(tags[starts[at] : starts[at + 1]])


def open_posts(posts: Posts) -> FullText:
    return FullText(posts)
