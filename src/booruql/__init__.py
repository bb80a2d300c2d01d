"""booruql: the query languages of booru image boards, parsed into one tree and compiled to many targets.

Nothing heavy is imported until it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from booruql.ast.nodes import Query as Query
    from booruql.context import Catalog as Catalog
    from booruql.context import Context as Context
    from booruql.context import Filter as Filter
    from booruql.context import Limits as Limits
    from booruql.context import Pool as Pool
    from booruql.context import User as User
    from booruql.engine.api import Closed as Closed
    from booruql.engine.api import close as close
    from booruql.engine.api import diagnose as diagnose
    from booruql.engine.api import document as document
    from booruql.engine.api import elastic as elastic
    from booruql.engine.api import params as params
    from booruql.engine.api import parse as parse
    from booruql.engine.api import predicate as predicate
    from booruql.engine.api import remote as remote
    from booruql.engine.api import sql as sql
    from booruql.engine.filters import compile_blacklist as compile_blacklist
    from booruql.engine.filters import compile_filter as compile_filter
    from booruql.engine.index import Index as Index
    from booruql.engine.percolator import Percolator as Percolator
    from booruql.errors import BooruqlError as BooruqlError
    from booruql.errors import ConfigError as ConfigError
    from booruql.errors import Diagnostic as Diagnostic
    from booruql.errors import QueryError as QueryError
    from booruql.store import open as open
    from booruql.store.layouts import layout as layout
    from booruql.vocabulary.vocabulary import Vocabulary as Vocabulary

__version__ = "0.1.0"

_HOMES = {
    "booruql.ast.nodes": ("Query",),
    "booruql.context": ("Catalog", "Context", "Filter", "Limits", "Pool", "User"),
    "booruql.engine.api": ("Closed", "close", "diagnose", "document", "elastic", "params", "parse", "predicate", "remote", "sql"),
    "booruql.engine.filters": ("compile_blacklist", "compile_filter"),
    "booruql.engine.index": ("Index",),
    "booruql.engine.percolator": ("Percolator",),
    "booruql.errors": ("BooruqlError", "ConfigError", "Diagnostic", "QueryError"),
    "booruql.store": ("open",),
    "booruql.store.layouts": ("layout",),
    "booruql.vocabulary.vocabulary": ("Vocabulary",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = [*_HOME_OF, "__version__"]  # noqa: PLE0604 - built from the same table that finds them


def __getattr__(name: str) -> Any:
    try:
        home = _HOME_OF[name]
    except KeyError:
        raise AttributeError(f"module 'booruql' has no attribute {name!r}") from None
    found = getattr(import_module(home), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
