"""Catalogs over raw rows: a dump's tables in memory, or a store's."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from booruql.ast.nodes import Pattern
from booruql.backends.sql.dialects.sqlite import escape_glob
from booruql.context import Catalog, FavoriteGroup, Pool, Proposal, User
from booruql.store.sqlite import Store
from booruql.vocabulary.globs import make_glob
from booruql.vocabulary.vocabulary import Vocabulary

_MODERATOR, _ADMIN = 40, 50


class RowsCatalog(Catalog):
    """A catalog over the rows of a dump, by table name; a subclass over rows that change says so by its `version`."""

    version: Hashable = 0

    def __init__(self, tables: Mapping[str, Iterable[Mapping[str, Any]]], tag_counts: Mapping[str, int] | None = None) -> None:
        self._tables = tables
        self._counts = tag_counts

    def rows(self, table: str) -> Iterator[Mapping[str, Any]]:
        """The raw rows of a table; none when it is not there."""
        yield from self._tables.get(table, ())

    # --- tags

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The used tags and their aliases, read when first asked for."""
        return Vocabulary(self._tag_counts(), self._aliases)

    def _tag_counts(self) -> Mapping[str, int]:
        if self._counts is not None:
            return self._counts
        return {row["name"]: row.get("post_count", row.get("images", 0)) or 0 for row in self.rows("tags")}

    @cached_property
    def _aliases(self) -> Mapping[str, str]:
        active = (row for row in self.rows("tag_aliases") if row.get("status", "active") == "active")
        return {row["antecedent_name"]: row["consequent_name"] for row in active}

    def alias(self, name: str) -> str | None:
        return self._aliases.get(name)

    def abbreviation(self, letters: str) -> str | None:
        return self.vocabulary.abbreviation(letters)

    def expand(self, pattern: Pattern, limit: int) -> Sequence[str] | None:
        return self.vocabulary.expand(pattern, limit)

    def proposals(self, text: str, limit: int) -> Sequence[Proposal]:
        return self.vocabulary.proposals(text, limit)

    def nearest(self, name: str) -> str | None:
        return self.vocabulary.nearest(name)

    def tag_count(self, name: str) -> int | None:
        return self.vocabulary.tag_count(name)

    def tag_names(self, ids: Iterable[int]) -> Mapping[int, str]:
        return {number: self._tag_names[number] for number in ids if number in self._tag_names}

    @cached_property
    def _tag_names(self) -> Mapping[int, str]:
        return {row["id"]: row["name"] for row in self.rows("tags") if "id" in row}

    # --- users and pools

    @cached_property
    def _users(self) -> Mapping[str, User]:
        return {row["name"].lower(): read_user(row) for row in self.rows("users")}

    @cached_property
    def _users_by_id(self) -> Mapping[int, User]:
        return {user.id: user for user in self._users.values()}

    def user(self, name: str) -> User | None:
        return self._users.get(name.lower())

    def user_by_id(self, user_id: int) -> User | None:
        return self._users_by_id.get(user_id)

    @cached_property
    def _pools(self) -> tuple[Pool, ...]:
        return tuple(read_pool(row) for row in self.rows("pools"))

    def pools(self, *, name: str | None = None, pattern: Pattern | None = None, pool_id: int | None = None) -> Sequence[Pool]:
        if pool_id is not None:
            return tuple(pool for pool in self._pools if pool.id == pool_id)
        if name is not None:
            return tuple(pool for pool in self._pools if pool.name.lower() == name.lower())
        test = make_glob(pattern or (), fold=True)
        return tuple(pool for pool in self._pools if test(pool.name))

    @cached_property
    def _groups(self) -> tuple[FavoriteGroup, ...]:
        return tuple(read_group(row) for row in self.rows("favorite_groups"))

    def favorite_groups(self, *, user_id: int | None = None, group_id: int | None = None) -> Sequence[FavoriteGroup]:
        return tuple(g for g in self._groups if user_id in (None, g.creator_id) and group_id in (None, g.id))

    def saved_queries(self, user_id: int, label: str | None) -> Sequence[str]:
        found = (row for row in self.rows("saved_searches") if row.get("user_id") == user_id)
        return tuple(row["query"] for row in found if label is None or label in (row.get("labels") or ()))


class StoreCatalog(RowsCatalog):
    """A catalog over a store: tags are asked from the file, small tables are read once."""

    version = None

    def __init__(self, store: Store) -> None:
        super().__init__({})
        self._store = store

    def rows(self, table: str) -> Iterator[Mapping[str, Any]]:
        yield from self._store.records(self._store.entity(table))

    def _tag_counts(self) -> Mapping[str, int]:
        return dict(self._store.connection.execute("SELECT name, post_count FROM listed_tags WHERE post_count > 0"))

    def expand(self, pattern: Pattern, limit: int) -> Sequence[str] | None:
        found = self._store.connection.execute(
            "SELECT name FROM listed_tags WHERE name GLOB ? AND post_count > 0 ORDER BY post_count DESC, name LIMIT ?",
            (escape_glob(pattern), limit),
        )
        return [name for (name,) in found]

    def tag_count(self, name: str) -> int | None:
        row = self._store.connection.execute("SELECT post_count FROM listed_tags WHERE name = ?", (name,)).fetchone()
        return row[0] if row else 0


def read_user(row: Mapping[str, Any]) -> User:
    """A user from a dump's row."""
    level = row.get("level") or 20
    role = row.get("role") or ("admin" if level >= _ADMIN else "moderator" if level >= _MODERATOR else "user")
    return User(row["id"], row["name"], role, level, bool(row.get("private_favorites")))


def read_pool(row: Mapping[str, Any]) -> Pool:
    """A pool from a dump's row."""
    deleted, ids = bool(row.get("is_deleted")), tuple(row.get("post_ids") or ())
    return Pool(row["id"], row["name"], row.get("category") or "series", deleted, ids)


def read_group(row: Mapping[str, Any]) -> FavoriteGroup:
    """A favorite group from a dump's row."""
    ids = tuple(row.get("post_ids") or ())
    return FavoriteGroup(row["id"], row["name"], row["creator_id"], bool(row.get("is_public", True)), ids)
