"""Word search: PostgreSQL's websearch grammar over stems."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booruql.websearch import STOP_WORDS, make_search

TEXT = "The quiet lakes of a well-known valley, painted in 1.5 hours. Don't swim!"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("lake", True),
        ("LAKES painting", True),
        ("lake dog", False),
        ("dog or lake", True),
        ("dog or lake cat", False),
        ("-dog", True),
        ("-lake", False),
        ("--lake", True),
        ("- dog lake", True),
        ('"quiet lake"', True),
        ('"lake quiet"', False),
        ('"lakes of a well-known"', True),
        ('"lakes of a well"', False),
        ('-"quiet lake"', False),
        ('"quiet lake', True),
        ("well-known", True),
        ("known-well", False),
        ("the of", False),
        ("", False),
        ("or lake", True),
        ("lake or", True),
        ("dog or or lake", True),
        ("1.5", True),
        ("1.4", False),
        ("lake & (valley)", True),
        ("...", False),
        ("lake\0dog", False),
        ("lake\0quiet", True),
        ("\0-dog\0", True),
    ],
)
def test_a_search_is_choices_of_words_and_phrases(search: str, found: bool) -> None:
    assert make_search(search)(TEXT) is found


def test_the_stop_words_are_postgresqls() -> None:
    assert len(STOP_WORDS) == 127


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_can_be_searched_in_any(search: str, text: str) -> None:
    assert make_search(search)(text) in (True, False)
