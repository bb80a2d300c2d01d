"""Saved queries, kept by what their matches must have: a post meets the few that it may match.

Two levels of tags, the rarest first, as far as a query requires them; other keys for unions and single values; sorted
bounds for numbers; for queries that only forbid, the tags that they forbid. The rest is asked of every post.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterator
from typing import Any

from booruql.ast.fold import depth
from booruql.ast.nodes import And, Node, Op
from booruql.backends.percolator.covers import Bound, Key, bound, cover, split
from booruql.backends.predicate.closures import make_closure
from booruql.backends.predicate.predicate import compile_rows
from booruql.backends.predicate.values import single
from booruql.documents import Document
from booruql.schema import Kind, Table

_DEEP = 40  # levels that closures may nest
_HOT = 400  # calls after which generated source pays

Id = Hashable
Place = Callable[[], None]
"""What takes an entry out of where it was put."""


class Check:
    """What is left to ask of a post that may match; compiled when first asked."""

    __slots__ = ("calls", "schema", "test", "tree")

    def __init__(self, tree: Node, schema: Table) -> None:
        self.tree, self.schema = tree, schema
        self.test: Callable[[Document], bool] | None = None
        self.calls = 0

    def __call__(self, document: Document) -> bool:
        if self.test is None:
            self.test = make_closure(self.tree, self.schema) if depth(self.tree) < _DEEP else compile_rows(self.tree, self.schema)
        self.calls += 1
        if self.calls == _HOT:
            self.test = compile_rows(self.tree, self.schema)
        return self.test(document)


Entry = tuple[Id, tuple[str, ...], tuple[str, ...], Check | None]
"""The query, further tags it requires, tags it forbids, and what else to ask."""


class Queries:
    """Closed trees over one table, by id."""

    def __init__(self, schema: Table, tags: str, count: Callable[[str], int | None] | None = None) -> None:
        self.schema, self.tags = schema, tags
        self._count = count
        self._first: dict[str, dict[str | None, list[Entry]]] = {}
        self._keyed: dict[Key, list[Entry]] = {}
        self._fields: dict[str, int] = {}
        self._bounds: dict[tuple[str, Op], Bounds] = {}
        self._forbidding: dict[Id, Entry] = {}
        self._forbidden: dict[str, dict[Id, None]] = {}
        self._always: dict[Id, Entry] = {}
        self._places: dict[Id, Any] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, id_: Id) -> bool:
        return id_ in self._places

    # --- adding and removing

    def add(self, id_: Id, tree: Node) -> None:
        """Keep a query; one of the same id is replaced."""
        if id_ in self._places:
            self.remove(id_)
        parts = split(tree, self.tags)
        if parts.required:
            self._places[id_] = self._add_required(id_, parts.required, parts.banned, self._check(parts.rest))
            return
        keys = cover(tree, self.schema, self._weigh)
        if keys is not None:
            self._places[id_] = self._add_keyed(id_, keys, self._check((tree,)))
            return
        limit = bound(parts, self.schema)
        if limit is not None:
            self._places[id_] = self._add_bound((id_, (), parts.banned, self._check(limit.rest)), limit)
        elif parts.banned:
            self._places[id_] = self._add_forbidding((id_, (), parts.banned, self._check(parts.rest)))
        else:
            self._always[id_] = (id_, (), (), self._check((tree,)))
            self._places[id_] = None

    def _check(self, rest: tuple[Node, ...]) -> Check | None:
        if not rest:
            return None
        return Check(rest[0] if len(rest) == 1 else And(rest), self.schema)

    def _weigh(self, field: str, value: Any) -> float:
        if field == self.tags:
            return self._rank(value)
        return 1e6 if self.schema.fields[field].values or self.schema.fields[field].kind is Kind.BOOL else 1e3

    def _rank(self, tag: str) -> float:
        known = self._count(tag) if self._count else None
        if known is not None:
            return known
        kept = self._first.get(tag)
        return 1000.0 + (len(kept) if kept else 0)

    def _add_required(self, id_: Id, required: tuple[str, ...], banned: tuple[str, ...], check: Check | None) -> Any:
        rarest, *others = sorted(required, key=self._rank) if len(required) > 1 else required
        second = others.pop(0) if others else None
        entry = (id_, tuple(others), banned, check)
        self._first.setdefault(rarest, {}).setdefault(second, []).append(entry)
        return rarest, second

    def _add_keyed(self, id_: Id, keys: frozenset[Key], check: Check | None) -> Any:
        entry: Entry = (id_, (), (), check)
        for key in keys:
            self._keyed.setdefault(key, []).append(entry)
            self._fields[key[0]] = self._fields.get(key[0], 0) + 1
        return keys

    def _add_bound(self, entry: Entry, limit: Bound) -> Any:
        is_single = self.schema.fields[limit.field].kind is Kind.FLOAT32
        value: Any = single(limit.value) if is_single else limit.value
        bounds = self._bounds.setdefault((limit.field, limit.op), Bounds(limit.op, is_single))
        bounds.add(value, entry)
        return limit.field, limit.op, value

    def _add_forbidding(self, entry: Entry) -> Any:
        self._forbidding[entry[0]] = entry
        for tag in entry[2]:
            self._forbidden.setdefault(tag, {})[entry[0]] = None
        return ...

    def remove(self, id_: Id) -> None:
        """Forget a query; one that is not there is passed over."""
        if id_ not in self._places:
            return
        match self._places.pop(id_):
            case None:
                del self._always[id_]
            case (str(rarest), second):
                self._remove_required(id_, rarest, second)
            case frozenset() as keys:
                for key in keys:
                    self._keyed[key] = [entry for entry in self._keyed[key] if entry[0] != id_]
            case (str(field), Op() as op, value):
                self._bounds[field, op].remove(value, id_)
            case _:
                for tag in self._forbidding.pop(id_)[2]:
                    del self._forbidden[tag][id_]

    def _remove_required(self, id_: Id, rarest: str, second: str | None) -> None:
        bucket = self._first[rarest]
        bucket[second] = [entry for entry in bucket[second] if entry[0] != id_]
        if not bucket[second]:
            del bucket[second]
            if not bucket:
                del self._first[rarest]

    # --- matching

    def match(self, document: Document) -> list[Id]:
        """The ids of the queries that the post matches, in no order."""
        tags = document[self.tags] or frozenset()
        found: list[Id] = []
        self._match_required(document, tags, found)
        if self._keyed:
            self._match_keyed(document, found)
        for (field, _), bounds in self._bounds.items():
            value = document[field]
            if value is not None:
                _verify(bounds.passed(value), document, tags, found)
        if self._forbidding:
            self._match_forbidding(document, tags, found)
        if self._always:
            _verify(self._always.values(), document, tags, found)
        return found

    def _match_required(self, document: Document, tags: Any, found: list[Id]) -> None:  # noqa: C901, PLR0912 - the hot loop
        get = self._first.get
        size = len(tags)
        for tag in tags:
            bucket = get(tag)
            if not bucket:
                continue
            if len(bucket) <= size:
                seconds = [second for second in bucket if second is None or second in tags]
            else:
                seconds = [second for second in tags if second in bucket]
                if None in bucket:
                    seconds.append(None)
            for second in seconds:
                for id_, required, banned, check in bucket[second]:
                    for other in required:
                        if other not in tags:
                            break
                    else:
                        for other in banned:
                            if other in tags:
                                break
                        else:
                            if check is None or check(document):
                                found.append(id_)

    def _match_keyed(self, document: Document, found: list[Id]) -> None:
        seen: set[Id] = set()
        keyed = self._keyed
        for field in self._fields:
            value = document[field]
            if value is None:
                continue
            for one in value if isinstance(value, frozenset) else (value,):
                for id_, _, _, check in keyed.get((field, one), ()):
                    if id_ not in seen:
                        seen.add(id_)
                        if check is None or check(document):
                            found.append(id_)

    def _match_forbidding(self, document: Document, tags: Any, found: list[Id]) -> None:
        refused: set[Id] = set()
        for tag in tags:
            ids = self._forbidden.get(tag)
            if ids:
                refused.update(ids)
        for id_, entry in self._forbidding.items():
            if id_ not in refused and (entry[3] is None or entry[3](document)):
                found.append(id_)


def _verify(entries: Any, document: Document, tags: Any, found: list[Id]) -> None:
    for id_, _, banned, check in entries:
        if (not banned or tags.isdisjoint(banned)) and (check is None or check(document)):
            found.append(id_)


class Bounds:
    """Entries by the number that a post's must pass, sorted when first asked after a change."""

    def __init__(self, op: Op, is_single: bool) -> None:
        self.op, self.is_single = op, is_single
        self._entries: list[tuple[Any, Entry]] = []
        self._values: list[Any] = []
        self._sorted = True

    def add(self, value: Any, entry: Entry) -> None:
        self._entries.append((value, entry))
        self._sorted = False

    def remove(self, value: Any, id_: Id) -> None:
        self._entries = [pair for pair in self._entries if pair[0] != value or pair[1][0] != id_]
        self._sorted = False

    def passed(self, number: Any) -> Iterator[Entry]:
        """The entries whose bound the number passes."""
        if not self._sorted:
            self._entries.sort(key=lambda pair: pair[0])
            self._values = [value for value, _ in self._entries]
            self._sorted = True
        number = single(number) if self.is_single else number
        first, end = self._stretch(number)
        return (entry for _, entry in self._entries[first:end])

    def _stretch(self, number: Any) -> tuple[int, int]:
        values = self._values
        match self.op:
            case Op.GT:
                return 0, bisect_left(values, number)
            case Op.GE:
                return 0, bisect_right(values, number)
            case Op.LT:
                return bisect_right(values, number), len(values)
            case Op.LE:
                return bisect_left(values, number), len(values)
            case Op.EQ:
                return bisect_left(values, number), bisect_right(values, number)
