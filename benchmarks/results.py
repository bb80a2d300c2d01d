"""What a part of the suite found: tables of candidates, and claims about their ratios."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.timing import Timing


@dataclass(frozen=True)
class Claim:
    """A figure with its goal: `value` is to be at most `bound`, or at least; without a bound it is only told."""

    text: str
    value: float
    bound: float | None = None
    is_floor: bool = False
    unit: str = "x"

    @property
    def met(self) -> bool | None:
        if self.bound is None:
            return None
        return self.value >= self.bound if self.is_floor else self.value <= self.bound

    @property
    def share(self) -> float:
        """The part of the goal that is used up: 1 is just met, less is better; NaN without a goal."""
        if self.bound is None:
            return math.nan
        return self.bound / self.value if self.is_floor else self.value / self.bound


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


def show(name: str, found: Found) -> str:
    """The tables of a part, as text."""
    return "\n".join(line for title, table in found.items() for line in (f"{name}: {title}", *_lines(table), ""))


def _lines(table: Table) -> list[str]:
    lines = [f"  {'':34s} {'p50':>10s} {'p95':>10s} {'p99':>10s} {'mean':>10s}   a {table.per}"] if table.timings else []
    for name, timing in table.timings.items():
        figures = timing.to_dict()
        shown = " ".join(f"{seconds(figures[key]):>10s}" for key in ("p50", "p95", "p99", "mean"))
        part = "" if figures["queries"] == len(timing.seconds) else f"   {figures['queries']} of {len(timing.seconds)} queries"
        lines.append(f"  {name:34s} {shown}{part}")
    lines += [f"  {_claim(claim)}" for claim in table.claims]
    lines += [f"  NOT MEASURED: {name}: {why}" for name, why in table.missing.items()]
    return [*lines, *(f"  ({note})" for note in table.notes)]


def _claim(claim: Claim) -> str:
    if claim.bound is None:
        return f"{claim.text}: {figure(claim.value)}{claim.unit}"
    goal = f"at {'least' if claim.is_floor else 'most'} {figure(claim.bound)}{claim.unit}"
    return f"{claim.text}: {figure(claim.value)}{claim.unit}, goal {goal}: {'met' if claim.met else 'MISSED'}"


def figure(value: float) -> str:
    """A number with three figures or so."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def seconds(value: float) -> str:
    """A time in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return "-" if math.isnan(value) else f"{value * 1e9:.3g} ns"
