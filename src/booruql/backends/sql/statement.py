"""The text and parameters of one statement, in the driver's own style."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from booruql.ast.nodes import Node, Value
from booruql.errors import ConfigError
from booruql.schema import Kind

if TYPE_CHECKING:
    from sqlglot import exp

Params = Sequence[Any] | Mapping[str, Any]
MARK = "\0"
"""Stands on both sides of a parameter's number in the raw text; no user text is ever in it."""


class Parameter(NamedTuple):
    """A bound value and the kind of what it is compared with."""

    value: Value | tuple[Value, ...]
    kind: Kind


class Binder:
    """Hands out markers for values; the same value of the same kind is bound again each time it is used."""

    def __init__(self) -> None:
        self.parameters: list[Parameter] = []

    def __call__(self, value: Value | tuple[Value, ...], kind: Kind) -> exp.Expression:
        from sqlglot import exp

        self.parameters.append(Parameter(value, kind))
        return exp.Var(this=f"{MARK}{len(self.parameters) - 1}{MARK}")


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

    def exists(self) -> Statement:
        """Whether any row matches: one row or none."""
        return self._make("exists")

    def page(self, after: str | None = None) -> Statement:
        """The rows that follow a cursor (see `cursor`); the first ones for None."""
        return self._make("page", after=after)

    def cursor(self, row: Sequence[Any]) -> str:
        """An opaque text that stands for the place of `row` in the order."""
        from booruql.backends.sql.keyset import encode

        return encode(row[: self._placed])

    def _make(self, form: str, **options: Any) -> Statement:
        if self._again is None:
            raise ConfigError("this statement was not made by compile")
        if self.residual is not None and form != "page":
            raise ConfigError(f"{form} of a statement with a residual is for whoever runs the residual")
        return self._again(form, **options)


def finish(raw: str, parameters: Sequence[Parameter], style: str, encode: Callable[[Parameter], Any]) -> tuple[str, Params]:
    """The text with placeholders of the style, and the parameters in the style's order."""
    pieces = raw.split(MARK)
    if style in ("format", "pyformat"):
        pieces[::2] = [piece.replace("%", "%%") for piece in pieces[::2]]
    order = [int(number) for number in pieces[1::2]]
    spell = _SPELLERS.get(style)
    if spell is None:
        raise ConfigError(f"no paramstyle {style!r}; known: {', '.join(_SPELLERS)}")
    pieces[1::2] = [spell(place, parameters[number]) for place, number in enumerate(order, 1)]
    values = [encode(parameters[number]) for number in order]
    named = style in ("named", "pyformat", "typed")
    return "".join(pieces), {f"p{i}": v for i, v in enumerate(values, 1)} if named else tuple(values)


def _typed(place: int, parameter: Parameter) -> str:
    return f"{{p{place}:{TYPES[parameter.kind]}}}"


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
