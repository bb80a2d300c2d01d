"""Tests over analysed text and by edit distance; what the text analysis cannot say is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from booruql.analysis import make_phrase, stems
from booruql.ast.nodes import Fuzzy, Glob, Phrase, Words
from booruql.backends.predicate.globs import make_glob
from booruql.websearch import make_search

Test = Callable[[Any], bool]


def glob_test(node: Glob) -> Test:
    """Whether some analysed word of a text matches."""
    test = make_glob(node.pattern, node.fold)
    return lambda value: any(map(test, stems(value)))


def fuzzy_test(node: Fuzzy) -> Test:
    """Whether the whole value is near the text; to an empty text the engine finds nothing near but the empty value."""
    edits = node.edits if node.text else 0
    return lambda value: near(node.text, value, edits)


def phrase_test(node: Phrase) -> Test:
    """Whether the words stand in the text at the same places."""
    return make_phrase(node.text)


def words_test(node: Words) -> Test:
    """Whether the text satisfies a web-search text."""
    return make_search(node.text)


def near(wanted: str, value: str, edits: int) -> bool:
    """At most so many edits by optimal string alignment: insert, delete, replace, swap neighbours.

    >>> near("fox", "fxo", 1)
    True
    """
    if abs(len(wanted) - len(value)) > edits:
        return False
    if edits == 0 or wanted == value:
        return wanted == value
    return _alignment(wanted, value, edits) <= edits


def _alignment(one: str, other: str, most: int) -> int:
    """The distance as far as `most`: only the band of that width along the diagonal is filled."""
    size, far = len(other), most + 1
    before: list[int] = []
    row = [at if at <= most else far for at in range(size + 1)]
    for i, char in enumerate(one, 1):
        low, high = max(1, i - most), min(size, i + most)
        fresh = [far] * (size + 1)
        fresh[0] = i if i <= most else far
        for j in range(low, high + 1):
            best = min(row[j - 1] + (char != other[j - 1]), row[j] + 1, fresh[j - 1] + 1)
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, before[j - 2] + 1)
            fresh[j] = best
        before, row = row, fresh
        if min(row[max(0, low - 1) : high + 1], default=far) > most and min(before, default=far) > most:
            return far
    return row[size]
