"""The synthetic posts of `make_posts.py` in PostgreSQL, in the layouts `array` and `join`: each a schema that is made once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.few import POSTS
from booruql.backends.sql import layout as layouts
from booruql.backends.sql.tables import create, index
from booruql.store.servers.postgres import Postgres

BATCH = 20_000
PLAIN = ("id", "score", "fav_count", "rating", "width", "height", "file_size", "file_ext", "created_at")


def schema(size: int, shape: str) -> str:
    """The name of the schema that holds so many posts in a layout."""
    return f"posts_{size}_{shape}"


def load(url: str, folder: Path, size: int) -> None:
    """Make the schemas that are not there."""
    server = Postgres(url, writes=True, seconds=3600)
    known = {row[0] for row in server.ask("SELECT nspname FROM pg_namespace")}
    for shape in ("array", "join"):
        name = schema(size, shape)
        if name not in known:
            began = time.perf_counter()
            server.run(f"CREATE SCHEMA {name}_making")
            server.run(f"SET search_path = {name}_making")
            _make(server, folder, size, shape)
            server.run(f"ALTER SCHEMA {name}_making RENAME TO {name}")
            print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
    server.close()


def _make(server: Postgres, folder: Path, size: int, shape: str) -> None:
    tables = {stored.name: stored for stored in layouts.load(shape).tables(POSTS.table, server.dialect)}
    for stored in tables.values():
        for statement in create(stored, server.dialect):
            server.run(statement)
    columns = [column.name for column in tables["posts"].columns]
    with server.connection.cursor() as cursor, cursor.copy("COPY posts FROM STDIN") as copy:
        for lines in _lines(folder, size, columns):
            copy.write(lines)
    if shape == "join":
        _make_links(server, folder, size)
    for stored in tables.values():
        for statement in index(stored, server.dialect):
            server.run(statement)
    server.run("VACUUM ANALYZE")


def _make_links(server: Postgres, folder: Path, size: int) -> None:
    """The tags and links of the other layout's posts; its numbers of tags are the lines of the tag table."""
    with server.connection.cursor() as cursor, cursor.copy("COPY tags FROM STDIN") as copy:
        copy.write("".join(f"{at}\t{_escaped(name)}\t{_escaped(name.lower())}\t0\n" for at, name in enumerate(_names(folder))))
    server.run(
        "INSERT INTO posts_tags (tag_id, post_id) SELECT t.id, p.id"
        f" FROM {schema(size, 'array')}.posts AS p, unnest(p.tags) AS n JOIN tags AS t ON t.name = n ORDER BY 1, 2"
    )
    server.run("INSERT INTO tag_names (name, tag_id, name_folded) SELECT name, id, name_folded FROM tags")
    server.run("UPDATE tags SET uses = n FROM (SELECT tag_id, count(*) AS n FROM posts_tags GROUP BY 1) AS c WHERE tag_id = id")


def _lines(folder: Path, size: int, columns: list[str]) -> Iterator[str]:
    """The posts as COPY reads them, with the columns in that order."""
    from pyarrow import parquet

    names = [_element(name) for name in _names(folder)]
    folded = [_element(name.lower()) for name in _names(folder)]
    for batch in parquet.ParquetFile(folder / f"posts_{size}.parquet").iter_batches(BATCH, columns=[*PLAIN, "tag_ids"]):
        found: dict[str, list[Any]] = {name: batch.column(name).to_pylist() for name in PLAIN}
        found["favorite_count"] = found["fav_count"]
        found["created_at"] = batch.column("created_at").cast("timestamp[us]").cast("int64").to_pylist()
        tags = batch.column("tag_ids").to_pylist()
        found["tags"] = ["{" + ",".join([names[tag] for tag in row]) + "}" for row in tags]
        found["tags_folded"] = ["{" + ",".join([folded[tag] for tag in row]) + "}" for row in tags]
        for name in ("rating", "file_ext"):
            found[f"{name}_folded"] = found[name]
        rows = zip(*(map(str, found[name]) for name in columns), strict=True)
        yield "".join("\t".join(row) + "\n" for row in rows)


def _names(folder: Path) -> list[str]:
    from pyarrow import parquet

    found: list[str] = parquet.read_table(folder / "tags.parquet", columns=["name"]).column(0).to_pylist()
    return found


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\")


def _element(text: str) -> str:
    """An element of an array's literal, within a line of COPY."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return _escaped(f'"{quoted}"')
