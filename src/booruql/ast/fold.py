"""Walking and rebuilding trees without recursion: text from strangers may nest deeper than Python's stack."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter, is_
from typing import Any, Generic, TypeAlias, TypeVar

from booruql.ast.nodes import (
    All,
    And,
    Between,
    Boost,
    Compare,
    Contains,
    Exists,
    Fuzzy,
    Given,
    Glob,
    InNetwork,
    Node,
    Not,
    Nothing,
    OneOf,
    Opt,
    Or,
    Phrase,
    Regex,
    Some,
    Symbol,
    Term,
    Unknown,
    Words,
)

T = TypeVar("T")


_BELOW: Mapping[type, Callable[[Any], tuple[Node, ...]]] = {
    And: attrgetter("children"),
    Or: attrgetter("children"),
    Not: lambda node: (node.child,),
    Opt: lambda node: (node.child,),
    Boost: lambda node: (node.child,),
    Unknown: lambda node: (node.leaf,),
    Given: lambda node: (node.leaf,),
}
_ASKING = frozenset((Compare, OneOf, Between, Exists, Glob, Fuzzy, Phrase, Words, Regex, InNetwork, Contains))
_REBUILT: Mapping[type, Callable[[Any, tuple[Any, ...]], Node]] = {
    And: lambda node, new: And(new, node.span),
    Or: lambda node, new: Or(new, node.span),
    Not: lambda node, new: Not(new[0], node.span),
    Opt: lambda node, new: Opt(new[0], node.span),
    Boost: lambda node, new: Boost(new[0], node.factor, node.span),
    Unknown: lambda node, new: Unknown(new[0], node.field, node.span),
    Given: lambda node, new: Given(new[0], node.condition, node.span),
}


def children(node: Node) -> tuple[Node, ...]:
    """The direct boolean children. A `Some` and a `Count` are leaves: their tree is over another entity."""
    below = _BELOW.get(type(node))
    return below(node) if below else ()


def with_children(node: Node, new: tuple[Node, ...]) -> Node:
    """The same node over other children."""
    rebuilt = _REBUILT.get(type(node))
    return rebuilt(node, new) if rebuilt else node


Laid: TypeAlias = list[tuple[Node, int]]
"""A tree bottom-up: every node with the number of its children, which stand before it, the first one first.

A leaf may be replaced in it by another, or by a whole tree laid out; the nodes above then have to be made anew (see `grow`).
"""


def lay(node: Node) -> Laid:
    """The tree laid out."""
    found: Laid = []
    stack = [node]
    while stack:
        current = stack.pop()
        get = _BELOW.get(type(current))
        if get is None:
            found.append((current, 0))
        else:
            below = get(current)
            found.append((current, len(below)))
            stack += below
    found.reverse()
    return found


def fold(node: Node, visit: Callable[[Node, tuple[T, ...]], T]) -> T:
    """Bottom-up: `visit` gets each node with the results of its children.

    >>> from booruql.ast.nodes import Not, Term
    >>> fold(Not(Term(None, "a")), lambda node, below: 1 + sum(below))
    2
    """
    return fold_laid(lay(node), visit)


def fold_laid(laid: Laid, visit: Callable[[Node, tuple[T, ...]], T]) -> T:
    """The same for a tree laid out; the results tell more than the children that a node was made with."""
    results: list[T] = []
    for current, count in laid:
        if count:
            got = tuple(results[-count:])
            del results[-count:]
            results.append(visit(current, got))
        else:
            results.append(visit(current, ()))
    return results[0]


def rewrite(node: Node, change: Callable[[Any], Node], kind: type | None = None) -> Node:
    """Bottom-up: each node is rebuilt over its changed children, then given to `change`; with a kind named, only one of it."""
    results: list[Node] = []
    for current, count in lay(node):
        made = current
        if count:
            below = tuple(results[-count:])
            del results[-count:]
            made = _over(current, below)
        results.append(change(made) if kind is None or type(made) is kind else made)
    return results[0]


def grow(laid: Laid) -> Node:
    """The tree of its leaves."""
    return fold_laid(laid, lambda node, below: _over(node, below) if below else node)


def _over(node: Node, below: tuple[Node, ...]) -> Node:
    """The node over these children: itself when they are its own."""
    return node if all(map(is_, below, children(node))) else with_children(node, below)


def kinds(laid: Laid) -> set[type]:
    """The classes of the nodes, and of what leaves ask of (`str` for a field, else a count).

    >>> from booruql.ast.nodes import Exists, Not
    >>> sorted(kind.__name__ for kind in kinds(lay(Not(Exists("a")))))
    ['Exists', 'Not', 'str']
    """
    found = {type(node) for node, _ in laid}
    return found | {type(node.field) for node, _ in laid if type(node) in _ASKING}  # type: ignore[union-attr]


def walk(node: Node) -> Iterator[Node]:
    """Every node, parents first, children in order."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def depth(node: Node) -> int:
    """How many nodes the longest way down passes."""
    return fold(node, lambda _, below: 1 + max(below, default=0))


class Fold(ABC, Generic[T]):
    """A back end: one method for each node of the closed tree, children first.

    A missing method is a type error and an error when the class is called. `Some` and `Count` carry a tree
    over another entity: the method folds it with a compiler for that entity.
    """

    def fold(self, node: Node) -> T:
        """The result for a closed tree."""
        return fold(node, self._visit)

    def _visit(self, node: Node, below: tuple[T, ...]) -> T:  # noqa: C901, PLR0911, PLR0912 - one case a node
        match node:
            case And():
                return self.and_(node, below)
            case Or():
                return self.or_(node, below)
            case Not():
                return self.not_(node, below[0])
            case Boost():
                return self.boost(node, below[0])
            case All():
                return self.all_(node)
            case Nothing():
                return self.nothing(node)
            case Compare():
                return self.compare(node)
            case OneOf():
                return self.one_of(node)
            case Between():
                return self.between(node)
            case Exists():
                return self.exists(node)
            case Glob():
                return self.glob(node)
            case Fuzzy():
                return self.fuzzy(node)
            case Phrase():
                return self.phrase(node)
            case Words():
                return self.words(node)
            case Regex():
                return self.regex(node)
            case InNetwork():
                return self.in_network(node)
            case Contains():
                return self.contains(node)
            case Some():
                return self.some(node)
            case Opt() | Term() | Symbol() | Unknown() | Given():
                raise TypeError(f"{type(node).__name__} is not of the closed tree; bind the query first")

    @abstractmethod
    def and_(self, node: And, below: tuple[T, ...]) -> T: ...
    @abstractmethod
    def or_(self, node: Or, below: tuple[T, ...]) -> T: ...
    @abstractmethod
    def not_(self, node: Not, below: T) -> T: ...
    @abstractmethod
    def boost(self, node: Boost, below: T) -> T: ...
    @abstractmethod
    def all_(self, node: All) -> T: ...
    @abstractmethod
    def nothing(self, node: Nothing) -> T: ...
    @abstractmethod
    def compare(self, node: Compare) -> T: ...
    @abstractmethod
    def one_of(self, node: OneOf) -> T: ...
    @abstractmethod
    def between(self, node: Between) -> T: ...
    @abstractmethod
    def exists(self, node: Exists) -> T: ...
    @abstractmethod
    def glob(self, node: Glob) -> T: ...
    @abstractmethod
    def fuzzy(self, node: Fuzzy) -> T: ...
    @abstractmethod
    def phrase(self, node: Phrase) -> T: ...
    @abstractmethod
    def words(self, node: Words) -> T: ...
    @abstractmethod
    def regex(self, node: Regex) -> T: ...
    @abstractmethod
    def in_network(self, node: InNetwork) -> T: ...
    @abstractmethod
    def contains(self, node: Contains) -> T: ...
    @abstractmethod
    def some(self, node: Some) -> T: ...
