"""Messages: every code is explained and met by its sample, and they read as one voice."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import booruql
from booruql.codes import CODES
from booruql.errors import Diagnostic, QueryError, Span, error_class, make_error, render

ROOT = Path(__file__).parents[1]
CODE = re.compile(r"[EW]\d{3}")
SAMPLES = [(code, row.site, row.sample) for code, row in CODES.items() if row.sample]
PARSER_WORDS = re.compile(r"\b(token|terminal|lexer|parser|LPAR|RPAR|EOF|TERM|None|you|your|please)\b")


def problems(text: str, site: str) -> list[Diagnostic]:
    """Everything that is wrong with a query, errors and warnings."""
    return booruql.diagnose(text, site=site)[1]


def codes_in_source() -> Iterator[str]:
    for path in sorted((ROOT / "src").rglob("*.py")):
        if path.name == "codes.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from (
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
        )


def test_every_code_in_the_source_is_explained() -> None:
    assert sorted(set(codes_in_source()) - set(CODES)) == []


@pytest.mark.parametrize("code", CODES)
def test_paragraphs_are_sentences(code: str) -> None:
    row = CODES[code]
    assert row.title[0].islower() or row.title[0] == "'"
    assert not row.title.endswith(".")
    assert row.paragraph.endswith(".")
    assert row.paragraph[0].isupper() or row.paragraph[0] in "'("


@pytest.mark.parametrize(("code", "site", "sample"), SAMPLES)
def test_every_sample_meets_its_code(code: str, site: str, sample: str) -> None:
    assert code in [problem.code for problem in problems(sample, site)]


@pytest.mark.parametrize(("code", "site", "sample"), SAMPLES)
def test_messages_speak_with_one_voice(code: str, site: str, sample: str) -> None:
    for problem in problems(sample, site):
        assert not problem.message.endswith((".", "!"))
        assert problem.message[0].islower() or not problem.message[0].isalpha()
        for said in (problem.message, problem.hint or ""):
            assert not PARSER_WORDS.search(said), said
        assert problem.span is None or 0 <= problem.span.start <= problem.span.end <= len(sample)


def test_the_class_tells_the_family() -> None:
    for code in CODES:
        if code[1] != "0":
            assert issubclass(error_class(code), QueryError)
    with pytest.raises(booruql.BooruqlError):
        raise make_error("E301", "no number")


# --- rendered

RENDERED: dict[tuple[str, str], str] = {}


@pytest.mark.parametrize(("site", "text"), RENDERED)
def test_problems_are_shown_so(site: str, text: str) -> None:
    shown = "\n".join(render(problem) for problem in problems(text, site))
    assert shown == RENDERED[site, text].strip("\n")


def test_carets_stand_under_wide_characters() -> None:
    text = "猫 and )"
    shown = render(Diagnostic("E102", "')' closes nothing", Span(6, 7), None, text))
    assert shown.splitlines()[1:] == ["  猫 and )", "         ^"]


def test_a_long_query_is_cut_around_the_place() -> None:
    text = "a " * 3000 + ")" + " b" * 3000
    lines = render(Diagnostic("E102", "')' closes nothing", Span(6000, 6001), None, text)).splitlines()
    assert max(map(len, lines)) < 140
    assert lines[1][lines[2].index("^")] == ")"


def test_control_characters_never_reach_the_terminal() -> None:
    shown = render(Diagnostic("E105", "text is left over", Span(0, 2), None, "\x1b[2Jx\x07\ty"))
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", shown)
