"""PostgreSQL with a GIN index over a column of tag numbers, on a server of its own with memory enough."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from glob import glob
from pathlib import Path
from typing import Any

from benchmarks.peers import COLUMNS, TOP, Missing, Posts, need
from benchmarks.peers.spelling import Numbers, array_test
from benchmarks.progress import track

_SETTINGS = (
    "listen_addresses=", "shared_buffers=4GB", "work_mem=256MB", "maintenance_work_mem=1GB", "effective_cache_size=8GB",
    "random_page_cost=1.1", "jit=off", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=8GB",
    "max_parallel_workers_per_gather=2", "gin_fuzzy_search_limit=0", "dynamic_shared_memory_type=mmap",
)  # fmt: skip
_TABLE = """CREATE TABLE posts
    (id int, created_at bigint, score int, favorite_count int, width int, rating text, tag_ids int[])"""
_PATIENCE = 30.0  # seconds for the server to come up


class Server:
    """A server on a socket in the folder, run by somebody who may: it refuses root."""

    def __init__(self, folder: Path) -> None:
        self.psycopg = need("psycopg")
        self.account = _account()
        self.folder = folder / "postgres"
        self.folder.mkdir()
        if self.account:
            os.chown(self.folder, self.account["user"], self.account["group"])
            folder.chmod(0o755)
        binaries, data = _binaries(), self.folder / "data"
        made = [str(binaries / "initdb"), "-D", str(data), "-U", "booruql", "-A", "trust", "-E", "UTF8", "--locale=C"]
        self._run(made)
        settings = [part for setting in (*_SETTINGS, f"unix_socket_directories={self.folder}") for part in ("-c", setting)]
        self.log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(data), *settings],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd=self.folder, **self.account,
        )  # fmt: skip

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(command, capture_output=True, cwd=self.folder, check=False, **self.account)
        if done.returncode:
            raise Missing(f"initdb failed: {done.stderr.decode(errors='replace')[-300:]}")

    def connect(self) -> Any:
        """A connection, once the server is up."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                return self.psycopg.connect(f"host={self.folder} dbname=postgres user=booruql", autocommit=True)
            except self.psycopg.OperationalError as problem:
                if self.process.poll() is not None or time.monotonic() > end:
                    self.stop()
                    raise Missing(f"PostgreSQL did not start: {problem}") from None
                time.sleep(0.1)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


def _account() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            found = pwd.getpwnam(name)
            return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise Missing("running as root and there is no unprivileged account")


def _binaries() -> Path:
    system = sorted(glob("/usr/lib/postgresql/*/bin/postgres"), key=lambda path: -int(path.split("/")[4]))
    for found in (*system, shutil.which("postgres")):
        if found:
            return Path(found).parent
    raise Missing("no PostgreSQL (apt-get install postgresql)")


class PostgreSQL:
    """One statement a query; its text is made within what is timed."""

    def __init__(self, posts: Posts) -> None:
        self.numbers, self.queries = posts.numbers, posts.queries
        self.server = Server(posts.folder)
        self.connection = self.server.connect()
        try:
            self._fill(posts)
        except BaseException:
            self.close()
            raise

    def _fill(self, posts: Posts) -> None:
        execute = self.connection.execute
        execute(_TABLE)
        with self.connection.cursor() as cursor, cursor.copy("COPY posts FROM STDIN") as copy:
            for line in _rows(posts):
                copy.write(line)
        execute("ALTER TABLE posts ADD PRIMARY KEY (id)")
        execute("CREATE INDEX ON posts (score)")
        execute("CREATE INDEX ON posts USING gin (tag_ids)")
        execute("VACUUM ANALYZE posts")

    def count(self, at: int) -> int:
        found: int = self.connection.execute(f"SELECT count(*) FROM posts WHERE {self._test(at)}").fetchone()[0]
        return found

    def newest(self, at: int) -> list[int]:
        text = f"SELECT id FROM posts WHERE {self._test(at)} ORDER BY id DESC LIMIT {TOP}"
        return [row[0] for row in self.connection.execute(text).fetchall()]

    def close(self) -> None:
        self.connection.close()
        self.server.stop()

    def _test(self, at: int) -> str:
        return array_test(self.queries[at], self.numbers, _has_all, _has_any)


def _has_all(numbers: Numbers) -> str:
    return f"tag_ids @> {_array(numbers)}"


def _has_any(numbers: Numbers) -> str:
    return f"tag_ids && {_array(numbers)}"


def _array(numbers: Numbers) -> str:
    return "'{" + ",".join(map(str, numbers)) + "}'::int[]"


def _rows(posts: Posts) -> Iterator[str]:
    corpus = posts.corpus
    starts, tags = corpus.starts.tolist(), [*map(str, corpus.tags.tolist())]
    columns = [corpus.columns[name].tolist() for name in COLUMNS]
    for at, row in enumerate(track(zip(*columns, strict=True), "PostgreSQL: posts", corpus.size)):
        yield "\t".join([*map(str, row), "{" + ",".join(tags[starts[at] : starts[at + 1]]) + "}\n"])


def open_posts(posts: Posts) -> PostgreSQL:
    return PostgreSQL(posts)
