"""Completion asks the query's own lexer and grammar what may come next."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booruql import Vocabulary
from booruql.ast.nodes import Pattern
from booruql.context import Catalog
from booruql.engine.completion import complete, stretches

TAGS = {"sky": 40, "sky_(painting)": 3, "snow": 7, "a,b": 2, "snow)": 1, "star": 1, "*wild": 1}


class Tags(Catalog):
    def expand(self, pattern: Pattern, limit: int) -> Sequence[str]:
        start = pattern[0]
        assert isinstance(start, str)
        return sorted((name for name in TAGS if name.startswith(start)), key=lambda name: -TAGS[name])[:limit]

    def tag_count(self, name: str) -> int | None:
        return TAGS.get(name)


def after(text: str, site: str = "danbooru") -> list[str]:
    """The texts that may come of it."""
    return [text[: found.start] + found.text for found in complete(text, site=site, catalog=Tags())]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("sco", "score:"),
        ("cat -sco", "cat -score:"),
        ("(cat or sco", "(cat or score:"),
        ("cat or", "cat order:"),
        ("sk", "sky"),
        ("~sk", "~sky"),
        ("rating:", "rating:g"),
    ],
)
def test_tag_search_completes(text: str, wanted: str) -> None:
    assert wanted in after(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("fox, sco", "fox, score:"),
        ("fox && (sco", "fox && (score:"),
        ("-sk", "-sky"),
        ("animated:", "animated:true"),
    ],
)  # fmt: skip
def test_boolean_queries_complete(text: str, wanted: str) -> None:
    assert wanted in after(text, "furbooru")


@pytest.mark.parametrize("text", ["--s", "cat )s", "order:score:"])
def test_nothing_is_proposed_where_no_term_may_stand(text: str) -> None:
    assert after(text) == []


def test_tags_are_proposed_only_as_they_can_be_written() -> None:
    assert "*wild" not in after("*w")
    assert "snow)" in after("sn")
    assert '"a,b"' in after("a", "furbooru")


def test_stretches_tell_the_parts_apart() -> None:
    text = '-(sky score:>5) or "x'
    kinds = [(part.kind, text[part.start : part.end]) for part in stretches(text)]
    assert kinds[:5] == [("operator", "-"), ("operator", "("), ("tag", "sky"), ("field", "score:"), ("value", ">5")]


@pytest.mark.parametrize("site", ["danbooru", "furbooru"])
@given(text=st.text(st.sampled_from('()-~!,"\\ :^*?.abcANDOR≥猫'), max_size=30))
def test_no_text_breaks_completion_or_colours(site: str, text: str) -> None:
    for found in complete(text, site=site, catalog=Tags()):
        assert 0 <= found.start <= len(text)
    parts = stretches(text, site=site)
    assert all(a.end <= b.start for a, b in pairwise(parts))


# --- in the middle of a text, and with a vocabulary

VOCABULARY = Vocabulary({"long_hair": 90, "hair_bow": 40, "blue_eyes": 70, "red fox": 8}, {"azure_eyes": "blue_eyes"})


def replaced(text: str, site: str = "danbooru") -> list[str]:
    """What the text with its cursor, `|`, may become."""
    at, whole = text.index("|"), text.replace("|", "")
    found = complete(whole, at=at, site=site, catalog=VOCABULARY)
    assert all(one.start <= at <= one.end for one in found)
    return [whole[: one.start] + one.text + whole[one.end :] for one in found]


@pytest.mark.parametrize(
    ("text", "site", "wanted"),
    [
        ("cat lo| -dog", "danbooru", "cat long_hair -dog"),
        ("cat lo|gn_hair -dog", "danbooru", "cat long_hair -dog"),
        ("cat sc|roe:>5 dog", "danbooru", "cat score:>5 dog"),
        ("rating:|g cat", "danbooru", "rating:s cat"),
        ("(ha| or cat)", "danbooru", "(hair_bow or cat)"),
        ("cat azu|", "danbooru", "cat blue_eyes"),
        ("cat logn_hair|", "danbooru", "cat long_hair"),
        ("cat bow|", "danbooru", "cat hair_bow"),
        ("CAT LONG|", "danbooru", "CAT long_hair"),
        ("scoer|", "danbooru", "score:"),
        ("scoer|:>5", "danbooru", "score:>5"),
        ("a, re|d ofx, b", "furbooru", "a, red fox, b"),
        ("a, fo|, b", "furbooru", "a, red fox, b"),
        ("cat lo| dog", "bronibooru", "cat long_hair dog"),
    ],
)
def test_the_word_at_the_cursor_is_replaced(text: str, site: str, wanted: str) -> None:
    assert wanted in replaced(text, site)


def test_a_proposal_says_how_it_was_met() -> None:
    (found,) = complete("azu", catalog=VOCABULARY)
    assert (found.text, found.help) == ("blue_eyes", "for azure_eyes, 70 posts")


@pytest.mark.parametrize("site", ["danbooru", "furbooru"])
@given(text=st.text(st.sampled_from('()-~!,"\\ :^*?.abcANDOR≥猫/_'), max_size=30), at=st.integers(0, 30))
def test_no_place_in_a_text_breaks_completion(site: str, text: str, at: int) -> None:
    at = min(at, len(text))
    for found in complete(text, at=at, site=site, catalog=VOCABULARY):
        assert 0 <= found.start <= at <= found.end <= len(text)
