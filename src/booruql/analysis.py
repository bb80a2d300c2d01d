"""Text as a search engine's `snowball` analyser has it: words (UAX 29), lower case, without stop words, Porter2 stems.

Stemming needs the extra `text`; it is imported when a phrase is first asked. Imports `errors` only.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from importlib import resources
from itertools import accumulate
from threading import Lock

from booruql.errors import ConfigError

STOP_WORDS = frozenset(
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was "
    "will with".split()
)
_LONGEST = 255  # code points of a word; the engine cuts longer ones

# --- words

_JOINER, _KEYCAP = "\u200d", "\ufe0f\u20e3"


@cache
def _runs() -> tuple[list[int], str]:
    """Where each run of characters of one class begins, and the classes."""
    text = resources.files("booruql").joinpath("word_breaks.txt").read_text(encoding="ascii").split()
    starts = [0, *accumulate(int(run[1:], 16) for run in text)]
    return starts[:-1], "".join(run[0] for run in text)


@lru_cache(4096)
def _class(char: str) -> str:
    """What a character does to the words around it: one letter, a blank for what stands between words.

    A letter, B Hebrew letter, N digit, K Katakana, I ideograph, H Hiragana, S South East Asian, E emoji, R half a flag,
    X mark, x mark of S, T skin tone; the rest stand for themselves.
    """
    starts, classes = _runs()
    found = classes[bisect_right(starts, ord(char)) - 1]
    return " " if found == "-" else found


_LETTERS = frozenset("AB")
_WORDS = frozenset("ABNKSIHE")
_MARKS = {"X": " ", "x": "S", "T": "E"}
"""What a mark is when it follows nothing."""


def words(text: str) -> Iterator[str]:
    """The words of a text, as written.

    >>> list(words("The fox's 3.5 kites, e.g. red_fox."))
    ['The', "fox's", '3.5', 'kites', 'e.g', 'red_fox']
    """
    units = _units(text)
    start = 0
    for at in range(1, len(units) + 1):
        if at < len(units) and _joins(units, at):
            continue
        if any(kind in _WORDS for kind, _, _ in units[start:at]):
            word = text[units[start][1] : units[at - 1][2]]
            yield from (word[i : i + _LONGEST] for i in range(0, len(word), _LONGEST))
        start = at


_Unit = tuple[str, int, int]


def _units(text: str) -> list[_Unit]:
    """Characters with the marks that follow them: class, start, end."""
    units: list[_Unit] = []
    for at, char in enumerate(text):
        kind, last = _class(char), units[-1][0] if units else " "
        if char in "#*" and text.startswith(_KEYCAP, at + 1):
            kind = "E"
        if kind in _MARKS and last != " ":
            units[-1] = (last, units[-1][1], at + 1)
        elif (kind == last == "E" and text[at - 1] == _JOINER) or kind == last == "R":
            units[-1] = ("E", units[-1][1], at + 1)  # two letters of a flag are an emoji
        else:
            units.append((_MARKS.get(kind, kind), at, at + 1))
    return units


def _joins(units: list[_Unit], at: int) -> bool:
    """Whether the unit at a place belongs to the word of the one before it."""
    before, here = units[at - 1][0], units[at][0]
    after = units[at + 1][0] if at + 1 < len(units) else " "
    if here == " " or before == " ":
        return False
    if before in "ABN" and here in "ABN":
        return True
    if before == here and here in "KS_":
        return True
    if here == "_":
        return before in "ABNK"
    if before == "_":
        return here in "ABNK"
    return _bridges(units, at, before, here, after)


def _bridges(units: list[_Unit], at: int, before: str, here: str, after: str) -> bool:
    """A mark between two letters or two numbers joins them: to the left of the mark, and to the right of it."""
    if before in _LETTERS and here in ":.'" and after in _LETTERS:
        return True
    if before == "N" and here in ",.'" and after == "N":
        return True
    if before == "B" and (here == "'" or (here == '"' and after == "B")):
        return True
    first = units[at - 2][0] if at > 1 else " "
    if first in _LETTERS and before in ":.'" and here in _LETTERS:
        return True
    if first == "N" and before in ",.'" and here == "N":
        return True
    return first == "B" and before == '"' and here == "B"


# --- stems

_POSSESSIVES = ("'s", "\u2019s", "\uff07s")
_LOCK = Lock()


@cache
def _stemmer() -> Callable[[str], str]:
    try:
        from snowballstemmer import stemmer
    except ImportError:
        raise ConfigError("phrases need the package snowballstemmer: install booruql[text]") from None
    found: Callable[[str], str] = stemmer("english").stemWord
    return found


@lru_cache(65_536)
def stem(word: str) -> str:
    """The Porter2 stem of a word in lower case.

    >>> stem("running")
    'run'

    Raises:
        ConfigError: the extra `text` is not installed.
    """
    with _LOCK:  # the stemmer keeps the word it works on
        return _stemmer()(word)


def analyse(text: str) -> Iterator[tuple[int, str]]:
    """The stems of a text with their places; stop words leave theirs empty.

    >>> list(analyse("The fox's jumping"))
    [(1, 'fox'), (2, 'jump')]
    """
    for place, word in enumerate(words(text)):
        bare = _lower(word)
        bare = bare[:-2] if bare.endswith(_POSSESSIVES) else bare
        if bare not in STOP_WORDS:
            yield place, stem(bare)


def _lower(word: str) -> str:
    """Lower case, one code point for one."""
    if word.isascii():
        return word.lower()
    return "".join("i" if c == "\u0130" else low if len(low := c.lower()) == 1 else c for c in word)


@lru_cache(8_192)
def _places(text: str) -> Mapping[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for place, one in analyse(text):
        found.setdefault(one, []).append(place)
    return {one: tuple(places) for one, places in found.items()}


def stems(text: str) -> tuple[str, ...]:
    """The different stems of a text.

    >>> stems("a fox, foxes")
    ('fox',)
    """
    return tuple(_places(text))


def make_phrase(text: str) -> Callable[[str], bool]:
    """A function that tells whether a value has the words of `text` at the same places to each other.

    >>> make_phrase("jumping over the fox")("He jumped over a foxes' den")
    True
    """
    wanted = tuple(analyse(text))
    if not wanted:
        return lambda value: False
    needed = frozenset(one for _, one in wanted)
    first = wanted[0][0]

    def test(value: str) -> bool:
        places = _places(value)
        if not needed <= places.keys():
            return False
        if len(needed) == len(wanted) == 1:
            return True
        masks = {one: _mask(places[one]) for one in needed}
        starts = -1
        for place, one in wanted:
            starts &= masks[one] >> (place - first)
            if not starts:
                return False
        return True

    return test


def _mask(places: tuple[int, ...]) -> int:
    """The places as the bits of a number: comparing long phrases then costs little for each word."""
    bits = bytearray(places[-1] // 8 + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")
