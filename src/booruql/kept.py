"""What was worked out and may be asked for again: so many things, the most recently used ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The most recently used things, at most so many; any thread may ask."""

    def __init__(self, size: int) -> None:
        self._size, self._found, self._lock = size, OrderedDict[Hashable, T](), Lock()

    def get(self, key: Hashable) -> T | None:
        """What was put there, if it is still kept."""
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
        return found

    def put(self, key: Hashable, thing: T) -> None:
        """Keep it, and let go of what was not used for longest."""
        with self._lock:
            self._found[key] = thing
            if len(self._found) > self._size:
                self._found.popitem(last=False)

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._found.clear()
