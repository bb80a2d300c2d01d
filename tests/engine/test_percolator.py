"""`booruql.Percolator`: saved queries, bound to the moment of each batch, kept in a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from booruql import Catalog, Context, Limits, Percolator, QueryError, User, params, parse
from booruql.documents import Document
from booruql.errors import ConfigError

CAT = {"id": 1, "tag_string": "cat sky", "created_at": "2026-01-15T11:30:00Z", "uploader_id": 7, "score": 3}


class Renamed(Catalog):
    def alias(self, name: str) -> str | None:
        return "cat" if name == "kitty" else None


def test_a_post_finds_its_queries_in_the_order_of_their_ids() -> None:
    alerts = Percolator()
    for number, text in enumerate(["dog", "cat", "cat -sky", "~cat ~dog", "-dog", "score:1..5", "s*y"]):
        alerts.add(number, text)
    assert alerts.match(CAT) == [1, 3, 4, 5, 6]
    alerts.remove(3)
    alerts.remove("unknown")
    assert alerts.match(CAT) == [1, 4, 5, 6]
    assert (len(alerts), 3 in alerts, 4 in alerts) == (6, False, True)


def test_relative_times_count_from_the_moment_of_the_batch() -> None:
    alerts = Percolator()
    alerts.add("new", "age:<1h")
    early, late = (Context(now=datetime(2026, 1, 15, hour, tzinfo=UTC)) for hour in (12, 14))
    assert alerts.match(CAT, context=early) == ["new"]
    assert alerts.match(CAT, context=early) == ["new"]
    assert alerts.match(CAT, context=late) == []


def test_the_viewers_words_are_of_the_viewer_of_the_batch() -> None:
    alerts = Percolator(site="furbooru")
    alerts.add("mine", parse("my:uploads", site="furbooru", audience="user"))
    image = Document(id=1, uploader_id=7, true_uploader_id=7)
    found = [alerts.match(image, context=Context(viewer=User(number, "ash"))) for number in (7, 8)]
    assert found == [["mine"], []]
    assert alerts.match(image) == []
    assert alerts.refused["mine"].code == "E306"


def test_rebinding_reads_the_catalog_anew() -> None:
    alerts = Percolator()
    alerts.add("k", "kitty")
    assert alerts.match(CAT) == []
    alerts.rebind(Renamed())
    assert alerts.match(CAT) == ["k"]


def test_an_order_is_ignored_with_a_warning() -> None:
    alerts = Percolator()
    assert [warning.code for warning in alerts.add("a", "cat order:score limit:5")] == ["W211"]
    assert alerts.add("b", "cat date:>2020-01-01") == ()
    assert alerts.match(CAT) == ["a", "b"]


def test_queries_are_saved_and_loaded(tmp_path: Path) -> None:
    alerts = Percolator()
    alerts.add("a", "cat\u2028")
    alerts.add(2, "age:<1y")
    alerts.save(tmp_path / "alerts.jsonl")
    loaded = Percolator.load(tmp_path / "alerts.jsonl")
    context = Context(now=datetime(2026, 1, 15, 12, tzinfo=UTC))
    assert loaded.match(CAT, context=context) == alerts.match(CAT, context=context) == [2, "a"]


def test_queries_of_every_kind_are_read_again() -> None:
    """Only what they were made of is kept: audience, parameters and all."""
    alerts = Percolator(site="furbooru")
    alerts.add("mine", parse("my:uploads || fox", site="furbooru", audience="user"))
    alerts.add("asked", params("q=fox&sf=score", site="furbooru"))
    alerts.add("long", parse("fox || " * 99 + "fox", site="furbooru", limits=Limits(terms=100)))
    fox = Document(id=1, tag_names=frozenset({"fox"}))
    context = Context(viewer=User(7, "ash"))
    assert alerts.match(fox, context=context) == ["asked", "long", "mine"]
    alerts.rebind(None)
    assert alerts.match(fox, context=context) == ["asked", "long", "mine"]


def test_a_query_of_parameters_is_saved_as_one(tmp_path: Path) -> None:
    alerts = Percolator()
    alerts.add(1, params("search[score]=>2"))
    alerts.add(2, parse("cat", audience="user"))
    alerts.save(tmp_path / "alerts.jsonl")
    loaded = Percolator.load(tmp_path / "alerts.jsonl")
    assert loaded.match(CAT) == alerts.match(CAT) == [1, 2]
    images = Percolator(site="furbooru")
    images.add(1, params("q=fox", site="furbooru"))
    with pytest.raises(ConfigError, match="cannot be saved"):
        images.save(tmp_path / "images.jsonl")


def test_queries_of_another_kind_are_refused() -> None:
    with pytest.raises(ConfigError, match="furbooru"):
        Percolator().add(1, parse("fox", site="furbooru"))
    with pytest.raises(QueryError):
        Percolator().add(1, "(cat")
