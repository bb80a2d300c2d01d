"""Nodes that are made fast are frozen dataclasses all the same."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, fields, replace

import pytest

from booruql.ast import nodes
from booruql.ast.nodes import All, And, Count, Glob, Term
from booruql.ast.quick import maker, quick
from booruql.errors import Span


@quick
@dataclass(frozen=True, slots=True)
class Longer(Count):
    of_none: bool = False


TERM = Term(None, "cat", span=Span(0, 3))


@pytest.mark.parametrize("name", ["text", "span", "unknown"])
def test_nothing_of_a_node_can_be_set_or_deleted(name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(TERM, name, "dog")
    with pytest.raises(FrozenInstanceError):
        delattr(TERM, name)
    assert not hasattr(TERM, "__dict__")


def test_copies_and_pickles_are_equal_and_keep_what_equality_ignores() -> None:
    tree = And((TERM,), Span(0, 3))
    for again in (copy.copy(tree), copy.deepcopy(tree), pickle.loads(pickle.dumps(tree)), replace(tree)):
        assert again == tree and hash(again) == hash(tree) and again.span == tree.span


def test_the_plain_function_makes_the_same() -> None:
    made = maker(Glob)("tags", ("a",), words=True)
    assert type(made) is Glob and made == Glob("tags", ("a",), words=True)
    with pytest.raises(TypeError, match="positional"):
        maker(Glob)("tags", ("a",), False, None, True)  # type: ignore[call-arg]


def test_a_subclass_has_the_fields_of_both() -> None:
    found = Longer("notes", of_none=True)
    assert (found.relation, found.where, found.of_none) == ("notes", All(), True)
    assert isinstance(found, Count) and found != Count("notes") and copy.copy(found) == found
    with pytest.raises(FrozenInstanceError):
        found.of_none = False  # type: ignore[misc]


def test_every_node_is_made_so() -> None:
    kinds = [kind for kind in vars(nodes).values() if isinstance(kind, type) and hasattr(kind, "__dataclass_fields__")]
    assert len(kinds) > 30
    for kind in kinds:
        assert maker(kind)
        assert [field.name for field in fields(kind) if not hasattr(kind, field.name)] == []
