"""Elasticsearch and OpenSearch: a closed search -> a request body.

The body keeps the query's shape: And is `must`, Or `should`, Not `must_not`. A resource's `columns` name the index fields;
a relation is a nested object where `columns` name its members (`galleries.gallery_id`).

Instants are written as ISO 8601 in UTC. What the engine cannot say exactly is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor

from booruql.ast.fold import Fold, walk
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
    Latest,
    Node,
    Not,
    Nothing,
    OneOf,
    Op,
    Operand,
    Or,
    Phrase,
    Place,
    Position,
    Regex,
    Search,
    Some,
    Special,
    Symbol,
    Value,
    Words,
)
from booruql.backends.elastic.bodies import Body, any_of, check_clauses, is_negation, joined, placed
from booruql.backends.elastic.bounds import FLOAT32, hold, is_kept
from booruql.backends.elastic.spelling import spell_bound, spell_pattern
from booruql.errors import QueryError, Span, make_error
from booruql.schema import Field, Kind, Table, table
from booruql.sites import Resource
from booruql.sites.chosen import index_paths

MAX_WINDOW = 10_000_000  # rows that `from` and `size` may reach; Philomena's own setting
_RANGES = {Op.LT: "lt", Op.LE: "lte", Op.GT: "gt", Op.GE: "gte"}


def compile(search: Search, resource: Resource) -> Body:
    """The request body: `query`, `sort`, `from` and `size` where the search has a page size, `_source` where it chooses fields.

    An id-after page (`Page.after`) sorts ascending: whoever runs it turns the hits round.

    Raises:
        UnsupportedError: a leaf or an order that the engine cannot answer exactly.
    """
    scores = any(key.by is Special.RELEVANCE for key in search.order)
    compiler = _Compiler(resource.table, resource, scores=scores)
    query = _paged(compiler.fold(search.where), search)
    check_clauses(query)
    body: Body = {"query": query}
    places = [key.by for key in search.order if isinstance(key.by, Place)]
    if places:
        body["query"] = placed(query, places[0].ids)
    if search.order and search.order[0].by is Special.RANDOM:
        seed = {} if search.seed is None else {"seed": search.seed, "field": "id"}
        body["query"] = {"function_score": {"query": query, "random_score": seed, "boost_mode": "replace"}}
    if search.page.before is not None or search.page.after is not None:
        body["sort"] = [{"id": {"order": "desc" if search.page.after is None else "asc"}}]
    elif search.order:
        body["sort"] = [compiler.key(key) for key in search.order]
    body.update(_window(search))
    if search.fields is not None:
        body["_source"] = list(index_paths(search.fields, resource).values()) or False
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


class _Compiler(Fold[Body]):
    """Queries over one entity; `prefix` is the path of a nested object. Where nothing `scores`, unions are `terms`."""

    def __init__(self, entity: Table, resource: Resource, prefix: str = "", *, scores: bool = True) -> None:
        self._table, self._resource, self._prefix, self._scores = entity, resource, prefix, scores
        self._columns = resource.columns

    # --- booleans

    def and_(self, node: And, below: tuple[Body, ...]) -> Body:
        wanted = [query for query in below if not is_negation(query)]
        unwanted = [query["bool"]["must_not"] for query in below if is_negation(query)]
        if not unwanted:
            return {"bool": {"must": wanted}}
        return {"bool": {"must": wanted, "must_not": unwanted} if wanted else {"must_not": unwanted}}

    def or_(self, node: Or, below: tuple[Body, ...]) -> Body:
        return {"bool": {"should": list(below)}} if self._scores else _union(joined(below))

    def not_(self, node: Not, below: Body) -> Body:
        return {"bool": {"must_not": below}}

    def boost(self, node: Boost, below: Body) -> Body:
        if any(isinstance(getattr(leaf, "field", None), Count) for leaf in walk(node.child)):
            if self._scores:
                raise _unsupported("a boost over a number of related rows", node.span)
            return below  # it would be multiplied into the scores that count
        return {"function_score": {"query": below, "boost": min(node.factor, FLOAT32)}}

    def all_(self, node: All) -> Body:
        return {"match_all": {}}

    def nothing(self, node: Nothing) -> Body:
        return {"match_none": {}}

    # --- leaves

    def compare(self, node: Compare) -> Body:
        if node.op is not Op.EQ:
            return self._range(node.field, node.span, {_RANGES[node.op]: node.value})
        if isinstance(node.field, Count):
            return self._counted(node.field, node.span, {"gte": node.value, "lte": node.value})
        return self._values(node.field, node.span, (node.value,))

    def between(self, node: Between) -> Body:
        low, high = ("gt" if node.low_open else "gte"), ("lt" if node.high_open else "lte")
        return self._range(node.field, node.span, {low: node.low, high: node.high})

    def one_of(self, node: OneOf) -> Body:
        if isinstance(node.field, Count):
            return _union([self._counted(node.field, node.span, {"gte": value, "lte": value}) for value in node.values])
        return self._values(node.field, node.span, node.values)

    def _values(self, operand: str, span: Span | None, values: Sequence[Value]) -> Body:
        name, field = self._whole(operand, span)
        held = [value for value in values if self._hold({"gte": value, "lte": value}, field) and is_kept(value, field)]
        return _union(any_of(name, [_value(value, field, "term") for value in held]))

    def _hold(self, bounds: Mapping[str, Value], field: Field) -> Mapping[str, Value] | None:
        return hold(bounds, field, None if self._prefix else self._resource.index_types.get(field.name))

    def _range(self, operand: Operand, span: Span | None, bounds: Mapping[str, Value]) -> Body:
        if isinstance(operand, Count):
            return self._counted(operand, span, bounds)
        name, field = self._whole(operand, span)
        if field.kind is Kind.ID and not self._prefix and self._resource.index_types.get(field.name) == "keyword":
            raise _unsupported("a range of numbers that the index holds as text", span)
        held = self._hold(bounds, field)
        if held is None:
            return {"match_none": {}}
        spelled = {word: _value(value, field, word) for word, value in held.items()}
        return {"range": {name: spelled}} if spelled else {"exists": {"field": name}}

    def _counted(self, operand: Count, span: Span | None, bounds: Mapping[str, Value]) -> Body:
        """A range of a number of nested objects: their scores of 1 are added up, and a least score asked."""
        least, most = 0, None
        for word, value in bounds.items():
            number = ceil(value) if word in ("gte", "lt") else floor(value)  # type: ignore[arg-type]
            if word in ("gt", "gte"):
                least = max(least, number + (word == "gt"))
            else:
                most = number - (word == "lt")
        if most is not None and most < least:
            return {"match_none": {}}
        parts = [] if least <= 0 else [self._at_least(operand, least, span)]
        if most is not None:
            parts.append({"bool": {"must_not": self._at_least(operand, most + 1, span)}})
        if len(parts) == 2:
            return {"bool": {"must": parts}}
        return parts[0] if parts else {"match_all": {}}

    def _at_least(self, operand: Count, least: int, span: Span | None) -> Body:
        where = self._related(operand.relation, span).fold(operand.where)
        path = self._prefix + operand.relation
        if least == 1:
            return {"nested": {"path": path, "query": where}}
        summed = {"path": path, "score_mode": "sum", "query": {"constant_score": {"filter": where, "boost": 1}}}
        return {"function_score": {"query": {"nested": summed}, "min_score": least}}

    def exists(self, node: Exists) -> Body:
        name, _ = self._field(node.field, node.span)
        return {"exists": {"field": name}}

    def glob(self, node: Glob) -> Body:
        name, _ = self._field(node.field, node.span) if node.words else self._whole(node.field, node.span)
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
            return {"_score": {"order": "asc" if key.descending else "desc"}}
        if isinstance(key.by, Count):
            path = self._prefix + key.by.relation
            where = self._related(key.by.relation, None).fold(key.by.where)
            return {f"{path}.one": {**order, "mode": "sum", "missing": 0, "nested": {"path": path, "filter": where}}}
        if isinstance(key.by, Latest):
            return self._latest(key, key.by, order)
        if isinstance(key.by, Special | Symbol):
            raise make_error("E503", f"no order {key.by} in Elasticsearch")
        name, field = self._field(key.by, None)
        if field.nullable or key.nulls_first:
            order["missing"] = "_first" if key.nulls_first else "_last"
        return {name: order}

    def _latest(self, key: Key, by: Latest, order: Body) -> Body:
        """The greatest of one column of related rows, or a time that the index keeps for this."""
        order["missing"] = "_first" if key.nulls_first else "_last"
        if len(by.parts) == 1 and isinstance(by.parts[0], Position):
            part = by.parts[0]
            related = self._related(part.relation, None)
            nested = {"path": self._prefix + part.relation, "filter": related.fold(part.where)}
            return {related._field(part.column, None)[0]: {**order, "mode": "max", "nested": nested}}
        name = next((name for name, latest in self._resource.latest.items() if latest == by), None)
        if name is None:
            raise make_error("E503", "the index keeps no time that is the latest of these")
        return {name: order}

    # --- names

    def _field(self, operand: Operand, span: Span | None) -> tuple[str, Field]:
        if isinstance(operand, Count):
            raise make_error("E502", f"the index does not hold the number of {operand.relation}", span)
        name = self._columns.get(self._prefix + operand, self._prefix + operand)
        return name, self._table.fields[operand]

    def _whole(self, operand: Operand, span: Span | None) -> tuple[str, Field]:
        """A field that is compared as a whole; of an analysed text the index keeps the words alone."""
        name, field = self._field(operand, span)
        if field.kind is Kind.TEXT:
            raise _unsupported("comparing a whole text", span)
        return name, field

    def _related(self, relation: str, span: Span | None) -> _Compiler:
        path = self._prefix + relation
        if path not in self._resource.nested:
            shown = relation.replace("_", " ")
            hint = f"{shown} are no nested objects of this index"
            raise make_error("E502", f"the index does not hold {shown}", span, hint=hint)
        entity = table(self._table.relations[relation].entity)
        return _Compiler(entity, self._resource, f"{path}.", scores=self._scores)


def _union(parts: list[Body]) -> Body:
    if len(parts) == 1:
        return parts[0]
    return {"bool": {"should": parts}} if parts else {"match_none": {}}


def _unsupported(what: str, span: Span | None) -> QueryError:
    return make_error("E501", f"{what} has no exact form in Elasticsearch", span)


def _value(value: Value, field: Field, word: str) -> Value:
    """A value as the index holds it; `word` is the operator that it stands by."""
    if field.kind is Kind.INSTANT and isinstance(value, int):
        return spell_bound(value, word)
    return value


def query_of(where: Node, resource: Resource) -> Body:
    """The query alone of a closed tree: for filters and percolators."""
    return _Compiler(resource.table, resource).fold(where)
