"""What a remote site can be asked, and what is left: a written query split at its top-level terms.

The parameters find a superset of the answer; the rest is a query of the same language to be run on it. Nothing is
dropped: every term that is left has a warning. `Site.face` says what the site takes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from booruql.ast.fold import walk
from booruql.ast.nodes import All, And, Node, Not, Nothing, Or, Query, Term
from booruql.ast.normal import trimmed
from booruql.ast.show import written
from booruql.errors import Notes
from booruql.sites.site import Face

Count = Callable[[str], int | None]
"""How many posts have a tag, as far as known."""


@dataclass(frozen=True)
class Split:
    """A request's parameters, and the written tree that its answer has still to pass; None when the site answers it all."""

    params: dict[str, str | int]
    residual: Node | None


@dataclass(frozen=True)
class _Part:
    """A top-level condition: what it costs of the site's limit, and how rare its posts are."""

    node: Node
    cost: int
    posts: float
    place: int


def split(
    query: Query, face: Face, *, level: int = 0, count: Count | None = None, page: str | None = None, notes: Notes
) -> Split:
    """The request for a query, and the rest. `level` is the viewer's, `count` ranks tags by how many posts have them."""
    tree = trimmed(query.where)
    if isinstance(tree, Nothing):  # a text that does not parse: the site makes nothing of it, too
        return Split({"tags": query.text}, None)
    nodes: list[Node] = [node for node in (tree.children if isinstance(tree, And) else (tree,)) if not isinstance(node, All)]
    params: dict[str, str | int] = {}
    if not face.whole:
        nodes = _take_sets(nodes, face, params)
        nodes = _take_limit(nodes, face, params)
    sent, left = _within(nodes, face, level, count)
    if sent:
        params["tags"] = written(sent[0] if len(sent) == 1 else And(tuple(sent)))
    if page is not None:
        params["page"] = int(page) if page.isdecimal() else page
    _note(left, face, params, notes)
    if not left:
        return Split(params, None)
    return Split(params, left[0] if len(left) == 1 else And(tuple(left)))


def _note(left: Sequence[Node], face: Face, params: dict[str, str | int], notes: Notes) -> None:
    for node in left:
        notes.warn("W212", f"{written(node)!r} is left to be run on the site's answer", node.span)
    if params.keys() <= {"limit", "page"} and (left or not face.whole):
        notes.warn("W213", "the site is asked for every post", None, hint="add a tag that it can look up")


# --- parameters of their own


def _take_sets(nodes: Sequence[Node], face: Face, params: dict[str, str | int]) -> list[Node]:
    """Conditions that are a choice of a word's values: their parameter is what all of them allow."""
    left: list[Node] = []
    for word, values in face.sets.items():
        allowed: frozenset[str] = frozenset(values)
        for node in nodes:
            chosen = _values(node, word, values)
            if chosen is None or not allowed & chosen:
                left.append(node)
            else:
                allowed &= chosen
        if len(allowed) < len(values):
            params[word] = ",".join(value for value in values if value in allowed)
        nodes, left = left, []
    return list(nodes)


def _values(node: Node, word: str, values: tuple[str, ...]) -> frozenset[str] | None:
    """The values that a condition over the word alone allows; None for any other condition."""
    match node:
        case Term(name=name, text=text) if name == word:
            parts = [part for part in text.lower().split(",") if part]
            found = frozenset(_value(part, values) for part in parts)
            return None if not parts or "" in found else found
        case Not(child=Term() | Or() as child):
            excluded = _values(child, word, values)
            return None if excluded is None else frozenset(values) - excluded
        case Or(children=nodes):
            sets = [_values(child, word, values) for child in nodes if isinstance(child, Term)]
            known = [one for one in sets if one is not None]
            return frozenset[str]().union(*known) if len(known) == len(nodes) else None
        case _:
            return None


def _value(part: str, values: tuple[str, ...]) -> str:
    """The value that a spelling stands for: its number, its letter or its name; else nothing."""
    if part.isdecimal() and len(part) == 1 and int(part) < len(values):
        return values[int(part)]
    letter = _NAMES.get(part, part)
    return letter if letter in values else ""


def _take_limit(nodes: Sequence[Node], face: Face, params: dict[str, str | int]) -> list[Node]:
    """`limit:` is the page size, as far as the site gives it."""
    left = []
    for node in nodes:
        if isinstance(node, Term) and node.name == "limit":
            digits = node.text if node.text.isdecimal() and len(node.text) < 10 else "1"
            params["limit"] = max(1, min(face.most, int(digits)))
        else:
            left.append(node)
    return left


_NAMES = {"general": "g", "sensitive": "s", "questionable": "q", "explicit": "e"}


# --- tags


def _within(nodes: Sequence[Node], face: Face, level: int, count: Count | None) -> tuple[list[Node], list[Node]]:
    """The conditions that the site takes, the rarest first where it takes only so many; and the others. Both as written."""
    parts = [_part(node, at, face, count) for at, node in enumerate(nodes)]
    most = next((most for least, most in face.limits if level >= least), None)
    taken: set[int] = set()
    budget = math.inf if most is None else most
    for part in sorted((p for p in parts if p is not None), key=lambda p: (p.cost > 0, p.posts, p.place)):
        if part.cost <= budget:
            taken.add(part.place)
            budget -= part.cost
    return [node for at, node in enumerate(nodes) if at in taken], [node for at, node in enumerate(nodes) if at not in taken]


def _part(node: Node, place: int, face: Face, count: Count | None) -> _Part | None:
    """A condition as the site counts it; None when it does not take it."""
    if not face.whole:
        return _Part(node, 0, 0.0, place) if _is_plain(node) else None
    cost = sum(isinstance(found, Term) and found.name not in face.free for found in walk(node))
    posts = math.inf
    if count is not None and isinstance(node, Term) and node.name is None and not node.wild:
        known = count(node.text)
        posts = math.inf if known is None else known
    return _Part(node, cost, posts, place)


def _is_plain(node: Node) -> bool:
    """A tag that no site reads as anything else: one that looks like `name:value` may be dropped."""
    return isinstance(node, Term) and node.name is None and not node.wild and ":" not in node.text
