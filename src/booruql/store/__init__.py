"""Sources of records: files, site dumps and the embedded SQLite store, searched alike. May import everything but `app`."""

from __future__ import annotations

from booruql.store.importing import import_files
from booruql.store.records import Rejected
from booruql.store.source import Result, Source, open_source

__all__ = ["Rejected", "Result", "Source", "import_files", "open_source"]
