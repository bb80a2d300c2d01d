"""Which terms of a query held for a post, and which failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from booruql.ast.fold import children
from booruql.ast.nodes import All, Node, Not, Nothing
from booruql.documents import Document
from booruql.errors import Span


@dataclass(frozen=True, slots=True)
class Verdict:
    """One term: whether the post answers it as the query wants it (`negated`: the query wants it not to hold)."""

    leaf: Node
    negated: bool
    held: bool

    @property
    def span(self) -> Span | None:
        return self.leaf.span


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a post matches or not: the verdict on every term, in the order of the query."""

    matches: bool
    terms: tuple[Verdict, ...]

    @property
    def held(self) -> tuple[Verdict, ...]:
        return tuple(term for term in self.terms if term.held)

    @property
    def failed(self) -> tuple[Verdict, ...]:
        return tuple(term for term in self.terms if not term.held)

    def __bool__(self) -> bool:
        return self.matches

    def show(self, text: str) -> str:
        """A line for each term: `+` held, `-` failed, and the query's own words."""
        lines = ["matches" if self.matches else "does not match"]
        for term in self.terms:
            words = text[term.span.start : term.span.end] if term.span else repr(term.leaf)
            lines.append(f"  {'+' if term.held else '-'} {'not: ' if term.negated else ''}{words}")
        return "\n".join(lines)


def explain(tree: Node, matches: bool, document: Document, ask: Callable[[Node, Document], bool]) -> Explanation:
    """The verdicts on the leaves of a tree; `ask` answers one leaf."""
    found: list[Verdict] = []
    stack: list[tuple[Node, bool]] = [(tree, False)]
    while stack:
        node, negated = stack.pop()
        below = children(node)
        if below:
            turned = negated != isinstance(node, Not)
            stack.extend((child, turned) for child in reversed(below))
        elif not isinstance(node, (All, Nothing)):
            found.append(Verdict(node, negated, ask(node, document) != negated))
    return Explanation(matches, tuple(found))
