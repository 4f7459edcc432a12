"""Tests that others wrote for what we stand in for, run in a process of their own with ours in its place."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PATIENCE_SECONDS = 240
EACH_SECONDS = 20
"""How long one of their tests may take."""


@pytest.fixture
def run_theirs(source_of, installed, tmp_path):
    """A function that runs a package's own tests under a plugin of ours, and compares how they end with what
    we say: `differences` has a reason for each test that does not pass, and none for one that does.
    """

    def run(package, plugin, *, needs, differences, words=("tests",), environment=None):
        outcomes = tmp_path / "outcomes.json"
        command = [sys.executable, "-m", "pytest", *words, "-q", "-p", "no:cacheprovider"]
        command += ["-p", plugin, "-p", "outcomes", "--timeout", str(EACH_SECONDS)]
        given = os.environ | {"OUTCOMES": str(outcomes)} | (environment or {})
        given["PYTHONPATH"] = os.pathsep.join(map(str, (ROOT, HERE, installed(*needs))))
        ended = subprocess.run(
            command,
            cwd=source_of(package),
            env=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert outcomes.exists(), ended.stderr[-4000:] + ended.stdout[-4000:]
        return compare(json.loads(outcomes.read_text()), differences)

    return run


@pytest.fixture(name="compare")
def comparison():
    """The function that holds how tests ended against what is said of them."""
    return compare


def compare(seen, differences):
    """Fail where a test ended otherwise than is said; return how many passed."""
    failed = {name: test["why"] for name, test in seen.items() if test["outcome"] == "failed"}
    unexplained = [f"{name}\n{why}" for name, why in failed.items() if name not in differences]
    assert not unexplained, "differ, and nobody says why:\n" + "\n".join(unexplained)
    untrue = differences.keys() - failed.keys()
    assert not untrue, f"are said to differ, and do not: {sorted(untrue)}"
    return sum(test["outcome"] == "passed" for test in seen.values())
