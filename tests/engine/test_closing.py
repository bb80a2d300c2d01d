"""What a context keeps of the queries closed in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from booruql import Context, QueryError, Vocabulary, close, parse
from booruql.ast.nodes import OneOf, Wild
from booruql.context import Catalog


def test_a_query_seen_before_is_the_same_closed_one() -> None:
    context = Context(catalog=Vocabulary({"cat": 1}))
    assert close(parse("cat -dog"), context) is close(parse("cat -dog"), context)
    assert close(parse("cat -dog"), Context()) == close(parse("cat -dog"), Context())


def test_a_query_is_closed_anew_once_the_vocabulary_is_another() -> None:
    tags = Vocabulary({"blue_sky": 2})
    context = Context(catalog=tags)
    assert close(parse("blue_*"), context).search.where == OneOf("tags", ("blue_sky",))
    tags.update({"blue_hair": 5})
    assert close(parse("blue_*"), context).search.where == OneOf("tags", ("blue_hair", "blue_sky"))
    tags.update(aliases={"azure": "blue_hair"})
    assert close(parse("azure"), context) == close(parse("blue_hair"), context)


def test_a_catalog_that_does_not_tell_its_version_is_asked_each_time() -> None:
    class Moody(Catalog):
        asked = 0

        def alias(self, name: str) -> str | None:
            self.asked += 1
            return f"{name}_{self.asked}"

    context = Context(catalog=Moody())
    assert close(parse("cat"), context) != close(parse("cat"), context)


def test_relative_times_follow_a_clock_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 1, 15, tzinfo=UTC)
    running, standing = Context(), Context(now=now)
    monkeypatch.setattr("booruql.context._clock", lambda: now)
    first, still = close(parse("age:<1d"), running), close(parse("age:<1d"), standing)
    now += timedelta(days=1)
    assert close(parse("age:<1d"), running) != first
    assert close(parse("age:<1d"), standing) is still


def test_a_refused_query_is_refused_each_time() -> None:
    context = Context(strict=True)
    for _ in range(2):
        with pytest.raises(QueryError):
            close(parse("score:cat"), context)


def test_names_that_a_pattern_found_are_the_caller_s_to_change() -> None:
    tags = Vocabulary({"blue_sky": 2})
    tags.expand(("blue_", Wild.RUN), 100).clear()
    assert tags.expand(("blue_", Wild.RUN), 100) == tags.find(("blue_", Wild.RUN), 100) == ["blue_sky"]
