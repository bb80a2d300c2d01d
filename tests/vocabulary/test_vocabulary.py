"""A vocabulary ranks by count, completes, and guesses what was meant, before and after tags change."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Mapping
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booruql import ConfigError, Context, Vocabulary, close, parse
from booruql.ast.nodes import Pattern, Wild
from booruql.vocabulary import names, vocabulary
from booruql.vocabulary.vocabulary import initials
from tests import naive
from tests.vocabulary.test_names import PATTERNS, SHORT

NAMES = st.text("ab_(é", min_size=1, max_size=5)
COUNTS = st.dictionaries(NAMES, st.integers(0, 3), max_size=12)


def ranked(counts: Mapping[str, int]) -> list[str]:
    return sorted((name for name, count in counts.items() if count > 0), key=lambda name: (-counts[name], name))


@given(
    counts=COUNTS, changes=st.lists(COUNTS, max_size=3), pattern=PATTERNS, limit=st.integers(1, 4), few=st.sampled_from([1, 256])
)
def test_tags_rank_by_their_present_counts(
    counts: dict[str, int], changes: list[dict[str, int]], pattern: Pattern, limit: int, few: int
) -> None:
    with patch.object(vocabulary, "_LEAST_MOVED", few), patch.object(names, "_MANY", few):
        tags = Vocabulary(counts)
        for change in changes:
            tags.update(change)
            counts = counts | change
        order = ranked(counts)
        assert list(tags) == order
        assert tags.expand(tuple(pattern), limit) == [name for name in order if naive.glob(tuple(pattern), name)][:limit]
        assert tags.expand(tuple(pattern)) == [name for name in order if naive.glob(tuple(pattern), name)]
        assert all(tags.tag_count(name) == count for name, count in counts.items())
        for letters in {initials(name) for name in counts}:
            assert tags.abbreviation(letters) == next((name for name in order if initials(name) == letters), None)


@given(
    counts=st.dictionaries(SHORT, st.integers(1, 100_000), max_size=12),
    change=st.dictionaries(SHORT, st.integers(0, 9)),
    name=SHORT,
)
def test_the_nearest_tag_has_few_edits_and_many_posts(counts: dict[str, int], change: dict[str, int], name: str) -> None:
    tags = Vocabulary(counts)
    tags.update(change)
    counts = counts | change
    edits = 0 if len(name) < 3 else 1 if len(name) < 6 else 2
    scores = {
        other: counts[other] / 100**apart for other in ranked(counts) if 0 < (apart := naive.distance(name, other)) <= edits
    }
    assert tags.nearest(name) == max(scores, key=scores.__getitem__, default=None)


TAGS = Vocabulary(
    {
        "long_hair": 900, "short_hair": 700, "hair_between_eyes": 500, "black_hair": 400, "hairband": 300, "blue_eyes": 800,
        "chair": 10, "hair_bow": 100, "solo": 950, "kite_(artist)": 5,
    },
    {"hair_band": "hairband", "sole": "solo", "azure_eyes": "blue_eyes", "gone": "nothing"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("hair_b", ["hair_between_eyes", "hairband<hair_band", "hair_bow", "black_hair"]),
        ("hai", ["hair_between_eyes", "hairband", "hair_bow", "long_hair", "short_hair", "black_hair"]),
        ("eyes", ["blue_eyes", "hair_between_eyes"]),
        ("azu", ["blue_eyes<azure_eyes"]),
        ("/k", ["kite_(artist)"]),
        ("*_h*r", ["long_hair", "short_hair", "black_hair"]),
        ("blakc_hair", ["black_hair"]),
        ("gone", []),
        ("zzzz", []),
    ],
)
def test_proposals(text: str, wanted: list[str]) -> None:
    found = TAGS.proposals(text, 10)
    assert [p.name + (f"<{p.antecedent}" if p.antecedent else "") for p in found] == wanted
    assert all(p.count == TAGS.tag_count(p.name) for p in found)


@given(text=st.text("hair_b*/?(-", max_size=8), limit=st.integers(1, 4))
def test_proposals_are_few_and_known(text: str, limit: int) -> None:
    found = TAGS.proposals(text, limit)
    assert len(found) <= limit
    assert len({proposal.name for proposal in found}) == len(found)
    assert all(proposal.name in TAGS for proposal in found)


def test_a_vocabulary_is_a_catalog() -> None:
    context = Context(catalog=TAGS)
    assert close(parse("sole"), context).search.where == close(parse("solo"), context).search.where
    assert close(parse("/kA"), context).search.where == close(parse("kite_(artist)"), context).search.where
    assert close(parse("*_eyes"), context).search.where.values == ("blue_eyes", "hair_between_eyes")  # type: ignore[union-attr]


def test_aliases_come_and_go() -> None:
    tags = Vocabulary([("sky", 4, 0), ("cat", 3)], {"heaven": "sky"})
    tags.update([("dog", 9, 5)], {"heaven": None, "kitty": "cat"})
    assert (tags.alias("heaven"), tags.alias("kitty"), tags.category("dog"), tags.category("cat")) == (None, "cat", 5, None)
    assert [proposal.name for proposal in tags.proposals("kit", 5)] == ["cat"]


def test_tag_tables_are_read(tmp_path: Path) -> None:
    table = 'name,category,count\n1girl,0,60,"1girls,sole_female"\nsky_blue,5,7,\n\nunused,0,0\n'
    (tmp_path / "tags.csv").write_text(table)
    (tmp_path / "tags.csv.gz").write_bytes(gzip.compress(table.encode()))
    for name in ("tags.csv", "tags.csv.gz"):
        tags = Vocabulary.read(tmp_path / name)
        assert list(tags) == ["1girl", "sky_blue"]
        assert (tags.alias("sole_female"), tags.category("sky_blue")) == ("1girl", 5)
    assert list(Vocabulary.read(tmp_path / "tags.csv", blanks=True)) == ["1girl", "sky blue"]


@pytest.mark.parametrize("line", ["a,b,c", "a,1", 'a,1,2,"x', "\udcff,1,2"])
def test_what_is_no_tag_table_is_refused_with_its_place(tmp_path: Path, line: str) -> None:
    path = tmp_path / "tags.csv"
    path.write_bytes(f"sky,0,1\n{line}\n".encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=r"tags\.csv:2: no row of a tag table"):
        Vocabulary.read(path)


def test_the_answers_are_the_same_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {f"{word}_{number}": number % 50 + 1 for number in range(3_000) for word in ("blue", "hair")}
    indexed = Vocabulary(counts)
    monkeypatch.setitem(sys.modules, "booruql.vocabulary.grams", None)
    plain = Vocabulary(counts)
    for tags in (indexed, plain):
        tags.prepare()
    for pattern in [
        ("blue_1", Wild.RUN),
        (Wild.RUN, "99"),
        (Wild.RUN, "r_1", Wild.RUN),
        ("b", Wild.RUN, "2", Wild.ONE),
        (Wild.RUN,),
    ]:
        assert indexed.expand(pattern, 100) == plain.expand(pattern, 100)
    assert indexed.nearest("blue_77x") == plain.nearest("blue_77x") is not None
    assert indexed.proposals("1", 9) == plain.proposals("1", 9)


@pytest.mark.parametrize(
    ("text", "site", "wanted"),
    [
        ("blue_eyse -solo", "danbooru", "'blue_eyes' is the nearest tag"),
        ("solo azure_eyes", "danbooru", None),
        ("nothing_like_it", "danbooru", None),
        ("-blue_eyse", "bronibooru", "'blue_eyes' is the nearest tag"),
        ("sole, solo", "furbooru", None),
        ("hairbnad, -chair", "furbooru", "'hairband' is the nearest tag"),
    ],
)
def test_a_misspelt_tag_matches_nothing_with_a_warning(text: str, site: str, wanted: str | None) -> None:
    query = parse(text, site=site)
    closed = close(query, Context(catalog=TAGS))
    assert [(warning.code, warning.hint) for warning in closed.warnings] == ([("W216", wanted)] if wanted else [])
    if wanted:
        span = closed.warnings[0].span
        assert span is not None and text[span.start : span.end].lstrip("-") == closed.warnings[0].message.split("'")[1]
        assert closed.search == close(query, Context(catalog=Vocabulary({"solo": 1}))).search


def test_few_tags_of_a_query_are_guessed() -> None:
    text = " ".join(f"solo{number}" for number in range(500))
    assert len(close(parse(text), Context(catalog=TAGS)).warnings) == 3
