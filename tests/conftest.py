"""What every test may use: the shared case folder when there is one, and the rule that CI skips nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.opensearch import opensearch, opensearch_cluster

__all__ = ["opensearch", "opensearch_cluster"]  # fixtures

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("BOORUQL_SHARED", ROOT.parent / "shared"))
IN_CI = bool(os.environ.get("BOORUQL_CI"))

settings.register_profile("default", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with case tables and sample records beside the checkout; skips where there is none."""
    if not (SHARED / "cases").is_dir():
        pytest.skip("no shared folder beside the checkout (BOORUQL_SHARED)")
    return SHARED


@pytest.fixture(autouse=True)
def _own_caches(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing a test runs may touch the user's own history or colours."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / "state"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")


def _refuse_skip(report: Any) -> None:
    """A skip in CI is a failure, but for the case folder that a lone checkout does not have."""
    if not IN_CI or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = str(report.longrepr)
    if "BOORUQL_SHARED" not in reason:
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[Any]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[Any]:
    report = yield
    _refuse_skip(report)
    return report
