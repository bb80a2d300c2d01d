"""The one vocabulary of fields: a table for each searchable entity. May import `errors` and `ast`.

`table(name)` finds an entity's module by listing this folder; adding one is adding a file.
"""

from __future__ import annotations

from booruql.listing import Listing
from booruql.schema.field import Field, Kind, Relation, Table

__all__ = ["Field", "Kind", "Relation", "Table", "entities", "table"]


_TABLES: Listing[Table] = Listing("booruql.schema", "TABLE", "entity", beside=("field",))


def table(name: str) -> Table:
    """The schema table of an entity.

    Raises:
        ConfigError: there is no such entity.
    """
    return _TABLES.load(name)


def entities() -> tuple[str, ...]:
    """The names of all entities."""
    return _TABLES.names
