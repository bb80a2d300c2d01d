"""A closed tree -> nested closures: made in microseconds, half as fast to run as generated source.

For a predicate that is asked a few times. Closures call each other, so trees that nest deep are not for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from booruql.ast.fold import Fold
from booruql.ast.nodes import (
    All,
    And,
    Between,
    Boost,
    Compare,
    Contains,
    Count,
    Exists,
    Fuzzy,
    Glob,
    InNetwork,
    Node,
    Not,
    Nothing,
    OneOf,
    Op,
    Operand,
    Or,
    Phrase,
    Regex,
    Some,
    Words,
)
from booruql.backends.predicate import texts, values
from booruql.errors import make_error
from booruql.schema import Kind, Table, table
from booruql.vocabulary.globs import make_glob

Test = Callable[[Any], bool]


def make_closure(tree: Node, schema: Table) -> Test:
    """The tree as a function of one document."""
    return Closures(schema).fold(tree)


class Closures(Fold[Test]):
    """One closure a node."""

    def __init__(self, schema: Table) -> None:
        self.schema = schema

    # --- boolean nodes

    def and_(self, node: And, below: tuple[Test, ...]) -> Test:
        if len(below) == 2:
            one, other = below
            return lambda d: one(d) and other(d)

        def test(d: Any) -> bool:
            for member in below:  # noqa: SIM110 - a generator costs twice
                if not member(d):
                    return False
            return True

        return test

    def or_(self, node: Or, below: tuple[Test, ...]) -> Test:
        if len(below) == 2:
            one, other = below
            return lambda d: one(d) or other(d)

        def test(d: Any) -> bool:
            for member in below:  # noqa: SIM110 - as above
                if member(d):
                    return True
            return False

        return test

    def not_(self, node: Not, below: Test) -> Test:
        return lambda d: not below(d)

    def boost(self, node: Boost, below: Test) -> Test:
        return below

    def all_(self, node: All) -> Test:
        return lambda d: True

    def nothing(self, node: Nothing) -> Test:
        return lambda d: False

    # --- leaves

    def compare(self, node: Compare) -> Test:
        name, value = node.field, node.value
        if node.op is Op.EQ and isinstance(name, str) and self.schema.fields[name].kind is not Kind.FLOAT32:
            if self.schema.fields[name].many:
                return lambda d: value in (d[name] or ())
            return lambda d: bool(d[name] == value)
        return self._each(name, values.range_test(node, self._converter(name)))

    def one_of(self, node: OneOf) -> Test:
        name = node.field
        chosen = frozenset(map(self._converter(name), node.values))
        if isinstance(name, str) and self.schema.fields[name].many:
            apart = chosen.isdisjoint
            return lambda d: not apart(d[name] or ())
        return self._each(name, chosen.__contains__)

    def between(self, node: Between) -> Test:
        return self._each(node.field, values.range_test(node, self._converter(node.field)))

    def exists(self, node: Exists) -> Test:
        name = node.field
        if self.schema.fields[name].many:
            return lambda d: bool(d[name])
        return lambda d: d[name] is not None

    def glob(self, node: Glob) -> Test:
        is_text = isinstance(node.field, str) and self.schema.fields[node.field].kind is Kind.TEXT
        return self._each(node.field, texts.glob_test(node) if is_text else make_glob(node.pattern, node.fold))

    def fuzzy(self, node: Fuzzy) -> Test:
        return self._each(node.field, texts.fuzzy_test(node))

    def phrase(self, node: Phrase) -> Test:
        return self._each(node.field, texts.phrase_test(node))

    def words(self, node: Words) -> Test:
        return self._each(node.field, texts.words_test(node))

    def regex(self, node: Regex) -> Test:
        raise make_error("E504", f"a regular expression over {node.field!r} can be asked of PostgreSQL alone", node.span,
                         hint="a wildcard such as *text* can be asked everywhere")  # fmt: skip

    def in_network(self, node: InNetwork) -> Test:
        return self._each(node.field, values.network_test(node))

    def contains(self, node: Contains) -> Test:
        return self._each(node.field, values.contains_test(node))

    def some(self, node: Some) -> Test:
        relation = self.schema.relations[node.relation]
        name, check = relation.name, values.some_row(make_closure(node.where, table(relation.entity)))
        return lambda d: check(d[name] or ())

    # --- values

    def _converter(self, operand: Operand) -> Callable[[Any], Any]:
        is_single = isinstance(operand, str) and self.schema.fields[operand].kind is Kind.FLOAT32
        return values.single if is_single else _same

    def _each(self, operand: Operand, test: Test) -> Test:
        """A test of a value, or of any of the values."""
        if isinstance(operand, Count):
            relation = self.schema.relations[operand.relation]
            name, count = relation.name, values.count_rows(make_closure(operand.where, table(relation.entity)))
            return lambda d: test(count(d[name] or ()))
        own = operand
        spec = self.schema.fields[own]
        if spec.many:
            check = values.any_of(test)
            return lambda d: check(d[own] or ())
        if spec.kind is Kind.FLOAT32:
            return lambda d: (value := values.single(d[own])) is not None and test(value)
        return lambda d: (value := d[own]) is not None and test(value)


def _same(value: Any) -> Any:
    return value
