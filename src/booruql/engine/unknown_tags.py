"""Warns of tags that no post has, when a used one is near: the site finds nothing, and so do we."""

from __future__ import annotations

from booruql.ast.fold import walk
from booruql.ast.nodes import Compare, Node
from booruql.engine.bind import Binding
from booruql.errors import Span

_GUESSES = 3  # of one query: looking for the nearest of many tags takes a millisecond


def warn_unknown(name: str, span: Span | None, binding: Binding) -> None:
    """Note that a tag which is neither used nor an alias is probably another one misspelt."""
    catalog, guessed = binding.context.catalog, binding.memo.setdefault("guessed tags", set())
    if catalog is None or binding.context.lenient or name in guessed or len(guessed) >= _GUESSES:
        return
    guessed.add(name)
    near = catalog.nearest(name)
    if near is not None:
        binding.notes.warn("W216", f"no post has the tag {name!r}", span, hint=f"{near!r} is the nearest tag")


def warn_of_leaves(tree: Node, binding: Binding) -> None:
    """The same for the tags of a typed tree that are leaves already: those of a boolean query need no context."""
    catalog, field = binding.context.catalog, binding.resource.default_field
    if catalog is None or field != "tag_names":
        return
    tags = (node for node in walk(tree) if isinstance(node, Compare) and node.field == field)
    for node in tags:
        name = str(node.value)
        if catalog.alias(name) is None and not catalog.tag_count(name):
            warn_unknown(name, node.span, binding)
