"""How exactly each database and layout answers each kind of leaf, found out by compiling a sample of it.

- `native`: the database's own operators, over the column itself;
- `shadow`: exact over an extra column that our layouts keep (text in lower case, rounded numbers);
- `closed`: turned into names or ids by the catalog before it gets here, so native;
- `residual`: a superset in SQL, the rest on its rows;
- `refused`: neither.
"""

from __future__ import annotations

from collections.abc import Iterator

from booruql.ast.nodes import (
    All,
    Between,
    Compare,
    Contains,
    Count,
    Exists,
    Fuzzy,
    Glob,
    InNetwork,
    Key,
    Latest,
    Node,
    OneOf,
    Op,
    Phrase,
    Place,
    Position,
    Regex,
    Search,
    Some,
    Special,
    Wild,
    Words,
)
from booruql.backends.sql import compile, databases
from booruql.backends.sql import dialect as dialects
from booruql.backends.sql import layout as layouts
from booruql.errors import UnsupportedError
from booruql.schema import Kind
from booruql.sites.site import Resource

LEAVES: tuple[tuple[str, Node], ...] = (
    ("tag", Compare("tags", Op.EQ, "cat")),
    ("any of some tags (a wildcard of Danbooru)", OneOf("tags", ("cat", "cats"))),
    ("tag by number", Compare("tag_ids", Op.EQ, 1)),
    ("pattern over tags", Glob("tags", ("cat", Wild.RUN))),
    ("number, instant, range", Between("score", 1, 5)),
    ("32-bit number", Compare("aspect_ratio", Op.GT, 1.5)),
    ("ratio in hundredths", Compare("ratio", Op.EQ, 178)),
    ("text, one of", OneOf("rating", ("g", "s"))),
    ("present or missing", Exists("width")),
    ("pattern", Glob("source", ("https", Wild.RUN))),
    ("pattern in any letter case", Glob("source", ("https", Wild.RUN), fold=True)),
    ("pattern over words of a text", Glob("description", ("fox", Wild.RUN), words=True)),
    ("related rows", Some("comments")),
    ("number of related rows", Compare(Count("comments"), Op.GT, 1)),
    ("within some edits", Fuzzy("tags", "cat", 1)),
    ("phrase", Phrase("description", "red fox")),
    ("web search", Words("description", "red fox")),
    ("regular expression", Regex("source", "^a")),
    ("address in a network", InNetwork("ip", "10.0.0.0/8")),
    ("inside a JSON value", Contains("file_metadata", "Artist")),
)
ORDERS: tuple[tuple[str, Key], ...] = (
    ("order by a field", Key("width", True)),
    ("order by a number of related rows", Key(Count("comments"), True)),
    ("order by a place in a relation", Key(Position("galleries", "position", All()))),
    ("order by the latest of several instants", Key(Latest(("created_at", Position("post_flags", "created_at", All()))), True)),
    ("order by a list of ids", Key(Place((3, 1, 2)))),
    ("random order", Key(Special.RANDOM)),
    ("order by relevance", Key(Special.RELEVANCE)),
)
_CLOSED = ("any of some tags (a wildcard of Danbooru)",)
_SHADOWED = ("32-bit number", "ratio in hundredths")
_POSTS = Resource("posts", "posts", {}, {}, dict, kinds={"aspect_ratio": Kind.FLOAT32})


def pairs() -> Iterator[tuple[str, str]]:
    """Every database with every layout that it has."""
    for database in databases():
        for layout in layouts.names():
            if layouts.load(layout).gap(dialects.load(database)) is None:
                yield database, layout


def own_pairs() -> Iterator[tuple[str, str]]:
    """The pairs of our own layouts, whose tables we can make."""
    return (pair for pair in pairs() if layouts.load(pair[1]).is_own)


def exactness(database: str, layout: str) -> dict[str, str]:
    """The class of each kind of leaf and order.

    >>> exactness("sqlite", "join")["pattern in any letter case"]
    'shadow'
    """
    found = {label: _class(label, Search("", "posts", leaf, (Key("id"),)), database, layout) for label, leaf in LEAVES}
    found.update((label, _class(label, Search("", "posts", All(), (key, Key("id"))), database, layout)) for label, key in ORDERS)
    return found


def _class(label: str, search: Search, database: str, layout: str) -> str:
    try:
        made = compile(search, _POSTS, database=database, layout=layout, exact="residual")
    except UnsupportedError:
        return "refused"
    if made.residual is not None:
        return "residual"
    if label in _CLOSED:
        return "closed"
    is_own = layouts.load(layout).is_own
    return "shadow" if is_own and (label in _SHADOWED or "_folded" in made.text) else "native"


__all__ = ["LEAVES", "ORDERS", "exactness", "own_pairs", "pairs"]
