"""Folders that are their own registry: a module for each member, found by being there. One more is one file."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from pkgutil import iter_modules
from typing import Generic, TypeVar

from booruql.errors import ConfigError

T = TypeVar("T")


class Listing(Generic[T]):
    """The members of a folder: each a module that holds its `constant`.

    >>> Listing("booruql.backends.sql.dialects", "DIALECT", "database").names[0]
    'clickhouse'
    """

    def __init__(self, folder: str, constant: str, noun: str, beside: tuple[str, ...] = ()) -> None:
        """`noun` is what messages call a member; `beside` are modules that are none, as those with a low line in front."""
        self._folder, self._constant, self._noun, self._beside = folder, constant, noun, beside
        self._loaded: dict[str, T] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the folder holds, sorted."""
        found = (module.name for module in iter_modules(import_module(self._folder).__path__))
        return tuple(sorted(name for name in found if name not in self._beside and not name.startswith("_")))

    def load(self, name: str) -> T:
        """The member of that name; its module is imported at the first use.

        Raises:
            ConfigError: there is none.
        """
        if name not in self._loaded:
            if name not in self.names:
                raise ConfigError(f"no {self._noun} {name!r}; known: {', '.join(self.names)}")
            self._loaded[name] = getattr(import_module(f"{self._folder}.{name}"), self._constant)
        return self._loaded[name]
