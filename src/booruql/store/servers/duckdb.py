"""DuckDB: a file for reading, or a schema of ours in a file or in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from booruql.backends.sql.tables import Stored, column_type
from booruql.errors import ConfigError
from booruql.store.servers._server import CHUNK, SECONDS, Row, Server, driver


class DuckDB(Server):
    """It has no time limit of its own: a timer stops statements that are read from a file."""

    database = "duckdb"
    title = "DuckDB"
    schemes = ("duckdb",)
    catalogue = (
        "SELECT table_name, column_name, is_nullable = 'YES', data_type, 'code point' FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_catalog = current_database()"
    )

    def __init__(self, url: str, *, writes: bool = False, seconds: float = SECONDS) -> None:
        super().__init__(url, writes=writes, seconds=seconds)
        module = driver("duckdb", "duckdb")
        self.errors = (module.Error,)
        self._late = module.InterruptException
        path = self.address.path
        if not writes and not Path(path).is_file():
            raise ConfigError(f"DuckDB: {path}: no such file")
        try:
            self.connection = module.connect(path or ":memory:", read_only=not writes)
        except module.Error as problem:
            raise ConfigError(f"DuckDB: {problem}") from None

    def _ask(self, text: str, params: Any) -> list[Row]:
        timer = threading.Timer(self.seconds, self.connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            found: list[Row] = self.connection.execute(text, list(params)).fetchall()
        finally:
            timer.cancel()
        return found

    def _is_late(self, problem: Exception) -> bool:
        return isinstance(problem, self._late)

    def interrupt(self) -> None:
        self.connection.interrupt()

    def _disconnect(self) -> None:
        self.connection.close()

    def _make_schema(self, name: str) -> None:
        self.run(f"CREATE SCHEMA {name}")
        self.run(f"USE {name}")

    def _drop_schema(self, name: str) -> None:
        self.run("USE main")
        self.run(f"DROP SCHEMA {name} CASCADE")

    def fill(self, stored: Stored, rows: Iterable[Row]) -> None:
        """Column by column: a statement of many rows costs it far more to read than to run."""
        types = [column_type(column, self.dialect).removesuffix(" NOT NULL") for column in stored.columns]
        shown = ", ".join([f"UNNEST(CAST(? AS {type_}[]))" for type_ in types])
        waiting = iter(rows)
        while chunk := list(islice(waiting, 10 * CHUNK)):
            columns = [list(column) for column in zip(*chunk, strict=True)]
            self.ask(f"INSERT INTO {self.dialect.quote(stored.name)} SELECT {shown}", columns)


SERVER = DuckDB
