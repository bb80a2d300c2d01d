"""SQL by hand for the queries of `make_queries.py`, as `bench_corpus.py` writes it: over a narrow copy of a store, over FTS5, and
over PostgreSQL's arrays.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from booruql.ast.nodes import And, Between, Compare, Exists, Node, Not, Nothing, OneOf, Op, Or

TOP = 20
BY_SCORE = " order:score"
CACHE = ("PRAGMA cache_size = -2000000", "PRAGMA mmap_size = 8000000000")
"""What SQL by hand is given: more memory than it needs."""
NAMES = {"favorite_count": "fav_count"}


def make_hand(store: Path, into: Path) -> None:
    """The rows of a store as one would lay them out for these queries alone."""
    began = time.perf_counter()
    made = sqlite3.connect(into, isolation_level=None)
    for statement in (
        "PRAGMA journal_mode = OFF",
        "PRAGMA synchronous = OFF",
        "PRAGMA page_size = 8192",
        "PRAGMA cache_size = -1000000",
        f"ATTACH '{store}' AS s",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, created_at INT, score INT, fav_count INT, rating TEXT, width INT)",
        "CREATE TABLE post_tags (tag_id INT, post_id INT, PRIMARY KEY (tag_id, post_id)) WITHOUT ROWID",
        "CREATE TABLE tags (id INTEGER PRIMARY KEY, stored INT, name TEXT, uses INT)",
        "CREATE VIRTUAL TABLE f USING fts5(t, content='', detail=none, columnsize=0)",
        "BEGIN",
        "INSERT INTO posts SELECT id, created_at, score, favorite_count, rating, width FROM s.posts ORDER BY id",
        "CREATE INDEX posts_score ON posts (score)",
        "INSERT INTO tags SELECT row_number() OVER (ORDER BY uses DESC, name), id, name, uses FROM s.tags WHERE name IS NOT NULL",
        "CREATE INDEX tags_stored ON tags (stored, id)",
        "INSERT INTO post_tags SELECT t.id, x.post_id FROM tags t CROSS JOIN s.posts_tags x ON x.tag_id = t.stored ORDER BY 1, 2",
        "INSERT INTO f (rowid, t) SELECT x.post_id, group_concat('t' || t.id, ' ') FROM s.posts_tags x CROSS JOIN tags t "
        "ON t.stored = x.tag_id GROUP BY x.post_id",
        "INSERT INTO f (f) VALUES ('optimize')",
        "COMMIT",
        "ANALYZE",
    ):
        made.execute(statement)
    made.close()
    print(f"tables by hand: {time.perf_counter() - began:.0f} s, {into.stat().st_size:,} bytes", flush=True)


def connect(file: Path) -> sqlite3.Connection:
    """A reader of those tables, with all the memory it may want."""
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    for statement in CACHE:
        connection.execute(statement)
    return connection


class Hand:
    """SQL that one would write for one query: the rarest required tag first, the rest as probes; or FTS5."""

    def __init__(self, tags: Iterable[Sequence[Any]], links: str = "post_tags") -> None:
        """`tags` are names, numbers and uses."""
        found = list(tags)
        self.numbers = {name: number for name, number, _ in found}
        self.uses = {name: uses for name, _, uses in found}
        self.links = links

    def probes(self, form: str, tree: Node) -> str:
        """A statement over `post_tags`."""
        members = list(tree.children) if isinstance(tree, And) else [tree]
        tags = [node for node in members if isinstance(node, Compare) and node.field == "tags"]
        if not tags:
            return _asked(form, "posts p", self._test(tree, "p.id"), "p.id")
        rarest = min(tags, key=lambda node: self.uses.get(str(node.value), 0))
        tests = [f"t.tag_id = {self._number(rarest.value)}"]
        tests += [self._test(node, "t.post_id") for node in members if node is not rarest]
        wanted = " AND ".join(tests)
        joined = " JOIN posts p ON p.id = t.post_id" if "p." in wanted or form == "best" else ""
        return _asked(form, f"{self.links} t{joined}", wanted, "t.post_id")

    def words(self, form: str, tree: Node) -> str:
        """A statement over the FTS5 index; numbers are tested on the posts that it finds."""
        members = tree.children if isinstance(tree, And) else (tree,)
        numbers = [self._test(node, "p.id") for node in members if _is_number(node)]
        match = self._match([node for node in members if not _is_number(node)])
        wanted = " AND ".join([f"f MATCH '{match}'", *numbers])
        joined = " JOIN posts p ON p.id = f.rowid" if numbers or form == "best" else ""
        return _asked(form, f"f{joined}", wanted, "f.rowid")

    def _number(self, tag: Any) -> int:
        number: int = self.numbers.get(str(tag), 0)
        return number

    def _test(self, node: Node, key: str) -> str:
        match node:
            case And(children=children):
                return "(" + " AND ".join(self._test(child, key) for child in children) + ")"
            case Or(children=children):
                return "(" + " OR ".join(self._test(child, key) for child in children) + ")"
            case Not(child=child):
                return f"NOT ({self._test(child, key)})"
            case Compare(field="tags", value=value):
                return f"EXISTS (SELECT 1 FROM {self.links} x WHERE x.tag_id = {self._number(value)} AND x.post_id = {key})"
            case OneOf(field="tags", values=values):
                numbers = ", ".join(str(self._number(value)) for value in values)
                return f"EXISTS (SELECT 1 FROM {self.links} x WHERE x.tag_id IN ({numbers}) AND x.post_id = {key})"
        return _number_test(node)

    def _match(self, nodes: list[Node]) -> str:
        wanted = [self._word(node) for node in nodes if not isinstance(node, Not)]
        found = f"({' AND '.join(wanted)})"
        for node in nodes:
            if isinstance(node, Not):
                found = f"({found} NOT {self._word(node.child)})"
        return found

    def _word(self, node: Node) -> str:
        match node:
            case Compare(field="tags", value=value):
                return f"t{self._number(value)}"
            case OneOf(field="tags", values=values):
                return "(" + " OR ".join(f"t{self._number(value)}" for value in values or ("",)) + ")"
            case Or(children=children):
                return "(" + " OR ".join(self._word(child) for child in children) + ")"
            case And(children=children):
                return self._match(list(children))
            case Nothing():
                return "t0"
        raise TypeError(node)


def _is_number(node: Node) -> bool:
    return isinstance(node, (Compare, Between, Exists)) and node.field != "tags"


def _number_test(node: Node) -> str:
    match node:
        case Nothing():
            return "false"
        case Exists():
            return "true"  # every post of the workload has it
        case Compare(field=str(field), op=op, value=value):
            shown = f"'{value}'" if isinstance(value, str) else value
            return f"p.{NAMES.get(field, field)} {Op(op).value} {shown}"
        case Between(field=str(field), low=low, high=high, low_open=False, high_open=is_open):
            name = NAMES.get(field, field)
            return f"p.{name} >= {low} AND p.{name} {'<' if is_open else '<='} {high}"
    raise TypeError(node)


def _asked(form: str, tables: str, wanted: str, key: str) -> str:
    if form == "count":
        return f"SELECT count(*) FROM {tables} WHERE {wanted}"
    order = f"p.score DESC, {'p.id' if key == 'f.rowid' else key} DESC" if form == "best" else f"{key} DESC"
    return f"SELECT {key} FROM {tables} WHERE {wanted} ORDER BY {order} LIMIT {TOP}"


class Arrays:
    """SQL that one would write for one query over `posts.tags text[]` with a GIN index: positive and negative tags merged."""

    def statement(self, form: str, tree: Node) -> str:
        """A statement with its values in it."""
        return _asked(form, "posts p", self._test(tree), "p.id")

    def _test(self, node: Node) -> str:
        match node:
            case And(children=children):
                return self._all(children)
            case Or(children=children) if all(map(_is_tags, children)):
                return f"p.tags && {_array([value for child in children for value in _values(child)])}"
            case Or(children=children):
                return "(" + " OR ".join(map(self._test, children)) + ")"
            case Not(child=child):
                return f"NOT ({self._test(child)})"
            case Compare(field="tags", value=value):
                return f"p.tags @> {_array([value])}"
            case OneOf(field="tags", values=values):
                return f"p.tags && {_array(values)}"
        return _number_test(node)

    def _all(self, nodes: tuple[Node, ...]) -> str:
        wanted = [value for node in nodes if isinstance(node, Compare) and node.field == "tags" for value in _values(node)]
        unwanted = [value for node in nodes if isinstance(node, Not) and _is_tags(node.child) for value in _values(node.child)]
        tests = [f"p.tags @> {_array(wanted)}"] if wanted else []
        for node in nodes:
            if not (isinstance(node, Compare) and node.field == "tags") and not (isinstance(node, Not) and _is_tags(node.child)):
                tests.append(self._test(node))
        tests += [f"NOT (p.tags && {_array(unwanted)})"] if unwanted else []
        return "(" + " AND ".join(tests) + ")"


def _is_tags(node: Node) -> bool:
    return isinstance(node, Compare | OneOf) and node.field == "tags"


def _values(node: Any) -> Any:
    return node.values if isinstance(node, OneOf) else (node.value,)


def _array(values: Any) -> str:
    quoted = ("'" + str(value).replace("'", "''") + "'" for value in values)
    return f"ARRAY[{', '.join(quoted)}]::text[]"
