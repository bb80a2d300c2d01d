"""A closed query to SQL: a shape never met and one that was, beside sqlglot's nodes and SQLAlchemy's Core by hand."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import Any

import sqlglot.generator

from benchmarks.corpus import Corpus
from benchmarks.results import Claim, Found, Table, at_least, at_most
from benchmarks.setting import Setting
from benchmarks.sql_nodes import Nodes
from benchmarks.timing import Job, Timing, measure
from booruql.ast.nodes import Search
from booruql.backends import sql
from booruql.backends.sql.writer import forget
from booruql.sites import Resource

_PAGE = 20
_COLUMNS = ("id", "created_at", "score", "favorite_count", "width", "rating", "file_ext")
_POSTS = 1_500
"""Posts that the answers are compared on: enough for every test, quick to load."""
_HAND, _CORE = "sqlglot nodes by hand", "SQLAlchemy Core"


def run(setting: Setting) -> Found:
    """The newest page of every query on SQLite's `join` layout.

    A shape is new when no statement of it is kept; what its leaves are told in is known from others, but for one row.
    """
    searches = [(replace(closed.search, size=_PAGE), closed.resource) for closed in setting.closed]
    core, missing = _peer()
    _check(setting.corpus, searches, core)

    def ours(at: int) -> object:
        return sql.compile(*searches[at])

    def new_shape(at: int) -> object:
        forget()
        return ours(at)

    def known_leaves(at: int) -> object:
        forget(leaves=False)
        return ours(at)

    jobs: dict[str, Job] = {
        _HAND: lambda at: Nodes().write(searches[at][0]),
        "new shape": known_leaves,
        "new shape, nothing known": new_shape,
    }
    if core is not None:
        jobs[_CORE] = lambda at: core.Core().write(searches[at][0])
    found = measure(jobs, len(searches), setting.rounds, label="sql compile, new shapes")
    for at in range(len(searches)):
        ours(at)
    found |= measure({"known shape": ours}, len(searches), setting.rounds, label="sql compile, known shapes")
    return {"to a statement": Table(found, _claims(found), limits=(_HAND,), missing=missing)}


def _peer() -> tuple[ModuleType | None, dict[str, str]]:
    """SQLAlchemy's side, or why it is missing."""
    try:
        return import_module("benchmarks.sql_core"), {}
    except ImportError as problem:
        return None, {_CORE: str(problem)}


def _claims(found: dict[str, Timing]) -> list[Claim]:
    new = found["new shape"]
    is_fast = not str(sqlglot.generator.__file__).endswith(".py")
    how = "compiled sqlglot" if is_fast else "sqlglot in Python"
    claims = [
        at_most(f"new shape, of nodes by hand, {how}", new.ratio(found[_HAND]), 1.3 if is_fast else 1.7),
        Claim(f"new shape with nothing known, of nodes by hand, {how}", found["new shape, nothing known"].ratio(found[_HAND])),
        at_most("known shape, of a new one", found["known shape"].ratio(new), 0.25),
    ]
    if _CORE in found:
        text, value = f"SQLAlchemy, of a new shape, {how}", found[_CORE].ratio(new)
        claims.append(at_least(text, value, 4) if is_fast else Claim(text, value))
    return claims


def _check(corpus: Corpus, searches: Sequence[tuple[Search, Resource]], core: Any) -> None:
    """The nodes by hand have the very text of ours, and the other side's statement finds the same posts."""
    connection = _posts(corpus)
    for search, resource in searches:
        made = sql.compile(search, resource)
        text, values = Nodes().write(search)
        assert (text, tuple(values)) == (made.text, made.params), search
        if core is not None:
            found = [row[0] for row in connection.execute(made.text, made.params)]
            assert core.ask(core.Core().build(search), connection) == found, search


def _posts(corpus: Corpus) -> sqlite3.Connection:
    """Some posts in the tables that the statements ask."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.execute("CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT UNIQUE, uses INTEGER)")
    connection.execute("CREATE TABLE posts_tags (tag_id INTEGER, post_id INTEGER, PRIMARY KEY (tag_id, post_id)) WITHOUT ROWID")
    connection.execute(f"CREATE TABLE posts ({', '.join(_COLUMNS)}, PRIMARY KEY (id))")
    numbers = {name: number for number, name in enumerate(corpus.counts)}
    posts = corpus.documents(_POSTS)
    links = [(numbers[tag], post["id"]) for post in posts for tag in post["tags"]]
    uses = Counter(number for number, _ in links)
    connection.executemany("INSERT INTO tags VALUES (?, ?, ?)", [(at, name, uses[at]) for name, at in numbers.items()])
    connection.executemany("INSERT INTO posts_tags VALUES (?, ?)", links)
    rows = [[post[name] for name in _COLUMNS] for post in posts]
    connection.executemany(f"INSERT INTO posts VALUES ({', '.join('?' * len(_COLUMNS))})", rows)
    return connection
