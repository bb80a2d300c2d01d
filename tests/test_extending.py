"""The recipes of CONTRIBUTING.md do what they say: they are followed to the letter in a copy of the checkout, and used."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def recipe(root: Path, heading: str) -> list[str]:
    """The code blocks of a recipe."""
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    part = text.split(f"### {heading}\n")[1].split("\n### ")[0]
    return re.findall(r"```python\n(.*?)```", part, re.DOTALL)


def insert_after(path: Path, line: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(line) == 1, f"{path.name} has moved on; CONTRIBUTING.md names {line!r}"
    path.write_text(text.replace(line, line + new), encoding="utf-8")


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the checkout to change."""
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("src", "grammars"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=ignored)
    return tmp_path


def run(copy: Path, code: str) -> Any:
    """The JSON that a script prints with the copy in place of the checkout."""
    env = {**os.environ, "PYTHONPATH": str(copy / "src")}
    code = f"import booruql, json\nassert booruql.__file__.startswith({str(copy)!r})\n{code}"
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_field_is_one_line_and_one_word(root: Path, copy: Path) -> None:
    field, word = recipe(root, "Add a field")
    insert_after(copy / "src/booruql/schema/posts.py", "FIELDS = (\n", field)
    insert_after(copy / "src/booruql/sites/danbooru.py", "_NUMBERS = (\n", word)
    found = run(
        copy,
        """
from booruql.documents import Document
from booruql.engine.completion import complete
query = booruql.parse("cat colors:>5")
matches = booruql.predicate(query)
posts = [Document(id=1, tags=frozenset({"cat"}), color_count=n) for n in (None, 5, 6)]
statement = booruql.sql(query)
print(json.dumps({
    "matches": [matches(post) for post in posts],
    "sql": statement.text, "params": statement.params,
    "elastic": booruql.elastic(query)["query"],
    "completions": [found.text for found in complete("colo")],
}))
""",
    )
    assert found["matches"] == [False, False, True]
    assert "p.color_count > ?" in found["sql"]
    assert found["params"] == ["cat", 5]
    assert {"range": {"color_count": {"gt": 5}}} in found["elastic"]["bool"]["must"]
    assert found["completions"] == ["colors:"]


def test_a_database_is_one_file(root: Path, copy: Path) -> None:
    [dialect] = recipe(root, "Add an SQL database")
    (copy / "src/booruql/backends/sql/dialects/libsql.py").write_text(dialect, encoding="utf-8")
    found = run(
        copy,
        """
import sqlite3
from booruql.backends.sql import databases
base = sqlite3.connect(":memory:")
base.executescript('''
    CREATE TABLE posts (id INTEGER PRIMARY KEY, score INTEGER); CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE posts_tags (post_id INTEGER, tag_id INTEGER);
    INSERT INTO posts VALUES (1, 5), (2, 9), (3, 9); INSERT INTO tags VALUES (1, 'cat'), (2, 'cap');
    INSERT INTO posts_tags VALUES (1, 1), (2, 1), (3, 2);
''')
def ids(text):
    statement = booruql.sql(booruql.parse(text), database="libsql")
    return [row[0] for row in base.execute(statement.text, statement.params)]
print(json.dumps({"databases": databases(), "ids": [ids("cat score:>5"), ids("ca* score:>5"), ids("-cat")]}))
""",
    )
    assert "libsql" in found["databases"]
    assert found["ids"] == [[2], [3, 2], [3]]


def test_the_copy_is_what_is_tested(copy: Path) -> None:
    assert run(copy, "print(json.dumps(booruql.parse('cat').site))") == "danbooru"
