"""Text from strangers costs linear time, in parsing and every back end, and is refused at once by the usual limits."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from functools import partial

import pytest

import booruql
from booruql import Context, Limits, QueryError
from booruql.backends import predicate
from booruql.documents import Document

SIZE = int(os.environ.get("BOORUQL_HOSTILE", "20000"))
"""Characters of the longer text; 100,000 for the full measure."""
HUGE = Limits(characters=1_000_000, depth=1_000_000, terms=1_000_000, clauses=1_000_000)
UNITS = ("(", "-", "~", ")", '"', "\\", "*", ",", " ", "a(", "(a ", "a ", "a,", '"a', "a)", "a^1", "a~")
SITES = ("danbooru", "furbooru")
MOST = 2.5
"""How much longer twice the text may take."""


def repeated(unit: str, size: int) -> str:
    return (unit * size)[:size]


def nested(size: int) -> str:
    return "(" * (size // 2) + "a" + ")" * (size // 2)


def spent(work: Callable[[], object]) -> float:
    """Processor seconds of one run."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        work()
        return time.process_time() - start
    finally:
        gc.enable()


def grows_linearly(work: Callable[[int], object], size: int = SIZE) -> bool:
    """Whether some of a few tries stays below the limit: other work on the machine can only slow one."""
    for shorter in range(0, 40, 8):  # another length each time: what was parsed before is remembered
        half, whole = spent(partial(work, size // 2 - shorter)), spent(partial(work, size - 2 * shorter))
        if whole <= MOST * max(half, 0.01):
            return True
    return False


def answer(text: str, site: str, target: Callable[[object], object]) -> object:
    """What a target makes of a text; an error is an answer."""
    try:
        query = booruql.parse(text, site=site, limits=HUGE)
        return target(booruql.close(query, Context(limits=HUGE)))
    except QueryError as problem:
        return problem


def no_target(closed: object) -> object:
    return closed


def asked(closed: booruql.Closed) -> bool:
    return predicate.compile(closed.search, closed.resource).test(Document(id=1, tags=frozenset({"a"})))


def indexed(closed: booruql.Closed) -> int:
    return booruql.Index.build([Document(id=1, tags=frozenset({"a"}))], site=closed.search.site).count(closed)


TARGETS = {
    "parse": no_target,
    "predicate": asked,
    "index": indexed,
    "sql": booruql.sql,
    "elastic": booruql.elastic,
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("unit", [*UNITS, "nested"])
def test_the_cost_grows_with_the_length(unit: str, site: str, target: str) -> None:
    if target == "index":
        pytest.importorskip("pyroaring")
    made = nested if unit == "nested" else lambda size: repeated(unit, size)
    booruql.parse("a", site=site)
    assert grows_linearly(lambda size: answer(made(size), site, TARGETS[target]))  # type: ignore[arg-type]


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("unit", [*UNITS, "nested"])
def test_the_usual_limits_refuse_it_at_once(unit: str, site: str) -> None:
    text = nested(SIZE) if unit == "nested" else repeated(unit, SIZE)
    booruql.parse("a", site=site)
    start = time.process_time()
    with pytest.raises(booruql.QueryError, match=r"E601"):
        booruql.parse(text, site=site)
    assert time.process_time() - start < 0.5
