"""SQL text and parameters: what is bound, what is folded away, what is refused. Rows are compared in `test_sql_servers`."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from booruql.ast.nodes import (
    All,
    And,
    Between,
    Compare,
    Count,
    Exists,
    Fuzzy,
    Glob,
    Key,
    Node,
    Not,
    Nothing,
    OneOf,
    Op,
    Or,
    Page,
    Place,
    Search,
    Some,
    Special,
    Wild,
)
from booruql.backends import sql
from booruql.backends.sql.dialects.sqlite import escape_glob
from booruql.backends.sql.layouts.join import LAYOUT
from booruql.errors import ConfigError, LimitError, Span, UnsupportedError
from booruql.passes.order import total
from booruql.sites.site import Resource

POSTS = Resource("posts", "posts", {}, {}, dict)


def compiled(tree: Node, **options: Any) -> sql.Statement:
    parts = {name: options.pop(name) for name in ("order", "page", "size", "sample", "seed") if name in options}
    return sql.compile(total(Search("danbooru", "posts", tree, **parts)), POSTS, **options)


def where(tree: Node, **options: Any) -> tuple[str, Any]:
    made = compiled(tree, **options)
    text = made.text.partition(" WHERE ")[2].partition(" ORDER BY ")[0]
    return text, made.params


def tag(name: str) -> Compare:
    return Compare("tags", Op.EQ, name)


def test_a_required_tag_drives_the_statement() -> None:
    made = compiled(tag("cat"))
    assert made.text == (
        "SELECT pt1.post_id AS id FROM posts_tags AS pt1 WHERE pt1.tag_id = "
        "(SELECT t2.id FROM tags AS t2 WHERE t2.name = ?) ORDER BY pt1.post_id DESC"
    )
    assert (made.params, made.columns, made.residual) == (("cat",), ("id",), None)


def test_posts_are_joined_when_anything_but_their_id_is_asked() -> None:
    made = compiled(And((tag("cat"), Compare("score", Op.GT, 5))))
    assert "FROM posts_tags AS pt1 CROSS JOIN posts AS p ON p.id = pt1.post_id WHERE" in made.text
    assert "CROSS JOIN posts" in compiled(tag("cat"), order=(Key("score"),)).text


def test_the_rarest_of_the_required_tags_drives() -> None:
    tree = And((tag("common"), tag("rare")))
    assert "WHERE t2.name IN (?, ?) ORDER BY t2.uses ASC LIMIT 1)" in compiled(tree).text
    known = compiled(tree, rarity={"common": 900, "rare": 1}.get)
    assert known.params == ("rare", "common") and known.text.count("EXISTS(") == 1


def test_of_many_tags_those_of_a_post_are_read_and_not_each_of_the_many_looked_up() -> None:
    few, many = (where(OneOf("tags", tuple(f"tag_{at}" for at in range(number))))[0] for number in (8, 9))
    assert "pt1.tag_id IN (SELECT" in few and "pt1.tag_id + 0 IN (SELECT" in many


def test_a_tag_that_is_not_required_is_an_exists_over_the_join_table() -> None:
    assert where(Not(tag("cat")))[0] == (
        "NOT EXISTS(SELECT 1 FROM posts_tags AS pt1 WHERE pt1.post_id = p.id AND pt1.tag_id = "
        "(SELECT t2.id FROM tags AS t2 WHERE t2.name = ?))"
    )


@pytest.mark.parametrize(
    ("tree", "text", "params"),
    [
        (Compare("score", Op.GT, 5), "p.score > ?", (5,)),
        (Not(Compare("score", Op.GT, 5)), "NOT p.score > ?", (5,)),
        (Not(Compare("duration", Op.GT, 5)), "(p.duration > ?) IS NOT TRUE", (5.0,)),
        (Compare("score", Op.LT, 2.5), "p.score <= ?", (2,)),
        (Compare("score", Op.EQ, 2.5), "FALSE", ()),
        (Compare("width", Op.LT, 1 << 63), "p.width IS NOT NULL", ()),
        (Compare("score", Op.LT, 1 << 63), "TRUE", ()),
        (Compare("score", Op.GT, 1 << 63), "FALSE", ()),
        (Compare("score", Op.EQ, "x"), "FALSE", ()),
        (Compare("source", Op.EQ, "a\0b"), "FALSE", ()),
        (Compare("source", Op.LT, "a\0b"), "p.source <= ?", ("a",)),
        (Compare("aspect_ratio", Op.EQ, 0.1), "p.aspect_ratio = ?", (0.10000000149011612,)),
        (Compare("is_deleted", Op.EQ, True), "p.is_deleted", ()),
        (Compare("is_deleted", Op.EQ, False), "NOT p.is_deleted", ()),
        (Between("score", 1, 5), "p.score BETWEEN ? AND ?", (1, 5)),
        (Between("score", 1, 5, high_open=True), "p.score >= ? AND p.score < ?", (1, 5)),
        (OneOf("score", (1, 2, 1, 1.5)), "p.score IN (?, ?)", (1, 2)),
        (OneOf("score", ()), "FALSE", ()),
        (Exists("width"), "p.width IS NOT NULL", ()),
        (Exists("score"), "TRUE", ()),
        (Glob("source", ("a[", Wild.RUN)), "p.source GLOB ?", ("a[[]*",)),
        (Glob("source", ("ÀB", Wild.ONE), fold=True), "p.source_folded GLOB ?", ("àb?",)),
        (Or((Exists("width"), Exists("height"))), "p.width IS NOT NULL OR p.height IS NOT NULL", ()),
        (Compare(Count("galleries"), Op.GT, 1), "(SELECT COUNT(*) FROM gallery_items AS gi1 WHERE gi1.post_id = p.id) > ?", (1,)),
    ],
)
def test_leaves(tree: Node, text: str, params: tuple[Any, ...]) -> None:
    assert where(tree) == (text, params)


def test_everything_has_no_where_and_nothing_is_false() -> None:
    assert " WHERE " not in compiled(All()).text
    assert where(Nothing())[0] == "FALSE"


def test_nulls_are_spelled_only_where_a_key_can_be_null_and_the_database_would_do_otherwise() -> None:
    assert compiled(All(), order=(Key("score", True, nulls_first=True),)).text.endswith("ORDER BY p.score DESC, p.id DESC")
    assert compiled(All(), order=(Key("width", True),)).text.endswith("ORDER BY p.width DESC, p.id DESC")
    assert compiled(All(), order=(Key("width", True, True),)).text.endswith("ORDER BY p.width DESC NULLS FIRST, p.id DESC")


def test_pages() -> None:
    assert compiled(All(), size=20, page=Page(3)).params == (20, 40)
    assert compiled(All(), size=20, page=Page(before=9)).text.endswith("WHERE p.id < ? ORDER BY p.id DESC LIMIT ?")
    after = compiled(All(), size=20, page=Page(after=9))
    assert "ORDER BY p.id ASC LIMIT ?) AS" in after.text and after.text.endswith("ORDER BY r1.id DESC")
    assert tuple(compiled(All(), sample=5, seed=1, size=3, page=Page(2)).params)[-2:] == (2, 3)


def test_a_page_beside_an_id_overrides_the_order() -> None:
    made = compiled(All(), order=(Key("score"),), page=Page(before=9))
    assert made.text.endswith("WHERE p.id < ? ORDER BY p.id DESC") and made.columns == ("id",)


def test_count_and_exists_ignore_the_page() -> None:
    made = compiled(tag("cat"), size=20, page=Page(3))
    assert made.count().text.startswith("SELECT COUNT(*) AS total FROM posts_tags AS pt1 WHERE ")
    assert made.count().params == ("cat",)
    assert made.exists().text.startswith("SELECT 1 AS found FROM posts_tags AS pt1 WHERE ") and "LIMIT 1" in made.exists().text


def test_every_table_of_a_statement_has_an_alias_of_its_own() -> None:
    tree = And((tag("a"), Not(tag("b")), Some("parent", Some("children", Compare("score", Op.GT, 5)))))
    text = compiled(tree).text
    aliases = [word for before, word in zip(text.split(), text.split()[1:], strict=False) if before == "AS"]
    assert len(aliases) == len(set(aliases))


@pytest.mark.parametrize("style", ["qmark", "format", "dollar", "numeric", "named", "pyformat", "typed"])
def test_user_text_is_never_in_the_text(style: str) -> None:
    made = compiled(And((tag("o'x; --"), Glob("source", ("100%", Wild.RUN)))), paramstyle=style)
    assert "o'x" not in made.text and "100" not in made.text
    values = made.params.values() if isinstance(made.params, dict) else made.params
    assert list(values) == ["o'x; --", "100%*"]


def test_percent_signs_of_the_text_are_doubled_where_the_driver_reads_them() -> None:
    assert "%%" in compiled(All(), order=(Key(Special.RANDOM),), seed=1, paramstyle="format").text


def test_inline_is_for_reading_and_refuses_nul() -> None:
    assert compiled(tag("it's"), inline=True).text.endswith("t2.name = 'it''s') ORDER BY pt1.post_id DESC")


def test_what_cannot_be_said_is_refused_with_its_span() -> None:
    with pytest.raises(UnsupportedError) as caught:
        compiled(And((tag("a"), Fuzzy("tags", "cat", 1, Span(2, 7)))))
    assert (caught.value.code, caught.value.span) == ("E501", Span(2, 7))
    with pytest.raises(UnsupportedError, match="E503"):
        compiled(All(), order=(Key(Special.RELEVANCE),))


def test_a_residual_is_a_superset_without_limit_and_the_rest() -> None:
    fuzzy = Fuzzy("tags", "cat", 1)
    made = compiled(And((tag("a"), fuzzy, Not(Or((fuzzy, tag("b")))))), exact="residual", size=20)
    assert made.params == ("a", "b")
    assert made.residual == And((fuzzy, Not(Or((fuzzy, tag("b"))))))
    assert "LIMIT" not in made.text
    with pytest.raises(ConfigError, match="residual"):
        made.count()
    assert compiled(Not(fuzzy), exact="residual").residual == Not(fuzzy)
    assert compiled(tag("a"), exact="residual").residual is None


def test_many_members_are_grouped_so_that_no_group_is_deep() -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE posts (id INTEGER PRIMARY KEY, score INTEGER)")
    made = compiled(Or(tuple(Compare("score", Op.EQ, n) for n in range(5000))))
    assert db.execute(made.text, made.params).fetchall() == []


def test_deep_trees_and_too_many_values_are_limits() -> None:
    tree: Node = Compare("score", Op.EQ, 1)
    for n in range(500):
        tree = Not(And((tree, Compare("score", Op.EQ, n))))
    with pytest.raises(LimitError, match="E602"):
        compiled(tree)
    with pytest.raises(LimitError, match="E603"):
        compiled(OneOf("score", tuple(range(40_000))))


def test_a_tree_as_deep_as_allowed_is_written() -> None:
    tree: Node = Compare("score", Op.EQ, 1)
    for n in range(99):
        tree = Not(And((tree, Or((Compare("score", Op.EQ, n), Exists("width"))))))
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE posts (id INTEGER PRIMARY KEY, score INTEGER, width INTEGER)")
    made = compiled(tree)
    assert db.execute(made.text, made.params).fetchall() == []


def test_what_a_source_lacks_is_refused() -> None:
    layout = LAYOUT.with_facts(missing=frozenset({"pools", "posts.favorited_by"}))
    for tree in (Some("pools"), Compare("favorited_by", Op.EQ, "x")):
        with pytest.raises(UnsupportedError, match="E502"):
            compiled(tree, layout=layout)


def test_a_column_that_may_be_null_against_the_schema_is_guarded() -> None:
    layout = LAYOUT.with_facts(sparse=frozenset({"posts.score"}))
    assert where(Not(Compare("score", Op.GT, 5)), layout=layout)[0] == "(p.score > ?) IS NOT TRUE"


def test_cursors_continue_after_a_row() -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE posts (id INTEGER PRIMARY KEY, width INTEGER, score INTEGER)")
    rows = [(n, None if n % 3 == 0 else n % 5, n % 2) for n in range(1, 40)]
    db.executemany("INSERT INTO posts VALUES (?, ?, ?)", rows)
    for nulls_first in (False, True):
        for descending in (False, True):
            order = (Key("width", descending, nulls_first), Key("score", not descending))
            whole = compiled(All(), order=order)
            expected = db.execute(whole.text, whole.params).fetchall()
            made, found, cursor = compiled(All(), order=order, size=7), [], None
            while page := db.execute((step := made.page(after=cursor)).text, step.params).fetchall():
                found += page
                cursor = made.cursor(page[-1])
            assert found == expected


def test_globs_of_sqlite_have_no_escape_character() -> None:
    db = sqlite3.connect(":memory:")
    hard = "a*b?c[d]e\\f%g_h-^!"
    for text, value in [((hard,), hard), ((hard, Wild.RUN), hard + "x"), ((Wild.ONE, hard), "é" + hard)]:
        assert db.execute("SELECT ? GLOB ?", (value, escape_glob(text))).fetchone() == (1,)
    assert db.execute("SELECT ? GLOB ?", (hard.upper(), escape_glob((hard, Wild.RUN)))).fetchone() == (0,)


def test_a_place_in_a_list_orders_by_it() -> None:
    made = compiled(All(), order=(Key(Place((7, 3))),))
    assert "CASE p.id WHEN ? THEN 0 WHEN ? THEN 1 END AS by_place" in made.text and made.params == (7, 3)


def test_unknown_names_are_the_embedders_mistake() -> None:
    for options in ({"database": "oracle"}, {"layout": "heap"}, {"exact": "maybe"}, {"paramstyle": "colon"}):
        with pytest.raises(ConfigError):
            compiled(tag("a"), **options)
