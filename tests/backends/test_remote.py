"""What a remote site is asked and what is left: together they are the query."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import booruql
from booruql.context import Catalog, Context, User
from booruql.errors import ConfigError, QueryError

Record = dict[str, Any]


def remote(text: str, site: str = "gsbooru", **members: Any) -> tuple[dict[str, str | int], str | None]:
    found = booruql.remote(booruql.parse(text, site=site), context=Context(**members))
    return found.params, None if found.residual is None else found.residual.text


GSBOORU: dict[str, tuple[dict[str, str | int], str | None]] = {
    "1girl solo": ({"tags": "1girl solo"}, None),
    "1girl -comic": ({"tags": "1girl"}, "-comic"),
    "-comic": ({}, "-comic"),
    "~a ~b c": ({"tags": "c"}, "a or b"),
    "a or b": ({}, "a or b"),
    "~a": ({"tags": "a"}, None),
    "(a b) c": ({"tags": "a b c"}, None),
    "a blue_*": ({"tags": "a"}, "blue_*"),
    "a re:zero": ({"tags": "a"}, "re:zero"),
    "rating:g": ({"rating": "g"}, None),
    "rating:explicit,0": ({"rating": "g,e"}, None),
    "~rating:q ~rating:s": ({"rating": "s,q"}, None),
    "-rating:e": ({"rating": "g,s,q"}, None),
    "-(rating:e or rating:q)": ({"rating": "g,s"}, None),
    "-rating:e -rating:q": ({"rating": "g,s"}, None),
    "rating:g,s,q,e": ({}, None),
    "rating:g rating:s": ({"rating": "g"}, "rating:s"),
    "rating:odd": ({}, "rating:odd"),
    "rating:g or cat": ({}, "rating:g or cat"),
    "cat limit:7": ({"tags": "cat", "limit": 7}, None),
    "cat limit:5000": ({"tags": "cat", "limit": 100}, None),
    "cat score:>5 order:score source:x* md5:d41d8cd98f00b204e9800998ecf8427e": (
        {"tags": "cat"}, "score:>5 order:score source:x* md5:d41d8cd98f00b204e9800998ecf8427e",
    ),
    "": ({}, None),
}  # fmt: skip


@pytest.mark.parametrize("text", GSBOORU)
def test_gsbooru_is_asked_for_tags_and_ratings(text: str) -> None:
    assert remote(text) == GSBOORU[text]


def warned(text: str, site: str = "gsbooru") -> list[tuple[str, str]]:
    found = booruql.remote(booruql.parse(text, site=site)).warnings
    return [(w.code, text[w.span.start : w.span.end] if w.span else "") for w in found]


def test_every_term_that_is_left_has_a_warning() -> None:
    assert warned("cat -dog score:>5") == [("W212", "-dog"), ("W212", "score:>5")]
    assert warned("-dog") == [("W212", "-dog"), ("W213", "")]
    assert warned("") == [("W213", "")]
    assert warned("cat", "danbooru") == []
    with pytest.raises(QueryError, match="W212"):
        booruql.remote(booruql.parse("cat -dog", site="gsbooru"), context=Context(strict=True))


def test_the_page_is_the_callers() -> None:
    assert booruql.remote(booruql.parse("cat", site="gsbooru"), page=3).params == {"tags": "cat", "page": 3}
    assert booruql.remote(booruql.parse("cat"), page="b9").params == {"tags": "cat", "page": "b9"}


class Counts(Catalog):
    def tag_count(self, name: str) -> int | None:
        return {"1girl": 9000, "cat": 500, "rare_tag": 3, "solo": 8000}.get(name)


DANBOORU: dict[str, tuple[dict[str, str | int], str | None]] = {
    "1girl solo": ({"tags": "1girl solo"}, None),
    "1girl solo cat": ({"tags": "1girl solo"}, "cat"),
    "1girl rating:g score:>5 solo id:>9 cat": ({"tags": "1girl rating:g score:>5 solo id:>9"}, "cat"),
    "-1girl source:x order:score": ({"tags": "-1girl source:x"}, "order:score"),
    "(a or b or c) d e": ({"tags": "d e"}, "a or b or c"),
    "(a or b) d": ({"tags": "a or b"}, "d"),
    "~a ~b rating:g": ({"tags": "(a or b) rating:g"}, None),
    "limit:5 cat": ({"tags": "limit:5 cat"}, None),
}


@pytest.mark.parametrize("text", DANBOORU)
def test_danbooru_is_asked_for_what_its_limit_allows(text: str) -> None:
    assert remote(text, "danbooru") == DANBOORU[text]


def test_the_rarest_tags_are_asked_for_where_counts_are_known() -> None:
    catalog = Counts()
    assert remote("1girl solo cat rare_tag", "danbooru", catalog=catalog) == ({"tags": "cat rare_tag"}, "1girl solo")
    assert remote("1girl -cat unknown solo", "danbooru", catalog=catalog) == ({"tags": "1girl solo"}, "-cat unknown")


@pytest.mark.parametrize(("level", "left"), [(20, "c d e f g"), (30, "g"), (31, None)])
def test_the_viewers_level_counts(level: int, left: str | None) -> None:
    assert remote("a b c d e f g", "danbooru", viewer=User(1, "x", level=level))[1] == left


def test_what_does_not_parse_is_the_sites_to_refuse() -> None:
    found = booruql.remote(booruql.parse("(cat", lenient=True))
    assert (found.params, found.residual) == ({"tags": "(cat"}, None)


def test_a_site_whose_requests_are_not_known_is_refused() -> None:
    with pytest.raises(ConfigError, match="known: danbooru, gsbooru"):
        booruql.remote(booruql.parse("fox", site="furbooru"))


def answer(params: dict[str, str | int], records: list[Record]) -> list[Record]:
    """The site, as far as it is known: blanks join tags, a comma list of ratings."""
    wanted = str(params.get("tags", "")).split()
    ratings = str(params.get("rating", "g,s,q,e")).split(",")
    found = []
    for record in records:
        if set(wanted) <= set(record["tag_string"].split()) and "gsqe"[record["rating"]] in ratings:
            found.append(record)
    return found


_TAGS = st.sampled_from(["a", "b", "c"])
_RECORDS = st.lists(
    st.builds(
        lambda tags, rating, score: {
            "tag_string": " ".join(sorted(tags)), "rating": rating, "score": score, "is_soft_deleted": 0,
        },
        st.sets(_TAGS), st.integers(0, 3), st.integers(-2, 8),
    ),
    max_size=6,
)  # fmt: skip
_TERMS = st.sampled_from(["a", "b", "-c", "~a", "~b", "rating:g", "-rating:e", "rating:s,q", "~rating:g", "score:>3", "(a or -b)",
                          "-(rating:g or rating:s)", "a*", "(a b)", "-(a rating:e)"])  # fmt: skip


@given(records=_RECORDS, terms=st.lists(_TERMS, max_size=4))
def test_what_is_asked_and_what_is_left_are_the_query(records: list[Record], terms: list[str]) -> None:
    rows = [{"id": at, **record} for at, record in enumerate(records)]
    query = booruql.parse(" ".join(terms), site="gsbooru")
    whole = booruql.predicate(query).filter(rows)
    split = booruql.remote(query)
    found = answer(split.params, rows)
    assert (found if split.residual is None else booruql.predicate(split.residual).filter(found)) == whole
