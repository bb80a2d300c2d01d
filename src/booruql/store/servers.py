"""Databases behind drivers: asked with a statement's own parameters, and filled for a search of a file."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from importlib import import_module
from itertools import islice
from typing import Any
from uuid import uuid4

from booruql.backends.sql.dialect import Dialect, load
from booruql.backends.sql.tables import Stored
from booruql.errors import ConfigError

Row = Sequence[Any]
_CHUNK = 500
_WAIT = 60  # seconds for one statement


class Server(ABC):
    """A connection of ours, in a schema of ours that goes when it is closed."""

    database: str

    def __init__(self) -> None:
        self.dialect: Dialect = load(self.database)
        self.schema = f"booruql_{uuid4().hex[:12]}"

    @abstractmethod
    def ask(self, text: str, params: Any = ()) -> list[Row]:
        """The rows of a statement."""

    def run(self, text: str) -> None:
        """A statement without rows."""
        self.ask(text)

    def fill(self, stored: Stored, rows: Iterable[Row]) -> None:
        """Put rows into a table, column by column as `stored` lists them."""
        waiting = iter(rows)
        marks = "(" + ", ".join(["%s" if self.dialect.paramstyle == "format" else "?"] * len(stored.columns)) + ")"
        while chunk := list(islice(waiting, _CHUNK)):
            values = ", ".join([marks] * len(chunk))
            self.ask(f"INSERT INTO {self.dialect.quote(stored.name)} VALUES {values}", [v for row in chunk for v in row])

    def analyze(self) -> None:
        """Tell the planner what the tables hold."""
        self.run("ANALYZE")

    def snapshot(self) -> None:
        """From here to `release` every statement sees the same rows, where the database can."""
        self.run("BEGIN")

    def release(self) -> None:
        """End a snapshot."""
        self.run("ROLLBACK")

    @abstractmethod
    def interrupt(self) -> None:
        """Stop what another thread is asking."""

    @abstractmethod
    def close(self) -> None:
        """Drop the schema and let go of the connection."""


class SQLite(Server):
    """A store's own connection."""

    database = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self.connection = connection

    def ask(self, text: str, params: Any = ()) -> list[Row]:
        return self.connection.execute(text, params).fetchall()

    def fill(self, stored: Stored, rows: Iterable[Row]) -> None:
        marks = ", ".join("?" * len(stored.columns))
        self.run("BEGIN")
        self.connection.executemany(f'INSERT INTO "{stored.name}" VALUES ({marks})', rows)
        self.run("COMMIT")

    def interrupt(self) -> None:
        self.connection.interrupt()

    def close(self) -> None:
        """The connection is the store's."""


def _driver(module: str, extra: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        raise ConfigError(f"{module} is not installed; the extra booruql[{extra}] has it") from None


class Postgres(Server):
    """PostgreSQL by psycopg."""

    database = "postgres"

    def __init__(self, url: str) -> None:
        super().__init__()
        driver = _driver("psycopg", "postgres")
        try:
            self.connection = driver.connect(url, autocommit=True)
        except driver.Error as problem:
            raise ConfigError(f"PostgreSQL: {problem}") from None
        self.run(f"CREATE SCHEMA {self.schema}")
        self.run(f"SET search_path = {self.schema}")

    def ask(self, text: str, params: Any = ()) -> list[Row]:
        cursor = self.connection.execute(text, params or None)
        return cursor.fetchall() if cursor.description else []

    def fill(self, stored: Stored, rows: Iterable[Row]) -> None:
        with self.connection.cursor() as cursor, cursor.copy(f'COPY "{stored.name}" FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)

    def snapshot(self) -> None:
        self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def interrupt(self) -> None:
        self.connection.cancel()

    def close(self) -> None:
        self.run(f"DROP SCHEMA {self.schema} CASCADE")
        self.connection.close()


class MySQL(Server):
    """MariaDB or MySQL by PyMySQL; `?unix_socket=` in the URL names a socket."""

    database = "mysql"

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.connection = self._connect()
        self.run(f"CREATE DATABASE {self.schema} CHARACTER SET utf8mb4 COLLATE {self._collation()}")
        self.run(f"USE {self.schema}")

    def _connect(self) -> Any:
        driver = _driver("pymysql", "mysql")
        parts = urllib.parse.urlsplit(self._url)
        options: dict[str, Any] = dict(urllib.parse.parse_qsl(parts.query))
        user, password = (urllib.parse.unquote(text or "") for text in (parts.username or "root", parts.password))
        try:
            return driver.connect(
                host=parts.hostname or "127.0.0.1", port=parts.port or 3306, user=user, password=password, charset="utf8mb4",
                autocommit=True, read_timeout=_WAIT, **options,
            )  # fmt: skip
        except driver.Error as problem:
            raise ConfigError(f"MySQL: {problem}") from None

    def _collation(self) -> str:
        return "utf8mb4_nopad_bin" if "MariaDB" in self.ask("SELECT VERSION()")[0][0] else "utf8mb4_0900_bin"

    def ask(self, text: str, params: Any = ()) -> list[Row]:
        with self.connection.cursor() as cursor:
            cursor.execute(text, params or None)
            return list(cursor.fetchall())

    def snapshot(self) -> None:
        self.run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")

    def interrupt(self) -> None:
        other = self._connect()
        with other.cursor() as cursor:
            cursor.execute("KILL QUERY %s", (self.connection.thread_id(),))
        other.close()

    def analyze(self) -> None:
        """Its statistics keep themselves."""

    def close(self) -> None:
        self.run(f"DROP DATABASE {self.schema}")
        self.connection.close()


class DuckDB(Server):
    """DuckDB in memory, or a schema in a file."""

    database = "duckdb"

    def __init__(self, url: str = "") -> None:
        super().__init__()
        path = url.removeprefix("duckdb://").removeprefix("/") or ":memory:"
        self.connection = _driver("duckdb", "duckdb").connect(path)
        self.run(f"CREATE SCHEMA {self.schema}")
        self.run(f"USE {self.schema}")

    def ask(self, text: str, params: Any = ()) -> list[Row]:
        found: list[Row] = self.connection.execute(text, list(params)).fetchall()
        return found

    def interrupt(self) -> None:
        self.connection.interrupt()

    def close(self) -> None:
        self.run("USE main")
        self.run(f"DROP SCHEMA {self.schema} CASCADE")
        self.connection.close()


class ClickHouse(Server):
    """ClickHouse over HTTP, or chdb in a process of its own when there is no URL."""

    database = "clickhouse"

    def __init__(self, url: str = "") -> None:
        super().__init__()
        self._link: _Http | _Chdb = _Http(url) if url else _Chdb()
        self._link.send(f"CREATE DATABASE {self.schema}", {}, "")
        self._link.database = self.schema

    def ask(self, text: str, params: Any = ()) -> list[Row]:
        found = self._link.send(text, dict(params), "")
        return [json.loads(line) for line in found.split("\n") if line]

    def fill(self, stored: Stored, rows: Iterable[Row]) -> None:
        waiting = iter(rows)
        while chunk := list(islice(waiting, 10 * _CHUNK)):
            lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in chunk)
            self._link.send(f"INSERT INTO `{stored.name}` FORMAT JSONCompactEachRow", {}, lines)

    def analyze(self) -> None:
        """There are no statistics to take."""

    def snapshot(self) -> None:
        """There are no transactions to read in."""

    def release(self) -> None:
        """There are no transactions to read in."""

    def interrupt(self) -> None:
        self._link.stop()

    def close(self) -> None:
        self._link.send(f"DROP DATABASE {self.schema}", {}, "")
        self._link.close()


class _Http:
    """ClickHouse's HTTP interface."""

    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        scheme = "https" if parts.scheme in ("https", "clickhouses") else "http"
        self._url = f"{scheme}://{parts.hostname}:{parts.port or 8123}/"
        self._headers = {"X-ClickHouse-User": parts.username or "default", "X-ClickHouse-Key": parts.password or ""}
        self.database = "default"

    def send(self, text: str, params: dict[str, Any], body: str) -> str:
        settings = {"database": self.database, "default_format": "JSONCompactEachRow"}
        settings["output_format_json_quote_64bit_integers"] = "0"
        asked = {**settings, **{f"param_{name}": _spelled(value) for name, value in params.items()}}
        request = urllib.request.Request(
            self._url + "?" + urllib.parse.urlencode(asked), f"{text}\n{body}".encode(), self._headers
        )
        try:
            with urllib.request.urlopen(request, timeout=_WAIT) as answer:
                found: str = answer.read().decode()
                return found
        except urllib.error.HTTPError as problem:
            raise ConfigError(f"ClickHouse: {problem.read().decode()[:500]}") from None
        except OSError as problem:
            raise ConfigError(f"ClickHouse: {problem}") from None

    def stop(self) -> None:
        """The server's own time limit ends what runs."""

    def close(self) -> None:
        """Nothing is kept open."""


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class _Chdb:
    """chdb in a child process: a process has one data path, and a crash is not ours."""

    def __init__(self) -> None:
        _driver("chdb", "clickhouse")
        self._child = subprocess.Popen(
            [sys.executable, "-c", _CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self.database = "default"

    def send(self, text: str, params: dict[str, Any], body: str) -> str:
        assert self._child.stdin is not None and self._child.stdout is not None
        print(json.dumps([self.database, f"{text}\n{body}" if body else text, params]), file=self._child.stdin, flush=True)
        line = self._child.stdout.readline()
        if not line:
            raise ConfigError("ClickHouse: chdb has gone")
        good, found = json.loads(line)
        if not good:
            raise ConfigError(f"ClickHouse: {found[:500]}")
        return str(found)

    def stop(self) -> None:
        """End the process with its query."""
        self._child.kill()

    def close(self) -> None:
        assert self._child.stdin is not None and self._child.stdout is not None
        self._child.stdin.close()
        self._child.wait(10)
        self._child.stdout.close()


_CHILD = """
import json, os, sys
out = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
import chdb
connection = chdb.connect(":memory:")
current = None
for line in sys.stdin:
    database, text, params = json.loads(line)
    try:
        if database != current:
            connection.query(f"USE {database}")
            connection.query("SET output_format_json_quote_64bit_integers = 0")
            current = database
        options = {"params": params} if params else {}
        found = connection.query(text, "JSONCompactEachRow", **options)
        answer = [True, found.bytes().decode() if hasattr(found, "bytes") else str(found)]
    except Exception as problem:
        answer = [False, str(problem)]
    print(json.dumps(answer), file=out, flush=True)
"""

SERVERS = {"postgres": Postgres, "mysql": MySQL, "duckdb": DuckDB, "clickhouse": ClickHouse}
NEEDS_URL = ("postgres", "mysql")


def connect(database: str, url: str | None) -> Server:
    """A connection to the database, in a new schema.

    Raises:
        ConfigError: it needs a URL, cannot be reached, or its driver is not installed.
    """
    made = SERVERS.get(database)
    if made is None:
        raise ConfigError(f"no database {database!r} to load records into; known: sqlite, {', '.join(SERVERS)}")
    if not url and database in NEEDS_URL:
        raise ConfigError(f"{database} needs a server: its URL goes into BOORUQL_{database.upper()}_URL")
    return made(url or "")
