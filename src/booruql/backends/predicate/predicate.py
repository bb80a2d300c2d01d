"""`compile(search, resource)`: the condition of a search as a function."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from typing import Any, TypeVar

from booruql.ast.fold import depth, walk
from booruql.ast.nodes import Count, Node, Search, Some, Value
from booruql.backends.predicate.closures import make_closure
from booruql.backends.predicate.explain import Explanation, explain
from booruql.backends.predicate.merge import merge
from booruql.backends.predicate.reading import read_post
from booruql.backends.predicate.source import Source
from booruql.documents import Document
from booruql.errors import Span, make_error
from booruql.schema import Table
from booruql.sites import Resource

P = TypeVar("P")
Test = Callable[[Any], bool]
Loop = Callable[[Iterable[Any], Callable[[Any], Document]], list[Any]]
Rarity = Callable[[Value], float]


_DEEP = 40  # levels that closures may nest
_HOT = 300  # calls after which compiled source has paid for itself


class Predicate:
    """A condition over one post.

    Calling it reads a post of any shape first; it begins as closures and becomes generated code when it is called often.
    `test` is the bare generated function of a `Document`, for hot loops.
    """

    def __init__(self, search: Search, resource: Resource, rarity: Rarity | None = None) -> None:
        self.search = search
        self.resource = resource
        self._rarity = rarity
        self._relations = {**relations(search.where), **lists(search.where, resource.table)}
        self._calls = 0
        is_deep = depth(search.where) > _DEEP
        self._ask_document: Test = self.test if is_deep else make_closure(search.where, resource.table)

    @cached_property
    def _made(self) -> _Made:
        return _Made(merge(self.search.where), self.resource.table, self._rarity or _unranked)

    @property
    def test(self) -> Test:
        return self._made.test

    @property
    def source(self) -> str:
        """The text of the generated function; `constants` holds what its `k` names stand for."""
        return self._made.careful.source

    @property
    def constants(self) -> dict[str, Any]:
        return self._made.careful.constants

    def __call__(self, post: Any) -> bool:
        self._calls += 1
        if self._calls == _HOT:
            self._ask_document = self.test
        return self._ask_document(post if type(post) is Document else self.read(post))

    def filter(self, posts: Iterable[P]) -> list[P]:
        """The posts that match, in their order; the whole loop is generated code."""
        made = self._made if isinstance(posts, Collection) else self._made.careful  # the first may have to begin anew
        return made.loop(posts, self.read)

    def explain(self, post: Any) -> Explanation:
        """Which terms held and which failed, with their spans."""
        document = self.read(post)
        return explain(self.search.where, self._ask_document(document), document, self._ask)

    def read(self, post: Any) -> Document:
        """The post as a document.

        Raises:
            UnsupportedError: the query asks for rows that such a post does not carry.
        """
        document = read_post(post, self.resource)
        if document is not post:
            for relation, span in self._relations.items():
                if relation not in document:
                    raise make_error(
                        "E502",
                        f"a plain record of {self.resource.name} does not carry {self._called(relation)}",
                        span,
                        hint="match it from a site dump or a store that holds them",
                    )
        return document

    def _called(self, name: str) -> str:
        """What a relation or field holds, in words."""
        table = self.resource.table
        found = table.fields.get(name) or table.relations.get(name)
        return found.help if found is not None and found.help else name

    def _ask(self, leaf: Node, document: Document) -> bool:
        return make_closure(leaf, self.resource.table)(document)


def compile(search: Search, resource: Resource, *, rarity: Rarity | None = None) -> Predicate:
    """The condition of a closed search as a function of one post.

    `rarity` ranks tags from 0 (rare) to 1 (common): rare ones are asked first.

    Raises:
        UnsupportedError: a leaf cannot be decided in memory.
    """
    return Predicate(search, resource, rarity)


class _Made:
    """The generated code of one tree: as a rule the one that takes for granted what posts have, with `careful` behind it."""

    def __init__(self, tree: Node, schema: Table, rarity: Rarity, *, trusting: bool = True) -> None:
        self._tree, self._schema, self._rarity = tree, schema, rarity
        self._source = Source(schema, compile_rows, rarity, trusting)
        self._result = self._source.fold(tree)
        self.constants = self._source.constants

    @cached_property
    def careful(self) -> _Made:
        """The code that looks whether there is a value, for posts that lack what others have."""
        return _Made(self._tree, self._schema, self._rarity, trusting=False)

    @cached_property
    def source(self) -> str:
        return self._source.function(self._result)

    @cached_property
    def test(self) -> Test:
        known = {**self.constants, "careful": lambda document: self.careful.test(document)}
        made: Test = _defined(self.source, "test", known)
        return made

    @cached_property
    def loop(self) -> Loop:
        names = {"Document": Document, "test": self.test, "refuse": _refuse, "careful": self._carefully}
        made: Loop = _defined(self._source.loop(self._result), "loop", {**self.constants, **names})
        return made

    def _carefully(self, posts: Iterable[Any], read: Callable[[Any], Document]) -> list[Any]:
        self.loop = self.careful.loop  # such posts are likely to come again
        return self.loop(posts, read)


def _refuse(post: Any) -> bool:
    raise TypeError(f"a {type(post).__name__} is no document yet")


def _unranked(value: Value) -> float:
    return 1.0


def _defined(text: str, name: str, constants: dict[str, Any]) -> Any:
    space: dict[str, Any] = dict(constants)
    code = builtins.compile(text, f"<booruql {name}>", "exec")
    exec(code, space)  # the text is made of schema names and constant names alone
    return space[name]


def compile_rows(where: Node, schema: Table) -> Test:
    """A tree over related rows as a function of one."""
    return _Made(merge(where), schema, _unranked).test


def relations(tree: Node) -> dict[str, Span | None]:
    """The relations that a tree asks for, and where."""
    found: dict[str, Span | None] = {}
    for node in walk(tree):
        match node:
            case Some(relation=relation):
                found.setdefault(relation, node.span)
            case _:
                operand = getattr(node, "field", None)
                if isinstance(operand, Count):
                    found.setdefault(operand.relation, node.span)
    return found


def lists(tree: Node, schema: Table) -> dict[str, Span | None]:
    """The many-valued fields that a tree asks for, and where: a plain record may not carry them."""
    found: dict[str, Span | None] = {}
    for node in walk(tree):
        name = getattr(node, "field", None)
        if isinstance(name, str) and name in schema.fields and schema.fields[name].many:
            found.setdefault(name, getattr(node, "span", None))
    return found
