"""Puts records into a store, many at a time: of one id the newest stays, whatever the order in which they come."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import repeat
from typing import Any, NamedTuple

from booruql.schema import Field
from booruql.sites.records import instant
from booruql.store.records import LONGEST, SHOWN, Item, Rejected
from booruql.store.seen import Seen
from booruql.store.shapes import BadRecord, Shape, checked_text
from booruql.store.sqlite import Store
from booruql.store.tables import entity_of, reader_of
from booruql.text import lower

MOST_TAGS = 20_000
"""Tags of a post: far more than any site's."""
MANY = 20_000
"""Tags from which counting all of them is no slower."""
_UNREADABLE = (TypeError, ValueError, AttributeError, KeyError, ArithmeticError)
NAMED = {
    "tags": ("name",),
    "tag_aliases": ("antecedent_name", "consequent_name"),
    "tag_implications": ("antecedent_name", "consequent_name"),
}
"""What tells the rows of tag tables apart that have no id."""
Rows = list[Any]


class Ready(NamedTuple):
    """A record that was read and checked, as the rows that it becomes."""

    key: int
    updated: int
    text: str
    place: tuple[str, int, int]
    row: Rows
    sides: tuple[tuple[Field, list[tuple[Any, ...]]], ...]
    names: frozenset[str]
    aliases: frozenset[str]
    numbers: frozenset[int]
    embedded: tuple[tuple[Shape, list[Rows]], ...]


def key_of_name(name: str, kind: str = "") -> int:
    """The key of a tag, from its name: below 0, so that it is no site's number; a short one where no kind is said."""
    return -1 - int.from_bytes(blake2b(f"{kind}{name}".encode(), digest_size=8 if kind else 6).digest(), "big") // 2


def key_of_content(text: str) -> int:
    """The key of a row that has no id, from what it holds."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") // 2


class Writer:
    """Writes batches of items; each within a transaction of its caller's."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.touched: set[int] | None = set()
        """Tags whose number of posts may have changed; None: too many to name."""
        self.seen = Seen(store.connection)
        self._plans: dict[str, _Plan] = {}
        self._ids: dict[str, int] | None = None

    def write(self, items: Iterable[Item], rejected: Callable[[Rejected], None]) -> int:
        """Write the items that can be read and stored, name the others; how many were good."""
        ready: dict[str, list[Ready]] = {}
        for item in items:
            try:
                entity = entity_of(self.store.site, item.table) if item.table else self.store.site.resource().entity
                prepared = self._plan(entity).prepare(item)
                ready.setdefault(entity, []).append(prepared)
            except BadRecord as problem:
                rejected(item.reject(str(problem)))
        good = 0
        for entity, found in ready.items():
            plan = self._plan(entity)
            good += len(found)
            for again in plan.write(found):
                good -= 1
                rejected(again)
            self.store.add_facts("sparse", plan.sparse)
            self.store.add_facts("carried", plan.carried)
        self.seen.save()
        return good

    def touch(self, tags: Iterable[int]) -> None:
        """Note tags whose number of posts may have changed."""
        if self.touched is not None:
            self.touched.update(tags)
            if len(self.touched) > MANY:
                self.touched = None

    def remove(self, entity: str, keys: Iterable[int]) -> int:
        """Remove records by id; how many there were."""
        return self._plan(entity).remove(list(keys))

    def forget(self) -> None:
        """After a transaction was rolled back: what was learnt may not be there."""
        self._ids = None
        self._plans.clear()
        self.seen.forget()

    def _plan(self, entity: str) -> _Plan:
        if entity not in self._plans:
            self._plans[entity] = _Plan(self, entity)
        return self._plans[entity]

    def tag_ids(self) -> dict[str, int]:
        """The ids of the names that the store knows."""
        if self._ids is None:
            self._ids = dict(self.store.connection.execute("SELECT name, id FROM tags WHERE name IS NOT NULL"))
        return self._ids


_NONE: frozenset[Any] = frozenset()


class _Plan:
    """How the records of one entity are read and written."""

    def __init__(self, writer: Writer, entity: str) -> None:
        store = writer.store
        self.writer, self.store, self.entity = writer, store, entity
        self.run, self.run_many = store.connection.execute, store.connection.executemany
        self.shape = store.shape(entity)
        store.make_raw(entity)
        self.read = reader_of(store.site, entity)
        self.required = list(self.shape.required if self.shape else ())
        self.places = self.shape.places(self.required) if self.shape else tuple
        self.carriable = set(self.shape.carriable if self.shape else ())
        self.sparse: set[str] = set()
        self.carried: set[str] = set()
        self.relations = [r for r in self.shape.schema.relations.values() if r.entity != entity] if self.shape else []
        self.fresh: set[str] = set()
        """Names of the batch that were checked and have no ids yet."""
        self.relation_names = frozenset(r.name for r in self.relations)
        self.sides = tuple((field.name, field) for field in self.shape.sides) if self.shape else ()
        low, high = self.run(f'SELECT min(id), max(id) FROM "raw_{entity}"').fetchone()
        self.low, self.high = low, high

    # --- reading and checking

    def prepare(self, item: Item) -> Ready:
        """The rows of a record.

        Raises:
            BadRecord: it cannot be read or stored.
        """
        record, text = item.record, item.text
        if text is None or "\n" in text:
            text = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
        if len(text) > LONGEST:
            raise BadRecord(f"longer than {LONGEST:,} characters")
        if self.shape is None:
            checked_record(record)
            key = record["id"] if type(record.get("id")) is int else key_of_content(_canonical(record))
            return Ready(key, _age(None, record), text, item[2:5], [], (), _NONE, _NONE, _NONE, ())
        try:
            document = self.read(record)
        except _UNREADABLE as problem:
            raise BadRecord(f"cannot be read: {_shown(problem)}") from None
        key = self._key(document, record)
        names, aliases, numbers = self._tags(document) if self.entity == "posts" else (_NONE, _NONE, _NONE)
        shape = self.shape
        row = shape.row(document, key)
        sides = tuple(
            [(field, list(shape.side_rows(field, key, document[name]))) for name, field in self.sides if document.get(name)]
        )
        embedded = () if self.relation_names.isdisjoint(document) else self._embedded(document)
        self._learn(document, row)
        return Ready(key, _age(document, record), text, item[2:5], row, sides, names, aliases, numbers, embedded)

    def _key(self, document: dict[str, Any], record: Mapping[str, Any]) -> int:
        shape = self.shape
        assert shape is not None
        if not shape.has_id:
            return key_of_content(_canonical(record))
        key = document.get("id")
        if type(key) is int and -(1 << 63) <= key < 1 << 63:
            return key
        naming = [record.get(name) for name in NAMED.get(self.entity, ())]
        if key is None and naming and all(naming):
            document["id"] = key_of_name("\n".join(map(_name, naming)))
            return int(document["id"])
        raise BadRecord("a record without an id" if key is None else f"id: {key!r:.60} is no id")

    def _tags(self, document: Mapping[str, Any]) -> tuple[frozenset[str], frozenset[str], frozenset[int]]:
        names, numbers = frozenset(document.get("tags") or ()), frozenset(document.get("tag_ids") or ())
        all_names = frozenset(document.get("tag_names") or ())
        known, aliases = self.writer.tag_ids(), all_names - names
        if len(all_names) + len(names) + len(numbers) > MOST_TAGS:
            raise BadRecord(f"{max(len(all_names), len(names), len(numbers)):,} tags; the most are {MOST_TAGS:,}")
        new = names.difference(known, self.fresh)
        for name in (*new, *aliases):
            _name(name)
        self.fresh |= new
        for number in numbers:
            if type(number) is not int or not 0 < number < 1 << 63:
                raise BadRecord(f"tag_ids: {number!r:.60} is no number of a tag")
        return names, aliases, numbers

    def _embedded(self, document: Mapping[str, Any]) -> tuple[tuple[Shape, list[Rows]], ...]:
        """Related rows that the document carries itself."""
        found = []
        for relation in self.relations:
            rows = document.get(relation.name)
            other = self.store.shape(relation.entity) if rows is not None else None
            if rows is not None and other is not None:
                owner = document[relation.own]
                whole = [{**row, relation.other: owner} for row in rows]
                made = [other.row(row, None if other.has_id else key_of_content(_canonical(row))) for row in whole]
                found.append((other, made))
        return tuple(found)

    def _learn(self, document: Mapping[str, Any], row: Rows) -> None:
        """Which fields are missing somewhere although they should not, and which many-valued ones are there."""
        assert self.shape is not None
        if self.required and None in self.places(row):
            absent = [name for name in self.required if document.get(name) is None]
            self.sparse.update(f"{self.entity}.{name}" for name in absent)
            self.required = [name for name in self.required if name not in absent]
            self.places = self.shape.places(self.required)
        if not self.carriable.isdisjoint(document):
            present = {name for name in self.carriable if document.get(name) is not None}
            self.carried |= present
            self.carriable -= present

    # --- writing

    def write(self, found: list[Ready]) -> Iterator[Rejected]:
        """Write what is newest of each key; yields what one file holds twice."""
        known = self._known([ready.key for ready in found])
        replaced = set(known)
        chosen: dict[int, Ready] = {}
        can_repeat = self.shape is not None and self.shape.has_id
        for ready in found:
            key = ready.key
            mark = (ready.updated, ready.text)
            before = known.get(key)
            is_again = can_repeat and self.writer.seen.add(self.entity, key, ready.place[0])
            if before is not None:
                if ready.updated == before[0] and is_again:
                    yield Rejected(*ready.place, f"id {key} is there twice in the file", ready.text[:SHOWN])
                    continue
                if mark <= before:
                    continue
            known[key] = mark
            chosen[key] = ready
        if chosen:
            self._write([chosen[key] for key in sorted(chosen)], replaced.intersection(chosen))

    def _known(self, keys: list[int]) -> dict[int, tuple[int, str]]:
        """Time and text of the records that are there."""
        low, high = min(keys), max(keys)
        before = self.low, self.high
        self.low = low if self.low is None else min(low, self.low)
        self.high = high if self.high is None else max(high, self.high)
        if before[0] is None or low > before[1] or high < before[0]:
            return {}
        asked = f'SELECT id, updated, record FROM "raw_{self.entity}" WHERE id IN (SELECT value FROM json_each(?))'
        return {key: (updated, text) for key, updated, text in self.run(asked, (json.dumps(keys),))}

    def _write(self, rows: list[Ready], replaced: set[int]) -> None:
        self.run_many(f'INSERT OR REPLACE INTO "raw_{self.entity}" VALUES (?, ?, ?)', ((r.key, r.updated, r.text) for r in rows))
        shape = self.shape
        if shape is None:
            return
        if replaced:
            self._clear(replaced)
        self._insert_some(shape, [ready.row for ready in rows])
        sides: dict[str, Rows] = {}
        for ready in rows:
            for field, values in ready.sides:
                sides.setdefault(field.name, []).extend(values)
        for name, values in sides.items():
            self._insert(f"{shape.name}_{name}", values, "IGNORE")
        if self.entity == "posts":
            self._link(rows)
        carried: dict[str, list[Rows]] = {}
        for ready in rows:
            for other, made in ready.embedded:
                carried.setdefault(other.stored, []).extend(made)
        self.store.add_facts("embedded", carried)
        for name, made in carried.items():
            self._insert(name, made)

    def _insert(self, name: str, rows: list[Any], conflict: str = "REPLACE") -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self.run_many(f'INSERT OR {conflict} INTO "{name}" VALUES ({marks})', rows)

    def _insert_some(self, shape: Shape, rows: list[Rows]) -> None:
        """Rows of many columns of which most are null: only the others are bound, which is many times faster."""
        columns = list(zip(*rows, strict=True))
        used = [at for at, values in enumerate(columns) if values.count(None) < len(values)]
        names = ", ".join(f'"{shape.names[at]}"' for at in used)
        marks = ", ".join("?" * len(used))
        values = zip(*[columns[at] for at in used], strict=True)
        self.run_many(f'INSERT OR REPLACE INTO "{shape.stored}" ({names}) VALUES ({marks})', values)

    def _link(self, rows: list[Ready]) -> None:
        ids = self.writer.tag_ids()
        new = self._new_keys(set().union(*(ready.names for ready in rows)).difference(ids))
        ids.update((name, key) for key, name in new.items())
        self.fresh.clear()
        aliases = {key_of_name(name, "\0"): name for ready in rows for name in ready.aliases}
        links: list[tuple[int, int]] = []
        touch = self.writer.touch
        for ready in rows:
            own = list(map(ids.__getitem__, ready.names))
            own.extend(key_of_name(name, "\0") for name in ready.aliases)
            touch(own)
            own.extend(ready.numbers)
            own.sort()
            links.extend(zip(repeat(ready.key), own))
        named = [(key, name, lower(name)) for key, name in sorted(new.items())]
        self.run_many("INSERT OR IGNORE INTO tags (id, name, name_folded) VALUES (?, ?, ?)", named)
        self.run_many("INSERT OR IGNORE INTO tags (id) VALUES (?)", ((key,) for key in aliases))
        both = [*((name, key, folded) for key, name, folded in named), *((n, key, lower(n)) for key, n in aliases.items())]
        self.run_many("INSERT OR IGNORE INTO tag_names VALUES (?, ?, ?)", both)
        self.run_many("INSERT OR IGNORE INTO posts_tags VALUES (?, ?)", links)

    def _new_keys(self, names: Iterable[str]) -> dict[int, str]:
        """Keys for new names; a longer one where another name has it."""
        found: dict[int, str] = {}
        for name in sorted(names):
            key = key_of_name(name)
            found[key_of_name(name, "\1") if key in found else key] = name
        taken = self.run("SELECT id FROM tags WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(found)),))
        for (key,) in taken.fetchall():
            name = found.pop(key)
            found[key_of_name(name, "\1")] = name
        return found

    def remove(self, keys: list[int]) -> int:
        """Remove records; how many there were."""
        there = set(self._known(keys)) if keys else set()
        if there and self.shape is not None:
            self._clear(there)
            one = ((key,) for key in there)
            self.run_many(f'DELETE FROM "{self.shape.stored}" WHERE {"id" if self.shape.has_id else "row_key"} = ?', one)
        self.run_many(f'DELETE FROM "raw_{self.entity}" WHERE id = ?', ((key,) for key in there))
        return len(there)

    def _clear(self, keys: set[int]) -> None:
        """Remove what belongs to the rows of these keys."""
        assert self.shape is not None
        one = [(key,) for key in sorted(keys)]
        for field in self.shape.sides:
            self.run_many(f'DELETE FROM "{self.shape.name}_{field.name}" WHERE owner_id = ?', one)
        if self.entity == "posts":
            asked = "SELECT DISTINCT tag_id FROM posts_tags WHERE tag_id < 0 AND post_id IN (SELECT value FROM json_each(?))"
            self.writer.touch(tag for (tag,) in self.run(asked, (json.dumps(sorted(keys)),)))
            self.run_many("DELETE FROM posts_tags WHERE post_id = ?", one)
        for relation in self.relations:
            if relation.own == "id" and relation.entity in (self.store.fact("embedded") or ()):
                self.run_many(f'DELETE FROM "{relation.entity}" WHERE "{relation.other}" = ?', one)


def _name(name: Any) -> str:
    try:
        return checked_text(name)
    except ValueError:
        raise BadRecord(f"{name!r:.60} is no name of a tag") from None


def checked_record(record: Mapping[str, Any]) -> None:
    """Refuse a record whose text no database stores; the readers of JSON have looked already."""
    try:
        checked_text(json.dumps(record, ensure_ascii=False, default=str).replace("\\u0000", "\0"))
    except ValueError as problem:
        raise BadRecord(str(problem)) from None


def _canonical(record: Any) -> str:
    return json.dumps(record, separators=(",", ":"), sort_keys=True, default=str)


def _age(document: Mapping[str, Any] | None, record: Mapping[str, Any]) -> int:
    """When the record last changed; 0 when it does not say."""
    found = document.get("updated_at") if document else None
    if type(found) is int:
        return found
    try:
        return instant(record.get("updated_at")) or 0
    except (ValueError, OverflowError):
        return 0


def _shown(problem: BaseException) -> str:
    return f"{type(problem).__name__}: {problem}"[:200]
