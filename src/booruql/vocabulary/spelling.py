"""Edit distance by optimal string alignment over code points: insert, delete, replace, swap neighbours."""

from __future__ import annotations


def near(wanted: str, value: str, edits: int) -> bool:
    """Whether it takes at most so many edits.

    >>> near("fox", "fxo", 1)
    True
    """
    return distance(wanted, value, edits) <= edits


def distance(one: str, other: str, most: int) -> int:
    """How many edits it takes, as far as `most`; `most` + 1 stands for more.

    >>> distance("long_hiar", "long_hair", 2)
    1
    """
    if one == other:
        return 0
    if abs(len(one) - len(other)) > most or most == 0:
        return most + 1
    return min(_alignment(one, other, most), most + 1)


def _alignment(one: str, other: str, most: int) -> int:
    """Only the band of that width along the diagonal is filled."""
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
