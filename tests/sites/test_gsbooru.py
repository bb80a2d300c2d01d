"""Gsbooru's records and the words over them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import booruql
from booruql.engine import api
from booruql.errors import Notes, QueryError
from booruql.sites import load
from booruql.store import open_source
from booruql.syntax import tags

RECORD: dict[str, Any] = {
    "id": 103660, "md5": "cd5540ab36c528d09da6baaa32547337", "has_preview": 1, "has_sample": 0, "file_ext": ".png",
    "tag_string": "1girl absurdres black_hair kite_(artist)", "rating": 1, "source": "https://www.pixiv.net/artworks/1",
    "score": 2, "is_soft_deleted": 0, "creator_id": 7, "created_at": "2026-04-15 04:18:15", "updated_at": "2026-04-16 04:18:15",
}  # fmt: skip
ENVELOPE = {"status": "ok", "posts": [RECORD, {**RECORD, "id": 5, "rating": 0, "score": 9, "is_soft_deleted": 1}],
            "current_page": 1, "total_pages": 1, "per_page": 20, "total_posts": 2}  # fmt: skip

YES = (
    "1girl -solo", "~solo ~1girl", "(solo or 1girl) black_*", "kite_(artist)", "rating:s", "rating:sensitive", "rating:1,e",
    "-rating:g", "id:>100000", "id:1..103660", "score:2", "score:..2", "md5:CD5540AB36C528D09DA6BAAA32547337", "source:HTTPS://WWW",
    "source:*pixiv*", "source:any", "-source:none", "user_id:7", "creator:6,7", "date:2026-04-15", "date:2026-04-01..2026-04-30",
    "updated:2026-04-16", "filetype:png,jpg", "ext:PNG", "tagcount:4", "-is:deleted", "-status:deleted", "has:preview",
    "-has:sample", "order:score limit:5 1girl",
)  # fmt: skip
NO = (
    "rating:g",
    "rating:odd",
    "source:none",
    "creator:8",
    "date:2026-04-16",
    "is:deleted",
    "has:sample",
    "is:odd",
    "tagcount:>4",
)


@pytest.mark.parametrize("text", YES)
def test_a_record_matches(text: str) -> None:
    assert booruql.predicate(booruql.parse(text, site="gsbooru"))(RECORD)


@pytest.mark.parametrize("text", NO)
def test_a_record_does_not_match(text: str) -> None:
    assert not booruql.predicate(booruql.parse(text, site="gsbooru"))(RECORD)


@pytest.mark.parametrize("word", ["user", "width", "height", "ratio", "mpixels", "filesize", "favcount", "parent", "pool", "fav"])
def test_what_records_do_not_carry_is_refused(word: str) -> None:
    with pytest.raises(QueryError, match="gsbooru records carry no such field"):
        api.close(booruql.parse(f"{word}:5", site="gsbooru"))


@pytest.mark.parametrize(("order", "ids"), [("", [103660, 5]), ("order:score", [5, 103660]), ("order:id_asc", [5, 103660]),
                                            ("order:tagcount", [103660, 5]), ("order:created_at_asc", [103660, 5])])  # fmt: skip
def test_orders(tmp_path: Path, order: str, ids: list[int]) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(ENVELOPE))
    with open_source(path) as source:
        assert source.site.name == "gsbooru"
        assert list(source.search(order).ids) == list(source.search(order, via="predicate").ids) == ids


def test_an_unknown_order_is_warned_of() -> None:
    closed = api.close(booruql.parse("order:favcount", site="gsbooru"))
    assert [w.code for w in closed.warnings] == ["W203"]


@pytest.mark.parametrize(("text", "size"), [("limit:7", 7), ("limit:500", 100), ("limit:0", 1), ("", None)])
def test_the_largest_page_is_a_hundred(text: str, size: int | None) -> None:
    assert api.close(booruql.parse(text, site="gsbooru")).search.size == size


def test_every_sample_is_read_without_a_warning() -> None:
    resource = load("gsbooru").resource()
    for word in resource.vocabulary().values():
        if word.reader == "absent":
            continue
        notes = Notes()
        tags.read(booruql.parse(f"{word.name}:{word.sample}", site="gsbooru"), resource, notes)
        assert word.help and not notes.warnings
