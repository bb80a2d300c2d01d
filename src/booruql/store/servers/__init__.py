"""Databases behind drivers: one file each, named as the database is, with its `SERVER`. Nothing lists them.

`open_url` reads a database that is there; `connect` makes a schema of ours, which goes when it is closed.
"""

from __future__ import annotations

from collections.abc import Iterator

from booruql.errors import ConfigError
from booruql.listing import Listing
from booruql.store.servers._address import Address, is_url
from booruql.store.servers._server import SECONDS, Row, Server

__all__ = ["SECONDS", "Address", "Row", "Server", "connect", "is_database", "is_url", "open_url", "shown"]

_SERVERS: Listing[type[Server]] = Listing(__name__, "SERVER", "database")


def _servers() -> Iterator[type[Server]]:
    return map(_SERVERS.load, _SERVERS.names)


def _schemes() -> Iterator[str]:
    return (scheme for server in _servers() for scheme in server.schemes)


def is_database(source: str) -> bool:
    """Whether the text is the URL of a database that we know how to ask."""
    return is_url(source) and Address.read(source).scheme in _schemes()


def shown(source: str) -> str:
    """What a path or URL names, as it may be printed: without secrets."""
    return Address.read(source).shown if is_url(source) else source


def open_url(url: str, *, seconds: float = SECONDS) -> Server:
    """A connection to the database that a URL names: for reading only, each statement for at most so many seconds.

    `sqlite:///file.db` and `duckdb:///file.duckdb` name files (with a fourth slash from the root of the file system);
    `postgresql://`, `mysql://` and `clickhouse://` are `user:password@host:port/database`. What the driver knows beside
    goes behind a `?`. Nothing is created there, and no message shows a secret of the URL.

    Raises:
        ConfigError: no database of ours, it cannot be reached, or its driver is not installed.
    """
    address = Address.read(url)
    for server in _servers():
        if address.scheme in server.schemes:
            return server(url, seconds=seconds)
    raise ConfigError(f"no database has URLs of {address.scheme}://; known: {', '.join(_schemes())}")


def connect(database: str, url: str | None) -> Server:
    """A connection to the database, in a new schema of our own to be filled.

    Raises:
        ConfigError: it needs a URL, cannot be reached, or its driver is not installed.
    """
    found = _SERVERS.load(database)
    if not url and found.needs_url:
        raise ConfigError(f"{database} needs a server: its URL goes into BOORUQL_{database.upper()}_URL")
    server = found(url or "", writes=True)
    try:
        server.make_schema()
    except BaseException:
        server.close()
        raise
    return server
