"""Saved queries, the same every time: two or three tags, some of them from one post, a quarter with a tag that they forbid;
and a mixture with unions, with queries that only forbid, and with ranges alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.corpus import Corpus
from benchmarks.hand_queries import Wanted
from benchmarks.tag_table import TagTable

_WEIGHT = 0.4
"""A tag is drawn by its uses to this power."""
_TOGETHER = 0.1
"""Share of the queries whose tags are those of one post."""
_FORBIDDING = 0.25
_FREQUENT = 2_000  # the tags that are forbidden
_MIXTURE = (0.2, 0.05, 0.05)
"""Shares of unions, of queries that only forbid, of ranges alone."""


@dataclass(frozen=True)
class Saved:
    """A query: the tags it wants, or its text alone where it is no plain conjunction."""

    text: str
    wanted: Wanted | None


class Maker:
    """Draws queries."""

    def __init__(self, table: TagTable, corpus: Corpus, seed: int = 5) -> None:
        self.rng = np.random.default_rng(seed)
        spelled = [at for at, name in enumerate(table.names[: len(table.counts)]) if _is_plain(name)]
        self.names = [table.names[at] for at in spelled]
        weights = table.counts[spelled] ** _WEIGHT
        self.weights = weights / weights.sum()
        self.frequent = self.weights[:_FREQUENT] / self.weights[:_FREQUENT].sum()
        self.corpus = corpus

    def conjunctions(self, number: int) -> list[Wanted]:
        """Two or three tags."""
        rng, names, size = self.rng, self.names, self.corpus.size
        sizes = rng.integers(2, 4, number).tolist()
        draws = rng.choice(len(names), (number, 3), p=self.weights).tolist()
        forbidden = rng.choice(len(self.frequent), number, p=self.frequent).tolist()
        forbids, together = rng.random(number) < _FORBIDDING, rng.random(number) < _TOGETHER
        posts = rng.integers(0, size, number)
        found = []
        for at in range(number):
            tags = [names[tag] for tag in draws[at][: sizes[at]]]
            if together[at]:
                tags = self._of_post(int(posts[at]), sizes[at]) or tags
            required = tuple(dict.fromkeys(tags))
            other = names[forbidden[at]]
            found.append(Wanted(required, (other,) if forbids[at] and other not in required else ()))
        return found

    def _of_post(self, post: int, number: int) -> list[str]:
        start, end = self.corpus.starts[post : post + 2].tolist()
        own = [name for tag in self.corpus.tags[start:end].tolist() if _is_plain(name := self.corpus.names[tag])]
        return [own[int(at)] for at in self.rng.integers(0, len(own), number)] if own else []

    def plain(self, number: int) -> list[Saved]:
        """Conjunctions alone."""
        return [Saved(_text(wanted), wanted) for wanted in self.conjunctions(number)]

    def mixed(self, number: int) -> list[Saved]:
        """With the mixture, shuffled."""
        unions, forbidding, ranges = (int(number * share) for share in _MIXTURE)
        found = self.plain(number - unions - forbidding - ranges)
        found += [self._union() for _ in range(unions)]
        found += [Saved(" ".join(f"-{self._common()}" for _ in range(1 + at % 2)), None) for at in range(forbidding)]
        found += [self._range(at) for at in range(ranges)]
        return [found[at] for at in self.rng.permutation(len(found)).tolist()]

    def _union(self) -> Saved:
        a, b, c = (self.names[int(at)] for at in self.rng.choice(len(self.names), 3, p=self.weights))
        return Saved((f"{a} or {b}", f"({a} or {b}) {c}", f"{a} or ({b} {c})")[int(self.rng.integers(0, 3))], None)

    def _common(self) -> str:
        return self.names[int(self.rng.choice(len(self.frequent), p=self.frequent))]

    def _range(self, at: int) -> Saved:
        value = int(self.rng.integers(1, 3000))
        return Saved((f"score:>{value}", f"width:>={1000 + value}", f"score:{value}..{value + 50}")[at % 3], None)


def _text(wanted: Wanted) -> str:
    return " ".join([*wanted.required, *(f"-{tag}" for tag in wanted.forbidden)])


def _is_plain(name: str) -> bool:
    """Whether a name is read as itself wherever it stands."""
    return name.isascii() and name.replace("_", "").isalnum() and name not in ("or", "and")
