"""Filters and blacklists: compiled once, they say what to do with a post, and why."""

from __future__ import annotations

from typing import Any

import pytest

from booruql.context import Catalog, Context, Filter
from booruql.engine.filters import Action, Cause, Judgement, compile_blacklist, compile_filter
from booruql.errors import Span


def image(*tags: str, ids: tuple[int, ...] = (), **more: Any) -> dict[str, Any]:
    return {"id": 1, "tags": list(tags), "tag_ids": list(ids), "score": 0, "sha512_hash": "", **more}


class Tags(Catalog):
    def tag_names(self, ids: Any) -> dict[int, str]:
        return {number: f"name{number}" for number in ids if number != 13}


HIDING = Filter(hidden_tag_ids=(11, 13), hidden_complex="score.lt:0\r\n\nmeme, -safe", spoilered_complex="rain OR snow")


def test_a_filter_tells_what_to_do_and_why() -> None:
    rules = compile_filter(HIDING, context=Context(catalog=Tags()))
    assert not rules.warnings
    assert rules.judge(image("sky")) == Judgement(Action.SHOW)
    assert rules.judge(image("sky", ids=(11, 13))).causes == (
        Cause("hidden_tag_ids", "name11"),
        Cause("hidden_tag_ids", "tag 13"),
    )
    text = HIDING.hidden_complex
    for post, words in ((image("sky", score=-1), "score.lt:0"), (image("meme"), "meme, -safe")):
        judged = rules.judge(post)
        (cause,) = judged.causes
        assert (judged.action, cause.words) == (Action.HIDE, words)
        assert cause.span and text[cause.span.start : cause.span.end] == words
        assert rules.hides(post)
        assert not rules.spoilers(post)
    assert rules.judge(image("rain")) == Judgement(Action.SPOILER, (Cause("spoilered_complex", "rain", Span(0, 4)),))
    assert rules.spoilers(image("rain"))
    assert rules.judge(image("rain", score=-1)).action is Action.HIDE


@pytest.mark.parametrize("text", ["score:bad", "(", "filter_id:1", "sky\n ", "tag filter_id:1"])
def test_a_filter_that_does_not_compile_hides_everything(text: str) -> None:
    rules = compile_filter(Filter(hidden_complex=text))
    assert [warning.code for warning in rules.warnings] == ["W209"]
    assert rules.judge(image("sky")).action is Action.HIDE


def test_an_empty_filter_shows_everything() -> None:
    assert compile_filter(Filter()).judge(image("sky")) == Judgement(Action.SHOW)


def test_a_blacklist_hides_by_lines() -> None:
    text = "cat -sky\r\n\n  dog or bird\nrating:q\n"
    rules = compile_blacklist(text)
    post = {"id": 1, "tag_string": "bird tree", "rating": "q"}
    judged = rules.judge(post)
    assert [(cause.rule, cause.words) for cause in judged.causes] == [("3", "bird"), ("4", "rating:q")]
    for cause in judged.causes:
        assert cause.span and text[cause.span.start : cause.span.end] == cause.words
    assert rules.judge({"id": 1, "tag_string": "cat sky", "rating": "g"}).action is Action.SHOW


def test_a_line_that_does_not_compile_hides_nothing() -> None:
    rules = compile_blacklist("cat\n(dog")
    (warning,) = rules.warnings
    assert (warning.code, warning.text) == ("W210", "cat\n(dog")
    assert warning.span and warning.span.start >= 4
    assert rules.hides({"id": 1, "tag_string": "cat"})
    assert not rules.hides({"id": 1, "tag_string": "dog"})
