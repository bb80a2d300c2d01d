"""The nodes of the one shared tree, in its three states.

- *written*: All, Nothing, And, Or, Not, Opt, Boost over `Term`; the tree exactly as read.
- *typed*: Terms have become leaves; what needs a context is a `Symbol`; `Unknown` and `Given` wrap leaves.
- *closed*: no Term, Opt, Symbol, Unknown, Given. And/Or/Not are intersection, union, complement, every
  leaf is a total question (a missing value answers no), And/Or are flat and have two children or more.

Spans are excluded from equality and `repr`. A leaf's `field` names a field of the entity's schema table,
or is a `Count`. Instants are integers: microseconds since 1970-01-01 UTC.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from booruql.ast.quick import quick
from booruql.errors import Span

Value: TypeAlias = bool | int | float | str


def _span() -> Span | None:
    return field(default=None, compare=False, repr=False)


def _flag() -> bool:
    return field(default=False, kw_only=True)


class Op(Enum):
    """How `Compare` compares the field (left) with the value (right)."""

    EQ = "="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="

    __hash__ = object.__hash__  # each is one object: the hash of its name, which enumerations have, is slower


class Wild(Enum):
    """The parts of a glob that are not literal text."""

    RUN = "*"
    ONE = "?"


Pattern: TypeAlias = tuple[str | Wild, ...]

# --- boolean nodes: all states


@quick
@dataclass(frozen=True, slots=True)
class All:
    """Everything."""

    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing at all."""

    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class And:
    """What is in every child."""

    children: tuple[Node, ...]
    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class Or:
    """What is in some child."""

    children: tuple[Node, ...]
    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class Not:
    """What is not in the child."""

    child: Node
    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class Boost:
    """The child, with its relevance multiplied; what matches is unchanged."""

    child: Node
    factor: int | float
    span: Span | None = _span()


# --- written state only


@quick
@dataclass(frozen=True, slots=True)
class Opt:
    """`~x` of tag search: the Opts of one list are one union."""

    child: Node
    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class Term:
    """A tag, wildcard, metatag or URL parameter as written.

    `name` is the canonical word before the colon (or the path of a parameter), None for a bare text.
    `text` is the tag, the pattern or the value, unescaped as its syntax says. `quoted` tells whether the
    value was in quotes, `wild` whether a bare text is a wildcard of tag search.
    """

    name: str | None
    text: str
    quoted: bool = False
    wild: bool = False
    span: Span | None = _span()


# --- typed state only


@quick
@dataclass(frozen=True, slots=True)
class Symbol:
    """A leaf that only a context can close: a relative date, a viewer's word, an alias, a name.

    `word` selects the resolver of the site, `args` are its plain hashable arguments.
    """

    word: str
    args: tuple[Hashable, ...] = ()
    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class Unknown:
    """A leaf that answers neither yes nor no where `field` is missing (SQL's null): closing decides."""

    leaf: Node
    field: str
    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class Given:
    """A leaf that demands `condition` at the root of the whole search, wherever the leaf stands."""

    leaf: Node
    condition: Node
    span: Span | None = _span()


# --- leaves: typed and closed


@quick
@dataclass(frozen=True, slots=True)
class Count:
    """How many related rows satisfy `where`; stands where a number field may."""

    relation: str
    where: Node = All()


Operand: TypeAlias = str | Count


@quick
@dataclass(frozen=True, slots=True)
class Compare:
    """One value; a many-valued field satisfies it when any of its values does."""

    field: Operand
    op: Op
    value: Value
    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of the values (possibly none: then nothing)."""

    field: Operand
    values: tuple[Value, ...]
    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class Between:
    """Low to high, ends included unless open; low above high is an empty range."""

    field: Operand
    low: Value
    high: Value
    low_open: bool = False
    high_open: bool = False
    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class Exists:
    """The field has a value; a many-valued field has at least one."""

    field: str
    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class Glob:
    """The whole value matches the pattern; `fold` compares per code point in lower case (`booruql.text.fold`).

    With `words` some analysed word of the text (lower case, stemmed) matches it instead.
    """

    field: str
    pattern: Pattern
    fold: bool = False
    span: Span | None = _span()
    words: bool = _flag()


@quick
@dataclass(frozen=True, slots=True)
class Fuzzy:
    """The whole value is within some edits of `text` (optimal string alignment over code points).

    `fuzziness` is as written: from 1 up a distance, below 1 a similarity.
    """

    field: str
    text: str
    fuzziness: int | float
    span: Span | None = _span()

    @property
    def edits(self) -> int:
        """The distance allowed: never more than 2 (spec furbooru 8.2)."""
        if self.fuzziness >= 1:
            return min(int(self.fuzziness), 2)
        return 0 if self.fuzziness == 0 else min(int((1 - self.fuzziness) * len(self.text)), 2)


@quick
@dataclass(frozen=True, slots=True)
class Phrase:
    """The analysed words of `text` stand in the field at the same relative places."""

    field: str
    text: str
    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class Words:
    """The field satisfies a web-search text: words, "phrases", or, -not."""

    field: str
    text: str
    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class Regex:
    """Some part of the value matches a regular expression of the database (PostgreSQL's)."""

    field: str
    pattern: str
    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class InNetwork:
    """The address is the given one or lies in the given network; `text` is as written."""

    field: str
    text: str
    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class Contains:
    """The JSON value has the key, with the given value when one is given."""

    field: str
    key: str
    value: Value | None = None
    span: Span | None = _span()


@quick
@dataclass(frozen=True, slots=True)
class Some:
    """Some related row satisfies `where`, a tree over the relation's own entity."""

    relation: str
    where: Node = All()
    span: Span | None = _span()


Leaf: TypeAlias = Compare | OneOf | Between | Exists | Glob | Fuzzy | Phrase | Words | Regex | InNetwork | Contains | Some
Node: TypeAlias = All | Nothing | And | Or | Not | Boost | Opt | Term | Symbol | Unknown | Given | Leaf

# --- what a search asks beside its condition


class Special(Enum):
    """Order keys that no field holds."""

    RANDOM = "random"
    RELEVANCE = "relevance"


@quick
@dataclass(frozen=True, slots=True)
class Place:
    """An order key: the place of the id in a list of ids; ids that are not in it come last."""

    ids: tuple[int, ...]


@quick
@dataclass(frozen=True, slots=True)
class Position:
    """An order key: the `column` of the related row that satisfies `where`; of several the first in the order's direction."""

    relation: str
    column: str
    where: Node = All()


@quick
@dataclass(frozen=True, slots=True)
class Latest:
    """An order key: the greatest of some fields and related rows' columns, whichever way it sorts; missing ones count nothing."""

    parts: tuple[str | Position, ...]


@quick
@dataclass(frozen=True, slots=True)
class Key:
    """One order key. `nulls_first` says where missing values go, whatever the direction. A Symbol is resolved when bound."""

    by: Operand | Special | Place | Position | Latest | Symbol
    descending: bool = False
    nulls_first: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Page:
    """Which stretch of the ordered rows: page `number` from 1, or the ids before or after one.

    `before`: id < before, id descending. `after`: the `size` smallest ids > after, given in descending order.
    """

    number: int = 1
    before: int | None = None
    after: int | None = None


@quick
@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: pure, hashable, the written state. Make one with `booruql.parse` or `booruql.params`.

    Two queries are equal when their text and what it is read by are equal; the tree follows from those.
    """

    text: str
    site: str
    entity: str
    audience: str = "anonymous"
    syntax: str = "tags"
    lenient: bool = False
    where: Node = field(default=All(), compare=False, repr=False)
    extras: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.text


@quick
@dataclass(frozen=True, slots=True)
class Search:
    """What a back end runs: a condition over an entity, an order, a page.

    Typed, `where` may hold Symbols; closed (after `bind`) it holds core nodes only and `order` is total.
    `size` is the page size asked for, None for the site's default or all; `sample` a random pick of at most so many.
    """

    site: str
    entity: str
    where: Node
    order: tuple[Key, ...] = ()
    page: Page = Page()
    size: int | None = None
    sample: int | None = None
    fields: tuple[str, ...] | None = None
    seed: int | None = None
