"""What the parts of one run share: its options, posts and queries, each made when a part first asks for it."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.corpus import Corpus, load_corpus
from benchmarks.tag_table import SIZE, TagTable, load_tag_table
from benchmarks.workload import Expression, WorkQuery, load_queries, resolve
from booruql import Context, close, parse
from booruql.ast.nodes import Pattern, Wild
from booruql.engine.api import Closed
from booruql.store.catalog import RowsCatalog

_PACKAGES = "lark sqlglot numpy pyroaring luqum jmespath rule-engine tantivy duckdb psycopg sqlalchemy".split()


@dataclass
class Setting:
    """One run. `folder` holds real posts, tags and queries, where there are some."""

    posts: int = 100_000
    rounds: int = 15
    folder: Path | None = None
    saved: int = 100_000
    """Saved queries."""
    every: int = 1
    """One in so many of the workload's queries is asked."""

    names: int = SIZE
    """Tags of the table that is made where the folder has none."""

    @cached_property
    def table(self) -> TagTable:
        return load_tag_table(self.folder, self.names)

    @cached_property
    def corpus(self) -> Corpus:
        return load_corpus(self.posts, self.folder, self.table)

    @cached_property
    def queries(self) -> list[WorkQuery]:
        return load_queries(self.posts, self.folder, self.table)[:: self.every]

    @cached_property
    def catalog(self) -> RowsCatalog:
        """It knows the tags of the posts."""
        return RowsCatalog({}, self.corpus.counts)

    @cached_property
    def whole_catalog(self) -> RowsCatalog:
        """It knows every tag of the table, and how often the board has it."""
        return RowsCatalog({}, dict(zip(self.table.names, self.table.counts.tolist(), strict=True)))

    @cached_property
    def context(self) -> Context:
        return Context(catalog=self.catalog)

    @cached_property
    def expressions(self) -> list[Expression]:
        """The queries as engines by hand and peers take them."""
        expand = cache(lambda glob: self.catalog.expand(pattern_of(glob), self.context.limits.expansions) or ())
        return [resolve(query.expression, expand) for query in self.queries]

    @cached_property
    def closed(self) -> list[Closed]:
        """The queries, bound to the context."""
        return [close(parse(query.danbooru), self.context) for query in self.queries]


def pattern_of(glob: str) -> Pattern:
    """A glob with stars as our nodes have it."""
    return tuple(part for piece in glob.split("*") for part in (piece, Wild.RUN) if part)[:-1]


def machine() -> dict[str, str]:
    """What the figures were taken on."""
    found = {
        "taken": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": f"{os.cpu_count()} x {_processor()}",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
    }
    return {**found, "packages": ", ".join(filter(None, map(_version, _PACKAGES)))}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""
