"""Binding: a typed search becomes closed. Symbols are resolved against a context, unknowns decided, the tree simplified."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import cache, cached_property
from importlib import import_module
from typing import Any, cast

from booruql.ast.fold import Laid, children, grow, kinds, lay
from booruql.ast.nodes import All, Count, Key, Node, Search, Some, Symbol
from booruql.context import Context, User
from booruql.errors import Notes
from booruql.passes import obey
from booruql.passes.order import total_keys
from booruql.sites import Resource, Site

Resolver = Callable[[Symbol, "Binding"], Node]
OrderResolver = Callable[[Symbol, "Binding"], tuple[Key, ...]]


@dataclass
class Binding:
    """One run of `bind`: what resolvers may ask. Time is read once, so that all terms see the same now."""

    context: Context
    site: Site
    resource: Resource
    audience: str
    notes: Notes
    inside: frozenset[str] = field(default_factory=frozenset)
    """The texts being bound around this one (`filter`, `watch`): what the site forbids to nest."""
    lenient: bool = False
    """What does not parse in a text inside the query is what the site makes of it."""
    syntax: str = ""
    """Whose symbols the tree holds: the site's own syntax unless it says otherwise."""
    memo: dict[Hashable, Any] = field(default_factory=dict)
    """What resolvers keep for the whole run, such as texts that are already bound."""

    def __post_init__(self) -> None:
        self.syntax = self.syntax or self.site.syntax
        if self.resource.inside:
            self.inside |= {self.resource.inside}

    @cached_property
    def now(self) -> datetime:
        return self.context.clock()

    @property
    def tz(self) -> tzinfo:
        return self.context.tz

    @property
    def viewer(self) -> User | None:
        return self.context.viewer


@cache
def _resolvers(syntax: str) -> Mapping[str, Resolver]:
    found: Mapping[str, Resolver] = import_module(f"booruql.engine.resolvers.{syntax}").RESOLVERS
    return found


def resolve(tree: Node, binding: Binding) -> Node:
    """The typed tree without Symbols."""
    return grow(_resolved(tree, binding))


def _resolved(tree: Node, binding: Binding) -> Laid:
    table = _resolvers(binding.syntax)
    found: Laid = []
    for node, count in lay(tree):
        if type(node) is not Symbol:
            found.append((node, count))
            continue
        made = table[node.word](node, binding)
        if type(made) is Symbol or children(made):
            found += _resolved(made, binding)
        else:
            found.append((made, 0))
    return found


def closed(tree: Node, binding: Binding) -> Node:
    """The closed tree; conditions on related rows are closed each on its own, as deep as relations nest."""
    laid = _resolved(tree, binding)
    if not kinds(laid).isdisjoint(_RELATED):
        laid = [(_inner(node, binding), count) for node, count in laid]
    return obey(laid)


_RELATED = (Some, Count)


def _inner(node: Node, binding: Binding) -> Node:
    if isinstance(node, Some) and not isinstance(node.where, All):
        return replace(node, where=closed(node.where, binding))
    operand = getattr(node, "field", None)
    if isinstance(operand, Count) and not isinstance(operand.where, All):
        counted: Node = replace(cast(Any, node), field=replace(operand, where=closed(operand.where, binding)))
        return counted
    return node


def bind(search: Search, binding: Binding) -> Search:
    """The closed search: no symbols, every leaf total, a flat tree, a total order."""
    where = closed(search.where, binding)
    order = tuple([found for key in search.order for found in _keys(key, binding)])
    seed = binding.context.seed if search.seed is None else search.seed
    page, size, sample, fields = search.page, search.size, search.sample, search.fields
    return Search(search.site, search.entity, where, total_keys(order), page, size, sample, fields, seed)


def _keys(key: Key, binding: Binding) -> tuple[Key, ...]:
    """The keys that a key stands for: its own, or those that a context gives for its symbol."""
    if not isinstance(key.by, Symbol):
        return (key,)
    orders: Mapping[str, OrderResolver] = import_module(f"booruql.engine.resolvers.{binding.site.syntax}").ORDERS
    return orders[key.by.word](key.by, binding)
