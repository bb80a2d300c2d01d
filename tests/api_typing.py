"""The public API as an embedder writes it. Never run, only type-checked (`mypy`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, assert_type

import booruql
from booruql.ast.nodes import Pattern


class Tags(booruql.Catalog):
    def alias(self, name: str) -> str | None:
        return {"kitty": "cat"}.get(name)

    def expand(self, pattern: Pattern, limit: int) -> Sequence[str] | None:
        return ["cat"][:limit]


def compiling() -> None:
    query = booruql.parse("cat -dog score:>50", site="danbooru", limits=booruql.Limits(terms=10))
    assert_type(query, booruql.Query)
    assert_type(hash(query), int)
    viewer = booruql.User(1, "alder")
    context = booruql.Context(now=datetime(2026, 6, 1, tzinfo=UTC), viewer=viewer, catalog=Tags(), seed=1, strict=True)

    statement = booruql.sql(query, database="sqlite", layout="join", context=context, exact="refuse", paramstyle=None)
    assert_type(statement.text, str)
    assert_type(statement.columns, tuple[str, ...])
    assert_type(statement.count().text, str)
    assert_type(statement.page(after=None).text, str)

    assert_type(booruql.elastic(query, context=context), dict[str, Any])


def matching(posts: list[Mapping[str, Any]]) -> None:
    matches = booruql.predicate(booruql.parse("fox, wolf", site="furbooru"))
    assert_type(matches(posts[0]), bool)
    assert_type(matches.filter(posts), list[Mapping[str, Any]])
    assert_type(bool(matches.explain(posts[0])), bool)
    assert_type(booruql.document(posts[0], site="furbooru")["score"], Any)


def problems(text: str) -> str:
    tree, found = booruql.diagnose(text, site="danbooru")
    assert_type(tree, booruql.Query)
    assert_type(found, list[booruql.Diagnostic])
    closed = booruql.close(tree)
    assert_type(closed, booruql.Closed)
    assert_type(closed.warnings, tuple[booruql.Diagnostic, ...])
    try:
        booruql.sql(closed)
    except booruql.QueryError as error:
        return f"{error.code} {error.message} {error.span} {error.hint} {error.to_dict()}"
    except booruql.ConfigError as error:
        return str(error)
    except booruql.BooruqlError:
        raise
    return ""


def searching() -> tuple[int, ...]:
    with booruql.open("booru.db") as source:
        found = source.search("cat order:score", page=2, limit=20)
        assert_type(found.total, int)
        assert_type(found.next_page, str | None)
        for record in found.records:
            assert_type(record, Mapping[str, Any])
        return found.ids
