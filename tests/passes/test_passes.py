"""The laws: each keeps the meaning that three-valued logic gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booruql.ast.fold import children, depth, fold, walk
from booruql.ast.nodes import (
    All,
    And,
    Boost,
    Compare,
    Exists,
    Given,
    Key,
    Node,
    Not,
    Nothing,
    Op,
    Or,
    Search,
    Special,
    Unknown,
)
from booruql.passes import demands, order, simplify, unknowns

_FIELDS = ("a", "b", "c")
_LEAVES = st.one_of(
    st.sampled_from([All(), Nothing()]),
    st.builds(lambda f: Compare(f, Op.EQ, 1), st.sampled_from(_FIELDS)),
    st.builds(lambda f: Unknown(Compare(f, Op.EQ, 1), f), st.sampled_from(_FIELDS)),
    st.builds(Exists, st.sampled_from(_FIELDS)),
)
_TREES = st.recursive(
    _LEAVES,
    lambda below: st.one_of(
        st.builds(Not, below),
        st.builds(And, st.lists(below, min_size=1, max_size=4).map(tuple)),
        st.builds(Or, st.lists(below, min_size=1, max_size=4).map(tuple)),
        st.builds(Boost, below, st.just(2)),
    ),
    max_leaves=12,
)
_ROWS = st.fixed_dictionaries({name: st.sampled_from([None, 0, 1]) for name in _FIELDS})


def three_valued(tree: Node, row: dict[str, int | None]) -> bool | None:
    """SQL's answer: None is unknown."""

    def visit(node: Node, below: tuple[bool | None, ...]) -> bool | None:
        match node:
            case All():
                return True
            case Nothing():
                return False
            case Exists(field=field):
                return row[field] is not None
            case Compare(field=str(field)):
                return row[field] == 1
            case Unknown(field=field):
                return None if row[field] is None else below[0]
            case Not():
                return None if below[0] is None else not below[0]
            case And():
                return False if False in below else None if None in below else True
            case Or():
                return True if True in below else None if None in below else False
            case _:
                return below[0]

    return fold(tree, visit)


@given(_TREES, _ROWS)
def test_deciding_unknowns_keeps_the_rows_that_sql_would_return(tree: Node, row: dict[str, int | None]) -> None:
    closed = unknowns.decide(tree)
    assert not any(isinstance(node, Unknown) for node in walk(closed))
    assert (three_valued(closed, row) is True) == (three_valued(tree, row) is True)


@given(_TREES, _ROWS)
def test_simplifying_keeps_the_meaning(tree: Node, row: dict[str, int | None]) -> None:
    closed = unknowns.decide(tree)
    assert three_valued(simplify.simplify(closed), row) == three_valued(closed, row)


@given(_TREES)
def test_a_simple_tree_is_flat_and_stays_as_it_is(tree: Node) -> None:
    simple = simplify.simplify(unknowns.decide(tree))
    for node in walk(simple):
        below = children(node)
        if isinstance(node, And | Or):
            assert len(below) >= 2
            assert not any(isinstance(child, type(node) | All | Nothing) for child in below)
        if isinstance(node, Not):
            assert not isinstance(below[0], Not | All | Nothing)
    assert simplify.simplify(simple) == simple


LONG, CAT = Unknown(Compare("duration", Op.GT, 60), "duration"), Compare("tags", Op.EQ, "cat")
PLAIN = Compare("duration", Op.GT, 60)


@pytest.mark.parametrize(
    ("tree", "closed"),
    [
        (LONG, PLAIN),
        (Not(LONG), And((Not(PLAIN), Exists("duration")))),
        (Not(And((LONG, CAT))), Or((And((Not(PLAIN), Exists("duration"))), Not(CAT)))),
        (Not(Or((LONG, CAT))), And((Not(PLAIN), Exists("duration"), Not(CAT)))),
        (Not(Not(LONG)), PLAIN),
        (Not(Compare("pixiv_id", Op.EQ, 5)), Not(Compare("pixiv_id", Op.EQ, 5))),
    ],
    ids=["true", "not", "not-and", "not-or", "twice", "null-safe"],
)
def test_negations_reach_leaves_that_may_be_unknown(tree: Node, closed: Node) -> None:
    assert simplify.simplify(unknowns.decide(tree)) == closed


def test_a_demand_stands_at_the_root_wherever_the_leaf_was() -> None:
    tree = Or((CAT, Not(Given(Compare("width", Op.GT, 5), Exists("width")))))
    assert demands.hoist(tree) == And((Or((CAT, Not(Compare("width", Op.GT, 5)))), Exists("width")))


def test_orders_end_with_the_id_in_the_direction_of_the_last_key() -> None:
    def keys(*given_keys: Key) -> tuple[Key, ...]:
        return order.total(Search("danbooru", "posts", All(), given_keys)).order

    assert keys() == (Key("id", descending=True),)
    assert keys(Key("score")) == (Key("score"), Key("id"))
    assert keys(Key("score", descending=True)) == (Key("score", descending=True), Key("id", descending=True))
    assert keys(Key("id")) == (Key("id"),)
    assert keys(Key(Special.RANDOM)) == (Key(Special.RANDOM), Key("id", descending=True))


def test_deep_trees_do_not_reach_pythons_stack() -> None:
    tree: Node = Exists("a")
    for _ in range(30_000):
        tree = Not(And((Or((tree,)),)))
    assert depth(tree) == 90_001
    assert simplify.simplify(unknowns.decide(demands.hoist(tree))) == Exists("a")
