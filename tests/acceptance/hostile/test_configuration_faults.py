"""A configuration with many faults is refused in one go: each by its name, exit 2, nothing started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MAILROOM = str(Path(sys.executable).with_name("mailroom"))
FAULTY = """
prot = 8080
redis_url = "http://secret:password@nowhere"
[bots.shop]
token = "not a token"
bot = "shop"
flod = "shed"
[bots.other]
token = "1:a"
order = "quick"
router = "no_colon"
"""


def start(folder: Path, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    config = folder / "mailroom.toml"
    config.write_text(FAULTY)
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [MAILROOM, command, "--config", str(config)],
        capture_output=True, text=True, timeout=30, check=False, cwd=folder,
        env={**kept, "MAILROOM_DATA": str(folder / "data"), **environment},
    )  # fmt: skip


@pytest.mark.parametrize("command", ["up", "web", "worker"])
def test_all_faults_are_named_at_once(tmp_path: Path, command: str) -> None:
    done = start(tmp_path, command, PORT="70000", PUBLIC_URL="ftp://x")
    assert done.returncode == 2
    for name in (
        "prot",
        "redis_url",
        "bots.shop.token",
        "bots.shop.flod",
        "bots.other.order",
        "bots.other.router",
    ):
        assert name in done.stderr, name
    for name in ("PORT", "PUBLIC_URL"):
        assert name in done.stderr, name
    assert "Traceback" not in done.stderr
    assert "password" not in done.stderr, "what is faulty may be secret all the same"
    assert done.stdout == ""
    assert not (tmp_path / "data").exists(), "nothing was started"
