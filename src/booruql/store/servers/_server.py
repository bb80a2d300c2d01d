"""What every database is asked in the same way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from importlib import import_module
from itertools import islice
from typing import Any, ClassVar, NamedTuple
from uuid import uuid4

from booruql.backends.sql.dialect import Dialect, load
from booruql.backends.sql.tables import Stored
from booruql.errors import ConfigError, QueryError, make_error
from booruql.store.servers._address import Address

Row = Sequence[Any]
SECONDS = 60.0
"""How long one statement may take."""
CHUNK = 500
"""Rows that are put into a table at once."""


class Catalogued(NamedTuple):
    """A column in a catalogue; `collation` is the word of a `Collation`, empty for what is no text."""

    name: str
    nullable: bool
    type: str
    collation: str


class Server(ABC):
    """A connection of ours to a database: for reading only, unless it `writes` into a schema of our own."""

    database: ClassVar[str]
    title: ClassVar[str]
    schemes: ClassVar[tuple[str, ...]]
    """What its URLs begin with."""
    needs_url: ClassVar[bool] = False
    catalogue: ClassVar[str]
    """Lists every column that can be asked: table, name, whether it may be null, its type, how its texts compare."""
    indexed: ClassVar[str] = ""
    """Lists the first column or expression of every index: table, text. Without it nothing is known of indexes."""
    explain: ClassVar[str] = "EXPLAIN "
    """Stands before a statement to have its plan told without running it."""
    errors: tuple[type[Exception], ...] = ()
    """What its driver raises."""

    def __init__(self, url: str = "", *, writes: bool = False, seconds: float = SECONDS) -> None:
        self.address = Address.read(url or f"{self.schemes[0]}://")
        self.dialect: Dialect = load(self.database)
        self.writes, self.seconds = writes, seconds
        self.schema: str | None = None

    # --- asking

    def ask(self, text: str, params: Any = ()) -> list[Row]:
        """The rows of a statement.

        Raises:
            LimitError: E606, it took longer than `seconds`.
            ConfigError: the database refuses it.
        """
        try:
            return self._ask(text, params)
        except self.errors as problem:
            raise self._refusal(problem) from None

    @abstractmethod
    def _ask(self, text: str, params: Any) -> list[Row]:
        """The rows of a statement, with the driver's own errors."""

    def columns(self) -> dict[str, dict[str, bool]]:
        """The columns of every table by name, and whether each may be null."""
        return {table: {one.name: one.nullable for one in found.values()} for table, found in self.catalog().items()}

    def catalog(self) -> dict[str, dict[str, Catalogued]]:
        """The columns of every table by name, as the database's catalogue tells of them."""
        found: dict[str, dict[str, Catalogued]] = {}
        for table, name, nullable, type_, collation in self.ask(self.catalogue):
            found.setdefault(table, {})[name] = Catalogued(name, bool(nullable), type_.lower(), collation)
        return found

    def indexes(self) -> list[Row] | None:
        """Table and first column or expression of every index; None where that is not known."""
        return self.ask(self.indexed) if self.indexed else None

    def plan(self, text: str, params: Any = ()) -> str:
        """How the database would run a statement, in its own words."""
        return "\n".join(str(row[-1]) for row in self.ask(self.explain + text, params)).strip()

    def run(self, text: str) -> None:
        """A statement without rows."""
        self.ask(text)

    def _refusal(self, problem: Exception) -> ConfigError | QueryError:
        if self._is_late(problem):
            hint = "ask for less, or give it more time"
            return make_error("E606", f"{self.title} took longer than {self.seconds:g} s", hint=hint)
        return ConfigError(f"{self.title}: {self._shown(problem)}")

    def _is_late(self, problem: Exception) -> bool:
        """Whether the driver's error says that the time of a statement is over."""
        return False

    def _shown(self, problem: Exception) -> str:
        """The driver's message, without secrets."""
        return self.address.hide(str(problem))

    def snapshot(self) -> None:
        """From here to `release` every statement sees the same rows, where the database can."""
        self.run("BEGIN")

    def release(self) -> None:
        """End a snapshot."""
        self.run("ROLLBACK")

    @abstractmethod
    def interrupt(self) -> None:
        """Stop what another thread is asking."""

    def close(self) -> None:
        """Drop the schema, if there is one of ours, and let go of the connection."""
        try:
            if self.schema is not None:
                self._drop_schema(self.schema)
        finally:
            self._disconnect()

    @abstractmethod
    def _disconnect(self) -> None:
        """Let go of the connection."""

    # --- a schema of ours

    def make_schema(self) -> None:
        """Make a schema that `close` drops, and be in it."""
        name = f"booruql_{uuid4().hex[:12]}"
        self._make_schema(name)
        self.schema = name

    @abstractmethod
    def _make_schema(self, name: str) -> None:
        """Make it and be in it."""

    @abstractmethod
    def _drop_schema(self, name: str) -> None:
        """Drop it with all that is in it."""

    def fill(self, stored: Stored, rows: Iterable[Row]) -> None:
        """Put rows into a table, column by column as `stored` lists them."""
        waiting = iter(rows)
        marks = "(" + ", ".join(["%s" if self.dialect.paramstyle == "format" else "?"] * len(stored.columns)) + ")"
        while chunk := list(islice(waiting, CHUNK)):
            values = ", ".join([marks] * len(chunk))
            self.ask(f"INSERT INTO {self.dialect.quote(stored.name)} VALUES {values}", [v for row in chunk for v in row])

    def analyze(self) -> None:
        """Tell the planner what the tables hold."""
        self.run("ANALYZE")


def driver(module: str, extra: str) -> Any:
    """The module of a driver.

    Raises:
        ConfigError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        raise ConfigError(f"{module} is not installed; the extra booruql[{extra}] has it") from None
