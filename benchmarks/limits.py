"""The hand-written best for each path: what one would write for the one query at hand."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from pyroaring import BitMap

from benchmarks.corpus import Corpus
from benchmarks.workload import Expression
from booruql.ast.nodes import And, Between, Compare, Exists, Node, Not, Nothing, OneOf, Op, Or
from booruql.backends.bitmap.bits import from_mask, make_bitmap

DAY = 86_400_000_000
_OPS = {Op.EQ: "==", Op.GT: ">", Op.GE: ">=", Op.LT: "<", Op.LE: "<="}


def hand_lambda(tree: Node) -> Callable[[dict[str, Any]], bool]:  # noqa: C901 - one case a node
    """The query as a person would type it over a dict; constants are bound by name."""
    constants: dict[str, Any] = {}

    def name(value: Any) -> str:
        constants[f"k{len(constants)}"] = value
        return f"k{len(constants) - 1}"

    def text(node: Node) -> str:
        match node:
            case And(children=children):
                return "(" + " and ".join(map(text, children)) + ")"
            case Or(children=children):
                return "(" + " or ".join(map(text, children)) + ")"
            case Not(child=child):
                return f"not {text(child)}"
            case Exists(field=field):
                return f"p[{field!r}] is not None"
            case Nothing():
                return "False"
            case Compare(field="tags", value=value):
                return f"{name(value)} in p['tags']"
            case OneOf(field="tags", values=values):
                return f"any([x in {name(frozenset(values))} for x in p['tags']])"
            case Compare(field=str(field), op=op, value=value):
                return f"p[{field!r}] {_OPS[op]} {name(value)}"
            case Between(field=str(field), low=low, high=high, high_open=is_open):
                return f"{name(low)} <= p[{field!r}] {'<' if is_open else '<='} {name(high)}"
        raise TypeError(node)

    found: Callable[[dict[str, Any]], bool] = eval(f"lambda p: {text(tree)}", constants)
    return found


def typed_lambda(expression: Expression) -> Callable[[dict[str, Any]], bool]:  # noqa: C901 - as above
    """The query as a person would type it, in the order of its text, with a regular expression for a wildcard."""
    constants: dict[str, Any] = {"any_matches": _any_matches}

    def name(value: Any) -> str:
        constants[f"k{len(constants)}"] = value
        return f"k{len(constants) - 1}"

    def text(e: Expression) -> str:
        match e:
            case {"tag": tag}:
                return f"{tag!r} in p['tags']"
            case {"wild": glob}:
                pattern = re.compile(re.escape(glob).replace(r"\*", ".*"))
                return f"any_matches(p['tags'], {name(pattern.fullmatch)})"
            case {"not": member}:
                return f"not {text(member)}"
            case {"and": members}:
                return "(" + " and ".join(map(text, members)) + ")"
            case {"or": members}:
                return "(" + " or ".join(map(text, members)) + ")"
            case {"field": "created_at", "op": "between", "value": [low, high]}:
                return f"{instant(low)} <= p['created_at'] < {instant(high) + DAY}"
            case {"field": "created_at", "op": op, "value": value}:
                return f"p['created_at'] {op} {instant(value)}"
            case {"field": field, "op": op, "value": value}:
                own = {"fav_count": "favorite_count"}.get(field, field)
                return f"p[{own!r}] {'==' if op == '=' else op} {value!r}"
        raise TypeError(e)

    found: Callable[[dict[str, Any]], bool] = eval(f"lambda p: {text(expression)}", constants)
    return found


def instant(day: str) -> int:
    """Microseconds of the start of a day."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) * 1_000_000


def _any_matches(tags: Iterable[str], matches: Callable[[str], object]) -> bool:
    for tag in tags:  # noqa: SIM110 - a generator costs twice
        if matches(tag):
            return True
    return False


class HandIndex:
    """One roaring bitmap a tag over newest-first numbers, and columns."""

    def __init__(self, corpus: Corpus) -> None:
        size = corpus.size
        docs = (size - 1 - np.repeat(np.arange(size), np.diff(corpus.starts))).astype(np.uint64)
        keys = corpus.tags.astype(np.uint64) << np.uint64(32) | docs
        keys.sort()
        cuts = np.searchsorted(keys >> np.uint64(32), np.arange(len(corpus.names) + 1))
        low = keys.astype(np.uint32)
        self.bitmaps = {name: make_bitmap(low[cuts[at] : cuts[at + 1]]) for at, name in enumerate(corpus.names)}
        self.columns = {name: np.ascontiguousarray(values[::-1]) for name, values in corpus.columns.items()}
        self.ratings = {r: from_mask(self.columns["rating"] == r) for r in "gsqe"}
        self.size, self.full = size, BitMap(range(size))
        self.by_score = np.argsort(-self.columns["score"], kind="stable").astype(np.uint32)

    def run(self, node: Node) -> BitMap:  # noqa: C901 - as above
        """The documents of a query."""
        match node:
            case Compare(field="tags", value=value):
                return self.bitmaps[str(value)]
            case OneOf(field="tags", values=values):
                return BitMap.union(*[self.bitmaps[str(value)] for value in values])
            case Exists():
                return self.full
            case Nothing():
                return BitMap()
            case Compare(field="rating", value=value):
                return self.ratings[str(value)]
            case Or(children=children):
                return BitMap.union(*map(self.run, children))
            case Not(child=child):
                return self.full - self.run(child)
            case And(children=children):
                return self._and(children)
            case Compare(field="id" | "created_at") | Between(field="id" | "created_at"):
                return BitMap(range(*self._stretch(node)))
            case Compare() | Between():
                return from_mask(self._mask(node, self.columns[str(node.field)]))
        raise TypeError(node)

    def _and(self, children: tuple[Node, ...]) -> BitMap:
        wanted, unwanted, numbers = [], [], []
        for child in children:
            if isinstance(child, Not):
                unwanted.append(self.run(child.child))
            elif isinstance(child, (Compare, Between)) and child.field in ("score", "favorite_count", "width"):
                numbers.append(child)
            else:
                wanted.append(self.run(child))
        wanted.sort(key=len)
        found = wanted[0] if wanted else self.full
        for docs in wanted[1:]:
            found = found & docs
        for docs in unwanted:
            found = found - docs
        for child in numbers:
            ids = np.frombuffer(found.to_array(), np.uint32)
            found = make_bitmap(ids[self._mask(child, self.columns[str(child.field)][ids])])
        return found

    def _mask(self, node: Compare | Between, values: Any) -> Any:
        if isinstance(node, Between):
            return (values >= node.low) & ((values < node.high) if node.high_open else (values <= node.high))
        return {Op.EQ: values.__eq__, Op.GT: values.__gt__, Op.GE: values.__ge__, Op.LT: values.__lt__, Op.LE: values.__le__}[
            node.op
        ](node.value)

    def _stretch(self, node: Compare | Between) -> tuple[int, int]:
        rising = self.columns[str(node.field)][::-1]
        mask = self._bounds(node)
        return self.size - int(np.searchsorted(rising, *mask[1])), self.size - int(np.searchsorted(rising, *mask[0]))

    def _bounds(self, node: Compare | Between) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
        least, most = np.iinfo(np.int64).min, np.iinfo(np.int64).max
        if isinstance(node, Between):
            return (node.low, "left"), (node.high, "left" if node.high_open else "right")
        match node.op:
            case Op.GT:
                return (node.value, "right"), (most, "right")
            case Op.GE:
                return (node.value, "left"), (most, "right")
            case Op.LT:
                return (least, "left"), (node.value, "left")
            case Op.LE:
                return (least, "left"), (node.value, "right")
        return (node.value, "left"), (node.value, "right")

    def newest(self, node: Node, size: int) -> list[int]:
        found: list[int] = self.columns["id"][list(itertools.islice(self.run(node), size))].tolist()
        return found

    def best(self, node: Node, size: int) -> list[int]:
        """The best by score, ties by falling id: gathered when few, else met on the way down the scores."""
        found = self.run(node)
        if len(found) ** 2 < 40 * self.size:
            ids = np.frombuffer(found.to_array(), np.uint32)
            ranks = -self.columns["score"][ids]
            if len(ids) > 4 * size + 200:
                near = ranks <= np.partition(ranks, size - 1)[size - 1]
                ids, ranks = ids[near], ranks[near]
            best = ids[np.argsort(ranks, kind="stable")[:size]]
        else:
            best = self._walk(found, size)
        return list(self.columns["id"][best].tolist())

    def _walk(self, found: BitMap, size: int) -> Any:
        met: list[int] = []
        start, width = 0, max(256, 4 * size * self.size // len(found))
        while start < self.size and len(met) < size:
            block = self.by_score[start : start + width]
            hits = make_bitmap(np.sort(block)) & found
            if hits:
                met += block[np.isin(block, np.frombuffer(hits.to_array(), np.uint32))][: size - len(met)].tolist()
            start, width = start + width, width * 2
        return met
