"""Tag names as Philomena takes them apart and spells them in addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

CATEGORY_OF_NAMESPACE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("artist", "colorist", "editor", "photographer"), "origin"),
        **dict.fromkeys(("art pack", "comic", "fanfic", "series", "video"), "content-fanmade"),
        "oc": "oc",
        "spoiler": "spoiler",
    }
)
"""The category that a tag has by its namespace alone."""

RATINGS = frozenset(("safe", "suggestive", "questionable", "explicit", "semi-grimdark", "grimdark", "grotesque"))
NAMESPACES = frozenset((*CATEGORY_OF_NAMESPACE, "ask", "blog", "commissioner", "parent", "parents", "species"))

_SLUGS = {"-": "-dash-", "/": "-fwslash-", "\\": "-bwslash-", ":": "-colon-", ".": "-dot-", "+": "-plus-", " ": "+"}
_TO_SLUG = str.maketrans(_SLUGS)
_FROM_SLUG = {slug: char for char, slug in _SLUGS.items()}
_SLUG = re.compile("|".join(map(re.escape, _FROM_SLUG)))
_WORD = re.compile(r"\w+(?:['.:]\w+)*")


def slug(name: str) -> str:
    """A tag's name as it stands in addresses.

    >>> slug("artist:kite painter")
    'artist-colon-kite+painter'
    """
    return name.translate(_TO_SLUG)


def unslug(text: str) -> str:
    """The name that a slug stands for.

    >>> unslug("artist-colon-kite+painter")
    'artist:kite painter'
    """
    return _SLUG.sub(lambda found: _FROM_SLUG[found[0]], text)


def namespace(name: str) -> tuple[str | None, str]:
    """A tag's namespace, None without one, and its name in it.

    >>> namespace("oc:pip"), namespace(":3")
    (('oc', 'pip'), (None, ':3'))
    """
    space, colon, rest = name.partition(":")
    return (space, rest) if colon and space in NAMESPACES else (None, name)


def category(name: str) -> str | None:
    """The category that a tag's name alone tells.

    >>> category("artist:ash"), category("safe"), category("fox")
    ('origin', 'rating', None)
    """
    space, _ = namespace(name)
    if space is None:
        return "rating" if name in RATINGS else None
    return CATEGORY_OF_NAMESPACE.get(space)


def name_words(name: str) -> frozenset[str]:
    """The words of a name as the index of tags holds them.

    >>> sorted(name_words("artist:kite painter"))
    ['artist:kite', 'painter']
    """
    return frozenset(_WORD.findall(name.lower()))
