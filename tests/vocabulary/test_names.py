"""Names are found by pattern as a plain walk over them finds them, with bitmaps and without, whatever they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booruql.ast.nodes import Pattern, Wild
from booruql.vocabulary import globs, grams
from booruql.vocabulary import names as names_
from booruql.vocabulary.grams import IndexedNames
from booruql.vocabulary.names import Names, make_names
from booruql.vocabulary.spelling import distance
from tests import naive

LETTERS = st.sampled_from("aab_é猫\n\x0b\x00*?\ud800\U0010ffff" + chr(ord("a") + 4093))  # two share a remainder
TEXTS = st.lists(st.text(LETTERS, max_size=8), max_size=30)
PATTERNS = st.lists(st.one_of(st.just(Wild.RUN), st.sampled_from(Wild), st.text(LETTERS, min_size=1, max_size=4)), max_size=6)


def every(texts: Sequence[str]) -> Iterator[Names]:
    """All that can find them: plain, with bitmaps not made yet, and with bitmaps alone."""
    yield Names(texts)
    yield IndexedNames(texts)
    prepared = IndexedNames(texts)
    prepared.prepare()
    yield prepared


@given(texts=TEXTS, pattern=PATTERNS, limit=st.sampled_from([None, 0, 1, 3]), few=st.sampled_from([0, 512]))
def test_every_way_finds_what_the_definition_does(texts: list[str], pattern: Pattern, limit: int | None, few: int) -> None:
    wanted = [place for place, text in enumerate(texts) if naive.glob(tuple(pattern), text)][:limit]
    many = patch.object(names_, "_MANY_TESTS", few), patch.object(globs, "_MANY", few)
    with patch.object(grams, "_FEW", few), patch.object(grams, "_ENOUGH", few), many[0], many[1]:
        for names in every(texts):
            assert names.find(tuple(pattern), limit) == wanted


SHORT = st.text("abcé猫", max_size=7)


@given(one=SHORT, other=SHORT, most=st.integers(0, 4))
def test_distances_are_those_of_the_whole_table(one: str, other: str, most: int) -> None:
    assert distance(one, other, most) == min(naive.distance(one, other), most + 1)


@given(texts=st.lists(SHORT, max_size=20), text=SHORT, edits=st.integers(0, 2))
def test_no_near_text_is_missed(texts: list[str], text: str, edits: int) -> None:
    plain = list(Names(texts).similar(text, edits))
    assert list(IndexedNames(texts).similar(text, edits)) == plain == sorted(plain)
    assert {place for place, other in enumerate(texts) if naive.distance(text, other) <= edits} <= set(plain)


def test_few_names_need_no_bitmaps() -> None:
    assert type(make_names(["a"])) is Names
    assert type(make_names([str(number) for number in range(5_000)])) is IndexedNames


def test_bitmaps_are_made_when_many_have_asked() -> None:
    names = IndexedNames([f"a{number}b" for number in range(1_000)])
    with patch.object(grams, "_SCANS", 2):
        for _ in range(4):
            assert names.find((Wild.RUN, "99", Wild.RUN)) == [99, *range(199, 999, 100), *range(990, 1_000)]
    assert "_grams" in vars(names)


HOSTILE = [
    (("a", Wild.RUN) * 500 + ("b",), "a" * 20_000),
    ((Wild.RUN, "a", Wild.ONE) * 500 + ("b",), "a" * 20_000),
    ((Wild.RUN, "ab") * 2_000 + ("c",), "ab" * 10_000),
]


@pytest.mark.parametrize(("pattern", "text"), HOSTILE)
def test_no_pattern_backtracks(pattern: Pattern, text: str) -> None:
    """Backtracking would not end in a lifetime."""
    for names in every([text, text + "x"]):
        assert names.find(pattern) == []
