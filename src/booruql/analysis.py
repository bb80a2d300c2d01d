"""Text as a search engine's `snowball` analyser has it: words (UAX 29), lower case, without stop words, Porter2 stems.

Stemming needs the extra `text`; it is imported when a phrase is first asked. Imports `errors` only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from threading import Lock

from booruql.errors import ConfigError

STOP_WORDS = frozenset(
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was "
    "will with".split()
)
_LONGEST = 255  # code points of a word; the engine cuts longer ones

# --- words

_MID_LETTER = frozenset(":·\u0387\u055f\u05f4\u2027\ufe13\ufe55\uff1a")
_MID_BOTH = frozenset(".\u2018\u2019\u2024\ufe52\uff07\uff0e'")
_MID_NUMBER = frozenset(",;\u037e\u0589\u060c\u060d\u066c\u07f8\u2044\ufe10\ufe14\ufe50\ufe54\uff0c\uff1b")
_KATAKANA_MARKS = frozenset("\u3031\u3032\u3033\u3034\u3035\u309b\u309c\u30a0\u30fc\uff70")
_PICTURES = ((0x1F300, 0x1F3FA), (0x1F400, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1F9FF), (0x1FA70, 0x1FAFF))
_SOUTH_EAST = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x1950, 0x19DF),
    (0x1A20, 0x1AAF),
    (0xA9E0, 0xA9FF),
    (0xAA60, 0xAADF),
)
_HEBREW = ((0x05D0, 0x05EA), (0x05EF, 0x05F2), (0xFB1D, 0xFB4F))
_JOINER = "\u200d"


def _is_in(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


@lru_cache(4096)
def _class(char: str) -> str:  # noqa: C901, PLR0911 - one case a class
    """What a character does to the words around it: one letter, a blank for what stands between words."""
    if char in _MID_LETTER:
        return ":"
    if char in _MID_BOTH:
        return "'" if char == "'" else "."
    if char in _MID_NUMBER:
        return ","
    if char == '"':
        return '"'
    category, code = unicodedata.category(char), ord(char)
    if category == "Nd" or char == "\u066b":
        return "N"
    if category == "Pc" or char == "\u202f":
        return "_"
    if char in _KATAKANA_MARKS:
        return "K"
    if _is_in(code, _SOUTH_EAST) and category[0] in "LM":
        return "S"
    if category in ("Mn", "Me", "Mc", "Cf") or 0x1F3FB <= code <= 0x1F3FF:
        return " " if char == "\u200b" else "X"
    if _is_in(code, _PICTURES):
        return "E"
    if 0x1F1E6 <= code <= 0x1F1FF:
        return "R"
    return _letter_class(char, category, code)


def _letter_class(char: str, category: str, code: int) -> str:
    if category[0] != "L" and category != "Nl" and not 0x24B6 <= code <= 0x24E9:
        return " "
    if _is_in(code, _HEBREW):
        return "B"
    name = unicodedata.name(char, "")
    if name.startswith(("CJK", "NUSHU", "TANGUT")) or char in "\u3005\u3006\u3007":
        return "I"
    if "HIRAGANA" in name:
        return "H"
    return "K" if "KATAKANA" in name else "A"


_LETTERS = frozenset("AB")
_WORDS = frozenset("ABNKSIHER")


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
        kind = _class(char)
        if kind == "X" and units and units[-1][0] != " ":
            units[-1] = (units[-1][0], units[-1][1], at + 1)
        elif kind == "E" and at and text[at - 1] == _JOINER and units and units[-1][0] == "E":
            units[-1] = ("E", units[-1][1], at + 1)
        elif kind == "R" and units and units[-1][0] == "R":
            units[-1] = ("E", units[-1][1], at + 1)  # two letters of a flag
        else:
            units.append((" " if kind == "X" else kind, at, at + 1))
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
