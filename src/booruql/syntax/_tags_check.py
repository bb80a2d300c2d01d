"""What tag search does not allow: orders and limits that conflict, are negated or are one of several choices."""

from __future__ import annotations

from collections.abc import Iterator

from booruql.ast.fold import children, lay
from booruql.ast.nodes import And, Node, Not, Opt, Or, Term
from booruql.ast.normal import trimmed
from booruql.ast.show import term
from booruql.errors import make_error
from booruql.text import lower

ORDERS = ("order", "ordfav", "ordfavgroup", "ordpool")
ONCE = (*ORDERS, "limit", "random")
_ONCE = frozenset(ONCE)


def check(tree: Node) -> None:
    """The site's own rejections: it looks at the first term of each word, and at its parent alone.

    Raises:
        StructureError: E401 to E404.
    """
    if asks_once(written_terms(tree)):
        inspect(tree, trimmed(tree))


def written_terms(tree: Node) -> list[Term]:
    """The terms in order."""
    return [node for node, _ in lay(tree) if type(node) is Term]


def asks_once(terms: list[Term]) -> bool:
    """Whether there are terms that may stand in few places only."""
    return not _ONCE.isdisjoint([term.name for term in terms])


def inspect(tree: Node, found: Node) -> None:
    """The same for a tree whose trimmed form is at hand."""
    if isinstance(found, Term) and found.name is None:
        return
    terms = [(node, parent) for node, parent in _with_parents(found) if node.name in ONCE]
    _check_conflicts([node for node, _ in terms])
    for word in ONCE:
        first = next(((node, parent) for node, parent in terms if node.name == word), None)
        if first:
            refuse_place(first[0], first[1] or _lone_opt(tree))


def check_places(tree: Node) -> None:
    """Stricter than the site, which leaves undefined what happens then: such a term stands at the root or nowhere.

    Raises:
        StructureError: E403, E404.
    """
    stack: list[tuple[Node, Node | None]] = [(tree, None)]
    while stack:
        node, around = stack.pop()
        if isinstance(node, Term) and node.name in ONCE and around is not None:
            refuse_place(node, around)
        inner = node if isinstance(node, Not | Or | Opt) and not (isinstance(around, Not)) else around
        stack.extend((child, inner) for child in children(node))


def refuse_place(found: Term, parent: Node | None) -> None:
    """Refuse a term under a negation or a choice."""
    shown = term(found)
    if isinstance(parent, Not):
        raise make_error("E403", f"{shown!r} cannot be negated", parent.span or found.span, hint=f"write {shown} without '-'")
    if isinstance(parent, Or | Opt):
        raise make_error(
            "E404", f"{shown!r} cannot be one of several choices", found.span, hint=f"write it outside: (a or b) {shown}"
        )


def _with_parents(tree: Node) -> Iterator[tuple[Term, Node | None]]:
    """The terms in order, each with its immediate parent."""
    stack: list[tuple[Node, Node | None]] = [(tree, None)]
    while stack:
        node, parent = stack.pop()
        if isinstance(node, Term):
            yield node, parent
        stack.extend((child, node) for child in reversed(children(node)))


def _lone_opt(tree: Node) -> Node | None:
    """The `~` around a search that is one term: the site takes it for a choice."""
    while isinstance(tree, And | Or) and len(tree.children) == 1:
        tree = tree.children[0]
    return tree if isinstance(tree, Opt) else None


def _check_conflicts(terms: list[Term]) -> None:
    orders: dict[str, Term] = {}
    for word in (ORDERS, ("limit",), ("random",)):
        orders = {}
        for found in terms:
            if found.name in word:
                orders.setdefault(lower(term(found)), found)
        if len(orders) > 1:
            first, second = list(orders.values())[:2]
            code = "E402" if first.name == second.name else "E401"
            message = f"{term(first)!r} and {term(second)!r} exclude each other"
            raise make_error(code, message, second.span, hint=f"keep one of them, such as {term(first)}")
