"""Prints the texts that many searches have for every database and layout, a JSON list, and first how sqlglot runs.

`python -m tests.sql_texts --pure` keeps to sqlglot's Python modules where the compiled ones are installed too.
"""

from __future__ import annotations

import importlib.machinery as machinery
import json
import random
import sys
from collections.abc import Iterator
from typing import Any


def keep_to_source() -> None:
    """From here on no compiled module of sqlglot is found."""

    def find(path: str) -> machinery.FileFinder:
        if "sqlglot" not in path:
            raise ImportError(path)
        return machinery.FileFinder(path, (machinery.SourceFileLoader, machinery.SOURCE_SUFFIXES))

    sys.path_hooks.insert(0, find)


TEXTS = {
    "danbooru": (
        "cat", "cat dog -owl", "(cat or dog) sky", "~cat ~dog", "-(cat (dog or owl))", "score:>5", "-score:..5",
        "id:1,2,3", "*_hair", "width:5..10", "date:2024-01-01", "source:none", "source:https://a*", "-source:*b",
        "rating:g,s", "is:parent", "-parent:any", "comments:>2", "pool:any", "order:score", "cat order:comments",
        "md5:d41d8cd98f00b204e9800998ecf8427e", "user:nobody", "ratio:16:9", "-duration:>60", "random:5",
        "order:custom id:3,1", "has:notes", "approver:none", "child:any", "filetype:png,jpg",
    ),
    "furbooru": (
        "fox", "fox, -wolf", "fox || (wolf && cat)", "score.gt:5", "-width.lte:10", "*_fox", "created_at:2024",
        "faves:3", "animated:true", "description:cat", "source_url:*b*", "id:5", "-(fox, wolf)", "tag_count.gte:10",
        "original_format:png", "uploader:x",
    ),
}  # fmt: skip


def texts() -> Iterator[Any]:
    """What every pair tells of the queries, of mixtures of them, of pages after a row and of counts; or the refusal."""
    from dataclasses import replace

    from booruql import Context, close, parse
    from booruql.ast.nodes import And, Not, Or
    from booruql.backends.sql.exactness import pairs

    rng, context = random.Random(7), Context(seed=3)
    for site, queries in TEXTS.items():
        closed = [close(parse(text, site=site), context) for text in queries]
        mixed = []
        for _ in range(40):
            first, *others = rng.sample(closed, 3)
            parts = tuple(found.search.where if rng.random() < 0.6 else Not(found.search.where) for found in (first, *others))
            mixed.append(replace(first.search, where=rng.choice((And, Or))(parts)))
        for search in (*(found.search for found in closed), *mixed):
            for database, layout in pairs():
                yield _told(search, closed[0].resource, database, layout)


def _told(search: Any, resource: Any, database: str, layout: str) -> list[str]:
    from dataclasses import replace

    from booruql import BooruqlError
    from booruql.backends import sql

    try:
        made = sql.compile(replace(search, size=20, seed=3), resource, database=database, layout=layout)
        return [made.text, made.count().text, made.exists().text, made.page(after=made.cursor([1] * len(made.columns))).text]
    except BooruqlError as problem:
        return [str(problem)]


if __name__ == "__main__":
    if "--pure" in sys.argv:
        keep_to_source()
    import sqlglot.generator

    json.dump([str(sqlglot.generator.__file__), *texts()], sys.stdout)
