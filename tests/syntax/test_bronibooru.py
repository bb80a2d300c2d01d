"""Danbooru 2's language of 2014: what counts, what is read how, and that it never fails."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booruql import sites
from booruql.ast.nodes import Node, Pattern, Query, Search, Term, Wild
from booruql.context import Catalog, Limits
from booruql.engine import api
from booruql.engine.completion import complete
from booruql.errors import Diagnostic, LimitError, Notes
from booruql.syntax import _bronibooru_values as values
from booruql.syntax import bronibooru
from booruql.syntax._bronibooru_lexer import count_terms, tokens
from booruql.syntax._bronibooru_order import ORDERS
from booruql.syntax._bronibooru_slots import entries
from booruql.syntax._bronibooru_terms import READERS, source_pattern
from tests.drivers import agree

SITE = sites.load("bronibooru")
POSTS = SITE.resource()


def parse(text: str) -> Query:
    return api.parse(text, site="bronibooru")


def printed(text: str) -> str:
    return str(api.printed(parse(text), "sexp"))


def warned(text: str) -> list[tuple[str, str]]:
    """The warnings of a text: each code with the part of the text that it marks."""
    return [(w.code, text[w.span.start : w.span.end] if w.span else "") for w in noted(text)]


def noted(text: str) -> list[Diagnostic]:
    notes = Notes(text)
    bronibooru.read(parse(text), POSTS, notes)
    return notes.warnings


def read(text: str) -> Search:
    return bronibooru.read(parse(text), POSTS, Notes(text))


PRINTED = {
    "": "all",
    " \t\n ": "all",
    "\0 pony \0": "pony",
    "Cat cat": "cat",
    "cat  dog\u3000owl": "(and cat dog owl)",
    "cat\u00a0dog": "cat\u00a0dog",
    "~a c ~b d*": "(and (or a b (wildcard d*)) c)",
    "~a -~b -c* ~d*": '(and (or a "d*") (not ~b) (not "c*"))',
    "a AND not (b": '(and a "and" "not" "(b")',
    "~all wildcard": '(and "all" "wildcard")',
    "re:zero :3 a:b:c score: rating:": '(and "re:zero" ":3" "a:b:c" "score:" "rating:")',
    "-score:5 ~rating:s": '(and (not "score:5") "rating:s")',
    "SCORE:5 score:6 cat score:7": "(and cat score:7)",
    "Rating:SAFE -rating:E": "(and rating:safe (not rating:e))",
    "order:ID order:Score": "order:score",
    "comm:bob commenter:bob comm:al": "(and commenter:bob commenter:al)",
    "pixiv:5 pixiv_id:>6": "pixiv_id:>6",
    "pool:a pool:b pool:None pool:any": "(and pool:a pool:b pool:any)",
    "pool:a* ~cat -pool:b* pool:c": "(and (or pool:a* cat) (not pool:b*) pool:c)",
    "ordpool:a ordpool:b ordfav:c": "(and ordpool:a ordpool:b ordfav:c)",
    "-user:a -user:b user:c user:d": "(and (not user:a) (not user:b) user:d)",
    "-id:1 -id:2 id:3": "(and (not id:2) id:3)",
    'source:a(b) -source:"x': '(and source:"a(b)" (not source:"\\"x"))',
    "limit:5 LIMIT:6 limit:x": "all",
    "cat -cat ~cat": "(and cat (not cat) cat)",
    "a\\b a": '(and "a\\\\b" a)',
    "ΣΊΣΥΦΟΣ": "σίσυφοσ",
}


@pytest.mark.parametrize(("text", "want"), PRINTED.items())
def test_what_counts_is_printed(text: str, want: str) -> None:
    assert printed(text) == want


TERMS = {"": 0, "a A": 2, "a a": 1, "score:5 score:6": 2, "status:deleted limit:5 -status:deleted Status:deleted": 2}


@pytest.mark.parametrize(("text", "count"), TERMS.items())
def test_terms_are_counted_as_the_site_does(text: str, count: int) -> None:
    assert count_terms(text) == count


RANGES = {
    "5..10": ("between", ("5", "10")),
    ">5..10": ("between", (">5", "10")),
    "1,2..5": ("between", ("1,2", "5")),
    "..5..6": ("between", ("..5", "6")),
    "1...5": ("between", ("1", ".5")),
    "<=5": ("lte", ("5",)),
    "..5": ("lte", ("5",)),
    "...": ("lte", (".",)),
    "<5": ("lt", ("5",)),
    "<=": ("lt", ("=",)),
    ">=5": ("gte", ("5",)),
    ">=5..": ("gte", ("5..",)),
    "5..": ("gte", ("5",)),
    ">5": ("gt", ("5",)),
    ">=": ("gt", ("=",)),
    "<": ("eq", ("<",)),
    "..": ("eq", ("..",)),
    "1,2,": ("in", ("1", "2")),
    ",1": ("in", ("", "1")),
    ",": ("in", ()),
    "any": ("eq", ("any",)),
}


@pytest.mark.parametrize(("text", "want"), RANGES.items())
def test_ranges_split_in_the_sites_order(text: str, want: tuple[str, tuple[str, ...]]) -> None:
    assert values.split(text) == want


CASTS: dict[str, list[tuple[str, Any]]] = {
    "integer": [("5", 5), ("-5", -5), ("+5", 5), ("abc", 0), ("", 0), ("1_000", 1000), ("1__0", 1), ("_1", 0), ("5.9", 5),
                ("0x1F", 0), ("007", 7), ("٣", 0), ("9" * 40, 1 << 63), ("-" + "9" * 40, -(1 << 63))],
    "number": [("1.5", 1.5), (".5", 0.5), ("-.5", -0.5), ("5.", 5.0), ("1e3", 1000.0), ("1e", 1.0), ("x", 0.0),
               ("1_0.5", 10.5), ("1e999", float(1 << 63))],
    "size": [("1k", 1024), ("1.5MB", 1572864), (".5k", 512), ("500", 500), ("500b", 500), ("1g", 0), ("x", 0), ("-1", 0)],
    "ratio": [("16:9", 178), ("1:2", 50), ("1:0", 100), ("1.333", 133), ("1.005", 101), ("-1:2", -50), ("x", 0), ("a:b", 0)],
    "age": [("1w", (1, "weeks")), ("2months", (2, "months")), ("2MO", (2, "months")), ("5m", (5, "seconds")),
            ("5min", (5, "minutes")), ("about 3y", (3, "years")), ("soon", (0, "seconds")), ("7", (7, "seconds"))],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "want"), [(name, *row) for name, rows in CASTS.items() for row in rows])
def test_values_are_what_a_text_begins_with(name: str, text: str, want: Any) -> None:
    assert getattr(values, name)(text).value == want


SOURCES: dict[str, tuple[Any, ...]] = {
    "none": ("none", Wild.RUN),
    "none*": ("none", Wild.RUN),
    "a**b": ("a", Wild.RUN, "b", Wild.RUN),
    "a_b\\c": ("a_b\\c", Wild.RUN),
    "100%": ("100%",),
    "100%*x": ("100%x", Wild.RUN),
    "*": (Wild.RUN,),
    "\\*": ("\\", Wild.RUN),
}


@pytest.mark.parametrize(("text", "want"), SOURCES.items())
def test_sources_are_patterns_with_the_sites_slip(text: str, want: tuple[Any, ...]) -> None:
    assert source_pattern(text) == want


WARNED: dict[str, list[tuple[str, str]]] = {
    "cat -dog ~owl re*": [],
    "score:1 score:2": [("W205", "score:1")],
    "score:1 score:1 SCORE:1": [],
    "-width:>100": [("W201", "-width:>100")],
    "~rating:s": [("W201", "~rating:s")],
    "scoer:5": [("W201", "scoer:5")],
    "-a* ~b*": [("W204", "-a*"), ("W204", "~b*")],
    "a or b": [("W201", "or")],
    "(a b) :) cat_(animal)": [("W201", "(a"), ("W201", "b)")],
    "score:abc": [("W206", "score:abc")],
    "width:1920px": [("W206", "width:1920px")],
    "score:5..1": [("W203", "score:5..1")],
    "score:,": [("W203", "score:,")],
    "rating:g -rating:x": [("W204", "rating:g"), ("W204", "-rating:x")],
    "rating:s,q": [("W206", "rating:s,q")],
    "locked:tags": [("W204", "locked:tags")],
    "child:5": [("W204", "child:5")],
    "-parent:5": [("W204", "-parent:5")],
    "parent:x": [("W206", "parent:x")],
    "status:odd": [("W204", "status:odd")],
    "status:deleted -status:pending": [("W205", "-status:pending")],
    "status:odd -status:pending": [("W204", "status:odd")],
    "-id:1..5": [("W206", "-id:1..5")],
    "age:soon": [("W206", "age:soon")],
    "order:size": [("W204", "order:size")],
    "order:random order:id": [("W205", "order:random")],
    "-pool:none": [("W204", "-pool:none")],
    "limit:500": [("W206", "limit:500")],
}


@pytest.mark.parametrize(("text", "want"), WARNED.items())
def test_a_warning_marks_every_term_that_is_not_what_it_looks_like(text: str, want: list[tuple[str, str]]) -> None:
    assert warned(text) == want
    assert all(w.message and not w.message.endswith(".") for w in noted(text))


@pytest.mark.parametrize(
    ("text", "size"), [("limit:5 limit:6", 5), ("LIMIT:5", None), ("limit:x limit:7", 7), ("limit:900", 200)]
)
def test_the_page_size_is_the_first_number_after_limit(text: str, size: int | None) -> None:
    assert read(text).size == size


def test_every_word_has_a_reader_a_help_and_a_sample() -> None:
    for word in POSTS.vocabulary().values():
        assert word.reader in READERS
        assert word.help and word.sample
        assert not [code for code, _ in warned(f"{word.name}:{word.sample}") if code != "W202"]


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_is_over_fields_that_exist(order: str) -> None:
    for key in read(f"order:{order}").order:
        assert not isinstance(key.by, str) or key.by in POSTS.table.fields


_PIECES = st.sampled_from([*POSTS.vocabulary(), *"-~:*., \u3000()<>=", "..", "5", "1mb", "2w", "any", "cat", "none", "\0", "Σ"])
_TEXTS = st.lists(_PIECES, max_size=12).map("".join) | st.text(max_size=30)


@given(_TEXTS)
def test_no_text_fails(text: str) -> None:
    if any("\ud800" <= char <= "\udfff" for char in text):
        return
    query = parse(text)
    notes = Notes(text)
    bronibooru.read(query, POSTS, notes)
    assert all(isinstance(term, Term) for term, _ in entries(query.where))
    assert isinstance(api.printed(query, "sexp"), str)
    assert all(w.span is None or 0 <= w.span.start <= w.span.end <= len(text) for w in notes.warnings)


@given(_TEXTS)
def test_the_folded_table_and_larks_own_driver_agree(text: str) -> None:
    assert agree(bronibooru.GRAMMAR, tokens, text, POSTS.vocabulary(), Limits())


@pytest.mark.parametrize(
    ("text", "want"),
    [("cat sco", "score:"), ("-rat", "rating:"), ("rating:", "rating:s"), ("~sky_(p", "sky_(painting)")],
)
def test_typed_text_completes(text: str, want: str) -> None:
    found = [text[: c.start].split(" ")[-1] + c.text for c in complete(text, site="bronibooru", catalog=Tags())]
    assert [one.lstrip("-~") for one in found if one.lstrip("-~") == want] == [want]


class Tags(Catalog):
    def expand(self, pattern: Pattern, limit: int) -> Sequence[str]:
        return ["sky_(painting)", "score:5"]

    def tag_count(self, name: str) -> int | None:
        return 3


def test_tags_that_would_be_read_otherwise_are_not_proposed() -> None:
    assert [c.text for c in complete("s", site="bronibooru", catalog=Tags())][-1] == "sky_(painting)"


def test_limits_of_ours_hold() -> None:
    small = Limits(characters=10, terms=2)
    with pytest.raises(LimitError, match="characters"):
        api.parse("a" * 11, site="bronibooru", limits=small)
    with pytest.raises(LimitError, match="terms"):
        api.parse("a b c", site="bronibooru", limits=small)


@pytest.mark.parametrize("unit", ["a* ", "~", "-", "score:1..", "(", "1..", "source:%", "\\"])
def test_hostile_text_costs_linear_time(unit: str) -> None:
    huge = Limits(characters=1_000_000, terms=1_000_000)

    def cost(count: int) -> float:
        text = f"score:{unit * count}x"
        start = time.process_time()
        where: Node = bronibooru.parse(text, SITE, "posts", huge)
        query = Query(text, "bronibooru", "posts", syntax="bronibooru", where=where)
        bronibooru.read(query, POSTS, Notes(text))
        return time.process_time() - start

    small = min(cost(2_000) for _ in range(3))
    assert cost(20_000) < 40 * small + 0.05


def test_the_site_reads_ranges_as_its_cases_say(shared: Path) -> None:
    for line in (shared / "cases" / "bronibooru_range.jsonl").read_text().splitlines():
        row = json.loads(line)
        assert case_of(row["q"]) == (row["op"], row["args"]), row["q"]


def case_of(text: str) -> tuple[str, list[Any]]:
    """A range as the case table writes it."""
    (entry,) = entries(parse(text).where)
    word = POSTS.vocabulary()[entry.term.name or ""]
    value = entry.term.text
    if entry.negated:
        return "not_eq", [values.integer(value).value]
    if word.reader == "date":
        op, texts = values.split(value)
        return op, [f"{text}T00:00:00" if text[:1].isdigit() else None for text in texts]
    if word.reader == "age":
        found = values.mirrored(values.read_range(value, values.age)[0])
        return found.op, [f"now-{count} {unit}" for count, unit in found.args]
    casts = {"integer": values.integer, "float": values.number, "size": values.size, "ratio": values.ratio}
    found = values.read_range(value, casts[word.args[0]])[0]
    found = values.fudged(found) if "fudged" in word.args else found
    return found.op, [arg / 100 if word.args[0] == "ratio" else arg for arg in found.args]
