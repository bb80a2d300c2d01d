"""The case table of Danbooru's tag search over the tables of Danbooru's own software, where the shared folder is at hand."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import booruql
from booruql import Context
from booruql.errors import QueryError
from tests import schemas
from tests.danbooru_dump import STATUSES
from tests.databases import new_database, writing
from tests.schemas import danbooru

EPOCH = datetime(1970, 1, 1)
DATED = ("created_at", "updated_at")
EMPTY: dict[str, dict[str, Any]] = {
    "posts": {},
    "users": {"level": 20, "created_at": EPOCH, "bit_prefs": 0},
    "pools": dict.fromkeys(DATED, EPOCH),
    "favorites": {},
    "comments": dict.fromkeys(DATED, EPOCH),
    "notes": {"x": 0, "y": 0, "width": 1, "height": 1, **dict.fromkeys(DATED, EPOCH)},
    "post_flags": dict.fromkeys(DATED, EPOCH),
    "post_appeals": {"reason": "", **dict.fromkeys(DATED, EPOCH)},
    "post_approvals": dict.fromkeys(DATED, EPOCH),
    "artist_commentaries": dict.fromkeys(DATED, EPOCH),
    "tags": dict.fromkeys(DATED, EPOCH),
    "tag_aliases": {"creator_id": 1, **dict.fromkeys(DATED, EPOCH)},
}
"""The tables of a dump, with what their rows have to have beside what a dump tells."""


def in_tables(dump: dict[str, Any]) -> schemas.Rows:
    """The rows of a dump as the software holds them: nearly as they are."""
    rows = {name: [{**empty, **_held(name, row)} for row in dump[name]] for name, empty in EMPTY.items()}
    rows["media_assets"] = [
        {"id": row["id"], "created_at": EPOCH, "updated_at": EPOCH, "file_key": f"{row['id']:09}", "pixel_hash": "0" * 32}
        | {name: row[name] for name in ("md5", "file_ext", "file_size", "image_width", "image_height", "duration")}
        for row in dump["posts"]
    ]
    return rows


def _held(table: str, row: dict[str, Any]) -> dict[str, Any]:
    found = {name: _moment(value) if name.endswith("_at") and value else value for name, value in row.items()}
    if table in ("post_flags", "post_appeals"):
        found["status"] = STATUSES.index(found["status"])
    if table == "users":
        found["bit_prefs"] = 64 * found.pop("private_favorites")
    if table == "posts":
        del found["duration"]  # of the media asset alone
    return found


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def test_the_cases_pass_over_the_tables_of_danbooru(shared: Path, tmp_path: Path) -> None:
    cases = [json.loads(line) for line in (shared / "cases/danbooru_match.jsonl").read_text(encoding="utf-8").splitlines()]
    header, dump = cases.pop(0), json.loads((shared / "cases/danbooru_posts.json").read_text(encoding="utf-8"))
    wrong = []
    with new_database("postgres", tmp_path) as url:
        server = writing(url)
        schemas.load(server, danbooru.ddl("postgres"), in_tables(dump))
        server.close()
        with booruql.open(url, site="danbooru", layout="danbooru") as source:
            context = Context(now=datetime.fromisoformat(header["now"]), catalog=source.catalog)
            for case in cases:
                if (told := answer(source, case, context)) is not None:
                    wrong.append((case["q"], told))
    assert len(cases) > 200 and wrong == []


def answer(source: Any, case: dict[str, Any], context: Context) -> Any:
    """What a query finds that is not as the case says, or None."""
    try:
        found = list(source.search(case["q"], context=context).ids)
    except QueryError as problem:
        return None if "error" in case else str(problem)
    if "error" in case:
        return found
    same = found == case["ids"] if case["ordered"] else sorted(found) == sorted(case["ids"])
    return None if same else (found, case["ids"])
