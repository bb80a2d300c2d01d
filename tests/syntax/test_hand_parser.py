"""The parser that ours is measured against reads the whole language: a limit that skips what is hard is none."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.hand_parser import HandParser, shown
from booruql.ast import show
from booruql.context import Limits
from booruql.errors import ParseError
from booruql.sites import load
from booruql.syntax import tags
from tests.syntax.test_tags import WORDS

SITE = load("danbooru")
HAND = HandParser(SITE.resource().spellings)


def test_it_passes_every_case(shared: Path) -> None:
    lines = (shared / "cases" / "danbooru_parse.jsonl").read_text(encoding="utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line and '"_header"' not in line]
    assert len(rows) > 1000
    assert [row["q"] for row in rows if shown(HAND, row["q"]) != row["sexp"]] == []


@given(st.lists(WORDS, max_size=14).map("".join))
def test_it_reads_what_ours_reads(text: str) -> None:
    try:
        ours = show.sexp(tags.parse(text, SITE, "posts", Limits()))
    except ParseError:
        ours = "none"
    assert shown(HAND, text) == ours
