"""The docs are current, complete, and every sample in them runs."""

from __future__ import annotations

import doctest
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from booruql import sites
from booruql.app.commands import names
from booruql.backends.sql import databases
from booruql.codes import CODES
from tools import make_docs

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(page: str, *languages: str) -> list[tuple[str, str]]:
    """The code blocks of a page in these languages, with their language."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [(language, code) for language, code in BLOCK.findall(text) if language in languages]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where the paths of the docs work and nothing is spoilt."""
    (tmp_path / "src/booruql").mkdir(parents=True)
    shutil.copytree(ROOT / "src/booruql/demo", tmp_path / "src/booruql/demo")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


# --- samples


@pytest.mark.parametrize("page", PAGES)
def test_samples_in_python_run(page: str, room: Path) -> None:
    """`python` blocks run, `pycon` blocks answer what they show; the blocks of a page are one session."""
    names: dict[str, object] = {}
    for language, code in blocks(page, "python", "pycon"):
        if language == "python":
            exec(compile(code, page, "exec"), names)
            continue
        runner = doctest.DocTestRunner(optionflags=FLAGS)
        test = doctest.DocTestParser().get_doctest(code, names, page, page, 0)
        report: list[str] = []
        runner.run(test, out=report.append, clear_globs=False)
        names.update(test.globs)
        assert not report, "".join(report)


@pytest.mark.parametrize("page", PAGES)
def test_samples_on_the_command_line_run(page: str, room: Path) -> None:
    """`console` blocks: what follows `$` is run, and prints what stands below it."""
    for _, code in blocks(page, "console"):
        for command, wanted in shell_samples(code):
            done = subprocess.run(command, shell=True, capture_output=True, text=True, executable="/bin/bash")
            got = done.stdout + done.stderr
            assert doctest.OutputChecker().check_output(wanted, got, FLAGS), f"$ {command}\n{got}"


def shell_samples(code: str) -> Iterator[tuple[str, str]]:
    """Commands and what they print."""
    for part in re.split(r"^\$ ", code, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        count = 1
        while lines[count - 1].endswith("\\"):
            count += 1
        yield "\n".join(lines[:count]), "\n".join(lines[count:]).rstrip() + "\n" if lines[count:] else ""


# --- complete and current


@pytest.mark.parametrize("page", PAGES)
def test_generated_parts_are_current(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert make_docs.fill(text) == text, "run `make docs`"


def test_every_code_is_explained() -> None:
    text = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    assert [code for code in CODES if f"### {code}: " not in text] == []


def test_every_word_of_every_site_is_listed_with_help() -> None:
    text = (ROOT / "docs/languages.md").read_text(encoding="utf-8")
    for site in map(sites.load, sites.names()):
        assert f"## {site.name}\n" in text
        for resource in site.resources.values():
            for word in resource.vocabulary("moderator").values():
                assert word.help, f"{site.name} {resource.name} {word.name}"
                assert f"`{word.name}`" in text


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in names() if f"`{name}`" not in text] == []


def test_every_database_is_in_the_docs() -> None:
    text = (ROOT / "docs/backends.md").read_text(encoding="utf-8")
    assert [name for name in databases() if f"`{name}`" not in text] == []


def test_links_between_pages_lead_somewhere() -> None:
    for page in (*PAGES, "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"
