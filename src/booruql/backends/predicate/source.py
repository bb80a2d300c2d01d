"""A closed tree -> the source of a Python function of one document.

The source holds nothing but field names of the schema and names of constants: the values of the query stand in
the function's namespace, so no user text ever becomes code. A tree deeper than Python's parser takes is cut into
statements, a list of any length stays one expression.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
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
    Value,
    Words,
)
from booruql.backends.predicate import texts, values
from booruql.backends.predicate.costs import cost, is_one_of_many
from booruql.errors import make_error
from booruql.schema import Kind, Table, table
from booruql.vocabulary.globs import make_glob

_DEEP = 24  # levels of one expression; Python's parser gives up at about 90
_WIDE = 1_000  # members of one chain
_LONG = 200  # statements of one function: Python's compiler is linear only while functions are small


class Mark(Enum):
    """Where a chain of and/or begins, has surely been read, and ends: what is loaded there is known to be."""

    OPEN = "("
    SURE = ";"
    CLOSE = ")"


@dataclass(frozen=True, slots=True)
class Load:
    """A value of the document: read once, then known by a variable."""

    operand: Operand
    code: str


@dataclass(frozen=True, slots=True)
class Cut:
    """The value of a statement before this one, by its number."""

    number: int


Piece = str | Load | Mark | Cut


@dataclass(slots=True)
class Code:
    """An expression in pieces; `level` counts the chains in it, `price` is what it costs to ask."""

    pieces: list[Piece]
    level: int = 0
    price: float = 1.0


@dataclass
class Source(Fold[Code]):
    """Compiles the tree of one table; the statements and constants gather in it."""

    table: Table
    compile_rows: Callable[[Node, Table], Callable[[Any], bool]]
    rarity: Callable[[Value], float]
    trusting: bool = False
    """Whether fields that no post lacks are read without a look; a TypeError tells of a post that lacks one all the same."""
    constants: dict[str, Any] = field(default_factory=dict)
    statements: list[list[Piece]] = field(default_factory=list)
    _names: dict[Any, str] = field(default_factory=dict)

    # --- constants and loads

    def constant(self, value: Any, key: Any = None) -> str:
        """The name by which the source knows a value."""
        identity = (type(value), value) if key is None else key
        name = self._names.get(identity)
        if name is None:
            name = self._names[identity] = f"k{len(self.constants)}"
            self.constants[name] = value
        return name

    def kind(self, operand: Operand) -> Kind:
        return Kind.INT if isinstance(operand, Count) else self.table.fields[operand].kind

    def is_many(self, operand: Operand) -> bool:
        return not isinstance(operand, Count) and self.table.fields[operand].many

    def load(self, operand: Operand) -> Load:
        if isinstance(operand, Count):
            relation = self.table.relations[operand.relation]
            if isinstance(operand.where, All):
                return Load(operand, f"len(d[{relation.name!r}] or ())")
            test = self.compile_rows(operand.where, table(relation.entity))
            counter = self.constant(values.count_rows(test), ("count", operand))
            return Load(operand, f"{counter}(d[{relation.name!r}] or ())")
        spec = self.table.fields[operand]
        if spec.many and not self._trusts(operand):
            return Load(operand, f"(d[{operand!r}] or ())")
        if spec.kind is Kind.FLOAT32:
            return Load(operand, f"{self.constant(values.single, 'single')}(d[{operand!r}])")
        return Load(operand, f"d[{operand!r}]")

    def _trusts(self, operand: Operand) -> bool:
        if not self.trusting or isinstance(operand, Count):
            return False
        spec = self.table.fields[operand]
        return not spec.nullable and (not spec.many or spec.kind is Kind.TAG)

    def _present(self, loaded: Load) -> list[Piece]:
        """The test that comes before a comparison: whether there is a value."""
        return [] if self._trusts(loaded.operand) else [loaded, " is not None and "]

    def converter(self, operand: Operand) -> Callable[[Value], Any]:
        """How a bound is made comparable with the field's values."""
        return values.single if self.kind(operand) is Kind.FLOAT32 else lambda value: value  # type: ignore[return-value]

    # --- boolean nodes

    def and_(self, node: And, below: tuple[Code, ...]) -> Code:
        return self._chain(" and ", below)

    def or_(self, node: Or, below: tuple[Code, ...]) -> Code:
        return self._chain(" or ", below)

    def _chain(self, word: str, below: tuple[Code, ...]) -> Code:
        ordered = sorted(below, key=lambda code: code.price)
        if len(ordered) > _WIDE:
            groups = (ordered[at : at + _WIDE] for at in range(0, len(ordered), _WIDE))
            ordered = [self._named(self._joined(word, group)) for group in groups]
        return self._cut(self._joined(word, ordered))

    def _joined(self, word: str, members: list[Code]) -> Code:
        pieces: list[Piece] = ["(", Mark.OPEN, *members[0].pieces, Mark.SURE]
        for code in members[1:]:
            pieces.append(word)
            pieces += code.pieces
        pieces += [Mark.CLOSE, ")"]
        level = 1 + max(code.level for code in members)
        return Code(pieces, level, members[0].price + sum(code.price for code in members[1:]) / 2)

    def _cut(self, code: Code) -> Code:
        """The same value under a name, where the expression has grown deep."""
        return code if code.level < _DEEP else self._named(code)

    def _named(self, code: Code) -> Code:
        self.statements.append(code.pieces)
        return Code([Cut(len(self.statements) - 1)], price=code.price)

    def not_(self, node: Not, below: Code) -> Code:
        return self._cut(Code(["(not ", *below.pieces, ")"], below.level + 1, below.price))

    def boost(self, node: Boost, below: Code) -> Code:
        return below

    def all_(self, node: All) -> Code:
        return Code(["True"], price=0.0)

    def nothing(self, node: Nothing) -> Code:
        return Code(["False"], price=0.0)

    # --- leaves

    def compare(self, node: Compare) -> Code:
        loaded, price = self.load(node.field), cost(node, self.rarity)
        value = self.converter(node.field)(node.value)
        if self.is_many(node.field):
            if node.op is Op.EQ:
                return Code(["(", self.constant(value), " in ", loaded, ")"], price=price)
            return self._each(node.field, values.range_test(node, self.converter(node.field)), ("range", node), price)
        name = self.constant(value)
        if node.op is Op.EQ:
            return Code(["(", loaded, f" == {name})"], price=price)
        return Code(["(", *self._present(loaded), loaded, f" {node.op.value} {name})"], price=price)

    def one_of(self, node: OneOf) -> Code:
        loaded, price = self.load(node.field), cost(node, self.rarity)
        chosen = frozenset(map(self.converter(node.field), node.values))
        if self.is_many(node.field):
            apart = self.constant(chosen.isdisjoint, ("apart", chosen))
            return Code([f"(not {apart}(", loaded, "))"], price=price)
        return Code(["(", loaded, f" in {self.constant(chosen)})"], price=price)

    def between(self, node: Between) -> Code:
        price = cost(node, self.rarity)
        convert = self.converter(node.field)
        if self.is_many(node.field):
            return self._each(node.field, values.range_test(node, convert), ("range", node), price)
        loaded = self.load(node.field)
        low, high = self.constant(convert(node.low)), self.constant(convert(node.high))
        left, right = "<" if node.low_open else "<=", "<" if node.high_open else "<="
        return Code(["(", *self._present(loaded), f"{low} {left} ", loaded, f" {right} {high})"], price=price)

    def exists(self, node: Exists) -> Code:
        loaded = self.load(node.field)
        if self.is_many(node.field):
            return Code(["(not not ", loaded, ")"], price=cost(node, self.rarity))
        return Code(["(", loaded, " is not None)"], price=cost(node, self.rarity))

    def glob(self, node: Glob) -> Code:
        key = ("glob", node.field, node.pattern, node.fold, node.words)
        if node.words:
            return self._each(node.field, texts.glob_test(node), key, cost(node, self.rarity))
        return self._each(node.field, make_glob(node.pattern, node.fold), key, cost(node, self.rarity))

    def fuzzy(self, node: Fuzzy) -> Code:
        return self._each(node.field, texts.fuzzy_test(node), node, cost(node, self.rarity))

    def phrase(self, node: Phrase) -> Code:
        return self._each(node.field, texts.phrase_test(node), node, cost(node, self.rarity))

    def words(self, node: Words) -> Code:
        return self._each(node.field, texts.words_test(node), node, cost(node, self.rarity))

    def regex(self, node: Regex) -> Code:
        raise make_error(
            "E504",
            f"a regular expression over {node.field!r} can be asked of PostgreSQL alone",
            node.span,
            hint="a wildcard such as *text* can be asked everywhere",
        )

    def in_network(self, node: InNetwork) -> Code:
        return self._each(node.field, values.network_test(node), node, cost(node, self.rarity))

    def contains(self, node: Contains) -> Code:
        return self._each(node.field, values.contains_test(node), node, cost(node, self.rarity))

    def some(self, node: Some) -> Code:
        relation = self.table.relations[node.relation]
        price = cost(node, self.rarity)
        if isinstance(node.where, All):
            return Code([f"(not not d[{relation.name!r}])"], price=price)
        test = values.some_row(self.compile_rows(node.where, table(relation.entity)))
        name = self.constant(test, ("some", id(node)))
        return Code([f"{name}(d[{relation.name!r}] or ())"], price=price)

    def _each(self, name: Operand, test: Callable[[Any], bool], key: Any, price: float) -> Code:
        """A test of a value, or of any of the values."""
        loaded = self.load(name)
        if self.is_many(name):
            many = values.any_learned if is_one_of_many(self.kind(name)) else values.any_of
            return Code([f"{self.constant(many(test), key)}(", loaded, ")"], price=price)
        called = self.constant(test, key)
        return Code(["(", loaded, f" is not None and {called}(", loaded, "))"], price=price)

    # --- text

    def function(self, result: Code) -> str:
        """`test(d)`: the whole as a function of one document."""
        if len(self.statements) <= _LONG:
            return f"def test(d):\n{self._trusted(self.body(result), 'careful(d)')}"
        starts = range(0, len(self.statements), _LONG)
        parts = "".join(self._part(start) for start in starts)
        calls = "".join(f"    part{start}(d, c)\n" for start in starts)
        answer = _Writer.over(result.pieces, "c[{}]").write(result.pieces)
        return f"{parts}def test(d):\n    c = [None] * {len(self.statements)}\n{calls}    return {answer}\n"

    def _part(self, start: int) -> str:
        chosen = self.statements[start : start + _LONG]
        writer = _Writer.over([piece for statement in chosen for piece in statement], "c[{}]")
        lines = (f"    c[{start + at}] = {writer.write(statement)}\n" for at, statement in enumerate(chosen))
        return f"def part{start}(d, c):\n{''.join(lines)}"

    def body(self, result: Code, before: str = "return ", after: str = "") -> str:
        """The statements, and the result between two texts."""
        every = [*self.statements, result.pieces]
        writer = _Writer.over([piece for statement in every for piece in statement], "c{}")
        lines = [f"c{at} = {writer.write(statement)}" for at, statement in enumerate(self.statements)]
        return "\n".join([*lines, f"{before}{writer.write(result.pieces)}{after}"])

    def _trusted(self, body: str, otherwise: str) -> str:
        """A function's body; where it takes for granted what a post lacks, the careful form answers."""
        if not self.trusting:
            return _indented(body, 1)
        return f"    try:\n{_indented(body, 2)}    except TypeError:\n        return {otherwise}\n"

    def loop(self, result: Code) -> str:
        """`loop(posts, read)`: the posts that match; where it is trusting, all must be documents."""
        if self.trusting:
            each = "for d in posts:\n    if type(d) is not Document:\n        refuse(d)\n"
        else:
            each = "for p in posts:\n    d = p if type(p) is Document else read(p)\n"
        found = "add(d)" if self.trusting else "add(p)"
        is_long = len(self.statements) > _LONG
        inner = f"if test(d):\n    {found}" if is_long else self.body(result, "if ", f":\n    {found}")
        body = f"found = []\nadd = found.append\n{each}{_indented(inner, 1)}return found"
        return f"def loop(posts, read):\n{self._trusted(body, 'careful(posts, read)')}"


def _indented(body: str, levels: int) -> str:
    return "".join(f"{'    ' * levels}{line}\n" for line in body.splitlines())


@dataclass
class _Writer:
    """Writes pieces in the order they run: a value is loaded where it is not surely known already."""

    uses: Counter[Operand]
    names: dict[Operand, str]
    cut: str
    known: set[Operand] = field(default_factory=set)
    chains: list[list[Operand] | None] = field(default_factory=list)
    """Of each open chain: what is known inside it only; None before its first member has run."""

    @classmethod
    def over(cls, pieces: list[Piece], cut: str) -> _Writer:
        """A writer for one function: all its pieces, and how it names its cuts."""
        uses = Counter(piece.operand for piece in pieces if isinstance(piece, Load))
        return cls(uses, {operand: f"v{at}" for at, operand in enumerate(uses)}, cut)

    def write(self, pieces: list[Piece]) -> str:
        return "".join(map(self._text, pieces))

    def _text(self, piece: Piece) -> str:
        match piece:
            case str():
                return piece
            case Load():
                return self._load(piece)
            case Cut(number=number):
                return self.cut.format(number)
            case Mark.OPEN:
                self.chains.append(None)
            case Mark.SURE:
                self.chains[-1] = []
            case Mark.CLOSE:
                self.known.difference_update(self.chains.pop() or ())
        return ""

    def _load(self, piece: Load) -> str:
        operand = piece.operand
        if self.uses[operand] == 1:
            return piece.code
        if operand in self.known:
            return self.names[operand]
        self.known.add(operand)
        inside = next((chain for chain in reversed(self.chains) if chain is not None), None)
        if inside is not None:
            inside.append(operand)
        return f"({self.names[operand]} := {piece.code})"
