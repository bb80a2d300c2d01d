"""`booruql params` and `booruql compile --to remote`, as a script sees them."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest

from booruql.app.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(arguments)
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_parameters_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(
        capsys, "params", "--entity", "tags", "search[post_count]=>10&limit=5&only=id&search[order]=custom&search[id]=2,1"
    )
    found = json.loads(out)
    assert (status, err) == (0, "")
    assert (found["entity"], found["page"], found["limit"], found["only"]) == ("tags", 1, 5, ["id"])
    assert found["order"] == ["place asc", "id desc"]


@pytest.mark.parametrize(
    ("target", "part"), [("sql", "t.post_count > ?"), ("elastic", '"post_count"'), ("python", "d['post_count']")]
)
def test_parameters_are_compiled(capsys: pytest.CaptureFixture[str], target: str, part: str) -> None:
    status, out, _ = run(capsys, "params", "--entity", "tags", "--to", target, "search[post_count]=>10&page=b900")
    assert status == 0 and part in out


def test_slips_are_told_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "params", "--entity", "tags", "search[post_coun]=>10")
    assert status == 0
    assert "W208" in err and "'search[post_count]' is the nearest name" in err
    assert run(capsys, "params", "--entity", "tags", "--strict", "search[post_coun]=>10")[0] == 1
    assert run(capsys, "params", "--entity", "tags", "--lenient", "search[post_coun]=>10")[2] == ""


def test_what_a_target_does_not_give_of_the_chosen_fields(capsys: pytest.CaptureFixture[str]) -> None:
    def told(*arguments: str) -> list[str]:
        found = run(capsys, "params", "--entity", "comments", *arguments)[2].splitlines()
        return [line for line in found if line.startswith("W208")]

    assert told("--to", "elastic", "only=id,post[id]") == ["W208: the index does not hold 'post.id', so it is in no answer"]
    assert told("--to", "sql", "only=id,body,post[id]") == ["W208: a row does not hold 'post.id', so it is in no answer"]
    assert "a function of one record" in told("--to", "python", "only=id")[0]
    assert told("--to", "json", "only=id,post[id]") == told("--to", "sql", "--lenient", "only=post") == []
    assert run(capsys, "params", "--entity", "comments", "--to", "sql", "--strict", "only=post")[0] == 1


def test_a_site_without_parameters_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "params", "--site", "gsbooru", "tags=x")
    assert (status, "takes no parameters" in err) == (2, True)


def answers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lines: list[Any], *arguments: str) -> list[Any]:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
    main([*arguments, "--jsonl"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_batch_mode(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [{"q": "search[name]=cat", "entity": "tags"}, "tags=cat+(", {"q": "1girl -solo", "entity": "posts"}]
    found = answers(monkeypatch, capsys, lines, "params")
    assert [row["ok"] for row in found] == [True, False, True]
    assert found[1]["error"]["code"] == "E101"


def test_what_a_remote_site_is_asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "compile", "--site", "gsbooru", "--to", "remote", "--page", "2", "1girl -solo rating:g")
    assert status == 0 and "W212" in err
    assert json.loads(out) == {"params": {"rating": "g", "tags": "1girl", "page": 2}, "residual": "-solo"}
    (found,) = answers(monkeypatch, capsys, [{"q": "a b c", "page": "b5"}], "compile", "--to", "remote")
    assert found["result"] == {"params": {"tags": "a b", "page": "b5"}, "residual": "c"}
    assert [w["start"] for w in found["warnings"]] == [4]


def test_the_old_sites_tree_is_printed_its_own_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(capsys, "parse", "--site", "bronibooru", "solo ~a b* score:1 score:2")[1]
        == "(and solo (or a (wildcard b*)) score:2)\n"
    )
    assert run(capsys, "parse", "--site", "bronibooru", "--to", "tree", "a -b")[1] == "and\n  a\n  not\n    b\n"
