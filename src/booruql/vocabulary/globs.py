"""Globs over one value by piecewise finds: linear time, no backtracking."""

from __future__ import annotations

import re
from collections.abc import Callable

from booruql.ast.nodes import Pattern, Wild
from booruql.text import lower

_MANY = 5  # pieces from which one expression is faster than finding one after the other
_LONGEST = 100  # characters of such an expression

Test = Callable[[str], bool]
Piece = tuple[str | None, ...]
"""A stretch between two runs, code point by code point; None is any one."""


def make_glob(pattern: Pattern, fold: bool = False) -> Test:
    """A function that tells whether a whole value matches.

    >>> make_glob(("b", Wild.RUN, "_hair"))("blue_hair")
    True
    """
    test = _test(pieces(tuple(lower(p) if fold and isinstance(p, str) else p for p in pattern)))
    if not fold:
        return test
    return lambda value: test(lower(value))


def make_matcher(pattern: Pattern) -> Callable[[str], object]:
    """What `make_glob` tells, for many short values: dear to make, and cheaper to ask where there are many pieces or gaps.

    An expression that never goes back: each piece is taken where it is first found. Its time is at most that of the value
    times that of the pattern.

    >>> bool(make_matcher(("b", Wild.RUN, "u", Wild.ONE, "_h", Wild.RUN))("blue_hair"))
    True
    """
    parts = pieces(pattern)
    size = sum(map(len, parts))
    if size > _LONGEST or (len(parts) < _MANY and all(None not in piece for piece in parts)):
        return make_glob(pattern)
    first, *others = map(_spelled, parts)
    tail = ".*" + others.pop() if others else ""
    middle = "".join(f"[^{found}]*+{found}" if len(own) == 1 and own[0] else f"(?>.*?{found})"
                     for own, found in zip(parts[1:-1], others, strict=True) if own)  # fmt: skip
    return re.compile(first + middle + tail, re.DOTALL).fullmatch


def _spelled(piece: Piece) -> str:
    return "".join("." if char is None else re.escape(char) for char in piece)


def pieces(pattern: Pattern) -> tuple[Piece, ...]:
    """The stretches between the runs of a pattern: the first is anchored at the beginning, the last at the end.

    >>> pieces(("b", Wild.RUN, Wild.ONE, "air"))
    (('b',), (None, 'a', 'i', 'r'))
    """
    found: list[Piece] = []
    current: list[str | None] = []
    for part in pattern:
        if part is Wild.RUN:
            found.append(tuple(current))
            current = []
        elif part is Wild.ONE:
            current.append(None)
        else:
            current.extend(part)
    return (*found, tuple(current))


def _test(parts: tuple[Piece, ...]) -> Test:
    if len(parts) == 1:
        return _whole(parts[0])
    if all(None not in piece for piece in parts):
        return _literal_test(tuple("".join(map(str, piece)) for piece in parts))
    return _general_test(parts)


def _whole(piece: Piece) -> Test:
    if None not in piece:
        text = "".join(map(str, piece))
        return lambda value: value == text
    size, checks = len(piece), stretches(piece)
    return lambda value: len(value) == size and all(value.startswith(text, at) for at, text in checks)


def _literal_test(texts: tuple[str, ...]) -> Test:
    """The pattern of literals between runs."""
    first, *middle, last = texts
    middle = [text for text in middle if text]
    if not middle:
        return _ends_test(first, last)
    if len(middle) == 1 and not first and not last:
        only = middle[0]
        return lambda value: only in value
    least = sum(map(len, texts))

    def test(value: str) -> bool:
        if len(value) < least or not value.startswith(first) or not value.endswith(last):
            return False
        at, end = len(first), len(value) - len(last)
        for text in middle:
            at = value.find(text, at, end)
            if at < 0:
                return False
            at += len(text)
        return True

    return test


def _ends_test(first: str, last: str) -> Test:
    if not last:
        return lambda value: value.startswith(first)
    if not first:
        return lambda value: value.endswith(last)
    least = len(first) + len(last)
    return lambda value: len(value) >= least and value.startswith(first) and value.endswith(last)


def _general_test(parts: tuple[Piece, ...]) -> Test:
    """The pattern with `?` in it: its ends are checked in place, its middle pieces found one after the other."""
    first, *middle, last = parts
    least = sum(map(len, parts))
    head, tail = stretches(first), stretches(last)
    finds = [(_finder(piece), len(piece)) for piece in middle if piece]

    def test(value: str) -> bool:
        if len(value) < least:
            return False
        end = len(value) - len(last)
        if not all(value.startswith(text, at) for at, text in head):
            return False
        if not all(value.startswith(text, end + at) for at, text in tail):
            return False
        at = len(first)
        for find, size in finds:
            at = find(value, at, end)
            if at < 0:
                return False
            at += size
        return True

    return test


def stretches(piece: Piece) -> tuple[tuple[int, str], ...]:
    """The literal stretches of a piece and where they stand in it."""
    found: list[tuple[int, list[str]]] = []
    previous: str | None = None
    for at, char in enumerate(piece):
        if char is not None:
            if previous is None:
                found.append((at, []))
            found[-1][1].append(char)
        previous = char
    return tuple((at, "".join(chars)) for at, chars in found)


def _finder(piece: Piece) -> Callable[[str, int, int], int]:
    if None not in piece:
        text = "".join(map(str, piece))
        return lambda value, start, end: value.find(text, start, end)
    if all(char is None for char in piece):
        return lambda value, start, end: start if start + len(piece) <= end else -1
    return _shift_and(piece)


def _shift_and(piece: Piece) -> Callable[[str, int, int], int]:
    """The first place of a piece with gaps: all its prefixes are followed at once, as bits of one number."""
    size = len(piece)
    accepted = 1 << (size - 1)
    gaps = _bits(piece, None)
    letters = frozenset(piece)
    places: dict[str, int] = {}  # made when a value that may match asks for the letter

    def find(value: str, start: int, end: int) -> int:
        state = 0
        for at in range(start, end):
            char = value[at]
            if char not in letters:
                state = (state << 1 | 1) & gaps
            else:
                if char not in places:
                    places[char] = _bits(piece, char)
                state = (state << 1 | 1) & places[char]
            if state & accepted:
                return at - size + 1
        return -1

    return find


def _bits(piece: Piece, char: str | None) -> int:
    """A number with a bit for each place where the character may stand."""
    return int("".join("1" if own is None or own == char else "0" for own in reversed(piece)), 2)
