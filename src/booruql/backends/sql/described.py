"""What descriptions of schemas have in common: columns that are called as our fields are, and what follows from some columns."""

from __future__ import annotations

from typing import Any


def fields(filled: str, empty: str = "", texts: str = "", **more: Any) -> dict[str, Any]:
    """Columns that are called as our fields are: those that are never null, those that may be, texts in any letter case.

    >>> fields("id", "width", score="points")
    {'id': 'id NOT NULL', 'width': 'width NULL', 'score': 'points'}
    """
    return {
        **{name: f"{name} NOT NULL" for name in filled.split()},
        **{name: f"{name} NULL" for name in empty.split()},
        **{name: {"sql": name, "cased": True} for name in texts.split()},
        **more,
    }


def text(sql: str) -> dict[str, Any]:
    """A text that is never null and is searched in any letter case."""
    return {"sql": sql, "null": False, "cased": True}


def of_post(table: str, columns: dict[str, Any], post: str = "post_id") -> dict[str, Any]:
    """A table that names the post of each row."""
    return {"table": table, "indexes": [post], "fields": columns}


def of_size(width: str, height: str) -> dict[str, Any]:
    """What follows from width and height: in 64 bit, since their product may be longer than they are."""
    wide = f"CAST({width} AS BIGINT)"
    return {
        "pixels": f"{wide} * {height}",
        "megapixels": f"CAST({wide} * {height} AS DOUBLE PRECISION) / 1000000",
        "ratio": f"(200 * {wide} + {height}) / (2 * NULLIF(CAST({height} AS BIGINT), 0))",
        "shape": f"CAST({width} AS DOUBLE PRECISION) / GREATEST(1, {height})",
    }


def rank(score: str, seconds: str) -> str:
    """How hot a post is: the logarithm of its score and its age, from the seconds between 1970 and when it was posted."""
    return (
        f"CASE WHEN {score} > 0 THEN ln(CAST({score} AS DOUBLE PRECISION)) / ln(CAST(3 AS DOUBLE PRECISION))"
        f" + CAST({seconds} * 1000000 - 1116892800000000 AS DOUBLE PRECISION) / 35000000000 END"
    )


def of_none(table: str, created: str, names: str) -> dict[str, Any]:
    """Rows that a software has none of, so that no post has one; `created` is a column of its own with instants."""
    columns = f"id, id AS post_id, id AS creator_id, id AS user_id, '' AS status, '' AS reason, {created} AS created_at"
    return of_post(f"SELECT {columns} FROM {table} WHERE FALSE", fields(f"id post_id created_at {names}"))
