"""The parts of the benchmark suite run, on a corpus so small that nothing is measured."""

from __future__ import annotations

from importlib import import_module

import pytest

from benchmarks.__main__ import PARTS
from benchmarks.results import Claim, Table, show
from benchmarks.setting import Setting
from benchmarks.timing import Timing

pytest.importorskip("numpy")


@pytest.fixture(scope="module")
def setting() -> Setting:
    return Setting(posts=1_500, rounds=1, saved=300, every=10)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_runs_and_its_answers_agree(part, setting):
    found = import_module(f"benchmarks.{PARTS[part]}").run(setting)
    assert found
    assert show(part, found)
    for table in found.values():
        assert isinstance(table, Table)
        assert table.timings or table.claims or table.missing


def test_the_tag_table_has_the_shape_of_a_board_s(setting):
    table = setting.table
    assert len(set(table.names)) == len(table.names) == len(table.counts)
    assert (table.counts[:-1] >= table.counts[1:]).all()
    blue = [count for name, count in zip(table.names, table.counts, strict=True) if name.startswith("blue_")]
    assert len(blue) == 230
    assert 4e6 < sum(blue) < 6e6


def test_a_query_that_a_peer_cannot_answer_is_counted_and_left_out_of_the_ratios():
    ours, peer = Timing((1.0, 1.0, 8.0)), Timing((2.0, float("nan"), 4.0))
    assert ours.ratio(peer) == 1.0
    assert ours.sum_ratio(peer) == 1.5
    assert "2 of 3 queries" in show("part", {"title": Table({"ours": ours, "peer": peer})})


def test_a_goal_is_met_from_its_own_side():
    assert Claim("time", 1.0, 1.0).met
    assert not Claim("time", 1.1, 1.0).met
    assert Claim("speed", 1.1, 1.0, is_floor=True).met
    assert not Claim("speed", 0.9, 1.0, is_floor=True).met
