"""A query that takes too long is stopped: in Python, and in the database."""

from __future__ import annotations

import sqlite3
import threading
from typing import Any

import pytest

from booruql.app.timeout import run_within
from booruql.errors import ConfigError, LimitError

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def loop() -> None:
    while True:
        pass


def test_python_is_stopped() -> None:
    with pytest.raises(LimitError, match=r"E606: the query took longer than 0\.05 s"):
        run_within(0.05, loop)


@pytest.mark.parametrize("elsewhere", [False, True], ids=["main thread", "another thread"])
def test_a_database_is_stopped(elsewhere: bool) -> None:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    caught: list[str] = []

    def run() -> None:
        try:
            run_within(0.05, lambda: connection.execute(ENDLESS).fetchone(), connection.interrupt)
        except LimitError as problem:
            caught.append(problem.code)

    if elsewhere:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join(20)
    else:
        run()
    assert caught == ["E606"]
    connection.close()


def test_what_is_quick_is_left_alone() -> None:
    assert run_within(5, lambda: 7) == 7


def test_an_error_of_the_work_stays_what_it_is() -> None:
    def fail() -> Any:
        raise KeyError("x")

    with pytest.raises(KeyError):
        run_within(5, fail)


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_time_is_above_nothing(seconds: float) -> None:
    with pytest.raises(ConfigError):
        run_within(seconds, loop)
