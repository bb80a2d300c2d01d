"""Text as the search engine analyses it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booruql.analysis import analyse, make_phrase, stems, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("red fox", ["red", "fox"]),
        ("fox's o'clock rock 'n roll'", ["fox's", "o'clock", "rock", "n", "roll"]),
        ("a.b a..b 3.5 3,5 1,a", ["a.b", "a", "b", "3.5", "3,5", "1", "a"]),
        ("under_score _x_ __", ["under_score", "_x_"]),
        ("a:b c-d e/f d&d", ["a:b", "c", "d", "e", "f", "d", "d"]),
        ("狐の火", ["狐", "の", "火"]),
        ("カタカナ語", ["カタカナ", "語"]),
        ("한국어 말", ["한국어", "말"]),
        ("e\u0301toile naïve", ["e\u0301toile", "naïve"]),
        ("don\u2019t", ["don\u2019t"]),
        ("x" * 300, ["x" * 255, "x" * 45]),
        ("", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert list(words(text)) == found


def test_stems_keep_the_places_of_stop_words() -> None:
    assert list(analyse("The Foxes' jump over it, running")) == [(1, "fox"), (2, "jump"), (3, "over"), (5, "run")]
    assert stems("wolf's wolves WOLF") == ("wolf", "wolv")


@pytest.mark.parametrize(
    ("phrase", "value", "holds"),
    [
        ("fox jumping", "a red fox jumped", True),
        ("jumping fox", "a red fox jumped", False),
        ("fox of the wood", "fox in a wood", True),
        ("fox of wood", "fox wood", False),
        ("fox fox", "fox", False),
        ("fox fox", "a fox fox", True),
        ("the", "the", False),
        ("", "fox", False),
        ("fox", "", False),
    ],
)
def test_phrases(phrase: str, value: str, holds: bool) -> None:
    assert make_phrase(phrase)(value) is holds


@given(
    st.lists(st.sampled_from("fox wolf the red ran".split()), max_size=6),
    st.lists(st.sampled_from("fox wolf the red ran".split()), max_size=8),
)
def test_phrases_are_found_where_a_plain_search_finds_them(phrase: list[str], value: list[str]) -> None:
    wanted, there = list(analyse(" ".join(phrase))), dict(analyse(" ".join(value)))
    plain = any(all(there.get(start + place) == one for place, one in wanted) for start in range(-10, 10)) and bool(wanted)
    assert make_phrase(" ".join(phrase))(" ".join(value)) is plain


@given(st.text())
def test_any_text_has_words(text: str) -> None:
    assert all(word and word in text for word in words(text))


def test_long_phrases_cost_little() -> None:
    start = time.process_time()
    assert not make_phrase("x " * 5_000 + "y")("x " * 20_000 + "z y")
    assert time.process_time() - start < 2
