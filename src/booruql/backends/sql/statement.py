"""The text and parameters of one statement, in the driver's own style."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from booruql.ast.nodes import Node, Value
from booruql.backends.sql.slots import ListSlot, Slot
from booruql.errors import ConfigError
from booruql.schema import Kind

if TYPE_CHECKING:
    from sqlglot import exp

Params = Sequence[Any] | Mapping[str, Any]
Spell = Callable[[Any], Any]
ESTIMATED = 1000
"""Below how many rows an estimate is exact when nothing is said."""
MARK = "\0"
"""Stands on both sides of a parameter's number in the raw text; no user text is ever in it."""


class Parameter(NamedTuple):
    """A bound value or the slot of one, the kind of what it is compared with, what is sent in place of the value itself."""

    value: Value | Sequence[Value]
    kind: Kind
    spell: Spell | None = None

    def holding(self, values: Sequence[Any]) -> Parameter:
        """The same parameter with the value of its slot."""
        value = values[self.value] if isinstance(self.value, Slot) else self.value
        return Parameter(self.spell(value) if self.spell else value, self.kind)

    @property
    def is_list(self) -> bool:
        """Whether it stands for a whole array."""
        return isinstance(self.value, ListSlot)


class Binder:
    """Hands out markers for values; a value is bound again each time it is used."""

    def __init__(self) -> None:
        from sqlglot import exp  # whoever binds has loaded it; statements alone do without

        self.parameters: list[Parameter] = []
        self._node = exp.Var

    def __call__(self, value: Value, kind: Kind, spell: Spell | None = None) -> exp.Expression:
        self.parameters.append(Parameter(value, kind, spell))
        return self._node(this=f"{MARK}{len(self.parameters) - 1}{MARK}")


@dataclass(frozen=True)
class Statement:
    """SQL with bound parameters. `columns` names what a row holds: the id first, then the order's keys, then chosen fields.

    `residual` is None when the database answers the whole; else the rows are a superset without LIMIT, and whoever
    runs the statement applies `residual`, the order, the limit and the count after.
    """

    text: str
    params: Params
    columns: tuple[str, ...] = ()
    residual: Node | None = None
    _again: Callable[..., Statement] | None = field(default=None, compare=False, repr=False)
    _placed: int | None = field(default=None, compare=False, repr=False)
    """How many columns tell a row's place."""

    def count(self) -> Statement:
        """How many rows match, whatever the page: one row with one number."""
        return self._make("count")

    def estimate(self, most: int = ESTIMATED) -> Statement:
        """How many rows match, as far as `most`: exact below it, and at least so many when it is reached.

        The database stops there, so a common query costs little; a rare one costs what `count` does.
        """
        return self._make("estimate", most=most)

    def exists(self) -> Statement:
        """Whether any row matches: one row or none."""
        return self._make("exists")

    def page(self, after: str | None = None) -> Statement:
        """The rows that follow a cursor (see `cursor`); the first ones for None."""
        return self._make("rows", after)

    def cursor(self, row: Sequence[Any]) -> str:
        """An opaque text that stands for the place of `row` in the order."""
        from booruql.backends.sql.keyset import encode

        return encode(row[: self._placed])

    def _make(self, form: str, after: str | None = None, most: int = 0) -> Statement:
        if self._again is None:
            raise ConfigError("this statement was not made by compile")
        if self.residual is not None and form != "rows":
            raise ConfigError(f"{form} of a statement with a residual is for whoever runs the residual")
        return self._again(form, after, most)


@dataclass(frozen=True, slots=True)
class Template:
    """The text of every statement of a shape, and which values are bound where.

    `bound` are the parameters in the text's order; `residual` the members of the condition that the text leaves to be
    asked of its rows: None for none, () for the whole. `placed` is how many of the columns tell a row's place.
    """

    text: str
    bound: tuple[Parameter, ...]
    names: tuple[str, ...] | None
    columns: tuple[str, ...]
    placed: int
    residual: tuple[int, ...] | None
    slots: tuple[int, ...] | None
    """The numbers of the values as they are bound, where every one is bound as it is."""

    def params(self, values: Sequence[Any], encode: Callable[[Parameter], Any]) -> Params:
        """The values as the driver wants them."""
        if self.slots is not None:
            found = tuple([values[slot] for slot in self.slots])
        else:
            found = tuple([encode(parameter.holding(values)) for parameter in self.bound])
        return found if self.names is None else dict(zip(self.names, found, strict=True))


def finish(raw: str, parameters: Sequence[Parameter], style: str) -> tuple[str, tuple[Parameter, ...], tuple[str, ...] | None]:
    """The text with placeholders of the style, the parameters in its order, and their names where it has some.

    Raises:
        ConfigError: there is no such style.
    """
    pieces = raw.split(MARK)
    if style in ("format", "pyformat"):
        pieces[::2] = [piece.replace("%", "%%") for piece in pieces[::2]]
    bound = tuple([parameters[int(number)] for number in pieces[1::2]])
    spell = _SPELLERS.get(style)
    if spell is None:
        raise ConfigError(f"no paramstyle {style!r}; known: {', '.join(_SPELLERS)}")
    pieces[1::2] = [spell(place, parameter) for place, parameter in enumerate(bound, 1)]
    named = style in ("named", "pyformat", "typed")
    return "".join(pieces), bound, tuple([f"p{place}" for place in range(1, len(bound) + 1)]) if named else None


def _typed(place: int, parameter: Parameter) -> str:
    type_ = TYPES[parameter.kind]
    return f"{{p{place}:Array({type_})}}" if parameter.is_list else f"{{p{place}:{type_}}}"


TYPES: Mapping[Kind, str] = {
    Kind.INT: "Int64",
    Kind.ID: "Int64",
    Kind.INSTANT: "Int64",
    Kind.FLOAT: "Float64",
    Kind.FLOAT32: "Float64",
    Kind.BOOL: "Bool",
    **dict.fromkeys((Kind.KEYWORD, Kind.TEXT, Kind.TAG, Kind.IP, Kind.JSON), "String"),
}

_SPELLERS: Mapping[str, Callable[[int, Parameter], str]] = {
    "qmark": lambda place, _: "?",
    "format": lambda place, _: "%s",
    "dollar": lambda place, _: f"${place}",
    "numeric": lambda place, _: f":{place}",
    "named": lambda place, _: f":p{place}",
    "pyformat": lambda place, _: f"%(p{place})s",
    "typed": _typed,
}
