"""The random order: one number of a seed and an id, which every back end computes alike. Imports nothing of ours.

    rank = (((a x + b) x + c) x + d) mod P    x = id mod P, P = 2^31 - 1

`draw` gives the coefficients of a seed: any four posts stand in any order equally often. Reduced after each step, no value
leaves a signed 64-bit integer, so SQL computes it with `+ * %` and numpy on whole columns. Posts of equal rank follow their
ids. Elasticsearch has an order of its own.
"""

from __future__ import annotations

from typing import Any, TypeVar

PRIME = (1 << 31) - 1
_MASK = (1 << 64) - 1

Number = TypeVar("Number")
"""An integer, or a column of 64-bit integers."""


def draw(seed: int) -> tuple[int, int, int, int]:
    """The coefficients of a seed, each from 0 to P - 1. A seed is any integer, of which 62 bits count.

    >>> draw(7)
    (66996000, 831551948, 1234249550, 1047663534)
    """
    first, second, third, fourth = (_mixed(4 * seed + at) % PRIME for at in range(4))
    return first, second, third, fourth


def rank(id_: Number, seed: int) -> Number:
    """The place of an id, or of each of a column, in the order of a seed: from 0 to P - 1.

    >>> [rank(id_, 7) for id_ in (1, 2, 3)]
    [1032977385, 935887485, 1158369834]
    """
    x: Any = id_ % PRIME  # type: ignore[operator]
    first, *rest = draw(seed)
    found: Any = first
    for coefficient in rest:
        found = (found * x + coefficient) % PRIME
    return found  # type: ignore[no-any-return]


def _mixed(number: int) -> int:
    """64 bits that look random (splitmix64, https://doi.org/10.1145/2714064.2660195)."""
    value = (number * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) & _MASK
    value = ((value ^ value >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ value >> 27) * 0x94D049BB133111EB) & _MASK
    return value ^ value >> 31
