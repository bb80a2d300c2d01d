"""What a record does not tell: fields that a query asks and that a plain record of the site has no member for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from booruql.ast.fold import walk
from booruql.ast.nodes import Node
from booruql.errors import Diagnostic
from booruql.sites import Resource


def lacking(where: Node, resource: Resource, document: Mapping[str, Any]) -> Diagnostic | None:
    """One warning that names every field that a closed condition asks and the document has no word of; None without any.

    >>> from booruql import sites
    >>> from booruql.ast.nodes import Compare, Op
    >>> images = sites.load("furbooru").resource()
    >>> found = lacking(Compare("tag_count_species", Op.EQ, 1), images, images.read({"id": 1, "tags": ["fox"]}))
    >>> found.message
    'the record does not tell: number of species tags; it counts as missing'
    """
    asked = {name: node for node in walk(where) if isinstance(name := getattr(node, "field", None), str)}
    names = [name for name in asked if name not in document and name in resource.table.fields]
    if not names:
        return None
    words = ", ".join(resource.table.fields[name].help for name in names)
    span = getattr(asked[names[0]], "span", None)
    plural = "it counts" if len(names) == 1 else "they count"
    return Diagnostic("W214", f"the record does not tell: {words}; {plural} as missing", span)
