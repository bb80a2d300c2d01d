"""A query that takes too long is stopped: in Python, and in the database."""

from __future__ import annotations

import sqlite3
import threading
import time

import pytest

from booruql.app.timeout import within
from booruql.errors import ConfigError, LimitError

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_python_is_stopped() -> None:
    with pytest.raises(LimitError, match=r"E606: the query took longer than 0\.05 s"), within(0.05):
        while True:
            pass


@pytest.mark.parametrize("elsewhere", [False, True], ids=["main thread", "another thread"])
def test_a_database_is_stopped(elsewhere: bool) -> None:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    caught: list[Exception] = []

    def run() -> None:
        try:
            with within(0.05, connection.interrupt):
                connection.execute(ENDLESS).fetchone()
        except LimitError as problem:
            caught.append(problem)

    if elsewhere:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join(20)
    else:
        run()
    assert [problem.code for problem in caught] == ["E606"]  # type: ignore[attr-defined]
    connection.close()


def test_what_is_quick_is_left_alone() -> None:
    with within(5):
        pass
    with within(None):
        pass
    time.sleep(0.01)


def test_an_error_of_the_block_stays_what_it_is() -> None:
    with pytest.raises(KeyError), within(5):
        raise KeyError("x")


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_time_is_above_nothing(seconds: float) -> None:
    with pytest.raises(ConfigError), within(seconds):
        pass
