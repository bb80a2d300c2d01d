"""The wheel carries grammars, types and demo data, and runs on its own; the source archive can be built and tested."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a fresh wheel and source archive."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(folder)],
        cwd=root,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(next(built.glob("*.whl")))


def test_the_wheel_holds_the_package_with_its_grammars_types_and_data(root: Path, wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    grammars = {f"booruql/grammars/{path.name}" for path in (root / "grammars").iterdir()}
    assert grammars
    assert {*grammars, "booruql/py.typed", "booruql/demo/danbooru_posts.jsonl.gz", "booruql/demo/danbooru_site.json"} <= names
    assert all(name.startswith(("booruql/", "booruql-")) for name in names)


def test_the_wheel_offers_the_command(wheel: zipfile.ZipFile) -> None:
    [entry_points] = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    assert "booruql = booruql.app.cli:main" in wheel.read(entry_points).decode()


def test_the_wheel_runs_without_the_checkout(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "site")
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "PYTHONSAFEPATH": "1"}
    code = "import booruql, sys; print(booruql.__file__); booruql.parse('cat -dog'); booruql.parse('fox, wolf', site='furbooru')"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, check=True, capture_output=True, text=True)
    assert done.stdout.startswith(str(tmp_path))


def test_the_source_archive_is_whole(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    wanted = ("grammars/danbooru.lark", "src/booruql/__init__.py", "tests/conftest.py", "tools/make_demo.py", "docs/errors.md")
    assert {*wanted, "Makefile", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "pyproject.toml"} <= inside
