"""Names by pattern, by hand: the best for each kind. Names are by falling use, so that their places are their ranks."""

from __future__ import annotations

import fnmatch
import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from pyroaring import BitMap

from benchmarks.progress import track

_NOWHERE = "\0"
Matches = Callable[[str], object]


class Bisected:
    """For patterns with one star, at the end or at the beginning: sorted names and sorted reversed names."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self._forward = _sorted(list(names))
        self._backward = _sorted([name[::-1] for name in names])

    def find(self, glob: str, most: int) -> list[str]:
        (texts, places), start = (self._forward, glob[:-1]) if glob[-1] == "*" else (self._backward, glob[:0:-1])
        low, high = bisect_left(texts, start), bisect_left(texts, start[:-1] + chr(ord(start[-1]) + 1))
        found = places[low:high]
        if len(found) > 8 * most:
            found = np.partition(found, most)[:most]
        return [self.names[at] for at in np.sort(found)[:most].tolist()]


def _sorted(texts: list[str]) -> tuple[list[str], Any]:
    order = sorted(range(len(texts)), key=texts.__getitem__)
    return [texts[at] for at in order], np.array(order, np.uint32)


class Trigrams:
    """For patterns with a literal of three letters: a bitmap for each, ends marked; what is left is tested."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        held: dict[str, list[int]] = {}
        for at, name in enumerate(track(names, "globs: trigrams")):
            for gram in _grams(f"^{name}$"):
                held.setdefault(gram, []).append(at)
        self._held = {gram: BitMap(array("I", places)) for gram, places in held.items()}

    def find(self, glob: str, most: int) -> list[str]:
        grams = set().union(*map(_grams, f"^{glob}$".split("*")))
        held = sorted((self._held.get(gram, BitMap()) for gram in grams), key=len)
        found = held[0]
        for other in held[1:]:
            found = found & other
        names, matches = self.names, matcher(glob)
        best: list[str] = []
        for at in found:
            if matches(names[at]):
                best.append(names[at])
                if len(best) == most:
                    break
        return best


def _grams(text: str) -> set[str]:
    return {text[at : at + 3] for at in range(len(text) - 2)}


def matcher(glob: str) -> Matches:
    """What tells whether a whole name matches."""
    return re.compile(fnmatch.translate(glob)).match  # its groups are atomic: nothing is tried twice


class Joined:
    """For any pattern: one pass of `str.find` over all names joined, for the longest literal; hits are counted, not tested."""

    def __init__(self, names: Sequence[str]) -> None:
        self._text = "\n" + "\n".join(names) + "\n"

    def find_pass(self, glob: str) -> int:
        literal = max(glob.split("*"), key=len) or _NOWHERE
        find, hits = self._text.find, 0
        at = find(literal)
        while at >= 0:
            hits += 1
            at = find(literal, find("\n", at))
        return hits
