"""`booruql.Index`: many posts in memory, searched with queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

from booruql import sites
from booruql.ast.nodes import Page, Query, Search
from booruql.backends.predicate import read_post
from booruql.context import Context
from booruql.engine.api import Closed, close, parse
from booruql.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from booruql.backends.bitmap import BitmapIndex, Plan
    from booruql.documents import Document
    from booruql.sites import Resource, Site

    Progress = Callable[[int], None]


@dataclass(frozen=True)
class Answer:
    """The ids of a page in result order; `total` counts all matches when asked."""

    ids: tuple[int, ...]
    _plan: Plan

    @cached_property
    def total(self) -> int:
        return self._plan.total


@runtime_checkable
class Source(Protocol):
    """What holds documents of a site, as a store does."""

    site: Site

    def documents(self, entity: str) -> Iterable[Document]:
        """Every document of an entity."""


class Index:
    """Posts of one site as bitmaps and columns (extra `index`). Searches never wait for changes: each sees one snapshot.

    >>> index = Index.build([{"id": 1, "tag_string": "cat sky"}, {"id": 2, "tag_string": "cat"}])
    >>> index.search("cat -sky").ids
    (2,)
    """

    def __init__(self, resource: Resource, site: str) -> None:
        self.resource, self.site = resource, site
        self._posts = _bitmaps(resource)

    @classmethod
    def build(
        cls,
        posts: Any,
        *,
        site: str | None = None,
        entity: str | None = None,
        tag_names: Mapping[int, str] | Sequence[str] | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """An index of posts.

        `posts` are documents, API records of the site, or objects with our field names; or a source that `booruql.open`
        gave (its site is the index's); or, to be read a column at a time, the path of a Parquet file or anything that gives
        itself as an Arrow stream (tables of pyarrow, polars, DuckDB): columns are called as the site's records or as our
        fields are. `tag_names` are the names behind a column `tag_ids`. `progress` is called with the number of posts done.

        Raises:
            ConfigError: a file or column cannot be read.
        """
        chosen = site or (posts.site.name if isinstance(posts, Source) else "danbooru")
        found = cls(sites.load(chosen).resource(entity), chosen)
        found.add(posts, progress, tag_names=tag_names)
        return found

    def __len__(self) -> int:
        return len(self._posts)

    # --- changes

    def add(
        self, posts: Any, progress: Progress | None = None, *, tag_names: Mapping[int, str] | Sequence[str] | None = None
    ) -> None:
        """Add posts, from all that `build` takes; one whose id is there replaces the old one."""
        if isinstance(posts, (str, Path)) or hasattr(posts, "__arrow_c_stream__"):
            from booruql.backends.bitmap.arrow import Rows

            rows = Rows(posts)
            if self._posts.add_rows(rows, tag_names, progress):
                return
            posts = rows.records()
        elif isinstance(posts, Source):
            posts = posts.documents(self.resource.entity)
        self._posts.add((read_post(post, self.resource) for post in posts), progress)

    def delete(self, ids: Iterable[int]) -> None:
        """Remove posts by id."""
        self._posts.delete(ids)

    # --- files

    def save(self, path: str | Path) -> None:
        """Write the posts of this moment to one file."""
        from booruql.backends.bitmap.storage import save

        save(self._posts, path, {"site": self.site, "entity": self.resource.name})

    @classmethod
    def open(cls, path: str | Path, *, check: bool = False) -> Self:
        """The index of a file that `save` wrote: mapped, so that only what searches ask for is read.

        A file that was cut short is told from a whole one; with `check` all of it is read and compared with its checksum.

        Raises:
            ConfigError: it is no such file, is of another version, or damaged.
        """
        from booruql.backends.bitmap.storage import read

        facts: dict[str, str] = {}

        def make(found: Mapping[str, str]) -> BitmapIndex:
            facts.update(found)
            return _bitmaps(sites.load(found["site"]).resource(found["entity"]))

        posts = read(path, make, check=check)
        index = cls(posts.resource, facts["site"])
        index._posts = posts
        return index

    # --- searches

    def search(
        self,
        query: str | Query | Closed,
        *,
        context: Context | None = None,
        limit: int | None = None,
        page: int | Page = 1,
    ) -> Answer:
        """What matches, in the query's order: all, or the page of at most `limit`.

        Raises:
            QueryError: the query is refused, or asks for what the posts do not carry.
        """
        closed = self._closed(query, context)
        wanted = page if isinstance(page, Page) else Page(page)
        plan = self._posts.prepare(replace(closed.search, size=limit, page=wanted))
        return Answer(tuple(plan.page()), plan)

    def count(self, query: str | Query | Closed, *, context: Context | None = None) -> int:
        """How many match."""
        return self.prepare(query, context=context).total

    def facet(
        self, query: str | Query | Closed, field: str = "tags", *, context: Context | None = None, limit: int | None = 20
    ) -> list[tuple[Any, int]]:
        """The values of a field among the matches with how many have each, most first."""
        if field not in self.resource.table.fields:
            raise ConfigError(f"no field {field!r}")
        return self.prepare(query, context=context).facet(field, limit)

    def prepare(self, query: str | Query | Closed | Search, *, context: Context | None = None) -> Plan:
        """The query over the posts of this moment, planned: `count()`, `ids(size, skip)`, `page()`, `facet(field)`."""
        return self._posts.prepare(query if isinstance(query, Search) else self._closed(query, context).search)

    def _closed(self, query: str | Query | Closed, context: Context | None) -> Closed:
        if isinstance(query, Closed):
            return query
        if isinstance(query, str):
            limits = context.limits if context else Context().limits
            query = parse(query, site=self.site, entity=self.resource.name, limits=limits)
        return close(query, context)


def _bitmaps(resource: Resource) -> BitmapIndex:
    try:
        from booruql.backends.bitmap import BitmapIndex
    except ImportError as absent:
        raise ConfigError(f"the index needs the package {absent.name}: install booruql[index]") from None
    return BitmapIndex(resource)
