"""SQLite by the standard library: a file for reading, or a store's own connection."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from booruql.backends.sql.tables import Stored
from booruql.errors import ConfigError
from booruql.store.servers._server import SECONDS, Row, Server

_STEPS = 50_000  # of its virtual machine between two looks at the clock: some milliseconds


class SQLite(Server):
    """A connection that is ours to ask; another's to close unless it was opened by URL."""

    database = "sqlite"
    title = "SQLite"
    schemes = ("sqlite",)
    catalogue = (
        "SELECT m.name, c.name, c.\"notnull\" = 0 AND c.pk = 0, c.type, 'code point'"
        " FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type IN ('table', 'view')"
    )
    indexed = (
        "SELECT m.name, i.name FROM sqlite_master AS m, pragma_index_list(m.name) AS l, pragma_index_info(l.name) AS i"
        " WHERE m.type = 'table' AND i.seqno = 0 UNION"
        " SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' AND c.pk = 1"
    )
    explain = "EXPLAIN QUERY PLAN "
    errors = (sqlite3.Error,)

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(writes=True)
        self.connection = connection

    def _ask(self, text: str, params: Any) -> list[Row]:
        return self.connection.execute(text, params).fetchall()

    def interrupt(self) -> None:
        self.connection.interrupt()

    def plan(self, text: str, params: Any = ()) -> str:
        depths: dict[int, int] = {0: -1}
        lines = []
        for number, above, _, step in self.ask(self.explain + text, params):
            depths[number] = depths[above] + 1
            lines.append("  " * depths[number] + step)
        return "\n".join(lines)

    def _disconnect(self) -> None:
        """The connection is the store's."""

    def _make_schema(self, name: str) -> None:
        """A database in memory is a schema of ours."""

    def _drop_schema(self, name: str) -> None:
        """It goes with the connection."""

    def fill(self, stored: Stored, rows: Iterable[Row]) -> None:
        names = ", ".join([self.dialect.quote(column.name) for column in stored.columns])
        marks = ", ".join("?" * len(stored.columns))
        self.run("BEGIN")
        self.connection.executemany(f'INSERT INTO "{stored.name}" ({names}) VALUES ({marks})', rows)
        self.run("COMMIT")


class SQLiteFile(SQLite):
    """A file by its URL; without one a new database in memory."""

    def __init__(self, url: str, *, writes: bool = False, seconds: float = SECONDS) -> None:
        Server.__init__(self, url, writes=writes, seconds=seconds)
        self.connection = _writable(self.address.path) if writes else _readable(self.address.path)
        self._end = 0.0
        self.connection.set_progress_handler(self._has_ended, _STEPS)

    def _has_ended(self) -> bool:
        return time.monotonic() > self._end

    def _ask(self, text: str, params: Any) -> list[Row]:
        self._end = time.monotonic() + self.seconds
        return super()._ask(text, params)

    def _is_late(self, problem: Exception) -> bool:
        return self._has_ended()

    def _disconnect(self) -> None:
        self.connection.close()


def _writable(path: str) -> sqlite3.Connection:
    """The file, made if it is not there; a new database in memory without a path."""
    return sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)


def _readable(path: str) -> sqlite3.Connection:
    """The file, for reading only; as one that nobody changes where no log may be made beside it."""
    if not Path(path).is_file():
        raise ConfigError(f"SQLite: {path}: no such file")
    uri = Path(path).resolve().as_uri()
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        connection = sqlite3.connect(f"{uri}?{mode}", uri=True, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master")
        except sqlite3.OperationalError as problem:
            connection.close()
            found = problem
        except sqlite3.DatabaseError as problem:
            connection.close()
            raise ConfigError(f"SQLite: {path}: {problem}") from None
        else:
            return connection
    raise ConfigError(f"SQLite: {path}: {found}")


SERVER = SQLiteFile
