"""What tests fetch from PyPI and npm while they run: foreign suites, clients and checkers.

Each is fetched once a machine, and a test that needs what cannot be fetched is skipped by its name.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

FETCH_SECONDS_MAX = 100


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of that name among what was fetched, made by the first who asks. Two may ask at once."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or tempfile.gettempdir())
    home = cache / f"mailroom-compat-{os.geteuid()}"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (home / name).exists():
        with tempfile.TemporaryDirectory(dir=home, ignore_cleanup_errors=True) as unfinished:
            make(Path(unfinished))
            with suppress(OSError):  # The other one was faster.
                Path(unfinished).rename(home / name)
    return home / name


def pip(what: str, *words: str) -> None:
    """Run pip; what cannot be fetched is skipped by name."""
    _fetch(what, "pip", [sys.executable, "-m", "pip", *words])


def from_pypi(*requirements: str) -> Path:
    """A folder with these packages (`name==version`), without what they need beside the environment's own."""

    def into(folder: Path) -> None:
        pip(" and ".join(requirements), "install", "--no-deps", "--target", str(folder), *requirements)

    return once("-".join(sorted(requirements)), into)


def npm(*packages: str) -> Path:
    """The `node_modules` with these packages (`name@version`), without what runs at an install."""
    program = shutil.which("npm")
    if program is None:
        pytest.skip(f"{' and '.join(packages)} could not be fetched: there is no npm on this machine")

    def into(folder: Path) -> None:
        (folder / "package.json").write_text("{}")
        wanted = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), *packages]
        _fetch(" and ".join(packages), "npm", [program, "install", *wanted])

    return once("npm-" + "-".join(sorted(packages)).replace("/", "_"), into) / "node_modules"


def _fetch(what: str, who: str, command: list[str]) -> None:
    try:
        fetched = subprocess.run(
            command, capture_output=True, text=True, timeout=FETCH_SECONDS_MAX, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"{what} could not be fetched within {FETCH_SECONDS_MAX} s")
    if fetched.returncode:
        reason = (fetched.stderr.strip().splitlines() or [f"{who} said nothing"])[-1]
        pytest.skip(f"{what} could not be fetched: {reason}")
