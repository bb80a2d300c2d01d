"""Grammars: found in one place, compiled once by Lark, driven by a tight loop over Lark's LALR table, folded.

A grammar of `grammars/` declares its terminals (`%declare`); a front end's own lexer makes the tokens. Rules are
left-recursive, without `+` and `*`, so that every reduction has a fixed number of children. `Grammar.stock`
runs Lark's own driver over the same tokens: the reference that the loop is tested against, and the road that a text
takes which the loop cannot read: it knows where and what was expected. Lark keeps its table to itself; where a version
of it has none where we look, everything takes that road.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec

from booruql.syntax._folding import ADD, EMPTY, END, Action, Folded, Row, same

P = ParamSpec("P")
Lexed = tuple[str, Any]
"""A terminal as a lexer makes it: its name and what the actions get of it. The last one of a text is `END`."""


class Token(NamedTuple):
    """A terminal with its place in the text; offsets in code points, the end exclusive."""

    type: str
    value: Any
    start: int
    end: int


class Refused(Exception):
    """The folded table does not allow a token."""


class Unexpected(Exception):
    """The grammar does not allow the token number `at` there; `expected` names the terminals it allows."""

    def __init__(self, at: int, expected: frozenset[str]) -> None:
        super().__init__(at, expected)
        self.at = at
        self.expected = expected


def grammar_text(name: str) -> str:
    """The source of a grammar: the checkout's folder if this is a checkout, else the copy in the wheel."""
    checkout = Path(__file__).parents[3] / "grammars" / f"{name}.lark"
    if checkout.is_file():
        return checkout.read_text(encoding="utf-8")
    return (files("booruql") / "grammars" / f"{name}.lark").read_text(encoding="utf-8")


class Grammar:
    """One grammar with the actions of its rules, by alias or rule name; a rule without an action passes its only child on.

    An action gets the children of its rule: what the lexer gave for a terminal, what an action made of a rule.
    """

    def __init__(self, name: str, actions: dict[str, Action], start: str = "start") -> None:
        self.name, self.start, self._actions = name, start, actions

    @cached_property
    def _lark(self) -> Any:
        from lark import Lark
        from lark.lexer import Lexer
        from lark.lexer import Token as LarkToken

        class Ready(Lexer):
            """Hands tokens made elsewhere to Lark's own driver, each with its number as its place."""

            def __init__(self, conf: Any) -> None: ...

            def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[LarkToken]:
                found: Iterable[Lexed] = lexer_state
                for at, (kind, value) in enumerate(found):
                    if kind == END:
                        return
                    yield LarkToken(kind, value, start_pos=at)

            def make_lexer_state(self, text: Any) -> Any:
                return text

        return Lark(
            grammar_text(self.name), parser="lalr", lexer=Ready, start=self.start, keep_all_tokens=True, maybe_placeholders=False
        )

    @cached_property
    def _first(self) -> Row | None:
        """The row of the first state, which leads to all others; None when this Lark shows no table."""
        table = getattr(self._lark.parser.parser, "_parse_table", None)
        return Folded(table, self._actions, self.start).first() if table is not None else None

    def parse(self, lex: Callable[P, Iterable[Lexed]], *args: P.args, **more: P.kwargs) -> Any:
        """The value of the start rule for the tokens that `lex` gives when called with the other arguments.

        It is called a second time when the tokens are wrong, or when Lark shows no table.

        Raises:
            Unexpected: at the first token that the grammar does not allow.
        """
        try:
            return self.folded(lex(*args, **more))
        except Refused:
            return self.stock(lex(*args, **more))

    def folded(self, tokens: Iterable[Lexed]) -> Any:  # noqa: C901, PLR0912, PLR0915 - one loop: `Folded` tells its steps
        """The value of the start rule, by the folded table.

        Raises:
            Refused: the grammar does not allow one of the tokens.
        """
        row: Any = self._first
        if row is None:
            raise Refused
        states: list[Row] = [row]
        values: list[Any] = []
        for kind, value in tokens:
            try:
                step = row[kind]
                if step is ADD:
                    values[-1].append(value)
                    continue
                count, convert, action, to = step
                while count < 0:
                    if count == -1:
                        made = action(values.pop())
                        states.pop()
                    elif count == EMPTY:
                        made = action()
                    else:
                        made = action(*values[count:])
                        del values[count:], states[count:]
                    convert, row = states[-1][to]
                    values.append(made if convert is None else convert(made))
                    states.append(row)
                    count, convert, action, to = row[kind]
            except KeyError:
                raise Refused from None
            if convert is not None:
                value = convert(value)
            while count > 1:
                if count == 2:
                    value = action(values.pop(), value)
                    states.pop()
                else:
                    value = action(*values[1 - count :], value)
                    del values[1 - count :], states[1 - count :]
                row = states[-1]
                count, convert, action, to = row[to]
                if convert is not None:
                    value = convert(value)
            if count:
                values[-1].append(value)
            else:
                row = to
                values.append(value)
                states.append(row)
        return values[-2]

    def stock(self, tokens: Iterable[Lexed]) -> Any:
        """The same by Lark's own driver, over its tree: slower, and the reference.

        Raises: as `parse`.
        """
        from lark import Token as LarkToken
        from lark.exceptions import UnexpectedToken

        count = 0

        def counted() -> Iterator[Lexed]:
            nonlocal count
            for token in tokens:
                yield token
                count += 1

        try:
            tree = self._lark.parse(counted())
        except UnexpectedToken as problem:
            raise Unexpected(count, frozenset(problem.expected)) from None

        done: list[Any] = []
        todo: list[tuple[Any, bool]] = [(tree, False)]
        while todo:
            node, ready = todo.pop()
            if isinstance(node, LarkToken):
                done.append(node.value)
            elif ready:
                first = len(done) - len(node.children)
                action: Action = self._actions.get(str(node.data), same)
                done[first:] = [action(*done[first:])]
            else:
                todo.append((node, True))
                todo.extend((child, False) for child in reversed(node.children))
        return done[0]

    def accepts(self, terminals: Iterable[str]) -> frozenset[str]:
        """The terminals that may follow `terminals`; for completion.

        Raises:
            Unexpected: the terminals themselves are not allowed.
        """
        found = [*terminals, ""]
        try:
            self.stock((terminal, None) for terminal in found)
        except Unexpected as problem:
            if problem.at == len(found) - 1:
                return problem.expected
            raise
        return frozenset()
