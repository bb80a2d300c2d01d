"""A described schema is asked where the description says; one that cannot be meant is refused when it is made."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import booruql
from booruql import Context
from booruql.ast.nodes import (
    All,
    And,
    Between,
    Compare,
    Count,
    Exists,
    Glob,
    Key,
    Node,
    Not,
    OneOf,
    Op,
    Position,
    Search,
    Some,
    Wild,
)
from booruql.backends import sql
from booruql.backends.sql.mapping_text import read_mapping
from booruql.errors import ConfigError, UnsupportedError
from booruql.passes.order import total
from booruql.sites.site import Resource

POSTS = Resource("posts", "posts", {}, {}, dict)
FIELDS: dict[str, Any] = {
    "id": "picture_id",
    "score": "votes NOT NULL",
    "downvotes": "-minus",
    "rating": {"sql": "safety", "words": {"g": "safe", "e": ["unsafe", "worse"]}},
    "created_at": "made",
    "source": {"sql": "came_from", "cased": True},
    "md5": "hash",
    "is_banned": False,
    "is_deleted": "gone = 1",
    "width": {"beside": "file", "sql": "width", "null": False},
    "tag_count": "(SELECT count(*) FROM labels l WHERE l.picture = pictures.picture_id)",
    "pixel_hash": {"sql": "pixels", "form": "uuid"},
    "tags": {"rows": "SELECT l.picture, lower(n.name) AS name FROM labels l JOIN names n USING (label)", "owner": "picture",
             "value": "name"},
    "sources": {"array": "origins"},
    "parent_id": "parent",
}  # fmt: skip
GIVEN: dict[str, Any] = {
    "name": "mine",
    "databases": ["postgres"],
    "posts": {
        "table": "pictures",
        "beside": {"file": {"table": "files", "on": "files.hash = pictures.hash AND files.live"}},
        "fields": FIELDS,
    },
    "pools": {
        "table": "public.albums",
        "fields": {"id": "id", "name": "title", "post_ids": {"array": "members", "element": "int"}},
    },
    "favorites": {"table": "likes", "fields": {"id": "like_id", "post_id": "picture", "user_id": "account"}},
}
LAYOUT = read_mapping(GIVEN)


def text(tree: Node, *order: Key, **options: Any) -> str:
    made = sql.compile(total(Search("", "posts", tree, order)), POSTS, database="postgres", layout=LAYOUT, inline=True, **options)
    return made.text.removeprefix("SELECT p.picture_id AS id FROM pictures AS p WHERE ").removesuffix(
        " ORDER BY p.picture_id DESC"
    )


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (Compare("score", Op.GT, 5), "p.votes > 5"),
        (Compare("downvotes", Op.EQ, 2), "(-p.minus) = 2"),
        (Compare("rating", Op.EQ, "g"), "p.safety = 'safe'"),
        (Compare("rating", Op.EQ, "q"), "FALSE"),
        (Compare("rating", Op.LT, "f"), "p.safety = ANY(CAST(ARRAY['unsafe', 'worse'] AS TEXT[]))"),
        (OneOf("rating", ("g", "q")), "p.safety = 'safe'"),
        (Compare("created_at", Op.GE, 0), "p.made >= '1970-01-01 00:00:00'"),
        (Compare("created_at", Op.GE, 10**18), "FALSE"),
        (Between("created_at", -(10**18), 1), "p.made <= '1970-01-01 00:00:00.000001'"),
        (Compare("is_banned", Op.EQ, True), "FALSE"),
        (Compare("is_deleted", Op.EQ, True), "(p.gone = 1)"),
        (Compare("source", Op.LT, "a"), "p.came_from COLLATE \"C\" < 'a'"),
        (Glob("source", ("A", Wild.RUN), True), "p.came_from ILIKE 'a%'"),
        (Glob("source", ("A",), True), "LOWER(p.came_from) = 'a'"),
        (Compare("pixel_hash", Op.EQ, "0" * 32), f"p.pixels = '{'0' * 32}'"),
        (Compare("pixel_hash", Op.EQ, "x"), "FALSE"),
        (Compare("tag_count", Op.GT, 3), "(SELECT COUNT(*) FROM labels AS l_ WHERE l_.picture = p.picture_id) > 3"),
        (
            Not(Compare("width", Op.GT, 3)),
            "NOT EXISTS(SELECT 1 FROM files AS beside WHERE (beside.hash = p.hash AND beside.live) AND beside.width > 3)",
        ),
        (Not(Exists("width")), "NOT EXISTS(SELECT 1 FROM files AS beside WHERE (beside.hash = p.hash AND beside.live))"),
        (
            Compare("tags", Op.EQ, "cat"),
            "EXISTS(SELECT 1 FROM (SELECT l.picture, LOWER(n.name) AS name FROM labels AS l JOIN names AS n USING (label)) AS t1"
            " WHERE t1.picture = p.picture_id AND t1.name = 'cat')",
        ),
        (Compare("sources", Op.EQ, "x"), "p.origins @> CAST(ARRAY['x'] AS text[])"),
        (
            Some("pools", Compare("id", Op.EQ, 7)),
            "p.picture_id IN (SELECT UNNEST(p1.members) FROM public.albums AS p1 WHERE p1.id = 7)",
        ),
        (
            Some("pools", Glob("name", (Wild.RUN, "a"))),
            "EXISTS(SELECT 1 FROM public.albums AS p1 WHERE p1.members @> ARRAY[p.picture_id] AND p1.title LIKE '%a')",
        ),
        (Some("pools"), "EXISTS(SELECT 1 FROM public.albums AS p1 WHERE p1.members @> ARRAY[p.picture_id])"),
        (
            Some("children", Compare("score", Op.EQ, 1)),
            "EXISTS(SELECT 1 FROM pictures AS p1 WHERE p1.parent = p.picture_id AND p1.votes = 1)",
        ),
        (
            Compare(Count("favorites", Compare("user_id", Op.EQ, 3)), Op.GT, 1),
            "(SELECT COUNT(*) FROM likes AS f1 WHERE f1.picture = p.picture_id AND f1.account = 3) > 1",
        ),
    ],
)  # fmt: skip
def test_a_leaf_is_asked_where_the_description_says(tree: Node, expected: str) -> None:
    assert text(tree) == expected


def test_a_table_beside_is_joined_when_no_row_without_it_matches() -> None:
    joined = "SELECT p.picture_id AS id FROM pictures AS p JOIN files AS beside_file"
    on = " ON (beside_file.hash = p.hash AND beside_file.live)"
    assert text(Exists("width")) == joined + on
    assert text(Compare("width", Op.GT, 3)) == f"{joined}{on} WHERE beside_file.width > 3"
    order = Key("width", True)
    assert text(And((Compare("score", Op.GT, 3), Exists("width"))), order) == (
        f"SELECT p.picture_id AS id, beside_file.width FROM pictures AS p JOIN files AS beside_file{on} WHERE p.votes > 3"
        " ORDER BY beside_file.width DESC, p.picture_id DESC"
    )


def test_an_order_goes_by_what_the_description_says() -> None:
    assert text(All(), Key("width", True)) == (
        "SELECT p.picture_id AS id, (SELECT beside.width FROM files AS beside WHERE (beside.hash = p.hash AND beside.live))"
        " AS by_width FROM pictures AS p ORDER BY by_width DESC NULLS LAST, p.picture_id DESC"
    )
    assert text(All(), Key(Position("favorites", "id", All()), True)).startswith(
        "SELECT p.picture_id AS id, (SELECT MAX(f1.like_id) FROM likes AS f1 WHERE f1.picture = p.picture_id) AS by_favorites_id"
    )


def test_a_rare_tag_is_fetched_first() -> None:
    search = total(Search("", "posts", Compare("tags", Op.EQ, "cat")))
    made = sql.compile(search, POSTS, database="postgres", layout="danbooru", rarity=lambda _: 5)
    assert made.text == (
        "SELECT p.id FROM (SELECT * FROM posts AS p1 WHERE STRING_TO_ARRAY(p1.tag_string, ' ') @> CAST(ARRAY[%s] AS text[])"
        " OFFSET 0) AS p ORDER BY p.id DESC"
    )


def test_instants_are_sent_as_the_column_holds_them() -> None:
    zoned = read_mapping({"databases": ["postgres"], "instants": "timestamptz", "posts": GIVEN["posts"]})
    for layout, zone in ((LAYOUT, None), (zoned, UTC)):
        search = total(Search("", "posts", Compare("created_at", Op.GT, 86_400_000_001)))
        made = sql.compile(search, POSTS, database="postgres", layout=layout)
        assert made.params == (datetime(1970, 1, 2, 0, 0, 0, 1, tzinfo=zone),)


@pytest.mark.parametrize("query", ["upvotes:>3", "note:x", "comment_count:>1", "commenter:any"])
def test_what_is_not_there_is_refused_at_its_place(query: str) -> None:
    with pytest.raises(UnsupportedError) as problem:
        booruql.sql(booruql.parse(f"score:1 {query}"), database="postgres", layout=LAYOUT, context=Context(lenient=True))
    if query == "upvotes:>3":
        assert problem.value.code == "E502" and problem.value.span == (8, 18)


def test_letter_case_beyond_ascii_is_left_to_a_residual() -> None:
    search = total(Search("", "posts", Glob("source", ("é", Wild.RUN), True)))
    with pytest.raises(UnsupportedError):
        sql.compile(search, POSTS, database="postgres", layout=LAYOUT)
    assert sql.compile(search, POSTS, database="postgres", layout=LAYOUT, exact="residual").residual == search.where
    assert text(Glob("source", ("カ", Wild.RUN), True)) == "p.came_from ILIKE 'カ%'"


SEVERAL: dict[str, Any] = {
    "databases": ["postgres", "mysql", "sqlite"],
    "posts": {
        "table": "pictures",
        "fields": {
            "id": "id",
            "created_at": "made NOT NULL",
            "md5": "hash NOT NULL",
            "rank": "ln(votes)",
            "tags": {"rows": "labels", "owner": "picture", "value": "lower(name)"},
        },
    },
    "favorites": {"table": "likes", "fields": {"post_id": "picture", "user_id": "account"}},
    "on": {
        "mysql": {"texts": "loose", "bmp": True, "posts": {"fields": {"tags": {"served": "name"}, "md5": "checksum NOT NULL"}}},
        "sqlite": {"texts": "code point", "instants": "timestamp text", "posts": {"fields": {"rank": None}}},
    },
}

SEVERAL_LAYOUT = read_mapping(SEVERAL)


@pytest.mark.parametrize(
    ("database", "tree", "expected"),
    [
        ("postgres", Compare("md5", Op.EQ, "x"), "p.hash = 'x'"),
        ("mysql", Compare("md5", Op.EQ, "x"), "p.checksum = 'x' AND CAST(p.checksum AS BINARY) = 'x'"),
        ("mysql", OneOf("md5", ("x", "y")), "p.checksum IN ('x', 'y') AND CAST(p.checksum AS BINARY) IN ('x', 'y')"),
        ("mysql", OneOf("md5", ("x", "\U0001f431")), "p.checksum = 'x' AND CAST(p.checksum AS BINARY) = 'x'"),
        ("mysql", Compare("md5", Op.EQ, "\U0001f431"), "FALSE"),
        ("mysql", Compare("md5", Op.LT, "x"), "CAST(p.checksum AS BINARY) < 'x'"),
        (
            "mysql",
            Compare("tags", Op.EQ, "cat"),
            "p.id IN (SELECT t1.picture FROM labels AS t1 WHERE t1.name = 'cat' AND CAST(LOWER(t1.name) AS BINARY) = 'cat')",
        ),
        ("sqlite", Compare("tags", Op.EQ, "cat"), "p.id IN (SELECT t1.picture FROM labels AS t1 WHERE LOWER(t1.name) = 'cat')"),
        ("sqlite", Compare("created_at", Op.LT, 1), "p.made < '1970-01-01 00:00:00.000001'"),
        ("sqlite", Compare("created_at", Op.GT, -62_135_596_800_000_000), "p.made > '0001-01-01 00:00:00'"),
        ("sqlite", Some("favorites"), "EXISTS(SELECT 1 FROM likes AS f1 WHERE f1.picture = p.id)"),
    ],
)
def test_what_differs_on_a_database_is_asked_there(database: str, tree: Node, expected: str) -> None:
    search = total(Search("", "posts", tree))
    made = sql.compile(search, POSTS, database=database, layout=SEVERAL_LAYOUT, inline=True)
    assert made.text == f"SELECT p.id FROM pictures AS p WHERE {expected} ORDER BY p.id DESC"


def test_what_a_database_lacks_of_a_description_is_refused_there() -> None:
    search = total(Search("", "posts", All(), (Key("rank", True),)))
    with pytest.raises(UnsupportedError):
        sql.compile(search, POSTS, database="sqlite", layout=SEVERAL_LAYOUT)
    sql.compile(search, POSTS, database="mysql", layout=SEVERAL_LAYOUT)


def test_rows_without_a_number_are_asked_as_what_belongs_to_others_alone() -> None:
    favorites = Resource("favorites", "favorites", {}, {}, dict)
    with pytest.raises(UnsupportedError, match="the source does not carry number of the favorite"):
        sql.compile(total(Search("", "favorites", All())), favorites, database="mysql", layout=SEVERAL_LAYOUT)


def test_another_database_has_it_not() -> None:
    with pytest.raises(ConfigError, match="mysql has no layout 'danbooru': the software keeps its posts in postgres"):
        booruql.sql(booruql.parse("cat"), database="mysql", layout="danbooru")


def posts(**fields: Any) -> dict[str, Any]:
    return {"posts": {"table": "a", "fields": {"id": "b", **fields}}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"post": {}}, "the description: there is no entity 'post'; 'posts' is the nearest"),
        ({"posts": {"tabel": "a"}}, "posts: there is no part 'tabel'; 'table' is the nearest"),
        ({"posts": {"fields": {"id": "id"}}}, "posts: 'table' is a table's name or a SELECT, not None"),
        ({"posts": {"table": "select from where", "fields": {"id": "id"}}}, "posts: 'select from where' is neither a table nor"),
        ({"posts": {"table": "a", "fields": {"score": "b"}}}, "posts: what holds 'id' is not said; every row has to have one"),
        ({"on": {"mysql": {}}}, "on: 'mysql' is none of postgres"),
        ({"databases": ["postgre"]}, "no database 'postgre'; known"),
        (posts(scor="b"), "posts: there is no field 'scor'; 'score' is the nearest"),
        (posts(id="(b"), "posts.id: '(b' is no SQL"),
        (posts(id="b, c"), "posts.id: 'b, c' is not one SQL expression"),
        (posts(id="b FROM c"), "posts.id: 'b FROM c' is not one SQL expression"),
        (posts(id="b; SELECT c"), "posts.id: 'b; SELECT c' is not one SQL expression"),
        ({"posts": {"table": "SELECT 1; SELECT 2", "fields": {"id": "b"}}}, "posts: 'SELECT 1; SELECT 2' is not one query"),
        (posts(id=["b"]), "posts.id: a column, SQL, or a table of parts, not ['b']"),
        (posts(id="b + 1"), "posts.id: a column, not 'b + 1'"),
        (posts(id="x.b"), "posts.id: 'x.b': there is no table 'x' around it"),
        (posts(id="(SELECT count(*) FROM c WHERE d = 1)"), "say of which table 'd' is"),
        (posts(tags="c"), "posts.tags: many values are in an 'array' or in 'rows'"),
        (posts(width={"beside": "f", "sql": "c"}), "posts.width.beside: 'f' is none"),
        (posts(created_at={"sql": "b", "form": "timestam"}), "'timestamp' is the nearest"),
        (posts(is_deleted={"sql": "c", "words": {"x": 1}}), "posts.is_deleted.words"),
    ],
)
def test_what_cannot_be_meant_is_refused_when_it_is_made(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as problem:
        read_mapping({"databases": ["postgres"], **change})
    assert message in str(problem.value)
