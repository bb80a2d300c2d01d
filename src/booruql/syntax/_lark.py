"""Grammars: found in one place, compiled once by Lark, driven by a tight loop over Lark's LALR table.

A grammar of `grammars/` declares its terminals (`%declare`); a front end's own lexer makes the tokens. Rules are
left-recursive, without `+` and `*`, so that every reduction has a fixed number of children. `Grammar.stock`
runs Lark's own driver over the same tokens: the reference that the loop is tested against.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

Action = Callable[[list[Any]], Any]
Row = dict[str, Any]
END = "$END"


class Token(NamedTuple):
    """A terminal as a lexer made it; offsets in code points, the end exclusive."""

    type: str
    value: Any
    start: int
    end: int


class Unexpected(Exception):
    """The grammar does not allow `token` here; `expected` names the terminals it allows."""

    def __init__(self, token: Token, expected: frozenset[str]) -> None:
        super().__init__(token, expected)
        self.token = token
        self.expected = expected


def grammar_text(name: str) -> str:
    """The source of a grammar: the checkout's folder if this is a checkout, else the copy in the wheel."""
    checkout = Path(__file__).parents[3] / "grammars" / f"{name}.lark"
    if checkout.is_file():
        return checkout.read_text(encoding="utf-8")
    return (files("booruql") / "grammars" / f"{name}.lark").read_text(encoding="utf-8")


class Grammar:
    """One grammar with the actions of its rules, by alias or rule name; a rule without an action passes its only child on."""

    def __init__(self, name: str, actions: Mapping[str, Action], start: str = "start") -> None:
        self.name, self.start, self._actions = name, start, actions

    @cached_property
    def _lark(self) -> Any:
        from lark import Lark
        from lark.lexer import Lexer
        from lark.lexer import Token as LarkToken

        class Ready(Lexer):
            """Hands tokens made elsewhere to Lark's own driver."""

            def __init__(self, conf: Any) -> None: ...

            def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[LarkToken]:
                for token in lexer_state:
                    yield LarkToken(token.type, token, start_pos=token.start, end_pos=token.end)

            def make_lexer_state(self, text: Any) -> Any:
                return text

        return Lark(
            grammar_text(self.name), parser="lalr", lexer=Ready, start=self.start, keep_all_tokens=True, maybe_placeholders=False
        )

    @cached_property
    def _table(self) -> tuple[list[Row], int, int]:
        """Rows by state: terminal -> next state, or (count, action, rule name); rule name -> next state."""
        from lark.parsers.lalr_analysis import Shift

        table = self._lark.parser.parser._parse_table
        number = {state: i for i, state in enumerate(table.states)}

        def step(kind: Any, arg: Any) -> Any:
            if kind is Shift:
                return number[arg]
            return len(arg.expansion), self._actions.get(arg.alias or arg.origin.name), str(arg.origin.name)

        # plain strings: Lark's own compare far slower
        rows = [{str(name): step(*action) for name, action in row.items()} for row in table.states.values()]
        return rows, number[table.start_states[self.start]], number[table.end_states[self.start]]

    def parse(self, tokens: Iterable[Token]) -> Any:
        """The value of the start rule.

        Raises:
            Unexpected: at the first token that the grammar does not allow; `$END` stands for the end.
        """
        rows, first, last = self._table
        row = rows[first]
        states: list[Row] = [row]
        values: list[Any] = []
        end = 0
        for token in tokens:
            row = self._reduce(token, row, states, values)
            row = rows[row[token.type]]
            states.append(row)
            values.append(token)
            end = token.end
        final = rows[last]
        token = Token(END, "", end, end)
        while states[-1] is not final:
            row = self._reduce(token, row, states, values, final)
        return values[-1]

    def _reduce(self, token: Token, row: Row, states: list[Row], values: list[Any], final: Row | None = None) -> Row:
        """Reduce until `token` can be shifted, or until the final state is reached."""
        rows = self._table[0]
        kind = token.type
        while True:
            step = row.get(kind)
            if step is None:
                raise Unexpected(token, frozenset(k for k in row if k.isupper() or k == END))
            if step.__class__ is int:
                return row
            count, action, origin = step
            if count == 1:
                states.pop()
                if action:
                    values[-1] = action([values[-1]])
            else:
                below = values[len(values) - count :]
                del values[len(values) - count :]
                del states[len(states) - count :]
                values.append(action(below) if action else below[0])
            after: int = states[-1][origin]
            row = rows[after]
            states.append(row)
            if row is final:
                return row

    def stock(self, tokens: Iterable[Token]) -> Any:
        """The same by Lark's own driver, over its tree: slower, and the reference."""
        from lark import Token as LarkToken
        from lark import Tree
        from lark.exceptions import UnexpectedToken

        try:
            tree = self._lark.parse(iter(tokens))
        except UnexpectedToken as problem:
            at = problem.token.value if isinstance(problem.token.value, Token) else Token(END, "", 0, 0)
            raise Unexpected(at, frozenset(problem.expected)) from None

        done: list[Any] = []
        todo: list[tuple[Any, bool]] = [(tree, False)]
        while todo:
            node, ready = todo.pop()
            if isinstance(node, LarkToken):
                done.append(node.value)
            elif ready:
                count = len(node.children)
                below = done[len(done) - count :]
                del done[len(done) - count :]
                action = self._actions.get(str(node.data))
                done.append(action(below) if action else below[0])
            else:
                assert isinstance(node, Tree)
                todo.append((node, True))
                todo.extend((child, False) for child in reversed(node.children))
        return done[0]

    def accepts(self, tokens: Iterable[Token]) -> frozenset[str]:
        """The terminals that may follow `tokens`; for completion.

        Raises:
            Unexpected: the tokens themselves are not allowed.
        """
        try:
            self.parse([*tokens, Token("", "", 0, 0)])
        except Unexpected as problem:
            if problem.token.type == "":
                return problem.expected
            raise
        return frozenset()
