"""What a query needs from outside: the time, the viewer, names, filters, limits. Imports `errors` and `ast` only.

A `Context` is given when a query is compiled, never read while parsing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import Any

from booruql.ast.nodes import Pattern, Wild
from booruql.kept import Kept

_KEPT = 256  # closed queries of a context


@dataclass(frozen=True, slots=True)
class Limits:
    """Our own limits; they hold in every mode and name themselves in the error."""

    characters: int = 10_000
    depth: int = 100
    terms: int = 1_000
    clauses: int = 400
    expansions: int = 100


@dataclass(frozen=True, slots=True)
class User:
    """A user as far as searching needs one. `role`: anonymous, user, moderator, admin; `level` is Danbooru's number."""

    id: int
    name: str
    role: str = "user"
    level: int = 20
    private_favorites: bool = False
    watched_tag_ids: tuple[int, ...] = ()
    watched_images_query: str = ""
    watched_images_exclude: str = ""
    no_spoilered_in_watched: bool = False

    @property
    def audience(self) -> str:
        """Whose vocabulary the user searches with: moderators and admins have the moderators'."""
        return {"anonymous": "anonymous", "moderator": "moderator", "admin": "moderator"}.get(self.role, "user")


@dataclass(frozen=True, slots=True)
class Filter:
    """A Philomena filter: tags by id and multi-line queries that hide or spoiler."""

    id: int = 0
    user_id: int | None = None
    system: bool = False
    public: bool = False
    hidden_tag_ids: tuple[int, ...] = ()
    hidden_complex: str = ""
    spoilered_tag_ids: tuple[int, ...] = ()
    spoilered_complex: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool as `Catalog.pools` gives it."""

    id: int
    name: str
    category: str = "series"
    is_deleted: bool = False
    post_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FavoriteGroup:
    """A user's list of posts as `Catalog.favorite_groups` gives it."""

    id: int
    name: str
    creator_id: int
    is_public: bool = True
    post_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A tag as `Catalog.proposals` gives it. `antecedent` is the alias that was met instead of its own name."""

    name: str
    count: int | None = None
    category: int | None = None
    antecedent: str | None = None


class Catalog:
    """The embedder's tables, asked while a query is bound. Override what you have; the rest knows nothing.

    None from `expand` means that there is no tag table: a glob then stays a glob. `version` differs whenever an answer may:
    queries closed in a context are kept with it. None: an answer may be another at any time, so nothing is kept.
    """

    version: Hashable = None

    def alias(self, name: str) -> str | None:
        """The consequent of the active alias whose antecedent is `name`."""
        return None

    def abbreviation(self, letters: str) -> str | None:
        """The most used tag whose words begin with these letters (`lh`: long_hair)."""
        return None

    def expand(self, pattern: Pattern, limit: int) -> Sequence[str] | None:
        """Names of used tags that match, most used first, then by name; at most `limit`."""
        return None

    def proposals(self, text: str, limit: int) -> Sequence[Proposal]:
        """What a tag that is being typed may become, the likeliest first; at most `limit`."""
        return [Proposal(name, self.tag_count(name)) for name in self.expand((text, Wild.RUN), limit) or ()]

    def nearest(self, name: str) -> str | None:
        """The used tag that was probably meant by a name that stands for none."""
        return None

    def tag_names(self, ids: Iterable[int]) -> Mapping[int, str]:
        """The names of tags by id, as far as known."""
        return {}

    def tag_count(self, name: str) -> int | None:
        """How many posts have the tag, when known; for planning only, never for meaning."""
        return None

    def user(self, name: str) -> User | None:
        """The user with that current name, compared in lower case."""
        return None

    def user_by_id(self, user_id: int) -> User | None:
        """The user with that id."""
        return None

    def pools(self, *, name: str | None = None, pattern: Pattern | None = None, pool_id: int | None = None) -> Sequence[Pool]:
        """Pools by normalised name (any case), by pattern over it, or by id."""
        return ()

    def favorite_groups(self, *, user_id: int | None = None, group_id: int | None = None) -> Sequence[FavoriteGroup]:
        """Favorite groups of a user, or the one with an id."""
        return ()

    def filter(self, filter_id: int) -> Filter | None:
        """The filter with that id, whoever may see it."""
        return None

    def saved_search(self, user_id: int, label: str | None) -> Sequence[int]:
        """Post ids of the user's saved searches with that label, of all for None; newest first, at most 1000."""
        return ()

    def saved_queries(self, user_id: int, label: str | None) -> Sequence[str]:
        """The texts of the user's saved searches with that label, of all for None: asked where no ids are kept."""
        return ()


def _clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, eq=False)
class Context:
    """Everything that binding may read. All members are optional; none changes, as closed queries are kept by the context.

    `now` must be aware; None is the clock at the time of binding. `site_limits` turns on the site's own limits
    for the viewer's level. `safe_mode` lets through what is rated for everyone and has none of `unsafe_tags`, where the
    site has such a mode. `filter` is the current filter (None: no filter at all), `filters` are found by id
    before the catalog is asked. `strict` makes warnings errors; `lenient` silences them.
    """

    now: datetime | None = None
    tz: tzinfo = UTC
    viewer: User | None = None
    catalog: Catalog | None = None
    filters: Mapping[int, Filter] = field(default_factory=dict)
    filter: Filter | None = None
    users: Mapping[str, User] = field(default_factory=dict)
    limits: Limits = Limits()
    site_limits: bool = False
    safe_mode: bool = False
    unsafe_tags: tuple[str, ...] = ()
    seed: int | None = None
    strict: bool = False
    lenient: bool = False

    def clock(self) -> datetime:
        """The time that relative dates count from, aware, in UTC."""
        if self.now is None:
            self.__dict__["reading"] = object()
        return (self.now or _clock()).astimezone(UTC)

    @property
    def reading(self) -> object:
        """Another one after each look at a clock that runs."""
        return self.__dict__.get("reading")

    @cached_property
    def kept(self) -> Kept[Any]:
        """What was closed in this context."""
        return Kept(_KEPT)

    def find_user(self, name: str) -> User | None:
        """A user by name in lower case, from `users`, then from the catalog."""
        found = self.users.get(name)
        return found or (self.catalog.user(name) if self.catalog else None)

    def find_filter(self, filter_id: int) -> Filter | None:
        """A filter by id, from `filters`, then from the catalog."""
        found = self.filters.get(filter_id)
        return found or (self.catalog.filter(filter_id) if self.catalog else None)
