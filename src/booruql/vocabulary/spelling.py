"""Edit distance by optimal string alignment over code points: insert, delete, replace, swap neighbours."""

from __future__ import annotations


def distance(one: str, other: str, most: int) -> int:
    """How many edits it takes, as far as `most`; `most` + 1 stands for more.

    >>> distance("long_hiar", "long_hair", 2)
    1
    """
    return next((edits for edits in range(most + 1) if near(one, other, edits)), most + 1)


def near(wanted: str, value: str, edits: int) -> bool:
    """Whether it takes at most so many edits; the time is linear in the texts, and grows fourfold with each edit allowed.

    Law: texts with the same first character are as far from each other as without it; where they differ, one edit is there.

    >>> near("fox", "fxo", 1)
    True
    """
    if wanted == value:
        return True
    if abs(len(wanted) - len(value)) > edits or not edits:
        return False
    at = 0
    for own, other in zip(wanted, value, strict=False):
        if own != other:
            break
        at += 1
    rest, over, left = wanted[at + 1 :], value[at + 1 :], edits - 1
    return (
        near(rest, over, left)
        or near(rest, value[at:], left)
        or near(wanted[at:], over, left)
        or (rest[:1] == value[at : at + 1] and wanted[at : at + 1] == over[:1] and near(rest[1:], over[1:], left))
    )
