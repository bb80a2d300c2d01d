"""The caches of the library: what holds a bounded number of queries is emptied before a query is read anew."""

from __future__ import annotations

import functools
import sys
from typing import Any


class Caches:
    """Those that were there when this was made."""

    def __init__(self) -> None:
        modules = [module for name, module in list(sys.modules.items()) if name.split(".")[0] == "booruql"]
        found = {id(value): value for module in modules for value in vars(module).values() if _is_bounded(value)}
        self._kept: list[Any] = list(found.values())

    def clear(self) -> None:
        for cache in self._kept:
            cache.cache_clear()


def _is_bounded(value: object) -> bool:
    return isinstance(value, functools._lru_cache_wrapper) and value.cache_parameters()["maxsize"] is not None
