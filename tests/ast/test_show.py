"""Printed forms of trees in every state."""

from __future__ import annotations

import json

import pytest

import booruql
from booruql.ast import show
from booruql.ast.nodes import (
    All,
    And,
    Boost,
    Compare,
    Count,
    Exists,
    Given,
    Glob,
    Node,
    Not,
    Nothing,
    OneOf,
    Op,
    Opt,
    Or,
    Some,
    Symbol,
    Term,
    Unknown,
    Wild,
)
from booruql.ast.normal import joined, trimmed
from booruql.errors import ConfigError, LimitError, Span

A, B, C = (Term(None, name) for name in "abc")


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (All(), "all"),
        (Nothing(), "none"),
        (Compare("score", Op.GT, 50), "(compare score > 50)"),
        (Compare("is_deleted", Op.EQ, True), "(compare is_deleted = true)"),
        (OneOf("tags", ("a b", "")), '(oneof tags ["a b" ""])'),
        (Glob("tags", ("a", Wild.RUN), True), "(glob tags [a *] true)"),
        (Some("comments", Not(Exists("body"))), "(some comments (not (exists body)))"),
        (Compare(Count("notes", All()), Op.LE, 2), "(compare (count notes all) <= 2)"),
        (Boost(Compare("id", Op.EQ, 1), 2.5), "(boost 2.5 (compare id = 1))"),
        (Unknown(Exists("duration"), "duration"), "(unknown (exists duration))"),
        (Given(All(), Exists("file_ext")), "(given all (exists file_ext))"),
        (Symbol("tag", ("sky",)), "(symbol tag [sky])"),
    ],
)
def test_every_state_has_one_line(node: Node, expected: str) -> None:
    assert show.sexp(node) == expected
    json.dumps(show.to_json(node))
    assert show.tree(node)


def test_json_holds_places_and_joins_chains() -> None:
    query = booruql.parse("lake -user:'a b' ~x* ~(b or c or d)")
    found = show.query(query, "json")
    assert found["and"][0] == {"tag": "lake", "start": 0, "end": 4}
    assert found["and"][1]["not"] == {"field": "user", "value": "a b", "quoted": True, "start": 6, "end": 16}
    assert found["and"][2]["opt"]["wildcard"] == "x*"
    assert [part["tag"] for part in found["and"][3]["opt"]["or"]] == ["b", "c", "d"]


def test_json_has_a_depth() -> None:
    deep: Node = A
    for _ in range(400):
        deep = Not(And((deep, B)))
    with pytest.raises(LimitError, match="E602"):
        show.to_json(deep)
    assert show.sexp(deep).count("(not") == 400


def test_a_form_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="known: cnf, sexp"):
        show.query(booruql.parse("a"), "xml")


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (And((A,)), A),
        (And((And((A,)), And((B, And((C,)))))), And((A, B, C))),
        (Or((And((A,)), Or((And((B,)), And((C,)))))), Or((A, B, C))),
        (And((Or((A, B)), Or((A, C)))), And((Or((A, B)), Or((A, C))))),
        (And((A, Opt(B), Opt(C))), And((Or((B, C)), A))),
        (And((Opt(And((B,))), A)), And((B, A))),
        (Not(And((Not(And((A,))),))), Not(Not(A))),
    ],
)
def test_trimming_joins_chains_and_replaces_opts(node: Node, expected: Node) -> None:
    assert trimmed(node) == expected


def test_a_list_with_opts_stays_a_list() -> None:
    inner = And((Opt(A), Opt(B)))
    assert joined(And((inner, C))) == And((inner, C))


@pytest.mark.parametrize(
    ("text", "infix", "written"),
    [
        ("", "", ""),
        ("a or b c", "a or (b c)", "a or b c"),
        ("-(a) ~( b c )", "-(a) ~(b c)", "-(a) ~(b c)"),
        ("a and b", "a b", "a and b"),
        (r"source:a\ b", 'source:"a b"', r"source:a\ b"),
        ("( :( )", ":(", "(:( )"),
        ("comments:1 X*", "comment_count:1 x*", "comment_count:1 x*"),
    ],
)
def test_infix_is_the_sites_and_written_reads_back(text: str, infix: str, written: str) -> None:
    query = booruql.parse(text)
    assert show.query(query, "infix") == infix
    assert show.query(query, "written") == written
    assert booruql.parse(written).where == query.where


def test_spans_are_no_part_of_a_tree() -> None:
    assert Term(None, "a", span=Span(0, 1)) == A
