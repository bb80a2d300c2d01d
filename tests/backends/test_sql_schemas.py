"""The tables of each software load in its databases, and hold what the loaders say."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from booruql.store.servers import Server
from tests.databases import new_database, writing
from tests.schemas import fold_of, load
from tests.schemas.board import make_board

SOFTWARES = ("danbooru", "moebooru", "shimmie2", "szurubooru")
PLACES = [(name, database) for name in SOFTWARES for database in import_module(f"tests.schemas.{name}").DATABASES]


@pytest.mark.parametrize(("name", "database"), PLACES)
def test_tables_load_and_hold_every_row(name: str, database: str, tmp_path: Path) -> None:
    software: Any = import_module(f"tests.schemas.{name}")
    with new_database(database, tmp_path) as url:
        server: Server = writing(url)
        held = software.hold(make_board(40), fold_of(server))
        load(server, software.ddl(database), held.rows)
        for table, rows in held.rows.items():
            assert server.ask(f"SELECT count(*) FROM {server.dialect.quote(table)}")[0][0] == len(rows), table
        server.close()
    assert [post["id"] for post in held.documents["posts"]] == list(range(1, 41))
