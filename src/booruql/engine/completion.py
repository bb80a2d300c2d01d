"""What may come next in a text: fields, values and tags, found with the syntax's own lexer and grammar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib import import_module
from itertools import chain, islice
from typing import Any

from booruql import sites
from booruql.context import Catalog
from booruql.errors import QueryError
from booruql.schema import Kind
from booruql.sites import Resource, Word
from booruql.text import lower

_MANY = 30
_SHORTEST, _LONGEST, _CLOSE = 3, 40, 0.7  # of words whose nearest fields are looked for, and how near these are
_PREFIXES = "(-~!, \t\n"


@dataclass(frozen=True, slots=True)
class Completion:
    """`text` may replace what stands from `start` to `end`, counted in code points."""

    start: int
    end: int
    text: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text and what it is: operator, field, value, tag, or rest (what cannot be read)."""

    start: int
    end: int
    kind: str


def complete(
    text: str,
    *,
    at: int | None = None,
    site: str = "danbooru",
    entity: str | None = None,
    audience: str = "anonymous",
    catalog: Catalog | None = None,
    count: int = _MANY,
) -> list[Completion]:
    """What the word before a place of `text` (its end unless `at` says otherwise) may become, at most `count`; nothing where no
    term may stand.

    >>> [found.text for found in complete("cat sco", site="danbooru")]
    ['score:']
    >>> complete("cat sc:>5 sky", at=6)[0]
    Completion(start=4, end=7, text='score:', help='upvotes less downvotes')
    """
    resource = sites.load(site).resource(entity)
    lexer = _Lexer(site, resource)
    at = len(text) if at is None else at
    tokens, start = lexer.unfinished(text[:at])
    if not lexer.allows_term(tokens):
        return []
    typing = _Typing(text[start:at], text[at : lexer.end(text, start, at)], resource, audience)
    proposals = typing.fields_and_values()
    if not typing.known:
        proposals = chain(proposals, typing.tags(catalog, count, lexer))
    found = list(islice(proposals, count)) or list(typing.nearest_fields())
    return [replace(one, start=one.start + start, end=one.end + at) for one in found]


def stretches(text: str, *, site: str = "danbooru", entity: str | None = None, audience: str = "anonymous") -> list[Stretch]:
    """The parts of a text, for highlighting; blanks are in none.

    >>> [part.kind for part in stretches("-cat score:>5", site="danbooru")]
    ['operator', 'tag', 'field', 'value']
    """
    resource = sites.load(site).resource(entity)
    words = resource.vocabulary(audience)
    parts: list[Stretch] = []
    end = 0
    for token in _Lexer(site, resource).tokens(text):
        end = token.end
        if token.type != "TERM":
            parts.append(Stretch(token.start, token.end, "operator"))
            continue
        colon = text.find(":", token.start, token.end) + 1
        if colon and _word_of(text[token.start : colon - 1], words):
            parts.append(Stretch(token.start, colon, "field"))
            parts.append(Stretch(colon, token.end, "value"))
        else:
            parts.append(Stretch(token.start, token.end, "tag"))
    rest = text[end:]
    if rest.strip():
        parts.append(Stretch(end + len(rest) - len(rest.lstrip()), len(text), "rest"))
    return parts


class _Lexer:
    """A syntax's lexer and grammar, for text that is being typed."""

    def __init__(self, site: str, resource: Resource) -> None:
        self.syntax = import_module(f"booruql.syntax.{sites.load(site).syntax}")
        self.resource = resource

    def tokens(self, text: str) -> list[Any]:
        """The tokens up to where the text cannot be read."""
        found: list[Any] = []
        with suppress(QueryError):
            for token in self.syntax.lex(text, self.resource):
                found.append(token)  # what was found before an error stays
        return found

    def unfinished(self, text: str) -> tuple[list[Any], int]:
        """The tokens before the word at the end of the text, and where that word starts."""
        tokens = self.tokens(text)
        if tokens and tokens[-1].type == "TERM" and tokens[-1].end == len(text):
            return tokens[:-1], tokens[-1].start
        end = tokens[-1].end if tokens else 0
        rest = text[end:]
        return tokens, len(text) - len(rest.lstrip(_PREFIXES))

    def end(self, text: str, start: int, at: int) -> int:
        """Where the word that is being typed from `start` to `at` ends in the whole text."""
        for token in self.tokens(text):
            if token.start == start and token.type == "TERM":
                return max(at, int(token.end))
        return at

    def allows_term(self, tokens: list[Any]) -> bool:
        try:
            return "TERM" in self.syntax.GRAMMAR.accepts(token.type for token in tokens)
        except Exception:  # whatever is wrong before, nothing can be proposed here
            return False


def _word_of(head: str, words: Mapping[str, Word]) -> Word | None:
    name = head.partition(".")[0]
    return words.get(name) or words.get(name.lower())


class _Typing:
    """A word being typed: what stands before the cursor and what after it. Ends of proposals are counted from the cursor."""

    def __init__(self, word: str, rest: str, resource: Resource, audience: str) -> None:
        self.word, self.rest, self.resource = word, rest, resource
        self.words = resource.vocabulary(audience)
        head, colon, self.value = word.partition(":")
        self.value_start = len(head) + 1
        self.known = _word_of(head, self.words) if colon else None

    def fields_and_values(self) -> Iterator[Completion]:
        """The values of the field that the word has begun, else the fields that begin so."""
        if self.known is not None:
            for option in _values(self.known, self.resource):
                if option.startswith(self.value) and option != self.value:
                    yield Completion(self.value_start, len(self.rest), option, self.known.help)
        elif self.word:
            yield from map(self._field, sorted(name for name in self.words if name.startswith(self.word.lower())))

    def nearest_fields(self) -> Iterator[Completion]:
        """The fields that a misspelt beginning was probably meant to be."""
        if self.known is None and _SHORTEST <= len(self.word) <= _LONGEST:
            yield from map(self._field, get_close_matches(self.word.lower().partition(":")[0], self.words, 2, _CLOSE))

    def _field(self, name: str) -> Completion:
        return Completion(0, self.rest.find(":") + 1 or len(self.rest), f"{name}:", self.words[name].help)

    def tags(self, catalog: Catalog | None, count: int, lexer: _Lexer) -> Iterator[Completion]:
        """Tags by the catalog, as they are written in a query."""
        for tag in catalog.proposals(lower(self.word), count) if catalog and self.word else ():
            spelling = lexer.syntax.spell(tag.name, self.resource)
            if spelling is not None:
                number = "" if tag.count is None else f"{tag.count} {'post' if tag.count == 1 else 'posts'}"
                help_ = ", ".join(filter(None, (tag.antecedent and f"for {tag.antecedent}", number)))
                yield Completion(0, len(self.rest), spelling, help_)


def _values(word: Word, resource: Resource) -> list[str]:
    field = resource.table.fields.get(word.field)
    options = list(field.values) if field else []
    if field and field.kind is Kind.BOOL:
        options += ["true", "false"]
    options += [word.sample] if word.sample else []
    return list(dict.fromkeys(options))
