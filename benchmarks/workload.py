"""The queries of the benchmarks: 200 typical ones of eight kinds, in the three languages that some engine of the suite reads."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tag_table import TagTable

WILDCARDS = (
    "blue_* *_(cosplay) *_hair black_* *_dress holding_* *hair* red_eye* *_uniform animal_* *_focus school_* multiple_* "
    "*_background white_* pokemon_* *_removed fate* cat_* *_jewelry"
).split()

Expression = dict[str, Any]
"""`{"tag": name}`, `{"wild": glob}`, `{"field":, "op":, "value":}`, `{"not": expression}`, `{"and": [...]}`, `{"or": [...]}`."""


@dataclass(frozen=True)
class WorkQuery:
    """One query: what it says, in three languages, without its order."""

    kind: str
    expression: Expression
    danbooru: str
    lucene: str
    philomena: str


def load_queries(size: int, folder: Path | None, table: TagTable) -> list[WorkQuery]:
    """The queries of the folder where it has some, else those made for the tag table."""
    stored = folder / "queries.json" if folder else None
    if stored and stored.exists():
        found = json.loads(stored.read_text(encoding="utf-8"))
        return [_spelled(query["kind"], query["expr"]) for query in found]
    return make_queries(size, table)


def make_queries(size: int, table: TagTable, seed: int = 11) -> list[WorkQuery]:
    """One tag, two, negations, unions, nested groups, wildcards, numbers, long ones: the same every time."""
    maker = _Maker(np.random.default_rng(seed), size, table)
    return [_spelled(kind, make()) for kind, many, make in maker.kinds() for _ in range(many)]


def _spelled(kind: str, expression: Expression) -> WorkQuery:
    return WorkQuery(kind, expression, _danbooru(expression), _lucene(expression), _philomena(expression))


class _Maker:
    """Draws expressions."""

    def __init__(self, rng: np.random.Generator, size: int, table: TagTable) -> None:
        self.rng, self.size = rng, size
        plain = re.compile(r"[a-z0-9_]+(\([a-z0-9_]+\))?")
        usable = [(name, count) for name, count in zip(table.names, table.counts.tolist(), strict=True) if plain.fullmatch(name)]
        self.bands = {
            "common": [name for name, count in usable if count > 300_000],
            "mid": [name for name, count in usable if 20_000 < count <= 300_000],
            "rare": [name for name, count in usable if 500 < count <= 20_000],
        }

    def kinds(self) -> tuple[tuple[str, int, Callable[[], Expression]], ...]:
        tag, many = self.tag, self.many
        return (
            ("single", 20, tag),
            ("and2", 30, lambda: _and(*many(2))),
            ("and3_neg", 40, lambda: _and(*many(self.number(1, 3)), *map(_not, many(self.number(1, 2), "common")))),
            ("or", 30, lambda: _and(tag("common"), {"or": many(self.number(2, 3))})),
            ("nested", 20, lambda: _and(tag("common"), {"or": [_and(tag(), _not(tag())), tag("mid")]}, _not(_and(*many(2))))),
            ("wild", 20, self.wild),
            ("meta", 25, lambda: _and(tag(), *self.fields(self.number(1, 2)), *map(_not, many(self.number(0, 1), "common")))),
            ("big", 15, lambda: _and(*many(self.number(3, 4)), _not(tag()), self.field())),
        )

    def number(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high + 1))

    def one_of(self, values: Any) -> Any:
        return values[int(self.rng.integers(0, len(values)))]

    def tag(self, band: str | None = None) -> Expression:
        chosen = band or str(self.rng.choice(["common", "mid", "rare"], p=[0.45, 0.35, 0.2]))
        return {"tag": self.one_of(self.bands[chosen])}

    def many(self, size: int, band: str | None = None) -> list[Expression]:
        return [self.tag(band) for _ in range(size)]

    def wild(self) -> Expression:
        glob = {"wild": self.one_of(WILDCARDS)}
        if self.rng.random() < 0.7:
            return _and(glob, *self.many(self.number(0, 2), "common"))
        return _and(self.tag("common"), _not(glob))

    def fields(self, size: int) -> list[Expression]:
        return [self.field() for _ in range(size)]

    def field(self) -> Expression:
        year, since = self.number(2012, 2024), self.number(2018, 2025)
        return dict(
            zip(
                ("field", "op", "value"),
                self.one_of(
                    [
                        ("score", ">", self.one_of([10, 50, 100])),
                        ("rating", "=", self.one_of("gsqe")),
                        ("created_at", "between", [f"{year}-01-01", f"{year}-12-31"]),
                        ("fav_count", ">=", self.one_of([20, 100])),
                        ("width", ">=", 1920),
                        ("created_at", ">=", f"{since}-06-01"),
                        ("id", "<", int(self.size * self.one_of([0.3, 0.8]))),
                    ]
                ),
                strict=True,
            )
        )


def resolve(e: Expression, expand: Callable[[str], Sequence[str]]) -> Expression:
    """As engines by hand and peers take it: `{"any": names}` for a wildcard, our names of fields, dates as microseconds.

    A range of dates ends with the first moment of its last day, as on the site.
    """
    match e:
        case {"wild": glob}:
            return {"any": list(expand(glob))}
        case {"not": member}:
            return _not(resolve(member, expand))
        case {"and": members}:
            return {"and": [resolve(member, expand) for member in members]}
        case {"or": members}:
            return {"or": [resolve(member, expand) for member in members]}
        case {"field": "created_at", "op": "between", "value": [low, high]}:
            return {**e, "value": [instant(low), instant(high)]}
        case {"field": "created_at", "value": value}:
            return {**e, "value": instant(value)}
        case {"field": "fav_count"}:
            return {**e, "field": "favorite_count"}
    return e


def instant(day: str) -> int:
    """Microseconds of the start of a day."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) * 1_000_000


def _and(*members: Expression) -> Expression:
    return {"and": list(members)} if len(members) > 1 else members[0]


def _not(member: Expression) -> Expression:
    return {"not": member}


# --- the three languages


def _danbooru(e: Expression, inner: bool = False) -> str:
    match e:
        case {"tag": text} | {"wild": text}:
            return str(text)
        case {"not": member}:
            return f"-{_danbooru(member, True)}"
        case {"or": members}:
            return f"({' or '.join(_danbooru(member, True) for member in members)})"
        case {"and": members}:
            return _group(" ".join(_danbooru(member, True) for member in members), inner)
        case {"field": name, "op": op, "value": value}:
            word = {"fav_count": "favcount", "created_at": "date"}.get(name, name)
            shown = f"{value[0]}..{value[1]}" if op == "between" else f"{'' if op == '=' else op}{value}"
            return f"{word}:{shown}"
    raise TypeError(e)


def _lucene(e: Expression, inner: bool = False) -> str:
    match e:
        case {"tag": text} | {"wild": text}:
            return f"tags:{_escaped(text)}"
        case {"not": member}:
            return f"NOT {_lucene(member, True)}"
        case {"or": members}:
            return f"({' OR '.join(_lucene(member, True) for member in members)})"
        case {"and": members}:
            return _group(" AND ".join(_lucene(member, True) for member in members), inner)
        case {"field": name, "op": "between", "value": [low, high]}:
            return f"{name}:[{low} TO {high}]"
        case {"field": name, "op": op, "value": value}:
            return (
                f"{name}" + {"=": f":{value}", ">": f":{{{value} TO *]", ">=": f":[{value} TO *]", "<": f":[* TO {value}}}"}[op]
            )
    raise TypeError(e)


def _philomena(e: Expression, inner: bool = False) -> str:
    match e:
        case {"tag": text} | {"wild": text}:
            return _escaped(text.replace("_", " "))
        case {"not": member}:
            return f"-{_philomena(member, True)}"
        case {"or": members}:
            return f"({' || '.join(_philomena(member, True) for member in members)})"
        case {"and": members}:
            return _group(", ".join(_philomena(member, True) for member in members), inner)
        case {"field": "rating", "value": value}:
            return {"g": "safe", "s": "suggestive", "q": "questionable", "e": "explicit"}[value]
        case {"field": name, "op": "between", "value": [low, high]}:
            return f"({name}.gte:{low}, {name}.lte:{high})"
        case {"field": name, "op": op, "value": value}:
            word = "faves" if name == "fav_count" else name
            return f"{word}" + {"=": "", ">": ".gt", ">=": ".gte", "<": ".lt"}[op] + f":{value}"
    raise TypeError(e)


def _group(text: str, inner: bool) -> str:
    return f"({text})" if inner else text


def _escaped(text: str) -> str:
    return re.sub(r"([()])", r"\\\1", text)
