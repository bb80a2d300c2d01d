"""Shapes of the written tree: opts made unions, chains joined, clauses. Nothing here recurses or grows beyond its cap."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import prod
from typing import Any, TypeVar

from booruql.ast.fold import fold, rewrite
from booruql.ast.nodes import All, And, Node, Not, Nothing, Opt, Or, Term
from booruql.errors import make_error

S = TypeVar("S")
T = TypeVar("T")
Clause = tuple[Node, ...]
_Signed = tuple[Node, bool]


def without_opts(node: Node) -> Node:
    """The Opts of each list become one union, which stands first.

    >>> a, b, c = (Term(None, x) for x in "abc")
    >>> without_opts(And((a, Opt(b), Opt(c)))) == And((Or((b, c)), a))
    True
    """

    def change(found: Node) -> Node:
        if not isinstance(found, And | Or) or not any(isinstance(child, Opt) for child in found.children):
            return found
        opts = tuple(child.child for child in found.children if isinstance(child, Opt))
        rest = tuple(child for child in found.children if not isinstance(child, Opt))
        return type(found)((Or(opts, found.span), *rest), found.span)

    return rewrite(node, change)


def joined(node: Node) -> Node:
    """And in And and Or in Or joined, chains of one child replaced by it; order kept. A list with Opts stays a list.

    >>> a, b = Term(None, "a"), Term(None, "b")
    >>> joined(And((And((a,)), And((b, And((a,))))))) == And((a, b, a))
    True
    """
    return _grow(_only(node), _links, _rebuild)


def trimmed(node: Node) -> Node:
    """The normalised tree (aliases apart, which need a catalog): what the site's rejections and its tag limit look at."""
    return joined(without_opts(node))


def _only(node: Node) -> Node:
    while isinstance(node, And | Or) and len(node.children) == 1 and not isinstance(node.children[0], Opt):
        node = node.children[0]
    return node


def _links(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Not | Opt):
        return (_only(node.child),)
    if not isinstance(node, And | Or):
        return ()
    found: list[Node] = []
    stack = list(reversed(node.children))
    while stack:
        child = _only(stack.pop())
        if type(child) is type(node) and not any(isinstance(c, Opt) for c in child.children):
            stack.extend(reversed(child.children))
        else:
            found.append(child)
    return tuple(found)


def _rebuild(node: Node, below: tuple[Node, ...]) -> Node:
    match node:
        case And() | Or():
            return type(node)(below, node.span)
        case Not() | Opt():
            return type(node)(below[0], node.span)
        case _:
            return node


def clauses(node: Node, limit: int) -> list[Clause]:
    """The conjunctive normal form: literals (leaves and negated leaves) sorted in each clause, then the clauses.

    Clauses are multisets: nothing is absorbed. Sorted by kind, then by name; as the site prints and caches them.

    Raises:
        LimitError: more clauses than `limit`.
    """
    plain: Node = _grow(_signed(without_opts(node), True), _signs, _literal)
    count = fold(plain, lambda found, below: _count(found, below, limit))
    if count > limit:
        raise make_error(
            "E604",
            f"the conjunctive normal form has more clauses than the limit of {limit}",
            node.span,
            hint="print sexp or normal instead; searching needs no normal form",
        )
    found = [tuple(sorted(clause, key=sort_key)) for clause in fold(plain, _choose)]
    return sorted(found, key=_clause_key)


def _signed(node: Node, positive: bool) -> _Signed:
    """The node below negations and chains of one, and whether it counts as it is."""
    while True:
        if isinstance(node, Not):
            node, positive = node.child, not positive
        elif isinstance(node, And | Or) and len(node.children) == 1:
            node = node.children[0]
        else:
            return node, positive


def _is_both(signed: _Signed) -> bool:
    return isinstance(signed[0], And) == signed[1]


def _signs(signed: _Signed) -> tuple[_Signed, ...]:
    node, positive = signed
    if not isinstance(node, And | Or):
        return ()
    found: list[_Signed] = []
    stack = [(child, positive) for child in reversed(node.children)]
    while stack:
        child = _signed(*stack.pop())
        if isinstance(child[0], And | Or) and _is_both(child) == _is_both(signed):
            stack.extend((c, child[1]) for c in reversed(child[0].children))
        else:
            found.append(child)
    return tuple(found)


def _literal(signed: _Signed, below: tuple[Node, ...]) -> Node:
    node, positive = signed
    if not isinstance(node, And | Or):
        return node if positive else Not(node)
    return And(below) if _is_both(signed) else Or(below)


def _count(node: Node, below: tuple[int, ...], limit: int) -> int:
    """How many clauses, or some number above the limit."""
    if isinstance(node, And):
        return min(sum(below), limit + 1)
    if isinstance(node, Or):
        total = 1
        for count in below:
            total = min(total * count, limit + 1)
        return total
    return 1


def _choose(node: Node, below: tuple[list[Clause], ...]) -> list[Clause]:
    if isinstance(node, And):
        return [clause for found in below for clause in found]
    if isinstance(node, Or):
        if prod(map(len, below)) == 1:
            return [tuple(literal for found in below for literal in found[0])]
        return [tuple(literal for clause in choice for literal in clause) for choice in product(*below)]
    return [(node,)]


def sort_key(node: Node) -> tuple[Any, ...]:
    """Kind as a word, then name: the order of literals."""
    match node:
        case Not(child=child):
            return "not", sort_key(child)
        case Term(name=None):
            return ("wildcard" if node.wild else "tag"), node.text
        case Term():
            return "metatag", node.name, node.text, node.quoted
        case All():
            return ("all",)
        case Nothing():
            return ("none",)
        case _:
            return ("zz", repr(node))


def _clause_key(clause: Clause) -> tuple[Any, ...]:
    if len(clause) == 1:
        return sort_key(clause[0])
    return "or", tuple(map(sort_key, clause))


def _grow(seed: S, split: Callable[[S], tuple[S, ...]], make: Callable[[S, tuple[T, ...]], T]) -> T:
    """Bottom-up over parts that `split` finds on the way down."""
    stack: list[tuple[S, int | None]] = [(seed, None)]
    results: list[T] = []
    while stack:
        current, count = stack.pop()
        if count is None:
            parts = split(current)
            stack.append((current, len(parts)))
            stack.extend((part, None) for part in reversed(parts))
            continue
        below = tuple(results[len(results) - count :])
        del results[len(results) - count :]
        results.append(make(current, below))
    return results[0]
