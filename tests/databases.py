"""Databases for tests that open them by URL: each a new one, that may be written to before it is read."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from booruql.errors import ConfigError
from booruql.listing import Listing
from booruql.store.servers import Server
from tests.clickhouse_http import PASSWORD, USER
from tests.servers import available

_SERVERS: Listing[type[Server]] = Listing("booruql.store.servers", "SERVER", "database")


def writing(url: str) -> Server:
    """A connection that may write where `open_url` reads."""
    scheme = url.partition("://")[0]
    made = next(server for server in map(_SERVERS.load, _SERVERS.names) if scheme in server.schemes)
    return made(url, writes=True)


@contextmanager
def new_database(database: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database, which is gone afterwards."""
    if database in ("postgres", "mysql"):
        yield from _on_server(database)
        return
    if database != "sqlite":
        available(database)
    name = folder / f"{uuid4().hex}.{database}"
    if database == "clickhouse":
        name.mkdir()
    yield f"{database}:///{name}"


def _on_server(database: str) -> Iterator[str]:
    base = available(database)
    name = f"test_{uuid4().hex[:12]}"
    kind = "SCHEMA" if database == "postgres" else "DATABASE"
    end = "" if database == "postgres" else " CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
    _run(base, f"CREATE {kind} {name}{end}")
    if database == "postgres":
        yield f"{base}{'&' if '?' in base else '?'}options={quote(f'-csearch_path={name}')}"
    else:
        yield re.sub(r"(://[^/]*/)[^?]*", rf"\g<1>{name}", base)
    _run(base, f"DROP {kind} {name}" + (" CASCADE" if database == "postgres" else ""))


def _run(url: str, text: str) -> None:
    server = writing(url)
    server.run(text)
    server.close()


@contextmanager
def worded_database(database: str, folder: Path) -> Iterator[str]:
    """As `new_database`; in PostgreSQL one that compares texts as a language does, where it knows how."""
    if database == "postgres":
        base = available(database)
        name = f"test_{uuid4().hex[:12]}"
        try:
            _run(base, f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")
        except ConfigError:
            _run(base, f"CREATE DATABASE {name} TEMPLATE template0")
        yield re.sub(r"(://[^/]*/)[^?]*", rf"\g<1>{name}", base)
        _run(base, f"DROP DATABASE {name}")
    else:
        with new_database(database, folder) as url:
            yield url


@contextmanager
def over_http(folder: str) -> Iterator[str]:
    """A URL of ClickHouse's HTTP interface to the data in a folder."""
    script = Path(__file__).with_name("clickhouse_http.py")
    with subprocess.Popen([sys.executable, str(script), folder], stdout=subprocess.PIPE, text=True) as front:
        assert front.stdout is not None
        try:
            yield f"clickhouse://{USER}:{quote(PASSWORD)}@127.0.0.1:{int(front.stdout.readline())}/default"
        finally:
            front.terminate()
