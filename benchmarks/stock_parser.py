"""Our grammar as Lark runs it: its own contextual lexer, its own driver, the nodes made inline. For what the workload holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lark import Lark, Transformer
from lark.visitors import v_args

from booruql.ast.nodes import All, And, Node, Not, Opt, Or, Term
from booruql.ast.quick import maker
from booruql.syntax._lark import grammar_text

_TERMINALS = r"""
OR.5: /or(?![^\s()])/i
AND.5: /and(?![^\s()])/i
MINUS: "-"
TILDE: "~"
LPAR: "("
RPAR: ")"
TERM.2: /[^\s()\-~](?:[^\s()]|\([^\s()]*\))*/
%ignore /\s+/
"""
_and, _or, _not, _opt, _term = maker(And), maker(Or), maker(Not), maker(Opt), maker(Term)


class _Nodes(Transformer[Any, Any]):
    """Nodes without places."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self._names = names

    def TERM(self, word: str) -> Node:  # Lark's own way to name a terminal's action
        if ":" in word:
            head, _, value = word.partition(":")
            name = self._names.get(head.lower())
            if name is not None:
                return _term(name, value, False, False, None)
        return _term(None, word.lower(), False, "*" in word, None)

    @staticmethod
    def _same(child: Any) -> Any:
        return child

    start = or_expr = and_expr = factor = term = v_args(inline=True)(_same)
    everything = v_args(inline=True)(lambda self: All())
    either = v_args(inline=True)(lambda self, left, _, right: _or((left, right), None))
    both = v_args(inline=True)(lambda self, left, _, right: _and((left, right), None))
    negated = v_args(inline=True)(lambda self, _, node: _not(node, None))
    optional = v_args(inline=True)(lambda self, _, node: _opt(node, None))
    group = v_args(inline=True)(lambda self, _, node, __: node)

    def together(self, children: list[Any]) -> Node:
        return _and(tuple(children[0]), None)

    def first(self, children: list[Any]) -> list[Any]:
        return children

    def more(self, children: list[Any]) -> list[Any]:
        children[0].append(children[1])
        return children[0]  # type: ignore[no-any-return]


def make_parser(names: Mapping[str, str]) -> Callable[[str], Node]:
    """Lark's `parse` for a table of metatags: every spelling with its name."""
    rules = "\n".join(line for line in grammar_text("danbooru").splitlines() if not line.startswith("%declare"))
    return Lark(rules + _TERMINALS, parser="lalr", lexer="contextual", transformer=_Nodes(names)).parse  # type: ignore[return-value]
