"""The whole image vocabulary of Furbooru: the predicate, SQLite and the rules of the search engine find the same images."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booruql import sites
from booruql.backends.elastic import compile as to_elastic
from booruql.backends.elastic import index_document, mapping
from booruql.context import Context, Filter, User
from booruql.documents import Document
from booruql.engine.api import close, parse
from booruql.errors import QueryError
from booruql.store import open_source
from tests.elastic_reference import holds

IMAGES = sites.load("furbooru").resource()
TYPES = mapping(IMAGES)["mappings"]["properties"]
ME = User(1, "ash", role="moderator", watched_tag_ids=(2,), watched_images_query="fox*", watched_images_exclude="score.lt:0")
CONTEXT = Context(
    now=datetime(2026, 1, 15, 12, tzinfo=UTC),
    viewer=ME,
    filters={1: Filter(1, system=True, hidden_tag_ids=(1, 3)), 2: Filter(2, public=True, hidden_complex="wolf\nscore.gt:2")},
)

NAMES = ("fox", "foxes", "wolf", "red fox", "artist:ink_paw", "star*", "back\\slash", "é", "x")
ALIASES = {"fox": ["vulpine"], "wolf": ["canis lupus", "x"]}
USERS = ("ash", "ink paw", "élan", "a*b")
TEXTS = ("", "The foxes are running", "a fox ran by the wolf's den", "red fox", "running wolves and a fox")
DATES = ("2019-01-01T00:00:00Z", "2019-12-31T23:59:59Z", "2026-01-12T12:00:00Z", "2026-01-12T11:59:58Z", "2020-02-29T10:00:00Z")
NUMBERS = (0, 1, 2, 3, -3, 100)
FLOATS = (0.0, 0.1, 1.7777777777777777, 12.5, 3)


def images() -> st.SearchStrategy[dict[str, Any]]:
    """Rows of the site's index, without what is counted from them."""
    some_users = st.lists(st.sampled_from(USERS), max_size=2, unique=True)
    some_ids = st.lists(st.sampled_from((1, 2, 3)), max_size=2, unique=True)
    number, instant = st.sampled_from(NUMBERS), st.sampled_from(DATES)
    counts = {f"{category}_tag_count": number for category in ("species", "origin", "body_type", "rating")}
    return st.fixed_dictionaries(
        {
            "names": st.lists(st.sampled_from(NAMES), max_size=3, unique=True),
            "created_at": instant,
            "score": number,
            "upvotes": number,
            "width": number,
            "height": number,
            "favourited_by_users": some_users,
            "favourited_by_user_ids": some_ids,
            **dict.fromkeys(("upvoter_ids", "downvoter_ids", "hidden_by_user_ids"), some_ids),
            **dict.fromkeys(("upvoters", "downvoters", "hidden_by_users"), some_users),
            "source_url": st.lists(st.sampled_from(("https://a.example/x", "b")), max_size=2, unique=True),
            "description": st.sampled_from(TEXTS),
            "galleries": st.lists(st.fixed_dictionaries({"id": st.sampled_from((1, 2, 5)), "position": number}), max_size=2),
            "hidden_from_users": st.booleans(),
        },
        optional={
            "updated_at": instant,
            "first_seen_at": instant,
            "duration": st.sampled_from(FLOATS),
            "aspect_ratio": st.sampled_from(FLOATS),
            "wilson_score": st.sampled_from(FLOATS),
            "uploader": st.sampled_from((*USERS, None)),
            "uploader_id": st.sampled_from((1, 2, 5, None)),
            "true_uploader_id": st.sampled_from((1, 2)),
            "duplicate_id": st.sampled_from((None, 3)),
            "file_name": st.sampled_from(("Fox.PNG", "fox.png", None)),
            "mime_type": st.sampled_from(("image/png", "video/webm")),
            "animated": st.booleans(),
            "deletion_reason": st.sampled_from(TEXTS),
            "ip": st.sampled_from(("10.0.0.1", "2001:db8::1")),
            "anonymous": st.booleans(),
            **counts,
        },
    )


VALUES: dict[str, tuple[str, ...]] = {
    "int": ("0", "1", "-3", "2~1", "99999999999", "3~0", "bad"),
    "numeric": ("1", "2", "5", "99999999999"),
    "float": ("0", "0.1", "1.7777777777777777", "1.78~0.01", "12.5", "-1"),
    "date": ("2019", "2019-12-31", "2020-02", "2019-12-31T23:59:59Z", "3 days ago", "5 years ago", "2019-12-31-01:00"),
    "bool": ("true", "false"),
    "ip": ("10.0.0.1", "10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0"),
    "literal": ("ash", "ASH", "a*", "?nk paw", "ahs~1", "elan~1", "a\\*b", "*", "", "**x", "image/*", "https*", "b"),
    "exact": ("Fox.PNG", "*.PNG", "fox.png", "FOX.png~2"),
    "phrase": ("fox", "foxes", "run fox", "fox the wolf", "the", "ran by", "wolf's", "run*", "*", "f?x", ""),
    "gallery": ("1", "2", "+5", "7"),
    "filter": ("1", "2"),
    "my": ("faves", "upvotes", "uploads", "hidden", "watched"),
}
TAGS = (
    *NAMES, "Red_Fox", "fox~1", "fxo~1", "wolv~1", "foxs~0.7", "*", "f*", "?", "star\\*", "star*", "vulpine", "canis*", "nothing",
    "back\\\\slash", "e~1", '"artist: ink_paw"',
)  # fmt: skip


def terms() -> st.SearchStrategy[str]:
    words = st.sampled_from(sorted(IMAGES.vocabulary("moderator").items()))

    def spell(item: tuple[str, Any]) -> st.SearchStrategy[str]:
        name, word = item
        ranged = word.reader in ("int", "float", "date")
        ops: tuple[str, ...] = ("", "", ".eq", ".gt", ".gte", ".lt", ".lte") if ranged else ("", "", ".eq")
        ops = ("",) if word.reader == "filter" else ops
        return st.builds(lambda op, value: f"{name}{op}:{value}", st.sampled_from(ops), st.sampled_from(VALUES[word.reader]))

    return words.flatmap(spell) | st.sampled_from(TAGS)


QUERIES = st.recursive(
    terms(),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}, {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} OR {pair[1]})"),
        inner.map(lambda one: f"-({one})"),
        inner.map(lambda one: f"({one})^2"),
    ),
    max_leaves=5,
)


def row(number: int, drawn: dict[str, Any]) -> dict[str, Any]:
    """The drawn image as a whole row, its tags with their aliases."""
    names = drawn.pop("names")
    tags = {"tags": names, "tag_ids": [NAMES.index(name) + 1 for name in names], "sha512_hash": "00ff"}
    return {"id": number, **tags, "namespaced_tags": {"name": [*names, *(a for n in names for a in ALIASES.get(n, ()))]}, **drawn}


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(images(), min_size=1, max_size=5), st.lists(QUERIES, min_size=4, max_size=12))
def test_back_ends_agree(tmp_path: Path, drawn: list[dict[str, Any]], queries: list[str]) -> None:
    rows = [row(number, dict(image)) for number, image in enumerate(drawn, 1)]
    tags = [{"id": at, "name": name, "aliases": ALIASES.get(name, [])} for at, name in enumerate(NAMES, 1)]
    path = tmp_path / "images.json"
    path.write_text(json.dumps({"images": rows, "tags": tags}), encoding="utf-8")
    documents = [Document(IMAGES.read(one)) for one in rows]
    stored = [index_document(document, IMAGES) for document in documents]
    with open_source(path, site="furbooru") as source:
        for text in queries:
            try:
                closed = close(parse(text, site="furbooru", audience="moderator"), CONTEXT)
            except QueryError as problem:
                assert problem.diagnostic.site_message, text
                continue
            body = to_elastic(closed.search, closed.resource)["query"]
            want = [one["id"] for one in stored if holds(body, one, TYPES)]
            for via in ("predicate", "sql"):
                found = sorted(source.search(closed, via=via).ids)
                assert found == want, (text, via, body)


@pytest.mark.parametrize("field", ["hidden_from_users", "anonymous", "deleted"])
def test_an_audience_has_only_its_words(field: str) -> None:
    closed = close(parse(f"{field}:true", site="furbooru"), replace(CONTEXT, viewer=None))
    assert [warning.code for warning in closed.warnings] == ["W201"]
