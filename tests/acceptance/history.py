"""A version of before, as the repository's history has it: to run beside the present one."""

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def code_of(commit: str, folder: Path) -> Path:
    """Its files, in a folder of their own; skips the test where there is no history that has it."""
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        pytest.skip(f"no history here that has {commit}")
    code = folder / "before"
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(code, filter="data")
    return code
