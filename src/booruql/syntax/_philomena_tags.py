"""Tag names as Philomena cleans and spells them."""

from __future__ import annotations

import re

from booruql.text import SPACES, lower

NAMESPACES = (
    "artist", "art pack", "ask", "blog", "colorist", "comic", "commissioner", "editor", "fanfic", "oc",
    "parent", "parents", "photographer", "series", "species", "spoiler", "video",
)  # fmt: skip
_KEEPS_UNDERSCORES = ("artist:", "colorist:", "commissioner:", "editor:", "oc:", "photographer:")
_BLANKS = re.compile(f"[{SPACES}\u180e\u200b-\u200f\ufeff]+")
_SPACES = re.compile(" {2,}")
_QUOTES = str.maketrans({**dict.fromkeys("\u00b4\u2018\u2019\u201a\u201b\u2032", "'"), **dict.fromkeys("“”„‟″", '"')})


def clean(name: str) -> str:
    """A tag name as the site stores it.

    >>> clean("Artist: Ink_Paw"), clean("red__fox ")
    ('artist:ink_paw', 'red fox')
    """
    name = _BLANKS.sub(" ", lower(name)).translate(_QUOTES)
    space, colon, rest = name.partition(":")
    if colon and space.strip(" ") in NAMESPACES:
        name = f"{space.strip(' ')}:{rest.strip(' ')}"
    if not name.startswith(_KEEPS_UNDERSCORES):
        name = name.replace("_", " ")
    return _SPACES.sub(" ", name.strip(" "))
