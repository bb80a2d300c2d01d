"""What a schema table is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum


class Kind(Enum):
    """How a field's values look, compare and are stored."""

    INT = "int"  # 32 bit unless the field says 64
    FLOAT = "float"  # 64 bit
    FLOAT32 = "float32"  # rounded to 32 bit when stored and when compared
    INSTANT = "instant"  # microseconds since 1970-01-01 UTC
    BOOL = "bool"
    KEYWORD = "keyword"  # compared whole, by code point
    TEXT = "text"  # analysed into words
    TAG = "tag"  # a tag's name; which layout stores it decides how it is asked
    ID = "id"  # an integer that names another row; Elasticsearch holds it as a keyword
    IP = "ip"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what it is called here, how it compares, one line of help and a sample for docs and completion."""

    name: str
    kind: Kind
    help: str
    sample: str = ""
    nullable: bool = False
    many: bool = False
    bits: int = 32
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows of another entity that belong to a row of this one: `entity.other` equals `own` of this row.

    When `other` is a many-valued field, the related row holds a list of ids (a pool its posts); when `own` is one, this row
    does. Rows of a relation over such an `own` can be asked for, not counted.
    """

    name: str
    entity: str
    other: str
    own: str = "id"
    help: str = ""


@dataclass(frozen=True)
class Table:
    """An entity: its fields and relations by name."""

    name: str
    fields: Mapping[str, Field]
    relations: Mapping[str, Relation] = field(default_factory=dict)

    def with_kinds(self, kinds: Mapping[str, Kind]) -> Table:
        """The same table where a site stores some fields otherwise (a 32-bit float, say)."""
        changed = {name: replace(self.fields[name], kind=kind) for name, kind in kinds.items()}
        return replace(self, fields={**self.fields, **changed})


def make_table(name: str, fields: Iterable[Field], relations: Iterable[Relation] = ()) -> Table:
    """A table from its rows; a document holds fields and related rows by name, so no name may be both."""
    table = Table(name, {f.name: f for f in fields}, {r.name: r for r in relations})
    twice = table.fields.keys() & table.relations.keys()
    if twice:
        raise ValueError(f"{name}: {', '.join(sorted(twice))} is a field and a relation")
    return table
