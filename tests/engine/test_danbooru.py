"""Tag search over a whole site dump: predicate and SQL against a naive three-valued reading."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import booruql
from booruql import Context, User
from booruql.errors import LimitError, QueryError
from booruql.sites import load
from tests.danbooru_dump import NOW, USERS, dump
from tests.danbooru_reference import Board, micros

NUMBERS = ("0", "1", "3", ">1", "<2", ">=3", "..4", "1..3", "3...1", "1,2", "2,>4", "any", "none", "bad", "-1", "010")
NAMES = ("alice", "Bob Smith", "mora", "ada", "any", "none", "nobody")
STATES = ("pending", "flagged", "deleted", "banned", "active", "appealed", "modqueue", "unmoderated", "any", "all", "bogus")
TEXTS = ("*cat*", "*lake", "cat*", "*%*", "*Sleeps*")
VALUES: dict[str, tuple[str, ...]] = {
    "rating": ("g", "safe", "sfw", "q,e", "x", ""),
    "status": STATES,
    "parent": ("none", "any", "5", "05", "08", "1,2", *STATES),
    "is": ("parent", "child", "mp4", "png", "general", "sfw", "nsfw", "g", *STATES),
    "child": ("none", "any", "5", *STATES),
    "has": ("parent", "children", "source", "appeals", "flags", "replacements", "comments", "commentary", "notes", "pools", "x"),
    "embedded": ("true", "off", "maybe"),
    "filetype": ("png", "JPG,mp4", "any", ""),
    "unaliased": ("cat", "kitty", "Cat"),
    "source": ("", "none", "'none'", "http", "*art*", "foo\\*", "back\\\\*", "100%", "*"),
    "md5": ("abc", "0" * 32, "any"),
    "pool": ("any", "none", "series", "sky_story", "*story*", "2024", "3", "Old\\ Story", "nope", "100%_dogs"),
    "favgroup": ("any", "none", "best", "1", "2", "cats_*"),
    "search": ("all",),
    "disapproved": ("poor_quality", *NAMES),
    "note": TEXTS,
    "comment": TEXTS,
    "commentary": ("any", "none", "translated", "untranslated", *TEXTS),
    "ai": ("cat", "dog,>10", "fox,0", "lake,20", "cat,x"),
    "ratio": ("1", "16:9", ">1.5", "4/3", "bad"),
    "mpixels": (">0.5", "2", "0.48"),
    "filesize": ("1m", "500kb", "512000", ">1mb", "any"),
    "duration": ("60", ">1m", "any", "none", "1:30,60"),
    "date": ("2026-01-14", ">2025-06-01", "<=2024-01-01", "2020-01-01..2025-01-01", "any", "bad"),
    "age": ("<1w", "1d", ">1y", "2d..1mo"),
}
SKIPPED = {"order", "limit", "random", "ordfav", "ordpool", "ordfavgroup", "exif", "pixelhash", "search"}
WORDS = [word for word in load("danbooru").resource().vocabulary().values() if word.name not in SKIPPED]
NAMED = {"uploader", "approver", "maker", "commenter", "noter", "flagger", "vote", "fav", "reacted"}
TAGS = ("cat", "kitty", "hound", "sky", "sky_(art)", ":)", "*sky*", "*", "blue_*", "nothing", "a*b")


def _terms() -> st.SearchStrategy[str]:
    def values(name: str, reader: str) -> tuple[str, ...]:
        return VALUES.get(name) or (NAMES if reader in NAMED else NUMBERS)

    metatags = st.sampled_from(WORDS).flatmap(lambda w: st.sampled_from(values(w.name, w.reader)).map(lambda v: f"{w.name}:{v}"))
    return st.one_of(metatags, metatags, st.sampled_from(TAGS))


def _wrap(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = inner.map(lambda text: f"( {text} )")
    return st.one_of(
        st.lists(st.one_of(inner, group), min_size=2, max_size=3).map(" ".join),
        st.lists(st.one_of(inner, group), min_size=2, max_size=3).map(" or ".join),
        group.map(lambda text: f"-{text}"),
        st.lists(group, min_size=1, max_size=3).map(lambda parts: " ".join(f"~{part}" for part in parts)),
    )


QUERIES = st.recursive(_terms(), _wrap, max_leaves=6)
VIEWERS = st.sampled_from((None, *USERS[:4]))


def user(row: dict[str, Any]) -> User:
    role = "admin" if row["level"] >= 50 else "moderator" if row["level"] >= 40 else "user"
    return User(row["id"], row["name"], role, row["level"], row["private_favorites"])


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = tmp_path_factory.mktemp("dump") / "dump.json"
    path.write_text(json.dumps(dump()), encoding="utf-8")
    with booruql.open(path) as found:
        yield found


def answers(source: Any, text: str, viewer: dict[str, Any] | None, via: str) -> list[int]:
    context = Context(now=NOW, viewer=user(viewer) if viewer else None, catalog=source.catalog, lenient=True, seed=1)
    return list(source.search(text, context=context, via=via).ids)


@settings(max_examples=200)
@given(QUERIES, VIEWERS)
def test_both_back_ends_answer_as_three_valued_logic_does(source: Any, text: str, viewer: dict[str, Any] | None) -> None:
    expected = Board(dump(), viewer).search(booruql.parse(text).where)
    if "date:" in text or "age:" in text:  # a date changes the order
        assert sorted(answers(source, text, viewer, "predicate"), reverse=True) == expected
    else:
        assert answers(source, text, viewer, "predicate") == expected
    assert answers(source, text, viewer, "sql") == answers(source, text, viewer, "predicate")


def _micros(row: dict[str, Any], name: str) -> int | None:
    return None if row.get(name) is None else micros(row[name])


def _latest(rows: list[dict[str, Any]], *more: int) -> int | None:
    return max([*more, *(micros(row["created_at"]) for row in rows)], default=None)


BOARD = Board(dump(), None)
# word: (value, ties follow the direction, has a _desc form, missing first going down, going up)
ORDERS: dict[str, tuple[Callable[[dict[str, Any]], Any], bool, bool, bool, bool]] = {
    "md5": (lambda p: p["md5"], False, True, True, False),
    "score": (lambda p: p["score"], True, True, True, False),
    "upvotes": (lambda p: p["up_score"], True, True, True, False),
    "downvotes": (lambda p: p["down_score"], True, True, True, False),
    "favcount": (lambda p: p["fav_count"], True, False, True, False),
    "created_at": (lambda p: _micros(p, "created_at"), False, True, True, False),
    "change": (lambda p: _micros(p, "updated_at"), True, True, True, False),
    "comment": (lambda p: _micros(p, "last_commented_at"), True, False, False, False),
    "comment_bumped": (lambda p: _micros(p, "last_comment_bumped_at"), False, False, False, True),
    "note": (lambda p: _micros(p, "last_noted_at"), False, False, False, True),
    "mpixels": (lambda p: p["image_width"] * p["image_height"], False, True, True, False),
    "filesize": (lambda p: p["file_size"], False, True, True, False),
    "tagcount": (lambda p: p["tag_count"], False, True, True, False),
    "duration": (lambda p: p["duration"], True, True, False, False),
    "chartags": (lambda p: p["tag_count_character"], False, True, True, False),
    "comments": (lambda p: BOARD.counted("comment", p), True, True, True, False),
    "deleted_note_count": (lambda p: BOARD.counted("deleted_note", p), True, True, True, False),
    "modqueue": (
        lambda p: _latest(BOARD.rows("post_flags", p) + BOARD.rows("post_appeals", p), micros(p["created_at"])),
        True, True, True, False,
    ),
    "disapproved": (lambda p: _latest(BOARD.rows("post_disapprovals", p)), True, True, True, False),
}  # fmt: skip
MEDIA = ("mpixels", "filesize", "duration")


@pytest.mark.parametrize("word", ORDERS)
@pytest.mark.parametrize("suffix", ["", "_asc", "_desc"])
def test_orders_place_ties_and_missing_values_as_the_site_does(source: Any, word: str, suffix: str) -> None:
    value, ties, has_desc, first_down, first_up = ORDERS[word]
    posts = [p for p in dump()["posts"] if p.get("media_asset", True) or word not in MEDIA]
    known = suffix != "_desc" or has_desc
    down = (suffix != "_asc") is not (word == "downvotes") if known else True
    newest = (down if ties else True) if known else True
    posts.sort(key=lambda p: p["id"], reverse=newest)
    if known:
        there = sorted((p for p in posts if value(p) is not None), key=value, reverse=down)
        missing = [p for p in posts if value(p) is None]
        posts = missing + there if (first_down if down else first_up) else there + missing
    expected = [p["id"] for p in posts]
    for via in ("predicate", "sql"):
        assert answers(source, f"order:{word}{suffix}", None, via) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("order:custom id:3,1,2,3", [3, 1, 2]),
        ("order:custom id:2", [2]),
        ("order:custom id:1..3", []),
        ("order:custom", []),
        ("order:custom id:1 -id:2", []),
        ("order:id id:<4", [1, 2, 3]),
        ("order:id_desc id:<4", [3, 2, 1]),
        ("order:what id:<4", [3, 2, 1]),
        ("order:none id:<4", [3, 2, 1]),
        ("limit:2 id:<4", [3, 2, 1]),
        ("random:0", []),
        ("ordfav:nobody", []),
    ],
)
def test_orders_of_lists(source: Any, text: str, expected: list[int]) -> None:
    assert answers(source, text, None, "predicate") == answers(source, text, None, "sql") == expected


@pytest.mark.parametrize(
    "text", ["ordfav:alice", "ordpool:1", "ordpool:*story*", "ordfavgroup:1", "order:artcomm", "order:rank", "order:landscape"]
)
def test_back_ends_agree_on_orders_by_related_rows(source: Any, text: str) -> None:
    found = answers(source, text, USERS[3], "predicate")
    assert found == answers(source, text, USERS[3], "sql")
    assert found


def test_a_date_orders_by_time_and_pools_by_their_list(source: Any) -> None:
    times = {p["id"]: p["created_at"] for p in dump()["posts"]}
    found = answers(source, "age:>=0s", None, "sql")
    assert [times[i] for i in found] == sorted(times.values(), reverse=True)
    assert [times[i] for i in answers(source, "age:>=0s order:id", None, "sql")] == sorted(times.values())
    pool = dump()["pools"][0]
    assert answers(source, f"ordpool:{pool['id']}", None, "sql") == pool["post_ids"]


def test_random_picks_at_most_so_many(source: Any) -> None:
    for via in ("predicate", "sql"):
        found = answers(source, "random:5", None, via)
        assert len(set(found)) == 5
        assert answers(source, "random:5", None, via) == found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("scoer:>50", "W201"),
        ("user:nobody", "W202"),
        ("pool:nothing_like_it", "W202"),
        ("score:high", "W203"),
        ("status:bogus", "W203"),
        ("rating:x", "W203"),
        ("date:2024-13-01", "W203"),
        ("order:scoer", "W203"),
    ],
)
def test_slips_are_warnings_with_a_place_and_a_hint(source: Any, text: str, code: str) -> None:
    query = booruql.parse(f"lake {text}")
    (warning,) = booruql.close(query, Context(catalog=source.catalog)).warnings
    assert (warning.code, warning.span) == (code, (5, 5 + len(text)))
    assert warning.hint
    with pytest.raises(QueryError):
        booruql.close(query, Context(catalog=source.catalog, strict=True))
    assert not booruql.close(query, Context(catalog=source.catalog, lenient=True)).warnings


def test_a_wildcard_without_a_catalog_stays_a_pattern() -> None:
    closed = booruql.close(booruql.parse("blue_*"))
    assert [warning.code for warning in closed.warnings] == ["W207"]


@pytest.mark.parametrize(
    ("text", "level", "allowed"),
    [("a b", 20, True), ("a b c", 20, False), ("a b c", 30, True), ("a a a", 0, False), ("a b score:>5", 0, True),
     ("a b upvotes:1", 0, False), ("a* b* c*", 31, True), ("a b c d e f g", 30, False)],
)  # fmt: skip
def test_the_sites_tag_limit_holds_when_asked_for(text: str, level: int, allowed: bool) -> None:
    viewer = User(1, "alice", "user", level) if level else None
    query = booruql.parse(text)
    booruql.close(query, Context(viewer=viewer))
    if allowed:
        booruql.close(query, Context(viewer=viewer, site_limits=True))
        return
    with pytest.raises(LimitError, match="E605"):
        booruql.close(query, Context(viewer=viewer, site_limits=True))


def test_saved_searches_find_what_they_would_now(source: Any) -> None:
    cats = answers(source, "cat or fox", None, "sql")
    assert cats
    assert answers(source, "search:Cats", USERS[0], "sql") == answers(source, "search:all", USERS[0], "predicate") == cats
    assert answers(source, "search:loop", USERS[0], "sql") == []
    assert answers(source, "search:cats", USERS[1], "sql") == answers(source, "search:all", None, "sql") == []
    context = Context(catalog=source.catalog, viewer=user(USERS[0]))
    assert [w.code for w in booruql.close(booruql.parse("search:bad"), context).warnings] == ["W203"]


def test_safe_mode_adds_its_own_terms(source: Any) -> None:
    context = Context(now=NOW, catalog=source.catalog, safe_mode=True, unsafe_tags=("dog", "owl"))
    found = list(source.search("-cat", context=context).ids)
    assert found == answers(source, "-cat rating:g -dog -owl", None, "sql")
