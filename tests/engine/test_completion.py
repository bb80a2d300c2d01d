"""Completion asks the query's own lexer and grammar what may come next."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
