"""`--timeout`: a query that takes too long is refused, whatever it is doing."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

from booruql.errors import ConfigError, make_error

T = TypeVar("T")
_AGAIN = 0.05  # seconds between interruptions, until one has found the work


def _nothing() -> None:
    """What there is to interrupt when no source is open."""


def run_within(seconds: float, work: Callable[[], T], interrupt: Callable[[], None] = _nothing) -> T:
    """What `work` gives, if it takes no longer than so many seconds.

    Python code is stopped by a signal, where there are such signals and this is the main thread; what a database
    computes is stopped by `interrupt`, called from another thread until the work has ended.

    Raises:
        LimitError: E606, the time is over.
        ConfigError: the time is no positive number.
    """
    if not seconds > 0:
        raise ConfigError(f"a timeout is above 0 seconds, not {seconds:g}")
    late = make_error("E606", f"the query took longer than {seconds:g} s", hint="ask for less, or give it more time")
    end, done = time.monotonic() + seconds, threading.Event()
    watcher = threading.Thread(target=_watch, args=(end, done, interrupt), daemon=True)
    # The signal may ring between any two steps, once: within the inner try it is an error of the work, and what it
    # breaks off in leaving that is caught by the outer one.
    try:
        try:
            watcher.start()
            _set_alarm(seconds)
            return work()
        except Exception as problem:
            if time.monotonic() < end:
                raise
            raise late from problem
        finally:
            _set_alarm(0)
    except TimeoutError as problem:
        raise late from problem
    finally:
        _set_alarm(0)
        done.set()
        watcher.join()


def _watch(end: float, done: threading.Event, interrupt: Callable[[], None]) -> None:
    if done.wait(max(end - time.monotonic(), 0)):
        return
    interrupt()
    while not done.wait(_AGAIN):
        interrupt()


def _ring(number: int, frame: FrameType | None) -> None:
    raise TimeoutError


def _set_alarm(seconds: float) -> None:
    """Have TimeoutError raised in the main thread after so long; 0 is never."""
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        if seconds:
            signal.signal(signal.SIGALRM, _ring)
        signal.setitimer(signal.ITIMER_REAL, seconds)
