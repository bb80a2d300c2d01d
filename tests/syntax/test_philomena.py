"""Philomena's language: tokens, trees, errors, and that text from strangers costs linear time."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from booruql.ast.fold import fold
from booruql.ast.nodes import And, Boost, Node, Not, Nothing, Or, Term
from booruql.context import Limits
from booruql.errors import Notes, ParseError, QueryError
from booruql.sites import load
from booruql.syntax import philomena
from booruql.syntax._folding import END
from booruql.syntax._philomena_lexer import tokens
from booruql.syntax._philomena_show import infix
from tests.drivers import agree
from tests.syntax import philomena_reference as reference
from tests.test_hostile import grows_linearly

SITE = load("furbooru")
HUGE = Limits(characters=1_000_000, depth=1_000_000, terms=1_000_000)

_PIECES = st.sampled_from(
    [
        *"()\\\"^,!-~*? \t\n",
        *"()(()) ab2",
        " AND ", "AND", " OR ", "OR", " && ", " || ", "NOT ", "NOT", "^2", "^-1", "^+0.5", "^.5", " ^3",
        "fox", "(x)", "tail (bushy)", '"', '\\"', "\\(", "\\)", "\\\\", "score:5", "\u00a0", "é",
    ]
)  # fmt: skip
_TEXTS = st.lists(_PIECES, max_size=14).map("".join)


def parse(text: str, limits: Limits = Limits()) -> Node:
    return philomena.parse(text, SITE, "images", limits)


def shape(node: Node) -> Any:
    """The tree as nested tuples, as the reference has it."""

    def visit(current: Node, below: tuple[Any, ...]) -> Any:
        match current:
            case Term(text=text, quoted=quoted):
                return ("term", text, quoted)
            case Not():
                return below[0][1] if below[0][0] == "not" else ("not", below[0])
            case Boost(factor=factor):
                return ("boost", float(factor), below[0])
            case And() | Or():
                kind = "and" if isinstance(current, And) else "or"
                return (kind, *below[:-1], *(below[-1][1:] if below[-1][0] == kind else below[-1:]))
        return None

    return fold(node, visit)


# --- tokens


@given(_TEXTS)
@example("a (b")
@example("x((a)b,")
@example("fox (a )")
@example('x("a(b",c)')
@example("a(b(c))d (e (f), g)")
@example("fox  ) wolf")
@example('"a\\\\b\\c\\""')
def test_the_lexer_is_the_sites(text: str) -> None:
    got = [(kind, _said(kind, value[0])) for kind, value in tokens(text) if kind != END]
    assert got == reference.tokens(text)


def _said(kind: str, value: Any) -> Any:
    return (value.text, value.quoted) if kind == "TERM" else value if kind == "BOOST" else None


@given(_TEXTS)
def test_tokens_lie_in_order_and_are_what_the_text_says(text: str) -> None:
    end = 0
    for token in philomena.lex(text):
        assert end <= token.start < token.end <= len(text)
        end = token.end
        if token.type == "TERM" and not token.value.quoted:
            assert text[token.start : token.end] == token.value.text


# --- trees


@given(_TEXTS)
def test_trees_and_errors_are_the_sites(text: str) -> None:
    try:
        want = reference.parse(text)
    except reference.Refused as refused:
        with pytest.raises(ParseError if "Boost" not in str(refused) else QueryError) as caught:
            parse(text)
        assert str(caught.value.diagnostic.site_message).startswith(str(refused))
        return
    got = parse(text)
    assert (got if want is None else shape(got)) == (Nothing() if want is None else want)


@given(_TEXTS)
def test_the_folded_table_and_larks_own_driver_agree(text: str) -> None:
    assert agree(philomena.GRAMMAR, tokens, text, Limits())


def test_both_drivers_agree_on_the_case_tables(shared: Path) -> None:
    lines = (shared / "cases" / "furbooru_parse.jsonl").read_text(encoding="utf-8").split("\n")
    for text in (json.loads(line)["q"] for line in lines if line and '"_header"' not in line):
        assert agree(philomena.GRAMMAR, tokens, text, Limits()), text


def test_spans_of_a_tree_cover_its_text() -> None:
    text = "-(fox OR wolf)^2, tail (bushy)"
    tree = parse(text)
    assert isinstance(tree, And)
    boost, term = tree.children
    assert [text[n.span.start : n.span.end] for n in (tree, boost, term) if n.span] == [text, "-(fox OR wolf)^2", "tail (bushy)"]


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_nothing_matches_nothing(text: str) -> None:
    assert parse(text) == Nothing()


# --- errors


@pytest.mark.parametrize(
    ("text", "code", "site", "marked"),
    [
        (",a", "E103", "Expected a term.", ","),
        ("a,", "E103", "Expected a term.", ","),
        ("a,,b", "E103", "Expected a term.", ","),
        ("-", "E103", "Expected a term.", "-"),
        ("--a", "E106", "Expected a term.", "--"),
        ("NOT -a", "E106", "Expected a term.", "NOT -"),
        ("^2", "E103", "Expected a term.", "^2"),
        ("(", "E103", "Expected a term.", "("),
        (")", "E103", "Imbalanced parentheses.", ")"),
        ("a, ()", "E103", "Imbalanced parentheses.", "()"),
        ("(a", "E101", "Imbalanced parentheses.", "("),
        ("a)", "E102", "junk at end of expression: )", ")"),
        ("(a) b", "E105", "junk at end of expression: b", "b"),
        ("a^2^3", "E105", "junk at end of expression: 3", "^3"),
        ("fox ()", "E105", "junk at end of expression: ()", "("),
        ('"a" "b", c', "E105", "junk at end of expression: b,c", '"b"'),
        ("fox^-1", "E305", "Boost value must be non-negative.", "^-1"),
    ],
)
def test_errors_point_at_their_place_and_know_the_sites_words(text: str, code: str, site: str, marked: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    found = caught.value.diagnostic
    assert found.span is not None
    assert (found.code, found.site_message, text[found.span.start : found.span.end]) == (code, site, marked)
    assert found.hint


@pytest.mark.parametrize(
    ("text", "code"), [("a" * 10_001, "E601"), ("(" * 101 + "a" + ")" * 101, "E602"), (",".join("a" * 1_001), "E603")]
)
def test_limits_name_themselves(text: str, code: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.code == code


def test_lines_of_a_filter_are_alternatives() -> None:
    assert philomena.normalise_lines("x") == "(x)"
    assert philomena.normalise_lines("a\r\n\nb\n") == "(a) || (b)"
    assert philomena.normalise_lines(None) == ""
    with pytest.raises(ParseError, match="empty"):
        parse(philomena.normalise_lines(" "))


# --- text from strangers

_HOSTILE = [
    "(",
    "-",
    "~",
    ")",
    '"',
    "\\",
    "*",
    ",",
    " ",
    "a(",
    "(a ",
    "a ",
    "a,",
    '"a',
    "a)",
    "a^1",
    "a~",
    "a (",
    "x((a)b,",
    " ^",
    "-(",
]


@pytest.mark.parametrize("piece", _HOSTILE)
def test_hostile_text_costs_linear_time(piece: str) -> None:
    def work(size: int) -> None:
        text = (piece * size)[:size]
        try:
            query = parse(text, HUGE)
            philomena.read_tree(query, SITE.resource(), "anonymous", text, Notes(text))
        except QueryError as problem:
            str(problem)

    assert grows_linearly(work)


def test_deep_groups_need_no_stack() -> None:
    deep = sys.getrecursionlimit() * 10
    assert parse("(" * deep + "a" + ")" * deep, HUGE) == Term(None, "a")
    tree = parse("-(" * deep + "a" + ")" * deep, HUGE)
    assert sum(1 for _ in _down(tree)) == deep


def _down(node: Node) -> Any:
    while isinstance(node, Not):
        yield node
        node = node.child


# --- printing


@given(_TEXTS)
@example("a,AND x")
@example("(a, b), c")
@example("-(-(a^2))^0.5, fox ")
@example('"a\\\\b" OR a\\')
def test_what_is_printed_reads_back(text: str) -> None:
    try:
        tree = parse(text)
    except QueryError:
        return
    assert parse(infix(tree), HUGE) == tree
