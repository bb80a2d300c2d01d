"""The floors beyond what import-linter's layers say: siblings are blind to each other, heavy packages stay where they belong."""

from __future__ import annotations

import subprocess
import sys

import grimp
import pytest

import booruql

# folder -> the modules in it that are shared parts of the floor, not siblings
SIBLINGS = {
    "booruql.syntax": set(),
    "booruql.backends": {"booruql.backends.analysis"},
    "booruql.backends.sql.dialects": set(),
    "booruql.backends.sql.layouts": set(),
    "booruql.engine.resolvers": set(),
    "booruql.sites": {"booruql.sites.site", "booruql.sites.records"},
    "booruql.passes": set(),
}

# (importer, imported): siblings of which one builds on the other, and says so
BUILT_ON = {
    ("booruql.backends.bitmap", "booruql.backends.predicate"),
    ("booruql.backends.percolator", "booruql.backends.predicate"),
    ("booruql.backends.sql.layouts.fts", "booruql.backends.sql.layouts.array"),
    ("booruql.backends.sql.layouts.fts", "booruql.backends.sql.layouts.join"),
    ("booruql.backends.sql.layouts.string", "booruql.backends.sql.layouts.array"),
    ("booruql.backends.sql.layouts.string", "booruql.backends.sql.layouts.join"),
}

# package -> the part of booruql that may import it
HOMES = {
    "lark": ("booruql.syntax",),
    "sqlglot": ("booruql.backends.sql",),
    "prompt_toolkit": ("booruql.app",),
    "pygments": ("booruql.app",),
    "rich": ("booruql.app",),
    "platformdirs": ("booruql.app",),
    "argparse": ("booruql.app",),
    "sqlite3": ("booruql.store", "booruql.app"),
}

HEAVY = ("lark", "sqlglot", "numpy", "prompt_toolkit", "rich")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("booruql", include_external_packages=True, cache_dir=None)


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


@pytest.mark.parametrize("folder", SIBLINGS)
def test_siblings_do_not_import_each_other(graph: grimp.ImportGraph, folder: str) -> None:
    siblings = [m for m in graph.find_children(folder) if not m.rpartition(".")[2].startswith("_") and m not in SIBLINGS[folder]]
    found = [
        f"{importer} imports {imported}"
        for importer in siblings
        for imported in siblings
        if importer != imported
        and (importer, imported) not in BUILT_ON
        and graph.direct_import_exists(importer=importer, imported=imported, as_packages=True)
    ]
    assert found == []


@pytest.mark.parametrize("package", HOMES)
def test_packages_are_imported_only_where_they_belong(graph: grimp.ImportGraph, package: str) -> None:
    if package not in graph.modules:
        return
    strangers = [
        module
        for module in graph.find_modules_that_directly_import(package)
        if not any(within(module, home) for home in HOMES[package])
    ]
    assert strangers == []


def run_fresh(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_importing_booruql_loads_nothing_heavy() -> None:
    loaded = set(run_fresh("import booruql, sys; print(*sys.modules)").split())
    assert "booruql" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_public_names_are_listed_and_load(graph: grimp.ImportGraph) -> None:
    run_fresh("import booruql\nfor name in booruql.__all__: getattr(booruql, name)")


def test_no_public_name_is_hidden_by_a_module_of_the_same_name(graph: grimp.ImportGraph) -> None:
    """Importing `booruql.x` sets the attribute `x` of the package."""
    modules = {module.rpartition(".")[2] for module in graph.find_children("booruql")}
    assert modules.isdisjoint(booruql.__all__)
