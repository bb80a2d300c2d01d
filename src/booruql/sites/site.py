"""What a site profile is made of: its words for our fields, its names for our columns. Data, not code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from booruql.ast.nodes import Key, Latest
from booruql.errors import ConfigError
from booruql.schema import Kind, Table, table

AUDIENCES = ("anonymous", "user", "moderator")
_ATTRIBUTES = frozenset("integer float datetime interval string text boolean enum array json uuid inet".split())
"""Readers of parameters that are called as a member of the records is."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a site's language: how its value is read, the field it asks, help and a sample for docs and completion."""

    name: str
    reader: str
    field: str = ""
    help: str = ""
    sample: str = ""
    synonyms: tuple[str, ...] = ()
    args: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Flat:
    """What `read` does to records of plain members, told field by field, so that whole columns can be read at once.

    `members` are those that a field is read from, the first that has a value; `filled` is what a field has otherwise, and of
    the fields in `sizes` the sign is dropped. `derive` takes the values of the fields `needed` (None for missing ones) and
    gives those of `derived`. Records that have a member of `whole` must be read one by one.
    """

    members: Mapping[str, tuple[str, ...]]
    filled: Mapping[str, Any]
    sizes: tuple[str, ...]
    needed: tuple[str, ...]
    derived: tuple[str, ...]
    derive: Callable[..., tuple[Any, ...]]
    whole: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Resource:
    """One searchable entity of a site.

    `entity` names the schema table. `words` holds, for each audience, the words it has beyond the audience before it.
    `columns` maps our field names to the site's own stored names (Elasticsearch fields, record keys); a field
    that is not in it is stored under its own name. `read` turns an API record into a document (our field names).
    `inside` names the kind of stored text whose language this is, such as a filter's, where that is not a search.
    URL parameters are `requests` (the top-level ones) and `parameters` (those of `search[...]`); `orders` are the words of
    `search[order]`, the keys under "" are the order when none is asked for. A request gives `page_size` rows unless it says
    otherwise, at most `max_page_size`; None is the site's. `guards` are rules on what a viewer may see, with the parameters
    that bring them into force (none: always).
    A search index holds the entity's `fields` (all when none is named) in the types of `index_types`, else in those of their
    kinds, the relations in `nested` as nested objects (`children.post_flags`: those of the related row), and times that are the
    `latest` of several. `unasked` are members of records that no parameter is called by, with the field of each, if any.
    `separator` stands between names where several are in one text.
    `flat` tells how columns of records are read, where the site's can be.
    """

    name: str
    entity: str
    words: Mapping[str, tuple[Word, ...]]
    columns: Mapping[str, str]
    read: Callable[[Mapping[str, Any]], dict[str, Any]]
    default_field: str = "tags"
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    inside: str = ""
    nested: tuple[str, ...] = ()
    index_types: Mapping[str, str] = field(default_factory=dict)
    requests: tuple[Word, ...] = ()
    parameters: tuple[Word, ...] = ()
    orders: Mapping[str, tuple[Key, ...]] = field(default_factory=dict)
    guards: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    page_size: int | None = None
    max_page_size: int | None = None
    latest: Mapping[str, Latest] = field(default_factory=dict)
    unasked: Mapping[str, str] = field(default_factory=dict)
    flat: Flat | None = None
    separator: str = " "

    @cached_property
    def table(self) -> Table:
        """The schema table as this site stores it."""
        return table(self.entity).with_kinds(self.kinds)

    def vocabulary(self, audience: str = "anonymous") -> Mapping[str, Word]:
        """Every word of the audience, synonyms included, by its spelling."""
        return self._vocabularies[audience]

    @cached_property
    def spellings(self) -> Mapping[str, str]:
        """Every spelling of a word, of all audiences, with the word's name: who may use it is no matter of syntax."""
        return {spelling: word.name for spelling, word in self.vocabulary(AUDIENCES[-1]).items()}

    @cached_property
    def members(self) -> Mapping[str, str]:
        """The members of the site's records by the site's names, with our field of each ("" for one that is none of ours)."""
        found = dict(self.unasked)
        for word in self.parameters:
            if word.reader in _ATTRIBUTES:
                found[word.name] = word.field
            elif word.reader == "record" and word.field:
                found[f"{word.name}_id"] = word.field
        return found

    @cached_property
    def associations(self) -> Mapping[str, Word]:
        """The related records that a record may have as members, by the site's names."""
        return {word.name: word for word in self.parameters if word.reader == "record"}

    @cached_property
    def _vocabularies(self) -> Mapping[str, Mapping[str, Word]]:
        found: dict[str, Word] = {}
        result = {}
        for audience in AUDIENCES:
            for word in self.words.get(audience, ()):
                found.update(dict.fromkeys((word.name, *word.synonyms), word))
            result[audience] = dict(found)
        return result


@dataclass(frozen=True)
class Face:
    """What a site itself can be asked by a request; the rest of a query is left to be run on its answer.

    `whole`: its `tags` take the whole language, else plain tags alone. `free` are the words that its limit does not count,
    `limits` the terms that it takes from a level up (None: any number). `sets` are words whose values, any of some, are a
    parameter of their own. `most` is the largest page.
    """

    whole: bool = False
    free: frozenset[str] = frozenset()
    limits: tuple[tuple[int, int | None], ...] = ((0, None),)
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    most: int = 100


@dataclass(frozen=True)
class Site:
    """A profile: a syntax, resources, paging and order defaults."""

    name: str
    syntax: str
    resources: Mapping[str, Resource]
    default_entity: str
    page_size: int
    max_page_size: int
    recognises: Callable[[Mapping[str, Any]], bool]
    facts: Mapping[str, Any] = field(default_factory=dict)
    face: Face | None = None

    def resource(self, entity: str | None = None) -> Resource:
        """The resource of that name, the default one for None.

        Raises:
            ConfigError: the site has no such entity.
        """
        name = entity or self.default_entity
        try:
            return self.resources[name]
        except KeyError:
            known = ", ".join(sorted(self.resources))
            raise ConfigError(f"{self.name} has no entity {name!r}; it has {known}") from None
