"""PostgreSQL by psycopg."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from booruql.backends.sql.tables import Stored
from booruql.errors import ConfigError
from booruql.store.servers._server import SECONDS, Row, Server, driver


class Postgres(Server):
    """A session of its own; statements end after `seconds`, transactions are for reading."""

    database = "postgres"
    title = "PostgreSQL"
    schemes = ("postgresql", "postgres")
    needs_url = True
    catalogue = (
        "SELECT t.relname, a.attname, NOT a.attnotnull, format_type(a.atttypid, NULL),"
        " CASE WHEN c.oid IS NULL THEN '' WHEN NOT c.collisdeterministic THEN 'loose'"
        " WHEN coalesce(nullif(c.collcollate, ''), d.datcollate) IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8') THEN 'code point'"
        " ELSE 'exact' END"
        " FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
        " JOIN pg_database d ON d.datname = current_database() LEFT JOIN pg_collation c ON c.oid = a.attcollation"
        " WHERE n.nspname = ANY (current_schemas(false)) AND t.relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND a.attnum > 0 AND NOT a.attisdropped"
        " ORDER BY array_position(current_schemas(false), n.nspname) DESC, a.attnum"
    )
    indexed = (
        "SELECT t.relname, pg_get_indexdef(i.indexrelid, 1, true) FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid"
        " JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = ANY (current_schemas(false)) AND i.indisvalid"
    )

    def __init__(self, url: str, *, writes: bool = False, seconds: float = SECONDS) -> None:
        super().__init__(url, writes=writes, seconds=seconds)
        psycopg = driver("psycopg", "postgres")
        self.errors = (psycopg.Error,)
        self._late = psycopg.errors.QueryCanceled
        try:
            self.connection = psycopg.connect(url, autocommit=True)
        except psycopg.Error as problem:
            raise ConfigError(f"PostgreSQL: {self._shown(problem)}") from None
        self.run(f"SET statement_timeout = {round(seconds * 1000)}")
        self.run("SET TIME ZONE 'UTC'")
        if not writes:
            self.run("SET default_transaction_read_only = on")

    def _ask(self, text: str, params: Any) -> list[Row]:
        cursor = self.connection.execute(text, params or None)
        return cursor.fetchall() if cursor.description else []

    def _is_late(self, problem: Exception) -> bool:
        return isinstance(problem, self._late)

    def snapshot(self) -> None:
        self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def interrupt(self) -> None:
        self.connection.cancel()

    def _disconnect(self) -> None:
        self.connection.close()

    def _make_schema(self, name: str) -> None:
        self.run(f"CREATE SCHEMA {name}")
        self.run(f"SET search_path = {name}")

    def _drop_schema(self, name: str) -> None:
        self.run(f"DROP SCHEMA {name} CASCADE")

    def fill(self, stored: Stored, rows: Iterable[Row]) -> None:
        with self.connection.cursor() as cursor, cursor.copy(f'COPY "{stored.name}" FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)


SERVER = Postgres
