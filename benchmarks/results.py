"""What a part of the suite found: tables of candidates, and claims about their ratios."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import median
from typing import Any

from benchmarks.timing import Timing


@dataclass(frozen=True)
class Claim:
    """A figure with its goal: `value` is to be at most `bound`, or at least; without a bound it is only told.

    Of several runs `value` is the median and `spread` the least and the greatest.
    """

    text: str
    value: float
    bound: float | None = None
    is_floor: bool = False
    unit: str = "x"
    spread: tuple[float, float] | None = None

    @property
    def met(self) -> bool | None:
        if self.bound is None or math.isnan(self.value):
            return None
        return self.value >= self.bound if self.is_floor else self.value <= self.bound

    @property
    def share(self) -> float:
        """The part of the goal that is used up: 1 is just met, less is better; NaN without a goal."""
        if self.bound is None:
            return math.nan
        return self.bound / self.value if self.is_floor else self.value / self.bound

    @property
    def shown(self) -> str:
        """The figure, with its spread."""
        if self.spread is None or math.isnan(self.value):
            return f"{figure(self.value)}{self.unit}"
        return f"{figure(self.value)}{self.unit} ({figure(self.spread[0])} to {figure(self.spread[1])})"

    @property
    def goal(self) -> str:
        """The goal, in words."""
        return "" if self.bound is None else f"at {'least' if self.is_floor else 'most'} {figure(self.bound)}{self.unit}"


def at_most(text: str, value: float, bound: float, unit: str = "x") -> Claim:
    return Claim(text, value, bound, unit=unit)


def at_least(text: str, value: float, bound: float, unit: str = "x") -> Claim:
    return Claim(text, value, bound, is_floor=True, unit=unit)


@dataclass
class Table:
    """Candidates timed in one run on the same queries.

    `per` is what one figure is of ("query", "post"); `limits` names the candidates that the others are held against.
    `missing` tells which peers could not be had and why, `notes` what a reader has to know.
    """

    timings: Mapping[str, Timing]
    claims: list[Claim] = field(default_factory=list)
    per: str = "query"
    limits: tuple[str, ...] = ()
    missing: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "per": self.per,
            "limits": list(self.limits),
            "candidates": {name: timing.to_dict() for name, timing in self.timings.items()},
            "claims": [{**asdict(claim), "met": claim.met} for claim in self.claims],
            "missing": self.missing,
            "notes": self.notes,
        }


Found = dict[str, Table]
"""What the `run(setting)` of a part gives: its tables by title."""


# --- several runs


def merged(runs: Sequence[Found]) -> Found:
    """The runs of one part as one: medians, and the spread of what is claimed."""
    return {title: _merged([run[title] for run in runs]) for title in runs[0]}


def _merged(tables: Sequence[Table]) -> Table:
    first = tables[0]
    if len(tables) == 1:
        return first
    timings = {name: _median([table.timings[name] for table in tables]) for name in first.timings}
    claims = [_spread([table.claims[at] for table in tables]) for at in range(len(first.claims))]
    return replace(first, timings=timings, claims=claims)


def _median(timings: Sequence[Timing]) -> Timing:
    return Timing(tuple(map(median, zip(*(timing.seconds for timing in timings), strict=True))), timings[0].rounds)


def _spread(claims: Sequence[Claim]) -> Claim:
    values = [claim.value for claim in claims]
    return replace(claims[0], value=median(values), spread=(min(values), max(values)))


# --- as text


def show(name: str, found: Found) -> str:
    """The tables of a part, as text."""
    return "\n".join(line for title, table in found.items() for line in (f"{name}: {title}", *_lines(table), ""))


def _lines(table: Table) -> list[str]:
    lines = [f"  {'':34s} {'p50':>10s} {'p95':>10s} {'p99':>10s} {'mean':>10s}   a {table.per}"] if table.timings else []
    for name, timing in table.timings.items():
        figures = timing.to_dict()
        shown = " ".join(f"{seconds(figures[key]):>10s}" for key in ("p50", "p95", "p99", "mean"))
        part = "" if figures["queries"] == len(timing.seconds) else f"   {figures['queries']} of {len(timing.seconds)} queries"
        fewest = f"   slow queries in {timing.rounds} rounds" if timing.rounds else ""
        lines.append(f"  {name:34s} {shown}{part}{fewest}")
    lines += [f"  {_claim(claim)}" for claim in table.claims]
    lines += [f"  NOT MEASURED: {name}: {why}" for name, why in table.missing.items()]
    return [*lines, *(f"  ({note})" for note in table.notes)]


def _claim(claim: Claim) -> str:
    if claim.bound is None:
        return f"{claim.text}: {claim.shown}"
    return f"{claim.text}: {claim.shown}, goal {claim.goal}: {_VERDICTS[claim.met]}"


_VERDICTS = {True: "met", False: "MISSED", None: "NOT MEASURED"}


def show_goals(parts: Mapping[str, Found]) -> str:
    """Every claim that has a goal, a row of a Markdown table each; and what could not be measured."""
    lines = ["| path | measured | goal | holds |", "|---|---|---|---|"]
    for name, found in parts.items():
        for title, table in found.items():
            bounded = [claim for claim in table.claims if claim.bound is not None]
            lines += [f"| {name}: {title}: {c.text} | {c.shown} | {c.goal} | {_VERDICTS[c.met]} |" for c in bounded]
            lines += [f"| {name}: {title}: {peer} | {why} | | NOT MEASURED |" for peer, why in table.missing.items()]
    return "\n".join(lines)


def figure(value: float) -> str:
    """A number with three figures or so."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def seconds(value: float) -> str:
    """A time in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return "-" if math.isnan(value) else f"{value * 1e9:.3g} ns"
