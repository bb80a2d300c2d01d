"""Sources of records: files, site dumps and the embedded SQLite store, searched alike. May import everything but `app`."""

from __future__ import annotations

from booruql.store.importing import Imported, import_files
from booruql.store.opening import open_source
from booruql.store.records import Rejected
from booruql.store.servers import shown
from booruql.store.source import VIA, Result, Source

__all__ = ["VIA", "Imported", "Rejected", "Result", "Source", "import_files", "open", "open_source", "shown"]

open = open_source
"""What `booruql.open` is."""
