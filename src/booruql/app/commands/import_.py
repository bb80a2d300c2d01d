"""`booruql import`: files into a store."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from booruql.app.command import Command, flag, only_whole
from booruql.errors import ConfigError
from booruql.store import Imported, Rejected, import_files


def _import(values: dict[str, Any]) -> int:
    with ExitStack() as stack:
        rejects = stack.enter_context(_opened(values["rejects"])) if values["rejects"] else None
        shown = Progress(sys.stderr)
        state = import_files(
            values["file"],
            values["into"],
            site=values["site"],
            rejects=_reporter(rejects),
            keep_going=True,
            progress=shown.update,
            remove=read_ids(values["remove"]),
            entity=values["entity"],
        )
        shown.close()
    site = f" of {state.site.name}" if state.site else ""
    removed = f", {state.removed:,} removed" if values["remove"] else ""
    resumed = " (an import that had ended early went on)" if state.is_resumed else ""
    print(f"{state.stored:,} records{site} in {values['into']}, {state.rejected:,} rejected{removed}{resumed}", file=sys.stderr)
    return 1 if state.rejected and not values["keep_going"] else 0


def read_ids(given: str | None) -> list[int]:
    """Ids of the command line, or of a file when it begins with @.

    Raises:
        ConfigError: they are no whole numbers, or the file cannot be read.
    """
    text = given or ""
    if text.startswith("@"):
        try:
            text = sys.stdin.read() if text == "@-" else Path(text[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise ConfigError(f"{text[1:]}: {problem}") from None
    words = text.replace(",", " ").split()
    try:
        return [int(word) for word in words]
    except ValueError:
        raise ConfigError(f"ids to remove are whole numbers: {next(w for w in words if not w.isdecimal())!r:.40}") from None


def _opened(path: str) -> IO[str]:
    try:
        return open(path, "w", encoding="utf-8", errors="backslashreplace")
    except OSError as problem:
        raise ConfigError(f"rejects {path}: {problem}") from None


def _reporter(out: IO[str] | None) -> Callable[[Rejected], None]:
    def report(found: Rejected) -> None:
        print(f"booruql: {found}", file=sys.stderr)
        if out is not None:
            out.write(json.dumps(found.to_dict()) + "\n")

    return report


class Progress:
    """A line on a terminal: how much, how fast, how long still. Silent elsewhere."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._start, self._shown = stream, time.monotonic(), 0.0
        self._live = bool(stream.isatty())

    def update(self, state: Imported) -> None:
        """Show how far the import is, ten times a second at most."""
        now = time.monotonic()
        if not self._live or now - self._shown < 0.1:
            return
        self._shown = now
        passed = max(now - self._start, 1e-6)
        rest = f", {passed * (state.total - state.done) / state.done:.0f} s left" if state.done and state.total else ""
        share = f"{state.done / state.total:4.0%} " if state.total else ""
        self._stream.write(f"\r\x1b[K{share}{state.stored:,} records, {state.stored / passed:,.0f}/s{rest}")
        self._stream.flush()

    def close(self) -> None:
        """Leave a clean line behind."""
        if self._live and self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


COMMAND = Command(
    "import",
    "load files into a store",
    (
        flag("file", nargs="*", metavar="FILE", help="JSON, JSONL, XML, Parquet, a site dump, a tag table, a folder; - is stdin"),
        flag("--into", required=True, metavar="DB", help="the store; made when it is not there"),
        flag("--site", help="the site that the records are of (default: recognised)"),
        flag("--remove", metavar="IDS", help="remove these records: ids, or @FILE with ids in it"),
        flag("--entity", help="whose ids --remove takes, in the site's word (default: posts or images)"),
        flag("--rejects", metavar="FILE", help="write what was rejected, a JSON object a line"),
        flag("--keep-going", action="store_true", help="rejected records do not make the exit status 1"),
    ),
    only_whole,
    whole=_import,
    order=8,
)
