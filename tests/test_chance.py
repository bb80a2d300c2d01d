"""The random order: the same numbers for integers and columns, and no arrangement of a few posts preferred."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booruql.chance import PRIME, rank

IDS = st.integers(-(1 << 63), (1 << 63) - 1)
SEEDS = st.integers(-(1 << 70), 1 << 70)


@given(st.lists(IDS, max_size=5), SEEDS)
def test_a_column_has_the_ranks_of_its_ids(ids: list[int], seed: int) -> None:
    numpy = pytest.importorskip("numpy")
    ranks = [rank(id_, seed) for id_ in ids]
    assert rank(numpy.array(ids, numpy.int64), seed).tolist() == ranks
    assert all(0 <= one < PRIME for one in ranks)


def test_four_posts_stand_in_any_order_equally_often() -> None:
    for first in (1, 1_000_000):
        orders = Counter(tuple(sorted(range(first, first + 4), key=lambda id_: rank(id_, seed))) for seed in range(24_000))
        assert len(orders) == 24 and 800 < min(orders.values()) <= max(orders.values()) < 1200
