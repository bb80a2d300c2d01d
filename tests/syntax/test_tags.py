"""Tag search: what parses to what, what is refused and why, and at what cost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import booruql
from booruql.ast import show
from booruql.ast.nodes import Node, Nothing, Query
from booruql.context import Limits
from booruql.errors import LimitError, Notes, ParseError, QueryError, StructureError
from booruql.sites import load
from booruql.syntax import tags
from booruql.syntax._lark import Grammar
from booruql.syntax._tags_lexer import tokens
from tests.drivers import agree
from tests.tags_reference import Reference
from tests.test_hostile import grows_linearly

SITE = load("danbooru")
FREE = Limits(1_000_000, 1_000_000, 1_000_000, 1_000_000)


def parse(text: str, limits: Limits = FREE) -> Node:
    return tags.parse(text, SITE, "posts", limits)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "all"),
        (" \u3000\t", "all"),
        ("lake", "(and lake)"),
        ("lake or sky", "(or (and lake) (and sky))"),
        ("a or b or c", "(or (and a) (or (and b) (and c)))"),
        ("a b and c or d", "(or (and (and a b) (and c)) (and d))"),
        ("(a)", "(and (and a))"),
        ("- ( a ) ~ b", "(and (not (and a)) (opt b))"),
        ("-(-a)", "(and (not (and (not a))))"),
        ("or_ orb or:x a,or,b", "(and or_ orb or:x a,or,b)"),
        ("( a )or b", "(or (and (and a)) (and b))"),
        ('user:"a"or b', '(or (and user:"a") (and b))'),
        ('user:"a"b', '(and user:"a" b)'),
        ("or*", "(and (wildcard or*))"),
        ("(a))", "(and (and a)))"),
        ("(a)(b)", "(and (and a)(b))"),
        ("(sky_(art))", "(and (and sky_(art)))"),
        ("(:) or ;))", "(and (or (and :)) (and ;))))"),
        ("(=))", "(and (and =)))"),
        ("(user:a_(b) c)", "(and (and user:a_(b) c))"),
        ("(user:(a))", "(and (and user:(a)))"),
        (r"user:bob\ smith", '(and user:"bob smith")'),
        (r"user:bob\smith", r"(and user:bob\smith)"),
        (r"source:'it\'s'", """(and source:"it's")"""),
        ("USER:A", "(and user:A)"),
        ("comments:>5", "(and comment_count:>5)"),
        ("order:Comments_ASC", "(and order:comment_count_asc)"),
        ("order:Score", "(and order:Score)"),
        ("fav:*", "(and fav:*)"),
        ("upvoter:*", "(and (wildcard upvoter:*))"),
        ("user:", "(and user:)"),
        ("ΣΟΦΟΣ İ", "(and σοφοσ i\u0307)"),
        ("\t lake \n", "(and lake)"),
        ("\0", "(and \0)"),
        ("source:a\\ ", '(and source:"a ")'),
    ],
)
def test_text_becomes_the_tree_that_the_site_reads(text: str, expected: str) -> None:
    assert show.sexp(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "code", "span"),
    [
        ("(a b", "E101", (0, 1)),
        ("a (b (c)", "E101", (2, 3)),
        ("(:)", "E101", (0, 1)),
        ("a ) b", "E102", (2, 3)),
        ("or a", "E103", (0, 2)),
        ("a or or b", "E103", (5, 7)),
        ("a -", "E103", (2, 3)),
        ("a () b", "E103", (2, 4)),
        ("(a -)", "E103", (3, 5)),
        ('user:"a', "E104", (5, 7)),
        (r'user:"a\n"', "E104", (7, 9)),
        ("a --b", "E106", (2, 4)),
        ("~-b", "E106", (0, 2)),
        ("a or", "E107", (2, 4)),
        ("(a AND) b", "E107", (3, 6)),
    ],
)
def test_each_slip_has_its_code_its_place_and_a_hint(text: str, code: str, span: tuple[int, int]) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert (caught.value.code, caught.value.span) == (code, span)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("order:score order:id", "E402"),
        ("order:score ordfav:x", "E401"),
        ("ordpool:1 ordfav:x", "E401"),
        ("limit:1 limit:2", "E402"),
        ("a -limit:5", "E403"),
        ("a or order:score", "E404"),
        ("~order:score", "E404"),
        ("~order:score ~a", "E404"),
    ],
)
def test_the_site_rejects_orders_that_can_mean_nothing(text: str, code: str) -> None:
    with pytest.raises(StructureError) as caught:
        booruql.parse(text)
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize(
    "text", ["order:score ORDER:SCORE", "~order:score a", "(order:score)", "limit:5 limit:5 a", "order:score limit:5"]
)
def test_the_site_accepts(text: str) -> None:
    booruql.close(booruql.parse(text))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-(order:score a)", "E403"),
        ("a or (order:score b)", "E404"),
        ("random:1 -random:1", "E403"),
        ("-(a or (limit:5 b))", "E403"),
    ],
)
def test_what_slips_through_the_site_is_refused_when_it_is_run(text: str, code: str) -> None:
    with pytest.raises(StructureError) as caught:
        booruql.close(booruql.parse(text))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "cnf"),
    [
        ("b a", "(and a b)"),
        ("a a", "(and a a)"),
        ("(a or a) a", "(and (or a a) a)"),
        ("-(a b)", "(or (not a) (not b))"),
        ("(a b) or c", "(and (or a c) (or b c))"),
        ("~a b ~c", "(and (or a c) b)"),
        ("x* -y tag fav:b fav:a", "(and fav:a fav:b (not y) tag (wildcard x*))"),
    ],
)
def test_the_normal_form_is_sorted(text: str, cnf: str) -> None:
    assert show.cnf(parse(text)) == cnf


def test_the_normal_form_is_capped() -> None:
    text = " or ".join(["( a b )"] * 9)
    with pytest.raises(LimitError, match="E604"):
        show.cnf(parse(text))
    assert show.cnf(parse(text), 512).count("(or") == 512


WORDS = st.sampled_from(
    [
        "a",
        "sky_(art)",
        ":)",
        "=)",
        ">:(",
        "a)",
        "x*",
        "*)",
        "or_",
        "é",
        'user:"a b"',
        "user:'x'",
        r"source:a\ b",
        "fav:x)",
        "flags:1",
        "user:",
        "order:comments_asc",
        "-",
        "~",
        "(",
        ")",
        " ",
        "  ",
        "\u3000",
        " or ",
        " and ",
        "or",
        "\\",
    ]
)


@given(st.lists(WORDS, max_size=14).map("".join))
def test_what_is_written_reads_back_to_the_same_tree(text: str) -> None:
    try:
        tree = parse(text)
    except ParseError:
        return
    assert parse(show.written(tree)) == tree
    json.dumps(show.to_json(tree))


@given(st.lists(WORDS, max_size=14).map("".join))
def test_the_folded_table_and_larks_own_driver_agree(text: str) -> None:
    assert agree(tags.GRAMMAR, tokens, text, SITE.resource().spellings, FREE)


def test_both_drivers_agree_on_the_case_tables(shared: Path) -> None:
    lines = (shared / "cases" / "danbooru_parse.jsonl").read_text(encoding="utf-8").split("\n")
    for text in (json.loads(line)["q"] for line in lines if line and '"_header"' not in line):
        assert agree(tags.GRAMMAR, tokens, text, SITE.resource().spellings, FREE), text


def test_a_lark_without_its_table_parses_likewise(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = Grammar("danbooru", tags.GRAMMAR._actions)
    monkeypatch.delattr(bare._lark.parser.parser, "_parse_table")
    monkeypatch.setattr(tags, "GRAMMAR", bare)
    assert bare._first is None
    assert show.sexp(parse("a -(b or c)")) == "(and a (not (or (and b) (and c))))"
    with pytest.raises(ParseError, match="E103"):
        parse("a ()")


def test_this_lark_shows_its_table() -> None:
    assert tags.GRAMMAR._first is not None


@given(st.text(max_size=60))
def test_any_text_parses_or_is_refused_with_a_place(text: str) -> None:
    try:
        tree = booruql.parse(text).where
    except QueryError as problem:
        assert problem.span is None or 0 <= problem.span.start <= problem.span.end <= len(text)
        assert "hint" in str(problem) or problem.code == "E105"
        return
    for form in show.FORMS.values():
        form(tree)


def test_lenient_reads_what_does_not_parse_as_nothing() -> None:
    assert isinstance(booruql.parse("(a", lenient=True).where, Nothing)


@pytest.mark.parametrize(
    ("text", "code"),
    [("a" * 10_001, "E601"), ("(" * 101, "E602"), ("a " * 1001, "E603"), ("(" * 9_999, "E602"), ("~" * 20_000, "E601")],
)
def test_our_limits_name_themselves(text: str, code: str) -> None:
    with pytest.raises(LimitError) as caught:
        booruql.parse(text)
    assert caught.value.code == code
    assert "limit" in caught.value.message


def _work(text: str) -> None:
    try:
        tree = parse(text)
    except ParseError as problem:
        str(problem.with_text(text))
        return
    for form in (show.sexp, show.infix, show.normal, show.written, show.tree):
        form(tree)
    show.cnf(tree, 1_000_000)
    tags.read(Query(text, "danbooru", "posts", where=tree), SITE.resource(), Notes(text))


HOSTILE = ["(", "-", "~", ")", '"', "\\", "*", ",", " ", "a(", "(a ", "a ", "a,", '"a', "a)", "a^1", "a~", "user:", "source:\\ "]


@pytest.mark.parametrize("part", HOSTILE)
def test_hostile_text_costs_linear_time(part: str) -> None:
    assert grows_linearly(lambda size: _work((part * size)[:size]))


@pytest.mark.parametrize(("opening", "closing"), [("(", ")"), ("-(", ")"), ("(b or ", ")"), ("~( c ", ")")])
def test_deep_nesting_is_no_recursion(opening: str, closing: str) -> None:
    assert grows_linearly(lambda size: _work(opening * size + "a" + closing * size), 6_000)


@given(st.lists(WORDS, max_size=16).map("".join))
def test_the_grammar_is_that_of_recursive_descent(text: str) -> None:
    try:
        found = parse(text)
    except ParseError:
        found = Nothing()
    assert found == Reference(text, SITE.resource().spellings.items()).read()
