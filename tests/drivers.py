"""Both drivers of a grammar on the same tokens: the folded table, and Lark's own driver, which is the reference."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from booruql.errors import QueryError
from booruql.syntax._lark import Grammar, Lexed, Refused, Unexpected


def agree(grammar: Grammar, lex: Callable[..., Iterable[Lexed]], *args: Any) -> bool:
    """Whether both read the same tree with the same places, or refuse the text, or meet the lexer's same error."""
    folded = _outcome(lambda: grammar.folded(lex(*args)))
    stock = _outcome(lambda: grammar.stock(lex(*args)))
    parsed = _outcome(lambda: grammar.parse(lex, *args))
    return folded == stock == parsed


def _outcome(read: Callable[[], Any]) -> Any:
    try:
        return _with_places(read())
    except (Refused, Unexpected):
        return "refused"
    except QueryError as problem:
        return problem.diagnostic
    except (ValueError, OverflowError) as problem:
        return type(problem)


def _with_places(tree: Any) -> Any:
    """All that a tree holds: nodes are equal wherever they stand."""
    if isinstance(tree, (list, tuple)):
        return [_with_places(part) for part in tree]
    slots = getattr(type(tree), "__match_args__", None)
    return (type(tree), [_with_places(getattr(tree, name)) for name in slots]) if slots else tree
