"""Site profiles: one file each. May import `schema` and below.

`load(name)` imports the module of that name in this folder; its `SITE` is the profile.
"""

from __future__ import annotations

from booruql.listing import Listing
from booruql.sites.site import AUDIENCES, Flat, Resource, Site, Word

__all__ = ["AUDIENCES", "Flat", "Resource", "Site", "Word", "load", "names"]


_SITES: Listing[Site] = Listing("booruql.sites", "SITE", "site", beside=("site", "records", "chosen"))


def names() -> tuple[str, ...]:
    """The profiles that this folder holds."""
    return _SITES.names


def load(name: str) -> Site:
    """The profile of that name.

    Raises:
        ConfigError: there is none.
    """
    return _SITES.load(name)
