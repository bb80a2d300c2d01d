"""MariaDB or MySQL by PyMySQL; `?unix_socket=` in the URL names a socket."""

from __future__ import annotations

from typing import Any

from booruql.errors import ConfigError
from booruql.store.servers._server import SECONDS, Row, Server, driver

_LATE = (1969, 3024, 1317, 2013)
"""Errors for a statement that took too long: of MariaDB, of MySQL, for one that was stopped, for one that never answered."""
_AFTER = 5  # seconds that the server has to end a statement itself


class MySQL(Server):
    """A session of its own; statements end after `seconds`, transactions are for reading."""

    database = "mysql"
    title = "MySQL"
    schemes = ("mysql", "mariadb")
    needs_url = True
    catalogue = (
        "SELECT table_name, column_name, is_nullable = 'YES', data_type, CASE WHEN collation_name IS NULL THEN ''"
        " WHEN collation_name LIKE '%bin' THEN 'code point' WHEN collation_name LIKE '%cs' THEN 'exact' ELSE 'loose' END"
        " FROM information_schema.columns WHERE table_schema = DATABASE()"
    )
    indexed = (
        "SELECT table_name, column_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND seq_in_index = 1"
    )
    explain = "EXPLAIN FORMAT=JSON "

    def __init__(self, url: str, *, writes: bool = False, seconds: float = SECONDS) -> None:
        super().__init__(url, writes=writes, seconds=seconds)
        self._driver = driver("pymysql", "mysql")
        self.errors = (self._driver.MySQLError,)
        self.connection = self._connect()
        self._is_maria = "MariaDB" in self.ask("SELECT VERSION()")[0][0]
        limit = f"max_statement_time = {seconds:f}" if self._is_maria else f"max_execution_time = {round(seconds * 1000)}"
        self.run(f"SET SESSION {limit}")
        self.run("SET SESSION time_zone = '+00:00'")
        if not writes:
            self.run("SET SESSION TRANSACTION READ ONLY")

    def _connect(self) -> Any:
        to = self.address
        given: dict[str, Any] = {"database": to.path} if to.path else {}
        try:
            return self._driver.connect(
                host=to.host or "127.0.0.1", port=to.port or 3306, user=to.user or "root", password=to.password or "",
                charset="utf8mb4", autocommit=True, read_timeout=self.seconds + _AFTER, **given, **to.options,
            )  # fmt: skip
        except (self._driver.MySQLError, TypeError) as problem:  # TypeError: an option that the driver does not know
            raise ConfigError(f"MySQL: {self._shown(problem)}") from None

    def _ask(self, text: str, params: Any) -> list[Row]:
        with self.connection.cursor() as cursor:
            cursor.execute(text, params or None)
            return list(cursor.fetchall())

    def _is_late(self, problem: Exception) -> bool:
        return bool(problem.args) and problem.args[0] in _LATE

    def snapshot(self) -> None:
        self.run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")

    def interrupt(self) -> None:
        other = self._connect()
        with other.cursor() as cursor:
            cursor.execute("KILL QUERY %s", (self.connection.thread_id(),))
        other.close()

    def _disconnect(self) -> None:
        self.connection.close()

    def _make_schema(self, name: str) -> None:
        collation = "utf8mb4_nopad_bin" if self._is_maria else "utf8mb4_0900_bin"
        self.run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE {collation}")
        self.run(f"USE {name}")

    def _drop_schema(self, name: str) -> None:
        self.run(f"DROP DATABASE {name}")

    def analyze(self) -> None:
        """Its statistics keep themselves."""


SERVER = MySQL
