"""A pytest plugin: how each test ended, as JSON in the file that OUTCOMES names."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

_ended: dict[str, dict[str, Any]] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    known = _ended.setdefault(report.nodeid, {"outcome": "passed", "why": ""})
    if known["outcome"] == "passed" and report.outcome != "passed":
        known.update(outcome=report.outcome, why=report.longreprtext[-2000:])


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.failed:
        _ended[report.nodeid] = {"outcome": "failed", "why": report.longreprtext[-2000:]}


def pytest_sessionfinish() -> None:
    Path(os.environ["OUTCOMES"]).write_text(json.dumps(_ended))
