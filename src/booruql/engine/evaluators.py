"""A Philomena site has three evaluators of its language; booruql follows the search engine. How the others differ.

The *server evaluator* decides in the site's memory which images of an answer are spoilered, the *browser matcher* which
images of a page the current filter hides or spoilers. `docs/evaluators.md` has the whole table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from booruql.ast.fold import walk
from booruql.ast.nodes import And, Between, Boost, Compare, Fuzzy, Glob, Node, Not, Op, Phrase, Some, Wild
from booruql.schema import Kind
from booruql.sites import Resource

_Applies = Callable[[Node, Resource], bool]

_IN_SERVER = frozenset(
    ("id", "tag_names", "tag_count", "score", "favorite_count", "upvotes", "downvotes", "comment_count", "created_at",
     "first_seen_at", "sources", "width", "height", "aspect_ratio", "sha512", "original_sha512", "description", "tag_ids")
)  # fmt: skip
_IN_BROWSER = frozenset(
    ("id", "tag_names", "tag_count", "score", "favorite_count", "upvotes", "downvotes", "comment_count", "created_at", "sources",
     "width", "height", "aspect_ratio", "uploader", "sha512", "original_sha512", "description")
)  # fmt: skip
_EMPTY_IN_BROWSER = frozenset(("uploader", "sha512", "original_sha512", "description"))


def _field(node: Node) -> str | None:
    found = getattr(node, "field", None)
    return found if isinstance(found, str) else None


def _kind(node: Node, resource: Resource) -> Kind | None:
    name = _field(node)
    return resource.table.fields[name].kind if name is not None and name in resource.table.fields else None


def _is_dated(node: Node, resource: Resource) -> bool:
    return _kind(node, resource) is Kind.INSTANT


_ROWS: tuple[tuple[str, _Applies], ...] = (
    (
        "server evaluator: terms that must all hold, and negations, never hold",
        lambda node, _: isinstance(node, And | Not),
    ),
    (
        "server evaluator: a tag's term holds only where it is the image's only name",
        lambda node, _: isinstance(node, Compare) and node.field == "tag_names",
    ),
    ("server evaluator: ranges of dates mean nothing", _is_dated),
    (
        "server evaluator: true is no value of a term",
        lambda node, resource: _kind(node, resource) is Kind.BOOL,
    ),
    ("server evaluator: galleries are not asked", lambda node, _: isinstance(node, Some)),
    (
        "server evaluator: edits are counted in bytes, without swaps, and without the limit of 2",
        lambda node, _: isinstance(node, Fuzzy),
    ),
    (
        "server evaluator: a description's words are looked for as plain text",
        lambda node, _: isinstance(node, Phrase),
    ),
    (
        "server evaluator: the field is not known there, so the term never holds",
        lambda node, _: (name := _field(node)) is not None and name not in _IN_SERVER,
    ),
    (
        "server evaluator and browser matcher: '?' may stand for no character too",
        lambda node, _: isinstance(node, Glob) and Wild.ONE in node.pattern,
    ),
    (
        "browser matcher: the field is not known there, so the term is taken for a tag",
        lambda node, _: isinstance(node, Some) or ((name := _field(node)) is not None and name not in _IN_BROWSER),
    ),
    ("browser matcher: the field is empty there", lambda node, _: _field(node) in _EMPTY_IN_BROWSER),
    (
        "browser matcher: '.gt' begins at a date's end and '.lte' ends before it; '3 days ago' is one day long",
        _is_dated,
    ),
    ("browser matcher: the distance has no limit of 2", lambda node, _: isinstance(node, Fuzzy)),
    ("browser matcher: a boost on a group is an error", lambda node, _: isinstance(node, Boost) and isinstance(node.child, And)),
    (
        "browser matcher: tag names are not cleaned there, so underscores and blanks differ",
        lambda node, _: isinstance(node, Compare) and node.field == "tag_names" and " " in str(node.value),
    ),
    (
        "browser matcher: only the first source is asked",
        lambda node, _: _field(node) == "sources",
    ),
    (
        "server evaluator: different values may satisfy the two ends of a range",
        lambda node, resource: isinstance(node, Between) and resource.table.fields[str(node.field)].many,
    ),
    (
        "browser matcher: a number without a value never matches",
        lambda node, resource: (
            isinstance(node, Compare) and node.op is not Op.EQ and resource.table.fields[str(node.field)].nullable
        ),
    ),
)


def differences(where: Node, resource: Resource) -> tuple[str, ...]:
    """How the site's other evaluators differ from its search engine on a closed condition; each difference once.

    >>> from booruql.ast.nodes import Phrase
    >>> from booruql import sites
    >>> differences(Phrase("description", "red fox"), sites.load("furbooru").resource())[0]
    "server evaluator: a description's words are looked for as plain text"
    """
    nodes = tuple(walk(where))
    return tuple(_applying(nodes, resource))


def _applying(nodes: Iterable[Node], resource: Resource) -> Iterator[str]:
    for text, applies in _ROWS:
        if any(applies(node, resource) for node in nodes):
            yield text
