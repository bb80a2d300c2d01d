"""Databases by URL: read only, stopped in time, silent about secrets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from booruql.backends.sql.dialect import names
from booruql.backends.sql.tables import NUMBER, Column, Stored, create
from booruql.errors import ConfigError, QueryError
from booruql.store.servers import Address, open_url
from tests.databases import new_database, over_http, writing

CATS = Stored("cats", "cats", (Column("id", NUMBER, nullable=False),), ("id",))
ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "postgres": "SELECT pg_sleep(60)",
    "mysql": "SELECT count(*) FROM information_schema.columns a, information_schema.columns b, information_schema.columns c",
    "duckdb": "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b WHERE a.range <> b.range",
    "clickhouse": "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)",
}
ROADS = [*names(), "clickhouse over HTTP"]


@pytest.fixture(scope="module", params=ROADS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = request.param.partition(" ")[0]
    folder = tmp_path_factory.mktemp("databases")
    with new_database(database, folder) as found:
        server = writing(found)
        for statement in create(CATS, server.dialect):
            server.run(statement)
        server.fill(CATS, [[1], [2], [3]])
        server.close()
        if request.param == database:
            yield found
        else:
            with over_http(Address.read(found).path) as served:
                yield served


def test_a_url_opens_what_is_there_for_reading(url: str) -> None:
    server = open_url(url)
    try:
        server.snapshot()
        assert [list(row) for row in server.ask("SELECT id FROM cats ORDER BY id")] == [[1], [2], [3]]
        server.release()
        for change in ("INSERT INTO cats VALUES (4)", "CREATE TABLE dogs AS SELECT * FROM cats", "DROP TABLE cats"):
            with pytest.raises(ConfigError, match=server.title):
                server.ask(change)
        assert len(server.ask("SELECT id FROM cats")) == 3
    finally:
        server.close()


def test_a_statement_ends_in_time(url: str) -> None:
    server = open_url(url, seconds=0.5)
    try:
        with pytest.raises(QueryError, match=r"took longer than 0\.5 s") as raised:
            server.ask(ENDLESS[server.database])
        assert raised.value.code == "E606"
        assert len(server.ask("SELECT id FROM cats")) == 3
    finally:
        server.close()


def test_another_thread_can_stop_a_statement(url: str) -> None:
    server = open_url(url, seconds=50)
    stopped = threading.Event()

    def stop() -> None:
        while not stopped.wait(0.2):
            server.interrupt()

    watcher = threading.Thread(target=stop)
    watcher.start()
    try:
        with pytest.raises((ConfigError, QueryError)):
            server.ask(ENDLESS[server.database])
    finally:
        stopped.set()
        watcher.join()
    server.close()


def test_a_statement_that_the_database_refuses_is_no_defect_of_ours(url: str) -> None:
    server = open_url(url)
    with pytest.raises(ConfigError, match=server.title):
        server.ask("SELECT x FROM no_such_table")
    server.close()


SECRET = "s3cr et"
WRONG = (
    "postgresql://ada:s3cr%20et@127.0.0.1:1/booru",
    "postgresql://ada:s3cr%20et@127.0.0.1:x1/booru",
    "postgresql://ada:s3cr%20et@[::1/booru",
    "postgresql://ada@127.0.0.1:1/booru?password=s3cr%20et&nonsense=1",
    "postgresql://ada:s3cr%20et@127.0.0.1:1/booru?sslmode=s3cr%20et",
    "mysql://ada:s3cr%20et@127.0.0.1:1/booru",
    "mysql://ada@127.0.0.1:1/booru?password=s3cr%20et",
    "mysql://ada@127.0.0.1:1/booru?s3cr%20et=1&passwd=s3cr%20et",
    "clickhouse://ada:s3cr%20et@127.0.0.1:1/booru",
    "sqlite:///s3cr_no_such_file.db?key=s3cr%20et",
    "duckdb:///no_such_file.duckdb?token=s3cr%20et",
    "oracle://ada:s3cr%20et@127.0.0.1/booru",
)


@pytest.mark.parametrize("wrong", WRONG)
def test_no_message_shows_a_secret(wrong: str) -> None:
    with pytest.raises(ConfigError) as raised:
        open_url(wrong)
    assert SECRET not in str(raised.value) and "s3cr%20et" not in str(raised.value)
    assert (raised.value.__cause__ is None and raised.value.__suppress_context__ is True) or raised.value.__context__ is None


def test_a_wrong_password_is_not_shown_over_http(tmp_path: Path) -> None:
    with new_database("clickhouse", tmp_path) as url, over_http(Address.read(url).path) as served:
        with pytest.raises(ConfigError, match="Authentication failed") as raised:
            open_url(served.replace("opal", "pearl"))
        assert "pearl" not in str(raised.value)


def test_an_address_is_printed_without_secrets() -> None:
    address = Address.read("postgresql://ada:opal@db:5432/booru?sslpassword=ruby")
    assert "opal" not in repr(address) and "ruby" not in repr(address)
