"""The command line as a script sees it: what goes to stdout, what to stderr, and the exit status."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from booruql.app.cli import main

POST = {"id": 7, "tag_string": "cat sky", "score": 60, "rating": "g", "created_at": "2025-01-01T00:00:00.000-05:00"}


class Ran(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.split("\n") if line]


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def ran(*arguments: str, stdin: str | bytes = "") -> Ran:
        given = stdin if isinstance(stdin, bytes) else stdin.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        status = main(arguments)
        out, err = capsys.readouterr()
        return Ran(status, out, err)

    return ran


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    rows = [
        {**POST, "id": number, "score": number * 10, "tag_string": "cat sky" if number % 2 else "dog sky"}
        for number in range(1, 7)
    ]
    path = tmp_path / "posts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_data_goes_to_stdout_and_a_good_query_exits_with_0(run: Run) -> None:
    assert run("parse", "cat -dog") == (0, "(and cat (not dog))\n", "")


def test_a_refused_query_exits_with_1_and_shows_carets(run: Run) -> None:
    status, out, err = run("parse", "(cat")
    assert (status, out) == (1, "")
    assert err.startswith("E101: ")
    assert "\n  (cat\n  ^" in err


def test_a_query_may_begin_with_a_dash_and_stand_before_options(run: Run) -> None:
    assert run("parse", "-cat", "--to", "sexp", "-(a b)").out == "(and (not cat))\n(and (not (and a b)))\n"


def test_dash_reads_a_query_a_line(run: Run) -> None:
    assert run("parse", "-", stdin="cat\ndog\n").out == "(and cat)\n(and dog)\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("parse", "--site", "nowhere", "cat"),
        ("parse", "--to", "nothing", "cat"),
        ("compile", "cat"),
        ("search", "no/such/file.jsonl", "cat"),
        ("parse", "--tz", "Nowhere/Land", "cat"),
        ("parse", "--now", "yesterday", "cat"),
        ("parse", "--context", "no/such/file.json", "cat"),
        ("errors", "E999"),
        ("value", "5"),
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_usage_and_configuration_exit_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err


def test_warnings_are_told_by_default_errors_when_strict_and_silent_when_lenient(run: Run) -> None:
    query = ("compile", "--to", "elastic", "scoer:>50")
    plain, strict, lenient = run(*query), run(*query, "--strict"), run(*query, "--lenient")
    assert (plain.status, plain.err[:5]) == (0, "W201:")
    assert (strict.status, strict.out, strict.err[:5]) == (1, "", "W201:")
    assert (lenient.status, lenient.out, lenient.err) == (0, plain.out, "")


def test_what_does_not_parse_is_leniently_what_the_site_makes_of_it(run: Run) -> None:
    assert run("parse", "--lenient", "(cat").out == "none\n"
    refused = run("parse", "--lenient", "--site", "furbooru", "(cat")
    assert (refused.status, refused.err) == (1, "E101: Imbalanced parentheses.\n")


def test_limits_hold_in_every_mode(run: Run) -> None:
    for mode in ("--strict", "--lenient"):
        assert run("parse", mode, "a" * 10_001).err.startswith("E601: ")


def test_batch_mode_answers_each_line_once_and_in_order(run: Run) -> None:
    lines = [
        '"cat"',
        "not json",
        '{"q": "(a"}',
        '{"q": "a, b", "site": "furbooru"}',
        '{"q": "a", "nope": 1}',
        "5",
        '"a\\u2028b"',
        '{"q": 5}',
    ]
    found = run("parse", "--jsonl", stdin="\n".join(lines) + "\n")
    assert found.status == 1
    assert [row["ok"] for row in found.lines] == [True, False, False, True, False, False, True, False]
    assert found.lines[0] == {"q": "cat", "ok": True, "result": "(and cat)", "warnings": []}
    assert found.lines[1]["q"] == "not json"
    assert found.lines[1]["error"]["code"] == "E109"
    assert found.lines[2]["error"].keys() == {"code", "message", "start", "end", "hint"}
    assert (found.lines[2]["error"]["start"], found.lines[2]["error"]["end"]) == (0, 1)
    assert found.lines[6]["result"] == "(and a b)"


def test_batch_mode_takes_bytes_that_are_no_text(run: Run) -> None:
    found = run("parse", "--jsonl", stdin=b'"a\xff"\n"\\ud800"\n"cat"\n')
    assert [row["ok"] for row in found.lines] == [False, False, True]
    assert found.lines[1]["error"]["code"] == "E108"


def test_a_setting_that_is_wrong_on_one_line_stops_no_other(run: Run) -> None:
    found = run("parse", "--jsonl", stdin='{"q": "a", "site": "nowhere"}\n"b"\n')
    assert [(row["ok"], row.get("error", {}).get("code")) for row in found.lines] == [(False, "E001"), (True, None)]


def test_compile_gives_text_and_parameters_apart(run: Run) -> None:
    found = run("compile", "--to", "sql", "--jsonl", stdin='"cat score:>50"\n').lines[0]["result"]
    assert found.keys() == {"sql", "params", "residual"}
    assert "cat" in found["params"] and "cat" not in found["sql"]
    assert found["residual"] is None


@pytest.mark.parametrize("via", ["sql", "predicate"])
def test_search_returns_every_match_and_pages_when_asked(run: Run, posts: Path, via: str) -> None:
    def ids(*options: str) -> list[int]:
        return [int(line) for line in run("search", str(posts), "--via", via, "--ids", *options).out.split()]

    assert ids("cat") == [5, 3, 1]
    assert ids("cat limit:1") == [5, 3, 1]
    assert ids("sky order:score_asc", "--limit", "2") == [1, 2]
    assert ids("sky", "--limit", "2", "--page", "2") == [4, 3]
    assert ids("sky limit:4", "--page", "1") == [6, 5, 4, 3]
    assert ids("sky", "--limit", "2", "--page", "b4") == [3, 2]
    assert ids("sky", "--limit", "2", "--page", "a2") == [4, 3]


def test_search_prints_records_as_they_came(run: Run, posts: Path) -> None:
    found = run("search", str(posts), "cat score:>40", "--format", "jsonl")
    assert found.lines == [{**POST, "id": 5, "score": 50}]
    table = run("search", str(posts), "cat score:>40").out
    assert "cat sky" in table and "(1 found)" in table
    assert run("search", str(posts), "cat", "--jsonl", stdin='"cat"\n').lines[0]["result"] == {"ids": [5, 3, 1], "total": 3}


def test_match_tells_by_its_exit_status(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "post.json"
    path.write_text(json.dumps(POST))
    post = ("match", "--post", str(path))
    assert run(*post, "cat score:>50").status == 0
    assert run(*post, "dog").status == 1
    assert run(*post, "(cat").status == 2
    assert run("match", "--post", "-", "cat", stdin=json.dumps(POST)).status == 0
    explained = run(*post, "--explain", "cat -dog score:>70")
    assert explained.status == 1
    assert "score:>70" in explained.out


def test_check_lists_every_problem(run: Run) -> None:
    found = run("check", "--jsonl", stdin='"(cat scoer:5"\n').lines[0]
    assert found["ok"]
    assert [problem["code"] for problem in found["result"]] == ["E101", "W201"]
    assert run("check", "cat scoer:5").status == 0
    assert run("check", "(cat").status == 1


def test_value_reads_a_text_alone(run: Run) -> None:
    assert json.loads(run("value", "--type", "integer", "5..7").out) == ["between", {"begin": 5, "end": 7, "exclude_end": False}]
    assert run("value", "--type", "integer", "five").status == 1


def test_import_makes_a_store_that_search_reads(run: Run, posts: Path, tmp_path: Path) -> None:
    store = str(tmp_path / "posts.db")
    assert run("import", str(posts), "--into", store).status == 0
    assert run("import", str(posts), "--into", store).status == 0
    assert run("search", store, "cat", "--ids").out.split() == ["5", "3", "1"]


def test_import_names_what_it_rejects(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(json.dumps(POST) + "\n{broken\n" + json.dumps({**POST, "id": 8}) + "\n")
    rejects, store = tmp_path / "rejects.jsonl", str(tmp_path / "posts.db")
    found = run("import", str(bad), "--into", store, "--rejects", str(rejects))
    assert found.status == 1
    assert f"{bad}:2" in found.err
    assert [json.loads(line)["line"] for line in rejects.read_text().splitlines()] == [2]
    assert run("search", store, "cat", "--ids").out.split() == ["8", "7"]
    assert run("import", str(bad), "--into", store, "--keep-going").status == 0


def test_errors_tells_what_a_code_means(run: Run) -> None:
    assert run("errors", "E101").out.startswith("E101: ")
    assert len(run("errors").out.splitlines()) > 20


def test_the_viewer_comes_from_the_context_file(run: Run, tmp_path: Path) -> None:
    context = tmp_path / "context.json"
    context.write_text(json.dumps({"users": [{"id": 7, "name": "Seven", "role": "user"}]}))
    line = '{"q": "my:faves", "who": "user"}\n{"q": "my:faves", "user": 7}\n{"q": "my:faves", "who": "anon"}\n'
    found = run("compile", "--site", "furbooru", "--to", "elastic", "--context", str(context), "--jsonl", stdin=line).lines
    mine = {"term": {"favourited_by_user_ids": 7}}
    assert [row["result"]["query"] for row in found] == [mine, mine, {"term": {"namespaced_tags.name": "my:faves"}}]
