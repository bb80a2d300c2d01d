"""A catalog that looks every name up when it is asked for: a database of others may hold millions of tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from booruql.ast.nodes import All, And, Compare, Glob, Key, Node, OneOf, Op, Pattern
from booruql.context import FavoriteGroup, Pool, User
from booruql.documents import Document
from booruql.errors import UnsupportedError
from booruql.store.catalog import read_group, read_pool, read_user
from booruql.store.served import ServedCatalog

_BY_ID = (Key("id"),)
_MOST_USED = (Key("post_count", True), Key("name"), Key("id"))


class AskedCatalog(ServedCatalog):
    """Names by a search each, as the layout asks them. Initials and beginnings of tags are found among all, read once."""

    def alias(self, name: str) -> str | None:
        asked: Node = Compare("antecedent_name", Op.EQ, name)
        if self._source.holds("tag_aliases", "status"):
            asked = And((asked, Compare("status", Op.EQ, "active")))
        found = self._find("tag_aliases", asked, "antecedent_name", "consequent_name")
        return found[0]["consequent_name"] if found else None

    def expand(self, pattern: Pattern, limit: int) -> Sequence[str] | None:
        if not self._source.holds("tags", "id", "name", "post_count"):
            return None
        asked = And((Glob("name", pattern), Compare("post_count", Op.GT, 0)))
        return [tag["name"] for tag in self._find("tags", asked, order=_MOST_USED, limit=limit)]

    def tag_count(self, name: str) -> int | None:
        if not self._source.holds("tags", "id", "name", "post_count"):
            return None
        found = self._find("tags", Compare("name", Op.EQ, name))
        return found[0]["post_count"] if found else 0

    def tag_names(self, ids: Iterable[int]) -> Mapping[int, str]:
        return {tag["id"]: tag["name"] for tag in self._find("tags", OneOf("id", tuple(ids)), "name")}

    def nearest(self, name: str) -> str | None:
        """Not looked for: it would be among all tags."""
        return None

    def user(self, name: str) -> User | None:
        found = self._find("users", Glob("name", (name,), True), "name")
        return read_user(found[0]) if found else None

    def user_by_id(self, user_id: int) -> User | None:
        found = self._find("users", Compare("id", Op.EQ, user_id), "name")
        return read_user(found[0]) if found else None

    def pools(self, *, name: str | None = None, pattern: Pattern | None = None, pool_id: int | None = None) -> Sequence[Pool]:
        asked: Node = Glob("name", (name,) if name is not None else pattern or (), True)
        if pool_id is not None:
            asked = Compare("id", Op.EQ, pool_id)
        return [read_pool(row) for row in self._find("pools", asked, "name")]

    def favorite_groups(self, *, user_id: int | None = None, group_id: int | None = None) -> Sequence[FavoriteGroup]:
        asked = [Compare(name, Op.EQ, value) for name, value in (("creator_id", user_id), ("id", group_id)) if value is not None]
        where = asked[0] if len(asked) == 1 else And(tuple(asked)) if asked else All()
        return [read_group(row) for row in self._find("favorite_groups", where, "name")]

    def _find(
        self, entity: str, where: Node, *needed: str, order: tuple[Key, ...] = _BY_ID, limit: int | None = None
    ) -> Sequence[Document]:
        """The rows of an entity; none when the database does not hold it, or cannot tell."""
        if not self._source.holds(entity, "id", *needed):
            return ()
        try:
            return list(self._source.find(entity, where, order, limit))
        except UnsupportedError:
            return ()
