"""Elasticsearch and OpenSearch: a closed search -> a request body.

The body keeps the query's shape: And is `must`, Or `should`, Not `must_not`. A resource's `columns` name the index fields;
a relation is a nested object where `columns` name its members (`galleries.gallery_id`).

Instants are written as ISO 8601 in UTC. What the engine cannot say exactly is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    Key,
    Node,
    Not,
    Nothing,
    OneOf,
    Op,
    Operand,
    Or,
    Pattern,
    Phrase,
    Place,
    Position,
    Regex,
    Search,
    Some,
    Special,
    Value,
    Wild,
    Words,
)
from booruql.errors import QueryError, Span, make_error
from booruql.schema import Field, Kind, Table, table
from booruql.sites import Resource

Body = dict[str, Any]

MAX_WINDOW = 10_000_000  # rows that `from` and `size` may reach; Philomena's own setting
_RANGES = {Op.LT: "lt", Op.LE: "lte", Op.GT: "gt", Op.GE: "gte"}


def compile(search: Search, resource: Resource) -> Body:
    """The request body: `query`, `sort`, and `from` and `size` where the search has a page size.

    An id-after page (`Page.after`) sorts ascending: whoever runs it turns the hits round.

    Raises:
        UnsupportedError: a leaf or an order that the engine cannot answer exactly.
    """
    compiler = _Compiler(resource.table, resource.columns)
    query = _paged(compiler.fold(search.where), search)
    body: Body = {"query": query}
    if search.order and search.order[0].by is Special.RANDOM:
        seed = {} if search.seed is None else {"seed": search.seed, "field": "id"}
        body["query"] = {"function_score": {"query": query, "random_score": seed, "boost_mode": "replace"}}
    if search.page.after is not None:
        body["sort"] = [{"id": {"order": "asc"}}]
    elif search.order:
        body["sort"] = [compiler.key(key) for key in search.order]
    body.update(_window(search))
    return body


def _paged(query: Body, search: Search) -> Body:
    page = search.page
    bound = {} if page.before is None else {"lt": page.before}
    if page.after is not None:
        bound = {"gt": page.after}
    return {"bool": {"must": [query], "filter": [{"range": {"id": bound}}]}} if bound else query


def _window(search: Search) -> Body:
    size = search.size if search.sample is None else min(search.sample, search.size or search.sample)
    if size is None:
        return {}
    if search.page.before is not None or search.page.after is not None:
        return {"size": size}
    start = (search.page.number - 1) * size
    if start + size > MAX_WINDOW:
        raise make_error("E503", f"page {search.page.number} lies beyond the first {MAX_WINDOW} rows")
    return {"from": start, "size": size}


def spell_pattern(pattern: Pattern) -> str:
    r"""A glob as the engine's `wildcard` reads it.

    A literal part that follows another one begins with an escaped character; an empty one leaves the backslash before
    it bare, at the pattern's end.

    >>> spell_pattern(("a*", Wild.RUN, "b")), spell_pattern(("a", "b"))
    ('a\\**b', 'a\\b')
    """
    spelled: list[str] = []
    for place, part in enumerate(pattern):
        if isinstance(part, Wild):
            spelled.append(part.value)
            continue
        bare_end = place + 1 < len(pattern) and pattern[place + 1] == "" and part.endswith("\\")
        joined = place > 0 and not isinstance(pattern[place - 1], Wild)
        if joined and part:
            spelled.append("\\" + part[0])
            part = part[1:]
        spelled.append(_escape(part[:-1]) + "\\" if bare_end and part else _escape(part))
    return "".join(spelled)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")


class _Compiler(Fold[Body]):
    """Queries over one entity; `prefix` is the path of a nested object."""

    def __init__(self, entity: Table, columns: Mapping[str, str], prefix: str = "") -> None:
        self._table, self._columns, self._prefix = entity, columns, prefix

    # --- booleans

    def and_(self, node: And, below: tuple[Body, ...]) -> Body:
        return {"bool": {"must": list(below)}}

    def or_(self, node: Or, below: tuple[Body, ...]) -> Body:
        return {"bool": {"should": list(below)}}

    def not_(self, node: Not, below: Body) -> Body:
        return {"bool": {"must_not": below}}

    def boost(self, node: Boost, below: Body) -> Body:
        return {"function_score": {"query": below, "boost": node.factor}}

    def all_(self, node: All) -> Body:
        return {"match_all": {}}

    def nothing(self, node: Nothing) -> Body:
        return {"match_none": {}}

    # --- leaves

    def compare(self, node: Compare) -> Body:
        name, field = self._field(node.field, node.span)
        value = _value(node.value, field)
        if node.op is Op.EQ:
            return {"term": {name: value}}
        return {"range": {name: {_RANGES[node.op]: value}}}

    def one_of(self, node: OneOf) -> Body:
        name, field = self._field(node.field, node.span)
        if not node.values:
            return {"match_none": {}}
        return {"terms": {name: [_value(value, field) for value in node.values]}}

    def between(self, node: Between) -> Body:
        name, field = self._field(node.field, node.span)
        low, high = ("gt" if node.low_open else "gte"), ("lt" if node.high_open else "lte")
        return {"range": {name: {low: _value(node.low, field), high: _value(node.high, field)}}}

    def exists(self, node: Exists) -> Body:
        name, _ = self._field(node.field, node.span)
        return {"exists": {"field": name}}

    def glob(self, node: Glob) -> Body:
        name, _ = self._field(node.field, node.span)
        spelled = spell_pattern(node.pattern)
        if not node.fold:
            return {"wildcard": {name: spelled}}
        if not spelled.isascii():
            raise _unsupported("a pattern in any letter case that is not ASCII", node.span)
        return {"wildcard": {name: {"value": spelled, "case_insensitive": True}}}

    def fuzzy(self, node: Fuzzy) -> Body:
        name, _ = self._field(node.field, node.span)
        # The engine reads a fuzziness below 1 as no edits and refuses what no 32-bit float holds: it gets the distance.
        return {"fuzzy": {name: {"value": node.text, "fuzziness": node.edits}}}

    def phrase(self, node: Phrase) -> Body:
        name, _ = self._field(node.field, node.span)
        return {"match_phrase": {name: node.text}}

    def words(self, node: Words) -> Body:
        raise _unsupported("a text search with its own little language", node.span)

    def regex(self, node: Regex) -> Body:
        raise make_error("E504", "a regular expression of PostgreSQL has no exact form in Elasticsearch", node.span)

    def in_network(self, node: InNetwork) -> Body:
        name, _ = self._field(node.field, node.span)
        return {"term": {name: node.text}}

    def contains(self, node: Contains) -> Body:
        raise _unsupported("a question to a JSON value", node.span)

    def some(self, node: Some) -> Body:
        path = self._prefix + node.relation
        where = self._related(node.relation, node.span).fold(node.where)
        return {"nested": {"path": path, "query": where}}

    # --- orders

    def key(self, key: Key) -> Body:
        """One member of `sort`. The engine puts missing values last unless told otherwise."""
        order: Body = {"order": "desc" if key.descending else "asc"}
        if key.by is Special.RANDOM or key.by is Special.RELEVANCE:
            return {"_score": {"order": "desc" if key.by is Special.RANDOM else order["order"]}}
        if isinstance(key.by, Position):
            related = self._related(key.by.relation, None)
            name, _ = related._field(key.by.column, None)
            nested = {"path": self._prefix + key.by.relation, "filter": related.fold(key.by.where)}
            return {name: {**order, "missing": "_first" if key.nulls_first else "_last", "nested": nested}}
        if isinstance(key.by, Place):
            raise make_error("E503", "an order by a list of ids has no form in Elasticsearch")
        if isinstance(key.by, Special):
            raise make_error("E503", f"no order {key.by.value!r} in Elasticsearch")
        name, field = self._field(key.by, None)
        if field.nullable or key.nulls_first:
            order["missing"] = "_first" if key.nulls_first else "_last"
        return {name: order}

    # --- names

    def _field(self, operand: Operand, span: Span | None) -> tuple[str, Field]:
        if isinstance(operand, Count):
            raise make_error("E502", f"the index does not count {operand.relation}", span)
        name = self._columns.get(self._prefix + operand, self._prefix + operand)
        return name, self._table.fields[operand]

    def _related(self, relation: str, span: Span | None) -> _Compiler:
        prefix = f"{self._prefix}{relation}."
        if not any(name.startswith(prefix) for name in self._columns):
            hint = f"{relation} are no nested objects of this index"
            raise make_error("E502", f"the index does not hold {relation}", span, hint=hint)
        return _Compiler(table(self._table.relations[relation].entity), self._columns, prefix)


def _unsupported(what: str, span: Span | None) -> QueryError:
    return make_error("E501", f"{what} has no exact form in Elasticsearch", span)


def _value(value: Value, field: Field) -> Value:
    """A value as the index holds it."""
    if field.kind is Kind.INSTANT and isinstance(value, int):
        return spell_instant(value)
    return value


def spell_instant(micros: int) -> str:
    """Microseconds since 1970 as ISO 8601 in UTC; the proleptic Gregorian calendar goes on below the year 1.

    >>> spell_instant(-62167219200000000), spell_instant(1_500_000)
    ('0000-01-01T00:00:00Z', '1970-01-01T00:00:01.500000Z')
    """
    seconds, part = divmod(micros, 1_000_000)
    days, second = divmod(seconds, 86_400)
    year, month, day = _civil_from_days(days)
    hour, minute = divmod(second // 60, 60)
    sign = "-" if year < 0 else ""
    fraction = f".{part:06d}" if part else ""
    return f"{sign}{abs(year):04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second % 60:02d}{fraction}Z"


def _civil_from_days(days: int) -> tuple[int, int, int]:
    era, of_era = divmod(days + 719_468, 146_097)
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1


def query_of(where: Node, resource: Resource) -> Body:
    """The query alone of a closed tree: for filters and percolators."""
    return _Compiler(resource.table, resource.columns).fold(where)
