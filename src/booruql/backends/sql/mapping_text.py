"""Reads the description of a schema: plain dicts, as TOML and JSON give them and as the presets are written.

name = "mine"
databases = ["postgres"]           # the first tells how its SQL is read
instants = "timestamp"             # how instants are held unless a field says otherwise (see `held.FORMS`)
texts = "exact"                    # how text columns compare: code point, exact, loose
bmp = false                        # whether texts have no character beyond U+FFFF, as in MySQL's utf8
on.mysql = { texts = "loose" }     # what is otherwise on another of the databases; its SQL is read as that one's

[posts]
table = "pictures"                 # or a SELECT
indexes = ["score"]                # what questions rely on
beside.media = { table = "files", on = "files.md5 = pictures.md5" }

[posts.fields]
id = "picture_id"                  # a column, or SQL over the row; NULL or NOT NULL after it
rating = { sql = "safety", words = { s = "safe", e = ["unsafe", "worse"] } }
is_banned = false                  # the same for all rows
width = { beside = "media", sql = "width" }
tags = { array = "string_to_array(pictures.tag_string, ' ')", element = "text" }
favorited_by_ids = { rows = "favourites", owner = "picture_id", value = "user_id" }
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, NamedTuple, TypeVar

from sqlglot import exp

from booruql.ast.nodes import Value
from booruql.backends.sql import dialect as dialects
from booruql.backends.sql.held import FORMS
from booruql.backends.sql.layout import Collation, Origin
from booruql.backends.sql.mapped import Mapped
from booruql.backends.sql.mapping import BESIDE, OWN, Array, Beside, Entity, One, Rows, Sql, make_origin
from booruql.errors import ConfigError
from booruql.schema import Field, Kind, Table, entities, table

T = TypeVar("T")
_FACTS = ("name", "databases", "instants", "texts", "bmp", "on")
_ENTITY = ("table", "fields", "beside", "indexes")
_ONE = ("sql", "null", "form", "words", "type", "texts", "cased", "beside")
_ARRAY, _ROWS = ("array", "element", "cased"), ("rows", "owner", "value", "cased", "texts", "served")
_NULL = re.compile(r"(.*?\S)(?<!\bis)(?<!\bnot)\s+(not\s+)?null", re.IGNORECASE | re.DOTALL)
_COLLATIONS = tuple(one.value for one in Collation)
_TEXTS = (Kind.KEYWORD, Kind.TEXT, Kind.TAG, Kind.IP)


def read_mapping(given: Mapping[str, Any], name: str = "mapped") -> Mapped:
    """The layout that a description describes.

    Raises:
        ConfigError: it names what there is not, lacks what it needs, or holds SQL that does not parse.
    """
    databases = tuple(given.get("databases") or dialects.names())
    for database in databases:
        dialects.load(database)
    found = _read(given, name, databases, databases[0])
    spelled = {}
    for database, change in given.get("on", {}).items():
        _chosen(database, databases, "on")
        spelled[database] = _read(_changed(given, change), name, databases, database)
    return replace(found, spelled=spelled)


def _read(given: Mapping[str, Any], name: str, databases: tuple[str, ...], database: str) -> Mapped:
    """The layout as a database spells it."""
    known = entities()
    _check_names(given, (*_FACTS, *known), "the description", "entity")
    reader = _Reader(
        dialects.load(database).sqlglot,
        _chosen(given.get("instants", "timestamp"), FORMS, "instants"),
        Collation(_chosen(given.get("texts", "exact"), _COLLATIONS, "texts")),
    )
    found = {entity: reader.entity(table(entity), given[entity]) for entity in given if entity in known}
    missing = frozenset(known) - found.keys() | {
        f"{entity}.{name}" for entity in found for name in table(entity).fields if name not in found[entity].fields
    }
    called, is_bmp = str(given.get("name", name)), bool(given.get("bmp"))
    return Mapped(called, missing=missing, databases=databases, entities=found, is_bmp=is_bmp)


class _Reader:
    """Reads the entities of one description."""

    def __init__(self, dialect: str, instants: str, collation: Collation) -> None:
        self._dialect, self._instants, self._collation = dialect, instants, collation

    def entity(self, schema: Table, given: Any) -> Entity:
        where = schema.name
        if not isinstance(given, Mapping):
            raise ConfigError(f"{where}: a table of {', '.join(_ENTITY)}, not {given!r}")
        _check_names(given, _ENTITY, where, "part")
        origin = self._origin(given, "table", where)
        fields = given.get("fields", {})
        _check_names(fields, schema.fields, where, "field")
        if where == "posts" and "id" not in fields:
            raise ConfigError(f"{where}: what holds 'id' is not said; every row has to have one")
        own = _names(origin, OWN)
        beside = {name: self._beside(one, own, f"{where}.beside.{name}") for name, one in given.get("beside", {}).items()}
        names = _Around(own, {name: _names(one.origin, BESIDE) for name, one in beside.items()})
        found = {name: self.field(schema.fields[name], one, names, f"{where}.{name}") for name, one in fields.items()}
        return Entity(origin, found, beside, tuple(given.get("indexes", ())))

    def _origin(self, given: Mapping[str, Any], part: str, where: str) -> Origin:
        text = given.get(part)
        if not isinstance(text, str):
            raise ConfigError(f"{where}: {part!r} is a table's name or a SELECT, not {text!r}")
        return _at(where, lambda: make_origin(text, self._dialect))

    def _beside(self, given: Mapping[str, Any], own: Mapping[str, str], where: str) -> Beside:
        _check_names(given, ("table", "on"), where, "part")
        origin = self._origin(given, "table", where)
        return Beside(origin, self._sql(given.get("on"), {**own, **_names(origin, BESIDE)}, f"{where}.on"))

    def _sql(self, text: Any, tables: Mapping[str, str], where: str, bare: str = OWN) -> Sql:
        if not isinstance(text, str):
            raise ConfigError(f"{where}: SQL is text, not {text!r}")
        return _at(where, lambda: Sql(text, tables, self._dialect, bare))

    def field(self, field: Field, given: Any, names: _Around, where: str) -> One | Array | Rows:
        """What holds a field."""
        if isinstance(given, bool | int | float):
            given = {"sql": str(given), "null": False}
        given = {"sql": given} if isinstance(given, str) else given
        if not isinstance(given, Mapping):
            raise ConfigError(f"{where}: a column, SQL, or a table of parts, not {given!r}")
        return self._many(field, given, names, where) if field.many else self._one(field, given, names, where)

    def _compares(self, field: Field, given: Mapping[str, Any], where: str) -> Collation:
        """How the database compares the texts of a field."""
        if "texts" in given:
            return Collation(_chosen(given["texts"], _COLLATIONS, f"{where}.texts"))
        return self._collation if field.kind in _TEXTS else Collation.CODE_POINT

    def _many(self, field: Field, given: Mapping[str, Any], names: _Around, where: str) -> Array | Rows:
        if "array" in given:
            _check_names(given, _ARRAY, where, "part")
            return Array(self._sql(given["array"], names.own, where), str(given.get("element", "text")), bool(given.get("cased")))
        if "rows" not in given:
            raise ConfigError(f"{where}: many values are in an 'array' or in 'rows' of their own")
        _check_names(given, _ROWS, where, "part")
        origin = self._origin(given, "rows", where)
        owner, value = (self._sql(given.get(part), _names(origin, OWN), f"{where}.{part}") for part in ("owner", "value"))
        served = self._sql(given["served"], _names(origin, OWN), f"{where}.served") if "served" in given else None
        return Rows(origin, owner, value, bool(given.get("cased")), self._compares(field, given, where), served)

    def _one(self, field: Field, given: Mapping[str, Any], names: _Around, where: str) -> One:
        _check_names(given, _ONE, where, "part")
        if "words" in given and field.kind is Kind.BOOL:
            raise ConfigError(f"{where}.words: whether something holds is said by SQL: status = 'x'")
        text, nullable = _null(given.get("sql"), given.get("null", field.nullable))
        beside = given.get("beside", "")
        if beside:
            _chosen(beside, names.beside, f"{where}.beside")
        form = _chosen(given.get("form", self._instants if field.kind is Kind.INSTANT else ""), ("", *FORMS), f"{where}.form")
        words = tuple(_words(given.get("words", {})))
        collation = self._compares(field, given, where)
        type_ = given.get("type") or (FORMS[form][1] if form else _word_type(words))
        sql = self._sql(text, {**names.own, **names.beside.get(beside, {})}, where, BESIDE if beside else OWN)
        if field.name == "id" and sql.name is None:
            raise ConfigError(f"{where}: a column, not {text!r}: rows are told apart and found by it")
        return One(sql, nullable, form, words, type_, collation, bool(given.get("cased")), beside)


def _changed(given: Any, change: Any) -> Any:
    """The description with what differs elsewhere: tables are merged, None takes a name away."""
    if not isinstance(given, Mapping) or not isinstance(change, Mapping):
        return change
    found = {**given, **{name: _changed(given.get(name), value) for name, value in change.items()}}
    return {name: value for name, value in found.items() if value is not None}


class _Around(NamedTuple):
    """The names of tables in the expressions of an entity, with what stands for their aliases: its own, and those beside."""

    own: Mapping[str, str]
    beside: Mapping[str, Mapping[str, str]]


def _null(text: Any, nullable: Any) -> tuple[Any, bool]:
    """The SQL without `NULL` or `NOT NULL` after it, and whether it may be null."""
    found = _NULL.fullmatch(text) if isinstance(text, str) else None
    return (text, bool(nullable)) if found is None else (found[1], not found[2])


def _words(given: Mapping[str, Any]) -> Iterator[tuple[Value, Value]]:
    """What a column holds, with the field's value that it stands for."""
    for value, words in given.items():
        for word in words if isinstance(words, list | tuple) else (words,):
            yield word, value


def _word_type(words: tuple[tuple[Value, Value], ...]) -> str:
    return "INTEGER" if words and all(isinstance(word, int) for word, _ in words) else ""


def _names(origin: Origin, mark: str) -> dict[str, str]:
    """What the table of an origin is called in expressions, with what stands for its alias."""
    name = origin if isinstance(origin, str) else origin.name if isinstance(origin, exp.Table) else ""
    return {name: mark} if name else {}


def _chosen(given: Any, known: Iterable[str], where: str) -> str:
    """One of some words.

    Raises:
        ConfigError: it is none of them.
    """
    names = [str(name) for name in known]
    if given not in names:
        raise ConfigError(f"{where}: {given!r} is none of {', '.join(filter(None, names))}{_nearest(given, names)}")
    return str(given)


def _check_names(given: Mapping[str, Any], known: Iterable[str], where: str, noun: str) -> None:
    """Refuse what there is not.

    Raises:
        ConfigError: a name is not known; the nearest one is told.
    """
    names = list(known)
    for name in given:
        if name not in names:
            raise ConfigError(f"{where}: there is no {noun} {name!r}{_nearest(name, names)}")


def _nearest(name: Any, known: list[str]) -> str:
    close = get_close_matches(str(name), known, 1)
    return f"; {close[0]!r} is the nearest" if close else ""


def _at(where: str, make: Callable[[], T]) -> T:
    """What is made, with the place in the message when it cannot be."""
    try:
        return make()
    except ConfigError as problem:
        raise ConfigError(f"{where}: {problem}") from None
