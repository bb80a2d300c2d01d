"""The one vocabulary of fields: a table for each searchable entity. May import `errors` and `ast`.

`table(name)` finds an entity's module by listing this folder; adding one is adding a file.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from booruql.errors import ConfigError
from booruql.schema.field import Field, Kind, Relation, Table

__all__ = ["Field", "Kind", "Relation", "Table", "table"]


@cache
def table(name: str) -> Table:
    """The schema table of an entity.

    Raises:
        ConfigError: there is no such entity.
    """
    try:
        module = import_module(f"booruql.schema.{name}")
    except ModuleNotFoundError:
        raise ConfigError(f"no entity {name!r}") from None
    found: Table = module.TABLE
    return found
