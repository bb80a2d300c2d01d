"""ClickHouse: a server by its HTTP interface; a folder of its data, or a database in memory, by chdb.

It has no transactions: two statements may see different rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from booruql.backends.sql.tables import Stored
from booruql.store.servers._chdb import Chdb
from booruql.store.servers._http import Http, Refused
from booruql.store.servers._server import CHUNK, SECONDS, Row, Server

_LATE = "Code: 159."
_READING = "2"  # statements that read, and settings: https://clickhouse.com/docs/operations/settings/permissions-for-queries


class ClickHouse(Server):
    """Statements of their own, each with the settings that make it end after `seconds` and change nothing."""

    database = "clickhouse"
    title = "ClickHouse"
    schemes = ("clickhouse", "clickhouses")
    errors = (Refused,)
    catalogue = (
        "SELECT table, name, startsWith(type, 'Nullable('), type, 'code point' FROM system.columns"
        " WHERE database = currentDatabase()"
    )

    def __init__(self, url: str, *, writes: bool = False, seconds: float = SECONDS) -> None:
        super().__init__(url, writes=writes, seconds=seconds)
        settings = {"max_execution_time": f"{seconds:g}", "output_format_json_quote_64bit_integers": "0"}
        if not writes:
            settings["readonly"] = _READING
        self._link: Http | Chdb
        if self.address.host:
            self._link = Http(self.address, settings, seconds)
        else:
            self._link = Chdb(self.address.path, settings)
        try:
            self.ask("SELECT 1")
        except BaseException:
            self._link.close()
            raise

    def _ask(self, text: str, params: Any) -> list[Row]:
        found = self._link.send(text, dict(params), "")
        return [json.loads(line) for line in found.split("\n") if line]

    def _is_late(self, problem: Exception) -> bool:
        return _LATE in str(problem)

    def _shown(self, problem: Exception) -> str:
        return self.address.hide(str(problem)[:500])

    def snapshot(self) -> None:
        """There are no transactions to read in."""

    def release(self) -> None:
        """There are no transactions to read in."""

    def interrupt(self) -> None:
        self._link.stop()

    def _disconnect(self) -> None:
        self._link.close()

    def _make_schema(self, name: str) -> None:
        self.run(f"CREATE DATABASE {name}")
        self._link.database = name

    def _drop_schema(self, name: str) -> None:
        self.run(f"DROP DATABASE {name}")

    def fill(self, stored: Stored, rows: Iterable[Row]) -> None:
        waiting = iter(rows)
        while chunk := list(islice(waiting, 10 * CHUNK)):
            lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in chunk)
            self._link.send(f"INSERT INTO `{stored.name}` FORMAT JSONCompactEachRow", {}, lines)

    def analyze(self) -> None:
        """There are no statistics to take."""


SERVER = ClickHouse
