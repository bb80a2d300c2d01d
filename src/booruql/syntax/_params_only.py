"""`only`: the fields that a request chooses for its answer."""

from __future__ import annotations

import re

from booruql.ast.nodes import Term
from booruql.errors import Notes, make_error
from booruql.sites import Resource, Site
from booruql.sites.chosen import unknown

DEPTH = 10
"""Related records in related records; the site answers an error beyond."""
_FIELD = re.compile(r"[^,\[\]]+|[,\[\]]")
_SHOWN = 60


def choose(term: Term, site: Site, resource: Resource, notes: Notes) -> tuple[str, ...]:
    """The chosen fields, unknown ones too; the site passes over those.

    Raises:
        LimitError: E602, related records in related records beyond the site's depth.
    """
    found = read_only(term.text)
    if any(name.count(".") > DEPTH for name in found):
        message = f"'only' nests deeper than the limit of {DEPTH}"
        raise make_error("E602", message, term.span, hint="ask the related records themselves")
    for path, where, nearest in unknown(found, site, resource):
        hint = f"{nearest!r} is the nearest name" if nearest else None
        notes.warn("W208", f"{path[:_SHOWN]!r} is no field of {where} and is ignored", term.span, hint=hint)
    return found


def read_only(text: str) -> tuple[str, ...]:
    """The chosen fields, those of related records after a dot.

    >>> read_only("id,post[id,rating]")
    ('id', 'post.id', 'post.rating')
    """
    found: dict[str, None] = {}
    above: list[str] = []
    last = ""
    for part in _FIELD.findall(text):
        if part == "[":
            found.pop(".".join((*above, last)), None)
            above.append(last)
        elif part == "]":
            del above[-1:]
        elif part != ",":
            last = part.strip()
            found[".".join((*above, last))] = None
    return tuple(name for name in found if name)
