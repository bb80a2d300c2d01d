"""The parts of the benchmark suite run, on a corpus so small that nothing is measured."""

from __future__ import annotations

import time
from importlib import import_module

import pytest

from benchmarks.__main__ import PARTS
from benchmarks.results import Claim, Table, merged, show, show_goals
from benchmarks.runs import Part
from benchmarks.setting import Setting
from benchmarks.tag_table import make_tag_table
from benchmarks.timing import LEAST, Protocol, Timing, measure

pytest.importorskip("numpy")


@pytest.fixture(scope="module")
def setting() -> Setting:
    return Setting(posts=1_500, rounds=1, saved=300, every=10, names=12_000)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_runs_and_its_answers_agree(part, setting):
    found = import_module(f"benchmarks.{PARTS[part]}").run(setting)
    assert found
    assert show(part, found)
    for table in found.values():
        assert isinstance(table, Table)
        assert table.timings or table.claims or table.missing


def test_the_tag_table_has_the_shape_of_a_board_s():
    table = make_tag_table()
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


def test_runs_are_told_by_their_medians_and_their_spread():
    runs = [{"title": Table({"ours": Timing((time,))}, [Claim("ratio", time, 2.0)])} for time in (1.0, 5.0, 2.0)]
    found = merged(runs)
    assert found["title"].timings["ours"].seconds == (2.0,)
    assert found["title"].claims[0].met
    assert "2x (1 to 5) | at most 2x | met" in show_goals({"part": found})


def test_a_goal_without_a_figure_is_not_met():
    table = Table({}, [Claim("ratio", float("nan"), 2.0)], missing={"peer": "not installed"})
    assert show_goals({"part": {"title": table}}).count("NOT MEASURED") == 2


def test_a_slow_job_has_fewer_rounds_and_its_table_says_so():
    ran = []
    found = measure({"slow": lambda at: ran.append(at) or time.sleep(0.011)}, 2, 5, protocol=Protocol(patience=0.0))
    assert len(ran) == 2 * LEAST
    assert found["slow"].rounds == 0
    mixed = measure({"one": lambda at: time.sleep(0.011 * at)}, 2, 5, protocol=Protocol(patience=0.03))
    assert mixed["one"].rounds == LEAST
    assert "slow queries in 3 rounds" in show("part", {"title": Table(mixed)})


def test_a_run_of_its_own_process_that_fails_is_kept_as_a_failure():
    part = Part("broken", "no_such_part")
    part.run(Setting())
    assert "no_such_part" in part.failure
    assert part.runs == []
