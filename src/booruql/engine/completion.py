"""What may come next at the end of a text: fields, values and tags, found with the syntax's own lexer and grammar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import Any

from booruql import sites
from booruql.ast.nodes import Wild
from booruql.context import Catalog
from booruql.errors import QueryError
from booruql.schema import Kind
from booruql.sites import Resource, Word

_MANY = 30
_PREFIXES = "(-~!, \t\n"


@dataclass(frozen=True, slots=True)
class Completion:
    """`text` may replace what stands from `start` to the end of the text."""

    start: int
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
    site: str = "danbooru",
    entity: str | None = None,
    audience: str = "anonymous",
    catalog: Catalog | None = None,
    count: int = _MANY,
) -> list[Completion]:
    """What the word at the end of `text` may become; nothing where no term may stand.

    >>> [found.text for found in complete("cat sco", site="danbooru")]
    ['score:']
    """
    resource = sites.load(site).resource(entity)
    lexer = _Lexer(site, resource)
    tokens, start = lexer.unfinished(text)
    if not lexer.allows_term(tokens):
        return []
    word, rest = text[start:], text[:start]
    found = (
        Completion(len(rest) + at, new, help_) for at, new, help_ in _proposals(word, resource, audience, catalog, count, lexer)
    )
    return list(islice(found, count))


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

    def allows_term(self, tokens: list[Any]) -> bool:
        try:
            return "TERM" in self.syntax.GRAMMAR.accepts(tokens)
        except Exception:  # whatever is wrong before, nothing can be proposed here
            return False


def _word_of(head: str, words: Mapping[str, Word]) -> Word | None:
    name = head.partition(".")[0]
    return words.get(name) or words.get(name.lower())


def _proposals(
    word: str, resource: Resource, audience: str, catalog: Catalog | None, count: int, lexer: _Lexer
) -> Iterator[tuple[int, str, str]]:
    words = resource.vocabulary(audience)
    head, colon, value = word.partition(":")
    known = _word_of(head, words) if colon else None
    if known is not None:
        for option in _values(known, resource):
            if option.startswith(value) and option != value:
                yield len(head) + 1, option, known.help
        return
    if word:
        for name in sorted(name for name in words if name.startswith(word.lower())):
            yield 0, f"{name}:", words[name].help
    yield from _tags(word, catalog, count, lexer)


def _values(word: Word, resource: Resource) -> list[str]:
    field = resource.table.fields.get(word.field)
    options = list(field.values) if field else []
    if field and field.kind is Kind.BOOL:
        options += ["true", "false"]
    options += [word.sample] if word.sample else []
    return list(dict.fromkeys(options))


def _tags(word: str, catalog: Catalog | None, count: int, lexer: _Lexer) -> Iterator[tuple[int, str, str]]:
    names = catalog.expand((word, Wild.RUN), count) if catalog and word else None
    for name in names or ():
        spelling = lexer.syntax.spell(name, lexer.resource)
        if spelling is not None and catalog is not None:
            number = catalog.tag_count(name)
            yield 0, spelling, "" if number is None else f"{number} posts"
