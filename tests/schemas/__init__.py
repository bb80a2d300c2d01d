"""Databases of known softwares: tables in our own words, filled with a board as each software can hold it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from booruql.context import Catalog
from booruql.documents import Document
from booruql.schema import table
from booruql.sites.site import Resource
from booruql.store.servers import Server
from tests.corpus import Tables, link

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Fold = Callable[[str], str]
"""What a database's own `lower` makes of a name."""
_EPOCH = datetime(1970, 1, 1)
_CHUNK = 500


@dataclass(frozen=True)
class Held:
    """A board in a software's tables, and the documents that these are: the predicate over them is the reference."""

    rows: Rows
    documents: dict[str, list[Document]]
    catalog: Catalog

    def tables(self, resource: Resource) -> Tables:
        """The documents by entity, linked; the main table as the site has it."""
        found: Tables = {name: (table(name), rows) for name, rows in self.documents.items()}
        found[resource.entity] = (resource.table, self.documents[resource.entity])
        link(found)
        return found


def moment(micros: int | None) -> datetime | None:
    """The instant in UTC, without a zone."""
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)


def zoned(micros: int | None) -> datetime | None:
    """The instant with its zone."""
    found = moment(micros)
    return None if found is None else found.replace(tzinfo=UTC)


def fold_of(server: Server) -> Fold:
    """How the database folds: some know the letter case of ASCII alone."""
    return str.lower if server.ask("SELECT LOWER('É')")[0][0] == "é" else _ascii_lower


def _ascii_lower(text: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in text)


def create(server: Server, name: str) -> None:
    """Make the tables of a file in this folder; what needs trigrams is left out where the server has none."""
    for statement in _statements(name):
        if "trgm" not in statement or _has_trigrams(server):
            server.run(statement)


def load(server: Server, name: str, rows: Rows) -> None:
    """Make the tables and put the rows in."""
    create(server, name)
    for stored, values in rows.items():
        _fill(server, stored, values)
    server.analyze()
    if server.database == "mysql":
        server.run(f"ANALYZE TABLE {', '.join(rows)}")


def _statements(name: str) -> Iterator[str]:
    """Statements stand apart by an empty line."""
    text = Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")
    return (part.strip().removesuffix(";") for part in text.split("\n\n") if not part.startswith("--"))


def _has_trigrams(server: Server) -> bool:
    return bool(server.ask("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"))


def _fill(server: Server, stored: str, rows: list[Row]) -> None:
    if not rows:
        return
    mark = "?" if server.database == "sqlite" else "%s"
    columns = ", ".join(map(server.dialect.quote, rows[0]))
    marks = f"({', '.join([mark] * len(rows[0]))})"
    begin = f"INSERT INTO {server.dialect.quote(stored)} ({columns}) VALUES "
    for at in range(0, len(rows), _CHUNK):
        some = rows[at : at + _CHUNK]
        server.ask(begin + ", ".join([marks] * len(some)), [_sent(value, server) for row in some for value in row.values()])


def _sent(value: Any, server: Server) -> Any:
    if server.database == "sqlite" and isinstance(value, datetime):
        return value.isoformat(" ")
    return value
