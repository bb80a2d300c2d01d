"""Patterns over the tag table: the hundred most used names, and all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from benchmarks.hand_globs import Bisected, Joined, Trigrams, matcher
from benchmarks.results import Claim, Found, Table, at_most
from benchmarks.setting import Setting, pattern_of
from benchmarks.timing import Job, Timing, measure
from booruql import Vocabulary
from booruql.context import Context

ENDS = ("blue_*", "*_(cosplay)", "*_hair", "black_*", "holding_*", "*_uniform", "h*", "*s", "sch*", "*_dress", "x*", "*_eyes")
"""One star, at an end."""
LITERALS = ("*hair*", "b*_hair", "*hair*band*", "*_red_*", "s*ool_*", "*ing_*_up*", "*und*", "*ora*mi*", "b*eye*r", "*her*ing*")
"""A literal of three letters or more, somewhere."""
OTHERS = ("*a*", "*aa*", "a*b", "*x*y*", "*a*e*i*", "*_*_*_*", "*q*", "a*a*a*", "*z*z*", "*k*a*s*h*i*o*", "*a*e*i*o*u*n*s*", "*")
"""All others."""
_MANY = 1_000  # matches from which what each takes can be told
OURS = "best hundred"
Find = Callable[[str, int], list[str]]


def run(setting: Setting) -> Found:
    """Each kind beside what is best for it."""
    names, counts = setting.table.names, setting.table.counts.tolist()
    vocabulary = Vocabulary(dict(zip(names, counts, strict=True)))
    vocabulary.prepare()
    ranked = list(vocabulary)
    most = Context().limits.expansions
    kinds: tuple[tuple[str, tuple[str, ...], str, Find], ...] = (
        ("stars at an end", ENDS, "bisection", Bisected(ranked).find),
        ("literals of three letters", LITERALS, "trigrams", Trigrams(ranked).find),
    )
    found = {}
    for title, globs, limit, find in kinds:
        _compare(globs, vocabulary, ranked, find, most)
        jobs = {limit: _by_hand(find, globs, most), OURS: _ours(vocabulary, globs, most)}
        timings = measure(jobs, len(globs), setting.rounds, label=f"globs, {title}")
        ratio, worst = timings[OURS].ratio(timings[limit]), _worst(timings[OURS], timings[limit], globs)
        claims = [at_most(f"to {limit}, geometric mean", ratio, 1.5), Claim(f"to {limit}, the worst, {worst[1]}", worst[0])]
        found[title] = Table(timings, claims, per="pattern", limits=(limit,))
    return {**found, "all patterns": _passes(setting, vocabulary, ranked, most)}


def _by_hand(find: Find, globs: Sequence[str], most: int) -> Job:
    return lambda at: find(globs[at], most)


def _ours(vocabulary: Vocabulary, globs: Sequence[str], most: int | None) -> Job:
    patterns = [*map(pattern_of, globs)]
    return lambda at: vocabulary.find(patterns[at], most)


def _compare(globs: tuple[str, ...], vocabulary: Vocabulary, ranked: list[str], find: Find | None, most: int) -> None:
    for glob in globs:
        matches = matcher(glob)
        wanted = list(islice(filter(matches, ranked), most))
        assert vocabulary.find(pattern_of(glob), most) == wanted, glob
        assert find is None or find(glob, most) == wanted, glob


def _worst(ours: Timing, limit: Timing, globs: tuple[str, ...]) -> tuple[float, str]:
    return max((a / b, glob) for a, b, glob in zip(ours.seconds, limit.seconds, globs, strict=True))


def _passes(setting: Setting, vocabulary: Vocabulary, ranked: list[str], most: int) -> Table:
    """No pattern is slower than a pass over everything; and what more matches take."""
    _compare(OTHERS, vocabulary, ranked, None, most)
    globs = (*ENDS, *LITERALS, *OTHERS)
    joined = Joined(ranked)
    numbers = [len(vocabulary.find(pattern_of(glob))) for glob in globs]
    jobs: dict[str, Job] = {
        "a pass of str.find": lambda at: joined.find_pass(globs[at]),
        OURS: _ours(vocabulary, globs, most),
        "all matches": _ours(vocabulary, globs, None),
    }
    found = measure(jobs, len(globs), setting.rounds, label="globs, all patterns")
    ratio, slowest = _worst(found[OURS], found["a pass of str.find"], globs)
    claims = [at_most("to a pass of str.find, the worst", ratio, 1.5)]
    for kind, chosen in (("stars at an end", ENDS), ("literals", LITERALS), ("others", OTHERS)):
        more = [
            (found["all matches"].seconds[at] - found[OURS].seconds[at]) / (numbers[at] - most) * 1e6
            for at, glob in enumerate(globs)
            if glob in chosen and numbers[at] >= _MANY
        ]
        claims.append(at_most(f"a match beyond the hundred, {kind}, the dearest", max(more, default=0.0), 0.1, " us"))
    notes = [
        f"the worst: {slowest}; matches of patterns with {_MANY:,} and more",
        "the pass looks for the longest literal and tests nothing",
    ]
    return Table(found, claims, per="pattern", limits=("a pass of str.find",), notes=notes)
