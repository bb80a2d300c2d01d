"""`booruql.Vocabulary`: the tags of a site, by how many posts have each."""

from __future__ import annotations

import gzip
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from heapq import merge
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Self, TypeAlias

from booruql.ast.nodes import Pattern, Wild
from booruql.context import Catalog, Proposal
from booruql.errors import ConfigError
from booruql.kept import Kept
from booruql.vocabulary.globs import Test, make_glob
from booruql.vocabulary.names import Names, make_names
from booruql.vocabulary.spelling import distance
from booruql.vocabulary.tag_rows import read_row

Counted: TypeAlias = tuple[str, int] | tuple[str, int, int | None]
"""A tag, how many posts have it, and the number of its category."""

_SEPARATORS = str.maketrans(dict.fromkeys("_+:;!./()-", " "))
_LEAST_MOVED, _SHARE_MOVED = 256, 256  # changed tags that are kept apart from the table: so many, or one in so many
_AN_EDIT = 100  # so many times the posts outweigh one edit more
_PATTERNS, _SHORT = 256, 1_000  # patterns whose names are kept, and how many names each may have
_EXAMINED = 2_000  # tags that are compared with a misspelt one


def words(name: str) -> list[str]:
    """The words of a tag.

    >>> words("kite_(artist)")
    ['kite', 'artist']
    """
    return name.translate(_SEPARATORS).split()


def initials(name: str) -> str:
    """The first characters of a tag's words.

    >>> initials("kite_(artist)")
    'ka'
    """
    return "".join(word[0] for word in words(name))


class Vocabulary(Catalog):
    """Tags that some post has, most used first, then by name; a catalog of tags and their aliases.

    Large vocabularies are searched by bitmaps where the extra `index` is installed; the answers are the same without.
    Reading never waits for `update`.

    Args:
        tags: names with their counts; one without any post is left out, of one that is there twice the last count holds.
        aliases: names that stand for tags.

    >>> tags = Vocabulary({"blue_hair": 9, "blue_sky": 7, "black_hair": 8}, {"azure_hair": "blue_hair"})
    >>> tags.expand((Wild.RUN, "_hair"), 100)
    ['blue_hair', 'black_hair']
    >>> tags.nearest("blue_hiar")
    'blue_hair'
    """

    def __init__(self, tags: Iterable[Counted] | Mapping[str, int] = (), aliases: Mapping[str, str] | None = None) -> None:
        self._categories: dict[str, int | None] = {}
        self._state = _State(_Table(self._counts(tags)), {}, dict(aliases or {}))
        self._writing = Lock()

    def _counts(self, tags: Iterable[Counted] | Mapping[str, int]) -> dict[str, int]:
        if isinstance(tags, Mapping):
            return dict(tags)
        rows = list(tags)
        self._categories.update((row[0], row[2]) for row in rows if len(row) > 2)
        return {row[0]: row[1] for row in rows}

    @classmethod
    def read(cls, path: str | Path, *, blanks: bool = False) -> Self:
        """The vocabulary of a tag table in CSV, plain or gzipped: `name,category,count,"alias,alias"`.

        Args:
            blanks: whether the site's tags have blanks where the table has underscores, as on Philomena sites.

        Raises:
            ConfigError: a line is no such row.
            OSError: the file cannot be read.
        """
        tags: list[Counted] = []
        aliases: dict[str, str] = {}
        opener = gzip.open if str(path).endswith(".gz") else open
        with opener(path, "rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    row = read_row(line, number)
                except ValueError as problem:
                    raise ConfigError(f"{path}:{number}: no row of a tag table: {problem}") from None
                if row is not None:
                    name, *others = (_with_blanks(text) if blanks else text for text in (row.name, *row.aliases))
                    tags.append((name, row.posts, row.category))
                    aliases |= dict.fromkeys(others, name)
        return cls(tags, aliases)

    def __iter__(self) -> Iterator[str]:
        """The tags, most used first."""
        state = self._state
        return state.ranked(range(len(state.table.texts)), lambda _: True)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.tag_count(name) > 0

    @property
    def version(self) -> Hashable:  # type: ignore[override]
        """How often it was updated."""
        return self._state.number

    def prepare(self) -> None:
        """Make all tables now rather than when they are first asked for."""
        table = self._state.table
        table.names.prepare()
        table.initials.prepare()

    def update(self, tags: Iterable[Counted] | Mapping[str, int] = (), aliases: Mapping[str, str | None] | None = None) -> None:
        """Take new counts, 0 for a tag that no post has any more, and new aliases, None for one that is gone."""
        with self._writing:
            state = self._state
            moved = {**state.moved, **self._counts(tags)}
            known = {**state.aliases, **aliases} if aliases else state.aliases
            kept = {name: tag for name, tag in known.items() if tag is not None}
            if len(moved) > max(_LEAST_MOVED, len(state.table.texts) // _SHARE_MOVED):
                self._state = _State(_Table({**state.table.counts, **moved}), {}, kept, state.number + 1)
            else:
                self._state = _State(state.table, moved, kept, state.number + 1)

    # --- what a catalog answers

    def alias(self, name: str) -> str | None:
        return self._state.aliases.get(name)

    def tag_count(self, name: str) -> int:
        state = self._state
        return state.moved[name] if name in state.moved else state.table.counts.get(name, 0)

    def category(self, name: str) -> int | None:
        """The number of a tag's category, where it was given."""
        return self._categories.get(name)

    def abbreviation(self, letters: str) -> str | None:
        state = self._state
        places = state.table.initials.find((letters,), len(state.moved) + 1)
        return next(state.ranked(places, lambda name: initials(name) == letters), None)

    def expand(self, pattern: Pattern, limit: int | None = None) -> list[str]:
        """As a catalog; all names without a limit. What few names match is kept: it is asked again and again."""
        kept = self._state.kept
        found = kept.get((pattern, limit))
        if found is None:
            found = self.find(pattern, limit)
            if len(found) <= _SHORT:
                kept.put((pattern, limit), found)
        return list(found)

    def find(self, pattern: Pattern, limit: int | None = None) -> list[str]:
        """The same, looked for anew."""
        state = self._state
        if not state.moved:
            return list(map(state.table.texts.__getitem__, state.table.names.find(pattern, limit)))
        more = None if limit is None else limit + len(state.moved)
        return list(islice(state.ranked(state.table.names.find(pattern, more), make_glob(pattern)), limit))

    def nearest(self, name: str) -> str | None:
        """The tag that a misspelt name was probably meant to be: few edits away, and much used.

        An edit is a character more, less or replaced, or two neighbours that change places: none in names of less than three
        characters, one below six, else two.
        """
        state, edits = self._state, 0 if len(name) < 3 else 1 if len(name) < 6 else 2
        best, score = None, 0.0
        similar = state.ranked(state.table.names.similar(name, edits), lambda other: abs(len(other) - len(name)) <= edits)
        for other in islice(similar, _EXAMINED):
            count = self.tag_count(other)
            if count / _AN_EDIT <= score:
                break
            apart = distance(name, other, edits)
            if 0 < apart <= edits and count / _AN_EDIT**apart > score:
                best, score = other, count / _AN_EDIT**apart
        return best

    # --- completion

    def proposals(self, text: str, limit: int) -> list[Proposal]:
        """Tags that begin with a text, or whose aliases do; then those that have its words, the last as a beginning.

        After a slash tags by their initials; with a star those that match; when nothing is found, the nearest.
        """
        if text.startswith("/") and len(text) > 1:
            return self._abbreviated(text[1:], limit)
        if "*" in text:
            pattern = tuple(part for piece in text.split("*") for part in (piece, Wild.RUN) if part)[:-1]
            return self._proposed(self.expand(pattern, limit))
        found = self._beginning(text, limit)
        if len(found) < limit:
            seen = {proposal.name for proposal in found}
            found += self._proposed(islice((name for name in self._with_words(text) if name not in seen), limit - len(found)))
        near = self.nearest(text) if not found else None
        return self._proposed([near]) if near else found

    def _proposed(self, names: Iterable[str]) -> list[Proposal]:
        return [Proposal(name, self.tag_count(name), self.category(name)) for name in names]

    def _beginning(self, text: str, limit: int) -> list[Proposal]:
        found = self._proposed(self.expand((text, Wild.RUN), limit))
        seen = {proposal.name for proposal in found}
        for alias, name in self._state.aliases_beginning(text, limit):
            if name not in seen and name in self:
                seen.add(name)
                found.append(Proposal(name, self.tag_count(name), self.category(name), alias))
        return sorted(found, key=lambda proposal: -(proposal.count or 0))[:limit]

    def _with_words(self, text: str) -> Iterator[str]:
        *whole, last = words(text) or [""]
        longest = max((*whole, last), key=len)
        if len(longest) < 2:
            return iter(())

        def test(name: str) -> bool:
            own = words(name)
            return any(word.startswith(last) for word in own) and all(word in own for word in whole)

        state = self._state
        texts = state.table.texts
        found = state.table.names.search((Wild.RUN, longest, Wild.RUN))
        return state.ranked((place for place in found if test(texts[place])), test)

    def _abbreviated(self, letters: str, limit: int) -> list[Proposal]:
        state = self._state
        places = state.table.initials.find((letters, Wild.RUN), limit + len(state.moved))
        return self._proposed(islice(state.ranked(places, lambda name: initials(name).startswith(letters)), limit))


def _with_blanks(text: str) -> str:
    return text.replace("_", " ")


class _Table:
    """Counts that stay, and what is made of them."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        ranked = sorted((-count, name) for name, count in counts.items() if count > 0)
        self.counts = {name: -count for count, name in ranked}
        self.texts = list(self.counts)
        self.names: Names = make_names(self.texts)

    @cached_property
    def initials(self) -> Names:
        return make_names([initials(name) for name in self.texts])


class _State:
    """A vocabulary at one moment, after `number` updates: a table, the tags whose counts are others by now, the aliases."""

    def __init__(self, table: _Table, moved: Mapping[str, int], aliases: Mapping[str, str], number: int = 0) -> None:
        self.table, self.moved, self.aliases, self.number = table, moved, aliases, number
        self.kept: Kept[list[str]] = Kept(_PATTERNS)

    def ranked(self, places: Iterable[int], test: Test) -> Iterator[str]:
        """The tags at some places of the table, with those of the moved ones that pass the test where they rank now."""
        texts, counts, moved = self.table.texts, self.table.counts, self.moved
        kept = (texts[place] for place in places)
        if not moved:
            return kept
        ours = sorted((-count, name) for name, count in moved.items() if count > 0 and test(name))
        theirs = ((-counts[name], name) for name in kept if name not in moved)
        return (name for _, name in merge(theirs, ours))

    @cached_property
    def _alias_names(self) -> Names:
        """The aliases, those of the most used tags first."""
        counts = {**self.table.counts, **self.moved}
        return make_names(sorted(self.aliases, key=lambda alias: (-counts.get(self.aliases[alias], 0), alias)))

    def aliases_beginning(self, text: str, limit: int) -> Iterator[tuple[str, str]]:
        """The aliases that begin so with their tags, most used first."""
        names = self._alias_names
        for place in names.find((text, Wild.RUN), limit):
            alias = names.texts[place]
            yield alias, self.aliases[alias]
