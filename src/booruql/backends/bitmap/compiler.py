"""A closed tree -> steps over one segment."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Sequence
from typing import Any

from pyroaring import BitMap

from booruql.ast.fold import Fold, children, fold
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
    Leaf,
    Node,
    Not,
    Nothing,
    OneOf,
    Op,
    Or,
    Phrase,
    Regex,
    Some,
    Value,
    Words,
)
from booruql.backends.bitmap.columns import Column, Numbers, Objects, Values
from booruql.backends.bitmap.postings import Postings
from booruql.backends.bitmap.segment import Segment
from booruql.backends.bitmap.steps import Asked, Both, Either, Fixed, Other, Range, Step, Union, nothing
from booruql.backends.predicate import texts, values
from booruql.backends.predicate.predicate import compile_rows
from booruql.backends.predicate.values import single
from booruql.errors import make_error
from booruql.schema import Kind, Table

_DEEP = 60  # levels that steps may nest: they call each other


def compile_steps(tree: Node, segment: Segment, schema: Table, carried: Container[str] | None = None) -> Step:
    """The tree's documents in a segment; `carried` names the relations that the posts have.

    Raises:
        UnsupportedError: a leaf asks for rows that they do not have.
    """
    compiler = Compiler(segment, schema, carried)
    try:
        return compiler.build(tree)
    except _TooDeep:
        return compiler.flattened(tree)


class _TooDeep(Exception):
    """Steps would nest deeper than they may call each other."""


class Compiler(Fold[Step]):
    """Finds for each leaf the column that knows it."""

    def __init__(self, segment: Segment, schema: Table, carried: Container[str] | None) -> None:
        self.segment, self.schema, self.carried = segment, schema, carried
        self._columns = segment.columns

    def build(self, node: Node, level: int = 0) -> Step:
        """The steps of a tree of usual depth."""
        kind = type(node)
        if kind is Compare:
            return self.compare(node)  # type: ignore[arg-type]
        below = children(node)
        if not below:
            return self._visit(node, ())
        if level > _DEEP:
            raise _TooDeep
        steps = tuple([self.build(child, level + 1) for child in below])
        return self.and_(node, steps) if kind is And else self._visit(node, steps)  # type: ignore[arg-type]

    def flattened(self, tree: Node) -> Step:
        """The steps of a deep tree: every node's whole bitmap, children first."""
        return fold(tree, lambda node, below: Fixed(self._visit(node, below).all()))

    @property
    def _full(self) -> BitMap:
        return self.segment.full

    # --- boolean nodes

    def and_(self, node: And, below: tuple[Step, ...]) -> Step:
        return Both(below, self._full, self.segment.size)

    def or_(self, node: Or, below: tuple[Step, ...]) -> Step:
        fixed = [step.docs for step in below if isinstance(step, Fixed)]
        fixed += [docs for step in below if isinstance(step, Union) for docs in step.members]
        others = [step for step in below if not isinstance(step, (Fixed, Union))]
        if not others:
            return self._union(fixed)
        return Either([*others, *([self._union(fixed)] if fixed else [])], self.segment.size)

    def not_(self, node: Not, below: Step) -> Step:
        return Other(below, self._full, self.segment.size)

    def boost(self, node: Boost, below: Step) -> Step:
        return below

    def all_(self, node: All) -> Step:
        return Fixed(self._full)

    def nothing(self, node: Nothing) -> Step:
        return nothing()

    def _union(self, found: Sequence[BitMap]) -> Step:
        found = [docs for docs in found if docs]
        if len(found) < 2:
            return Fixed(found[0]) if found else nothing()
        return Union(found, self.segment.size)

    # --- leaves

    def _column(self, leaf: Any) -> Column | None:
        found: Column | None = self._columns.get(leaf.field)
        return found

    def compare(self, node: Compare) -> Step:
        column = None if isinstance(node.field, Count) else self._column(node)
        if type(column) is Postings and node.op is Op.EQ:  # nearly all leaves of nearly all searches
            return Fixed(column.having(node.value))
        if isinstance(node.field, Count) or isinstance(column, Objects):
            return self._asked(node)
        if column is None:
            return nothing()
        if isinstance(column, Numbers):
            return self._range(column, node)
        if node.op is Op.EQ:
            return Fixed(self._postings(column).having(node.value))
        return self._chosen(column, values.range_test(node, _same))

    def one_of(self, node: OneOf) -> Step:
        column = None if isinstance(node.field, Count) else self._column(node)
        if isinstance(node.field, Count) or isinstance(column, Objects):
            return self._asked(node)
        if column is None:
            return nothing()
        if isinstance(column, Numbers):
            steps = [self._range(column, Compare(node.field, Op.EQ, value)) for value in node.values]
            return Either(steps, self.segment.size) if steps else nothing()
        found = self._postings(column)
        codes = {column.dictionary.code(value) for value in node.values}
        return self._union(found.any_of(code for code in codes if code is not None))

    def between(self, node: Between) -> Step:
        column = None if isinstance(node.field, Count) else self._column(node)
        if isinstance(node.field, Count) or isinstance(column, Objects):
            return self._asked(node)
        if column is None:
            return nothing()
        if isinstance(column, Numbers):
            return self._range(column, node)
        return self._chosen(column, values.range_test(node, _same))

    def _range(self, column: Numbers, node: Compare | Between) -> Step:
        is_single = isinstance(node.field, str) and self.schema.fields[node.field].kind is Kind.FLOAT32
        low, high = _interval(node, column.is_integer, single if is_single else _same)
        if column.is_integer:
            least, most = column.limits
            if (low is not None and low > most) or (high is not None and high < least):
                return nothing()
            low = None if low is None or low <= least else low
            high = None if high is None or high >= most else high
        return nothing() if low is not None and high is not None and low > high else Range(column, low, high)

    def exists(self, node: Exists) -> Step:
        column = self._column(node)
        if column is None:
            return nothing()
        if isinstance(column, Objects):
            found = column.values
            many = self.schema.fields[node.field].many
            return Fixed(BitMap([doc for doc, value in enumerate(found) if (value if many else value is not None)]))
        return Fixed(column.present if isinstance(column, (Numbers, Postings)) else column.postings.present)

    def glob(self, node: Glob) -> Step:
        column = self._column(node)
        if column is None or isinstance(column, (Objects, Numbers)):
            return nothing() if column is None else self._asked(node)
        return self._coded(column, column.dictionary.matching(node.pattern, node.fold))

    def fuzzy(self, node: Fuzzy) -> Step:
        column = self._column(node)
        if isinstance(column, (Values, Postings)) and node.text:
            return self._coded(column, column.dictionary.near(node.text, node.edits))
        return self._tested(node, lambda: texts.fuzzy_test(node))

    def in_network(self, node: InNetwork) -> Step:
        return self._tested(node, lambda: values.network_test(node))

    def contains(self, node: Contains) -> Step:
        return self._tested(node, lambda: values.contains_test(node))

    def phrase(self, node: Phrase) -> Step:
        return self._tested(node, lambda: texts.phrase_test(node))

    def words(self, node: Words) -> Step:
        return self._tested(node, lambda: texts.words_test(node))

    def regex(self, node: Regex) -> Step:
        raise make_error("E504", f"a regular expression over {node.field!r} can be asked of PostgreSQL alone", node.span,
                         hint="a wildcard such as *text* can be asked everywhere")  # fmt: skip

    def some(self, node: Some) -> Step:
        return self._asked(node)

    def _tested(self, node: Any, make: Callable[[], Callable[[Any], bool]]) -> Step:
        """A leaf that tells of each value whether it passes: the vocabulary is asked once."""
        column = self._column(node)
        if isinstance(column, (Values, Postings)):
            return self._chosen(column, make())
        return self._asked(node)

    def _chosen(self, column: Values | Postings, test: Callable[[Any], bool]) -> Step:
        return self._coded(column, column.dictionary.choose(test))

    def _coded(self, column: Values | Postings, codes: Sequence[int]) -> Step:
        found = self._postings(column)
        return self._union(found.any_of(codes))

    def _postings(self, column: Values | Postings) -> Postings:
        return column if isinstance(column, Postings) else column.postings

    def _asked(self, node: Leaf) -> Step:
        operand = node.relation if isinstance(node, Some) else node.field
        name = operand.relation if isinstance(operand, Count) else operand
        if name in self.schema.relations and self.carried is not None and name not in self.carried:
            raise make_error("E502", f"the indexed posts do not carry their {name.replace('_', ' ')}", node.span,
                             hint="index them from a site dump or a store that holds them")  # fmt: skip
        return Asked(self.segment, compile_rows(node, self.schema), [name])


def _same(value: Value) -> Value:
    return value


def _interval(node: Compare | Between, is_integer: bool, convert: Callable[[Any], Any]) -> tuple[Any, Any]:
    """The closed range that a comparison means; None is no bound."""
    low: Any
    high: Any
    if isinstance(node, Between):
        low, high, low_open, high_open = convert(node.low), convert(node.high), node.low_open, node.high_open
    else:
        low = None if node.op in (Op.LT, Op.LE) else convert(node.value)
        high = None if node.op in (Op.GT, Op.GE) else convert(node.value)
        low_open, high_open = node.op is Op.GT, node.op is Op.LT
    if is_integer:
        return _above(low, low_open), _below(high, high_open)
    return (
        math.nextafter(low, math.inf) if low_open and low is not None else low,
        math.nextafter(high, -math.inf) if high_open and high is not None else high,
    )


_HUGE = 1 << 80


def _above(low: Any, is_open: bool) -> int | None:
    """The least integer that a lower bound admits."""
    if low is None or abs(low) == math.inf:
        return _HUGE if low == math.inf else None
    least: int = math.floor(low)
    return least + 1 if least < low or is_open else least


def _below(high: Any, is_open: bool) -> int | None:
    if high is None or abs(high) == math.inf:
        return -_HUGE if high == -math.inf else None
    most: int = math.ceil(high)
    return most - 1 if most > high or is_open else most
