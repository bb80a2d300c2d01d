"""What a path or a URL names, opened as a source."""

from __future__ import annotations

from pathlib import Path

from booruql import sites
from booruql.backends.sql.layout import Layout
from booruql.errors import ConfigError
from booruql.store.fitting import fit
from booruql.store.importing import Loader
from booruql.store.layouts import layout as find_layout
from booruql.store.records import Reading, Rejected, read_files
from booruql.store.served import ServedSource
from booruql.store.servers import is_url, open_url
from booruql.store.servers.sqlite import SQLite
from booruql.store.source import Source
from booruql.store.sqlite import APPLICATION, Store
from booruql.store.stored import FileSource, StoreSource


def open_source(
    path: str | Path,
    *,
    site: str | None = None,
    database: str = "sqlite",
    url: str | None = None,
    layout: str | Layout = "join",
) -> Source:
    """The source that a path or URL names: a store, a file of records, a database, or an index on a cluster.

    A database is read as it is: `layout` tells how its tables hold the posts, `site` whose they are. With another
    `database` or `layout`, SQL is asked of a temporary schema there, on the server at `url`, with the records of a file in it.

    Raises:
        ConfigError: it cannot be read, or its site is unknown.
    """
    if str(path).startswith(("http://", "https://")):
        from booruql.store.elastic import IndexSource

        return IndexSource.open(str(path))
    if isinstance(path, str) and is_url(path):
        return _open_database(path, site, layout)
    source = _open_path(str(path), site)
    source.database, source.url, source.shape = database, url, _shape(layout)
    return source


def _shape(layout: str | Layout) -> Layout:
    return find_layout(layout) if isinstance(layout, str) else layout


def _open_database(url: str, site: str | None, layout: str | Layout) -> Source:
    """A database; a store of ours as one."""
    server = open_url(url)
    try:
        if isinstance(server, SQLite) and server.ask("PRAGMA application_id")[0][0] == APPLICATION:
            server.close()
            return StoreSource(Store.open(server.address.path))
        if site is None:
            raise ConfigError("a database does not tell whose posts it holds; name the site with --site")
        loaded, shape = sites.load(site), _shape(layout)
        if not shape.is_readable:
            raise ConfigError(f"the layout {shape.name!r} is for statements alone: a database in it is no source")
        return ServedSource(server, loaded, fit(shape, loaded, server.columns(), server.dialect))
    except BaseException:
        server.close()
        raise


def _open_path(path: str, site: str | None) -> Source:
    if path != "-" and _is_store(path):
        return StoreSource(Store.open(path))
    reading = Reading()
    rejects: list[Rejected] = []
    known = sites.load(site) if site is not None else None
    loader = Loader(":memory:", known, rejects.append, True, None)
    loader.load(read_files([path], reading), reading)
    if loader.store is None:
        if known is None:
            raise ConfigError(f"{path} holds no records; name the site with --site")
        loader.open(known)
    loader.close(reading)
    assert loader.store is not None
    return FileSource(loader.store, reading, rejects)


def _is_store(path: str) -> bool:
    if not Path(path).is_file():
        return False
    with open(path, "rb") as stream:
        return stream.read(16) == b"SQLite format 3\0"
