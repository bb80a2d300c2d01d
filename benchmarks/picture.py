"""The tables as a picture: every candidate's times, and how much of its goal each claim uses up."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from benchmarks.results import Claim, Found, figure

_OURS, _LIMIT, _MISSED = "#1f6f8b", "#9a9a9a", "#c0392b"
_ROW = 0.22  # inches


def draw(parts: dict[str, Found], title: str, file: Path) -> None:
    """Writes an SVG or PNG, by the ending of the name."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    named = [(f"{part}: {name}", table) for part, found in parts.items() for name, table in found.items()]
    tables = [(name, table) for name, table in named if table.timings]
    claims = [(name, claim) for name, table in named for claim in table.claims]
    bounded = [(name, claim) for name, claim in claims if claim.bound is not None and claim.value > 0]
    heights = [len(table.timings) + 2.5 for _, table in tables] + ([len(bounded) + 2.5] if bounded else [])
    if not heights:
        return
    shape, axes = pyplot.subplots(
        len(heights), 1, figsize=(9, _ROW * sum(heights) + 0.6), height_ratios=heights, squeeze=False, layout="constrained"
    )
    mpl.rcParams["svg.hashsalt"] = "booruql"
    for axis, (name, table) in zip(axes[:, 0], tables, strict=False):
        _times(axis, name, table)
    if bounded:
        _goals(axes[-1, 0], bounded)
    shape.suptitle(title, fontsize=9)
    shape.savefig(file, dpi=110, metadata={"Date": None} if file.suffix == ".svg" else None)
    pyplot.close(shape)


def _times(axis: Any, name: str, table: Any) -> None:
    rows = list(table.timings.items())[::-1]
    for at, (candidate, timing) in enumerate(rows):
        figures = timing.to_dict()
        color = _LIMIT if candidate in table.limits else _OURS
        axis.plot([figures["p50"] * 1e6, figures["p95"] * 1e6, figures["p99"] * 1e6], [at] * 3, color=color, linewidth=1)
        axis.plot(figures["p50"] * 1e6, at, "o", color=color, markersize=5)
        axis.plot([figures["p95"] * 1e6, figures["p99"] * 1e6], [at] * 2, "|", color=color, markersize=7)
    axis.set_yticks(range(len(rows)), [candidate for candidate, _ in rows], fontsize=7)
    _finish(axis, f"{name}, µs a {table.per}: p50 (dot), p95, p99", len(rows))


def _goals(axis: Any, claims: list[tuple[str, Claim]]) -> None:
    rows = claims[::-1]
    for at, (_, claim) in enumerate(rows):
        color = _OURS if claim.met else _MISSED
        axis.plot([1, claim.share], [at, at], color=color, linewidth=1)
        axis.plot(claim.share, at, "o", color=color, markersize=5)
    labels = [f"{name}: {claim.text}  {figure(claim.value)}{claim.unit}" for name, claim in rows]
    axis.set_yticks(range(len(rows)), labels, fontsize=7)
    axis.axvline(1, color="black", linewidth=0.8)
    _finish(axis, "part of the goal that is used up: left of the line it is met", len(rows))


def _finish(axis: Any, title: str, rows: int) -> None:
    axis.set_xscale("log")
    axis.set_ylim(-0.7, rows - 0.3)
    axis.set_title(title, fontsize=8, loc="left")
    axis.tick_params(axis="x", labelsize=7)
    axis.grid(axis="x", which="major", linewidth=0.4)
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axis.xaxis.set_minor_formatter(lambda value, _: "")
    low, high = axis.get_xlim()
    if high / max(low, 1e-12) < 10:
        axis.set_xlim(low / math.sqrt(10), high * math.sqrt(10))
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)
