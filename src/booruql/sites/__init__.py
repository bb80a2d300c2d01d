"""Site profiles: one file each. May import `schema` and below.

`load(name)` imports the module of that name in this folder; its `SITE` is the profile.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from booruql.errors import ConfigError
from booruql.sites.site import AUDIENCES, Resource, Site, Word

__all__ = ["AUDIENCES", "Resource", "Site", "Word", "load", "names"]


@cache
def names() -> tuple[str, ...]:
    """The profiles that this folder holds."""
    shared = ("site", "records", "chosen")
    return tuple(sorted(m.name for m in iter_modules(__path__) if m.name not in shared and not m.name.startswith("_")))


@cache
def load(name: str) -> Site:
    """The profile of that name.

    Raises:
        ConfigError: there is none.
    """
    if name not in names():
        raise ConfigError(f"no site {name!r}; known: {', '.join(names())}")
    site: Site = import_module(f"booruql.sites.{name}").SITE
    return site
