"""Word search as PostgreSQL's `websearch_to_tsquery` reads it over its English configuration, approximated.

Words are runs of letters and digits, lower case, without PostgreSQL's stop words, as Porter2 stems. Hosts, paths and
other compounds that its parser knows are split into their words. Stemming needs the extra `text`. Imports `analysis` only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from booruql.analysis import stem

STOP_WORDS = frozenset(
    "i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its "
    "itself they them their theirs themselves what which who whom this that these those am is are was were be been being have "
    "has had having do does did doing a an the and but if or because as until while of at by for with about against between "
    "into through during before after above below to from up down in out on off over under again further then once here there "
    "when where why how all any both each few more most other some such no nor not only own same so than too very s t can will "
    "just don should now".split()
)
_WORD = re.compile(r"\d+(?:\.\d+)+|[^\W\d_][^\W_]*(?:-[^\W\d_][^\W_]*)+|[^\W_]+")
_PIECE = re.compile(r'"([^"]*)"?|([^\s"!&|()-][^\s"!&|()]*)|(-)|[\s!&|()]')

Places = Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words that stand at these places to each other, or must not."""

    words: tuple[tuple[int, str], ...]
    negated: bool = False

    def holds(self, places: Places) -> bool:
        """Whether a text with its words at these places has them."""
        return self._found(places) is not self.negated

    def _found(self, places: Places) -> bool:
        first, start = self.words[0][1], self.words[0][0]
        rest = [(places.get(word, frozenset()), at - start) for at, word in self.words[1:]]
        return any(all(place + gap in found for found, gap in rest) for place in places.get(first, ()))


def analyse(text: str) -> Iterator[tuple[int, str]]:
    """The stems of a text with their places; stop words leave theirs empty, a compound stands before its parts.

    >>> list(analyse("The quiet lakes"))
    [(1, 'quiet'), (2, 'lake')]
    """
    at = 0
    for found in _WORD.finditer(text.lower()):
        parts = found[0].split("-")
        for word in (found[0], *parts) if len(parts) > 1 else parts:
            if word not in STOP_WORDS:
                yield at, stem(word)
            at += 1


def spoken(text: str) -> str:
    """The search as PostgreSQL can be sent it: a NUL, which no text of it holds, parts words."""
    return text.replace("\0", " ")


def read(text: str) -> tuple[tuple[Wanted, ...], ...]:
    """The search as choices of things that must hold together; what says nothing is left out.

    >>> [[w.words[0][1] for w in choice] for choice in read("lake -dog or sky")]
    [['lake', 'dog'], ['sky']]
    """
    choices: list[list[Wanted]] = [[]]
    negated = waiting = False
    text = spoken(text)
    last = len(text.rstrip())
    for found in _PIECE.finditer(text):
        quoted, word, minus = found.groups()
        if minus:
            negated = not negated
        elif word is not None and word.lower() == "or" and waiting and found.end() < last:
            choices.append([])
            waiting = negated = False
        elif word is not None or quoted is not None:
            words = tuple(analyse(word if quoted is None else quoted))
            if words:
                choices[-1].append(Wanted(words, negated))
            waiting, negated = True, False
    return tuple(tuple(choice) for choice in choices if choice)


def make_search(text: str) -> Callable[[str], bool]:
    """A function that tells whether a text satisfies the search; one of stop words alone finds nothing.

    >>> make_search('"quiet lake" or sunsets -dog')("The sunset over a hill")
    True
    """
    choices = read(text)

    def holds(value: str) -> bool:
        places = _places(value)
        return any(all(wanted.holds(places) for wanted in choice) for choice in choices)

    return holds


@lru_cache(4096)
def _places(text: str) -> Places:
    found: dict[str, set[int]] = {}
    for at, word in analyse(text):
        found.setdefault(word, set()).add(at)
    return {word: frozenset(places) for word, places in found.items()}
