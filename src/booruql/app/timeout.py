"""`--timeout`: a query that takes too long is refused, whatever it is doing."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from booruql.errors import ConfigError, make_error

_AGAIN = 0.05  # seconds between interruptions, until one has found the work


def _nothing() -> None:
    """What there is to interrupt when no source is open."""


@contextmanager
def within(seconds: float | None, interrupt: Callable[[], None] = _nothing) -> Iterator[None]:
    """Run a block for so long at most; None is without limit.

    Python code is stopped by a signal, where there are such signals and this is the main thread; what a database
    computes is stopped by `interrupt`, called from another thread until the block has ended.

    Raises:
        LimitError: E606, the time is over.
        ConfigError: the time is no positive number.
    """
    if seconds is None:
        yield
        return
    if not seconds > 0:
        raise ConfigError(f"a timeout is above 0 seconds, not {seconds:g}")
    end = time.monotonic() + seconds
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(end, done, interrupt), daemon=True)
    watcher.start()
    try:
        with _alarm(seconds):
            yield
    except Exception as problem:
        if time.monotonic() < end:
            raise
        hint = "ask for less, or give it more time"
        raise make_error("E606", f"the query took longer than {seconds:g} s", hint=hint) from problem
    finally:
        done.set()
        watcher.join()


def _watch(end: float, done: threading.Event, interrupt: Callable[[], None]) -> None:
    if done.wait(max(end - time.monotonic(), 0)):
        return
    interrupt()
    while not done.wait(_AGAIN):
        interrupt()


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in this thread when the time is over."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
