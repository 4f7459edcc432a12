"""What the README tells a newcomer to type works, and answers as the README shows."""

import os
import re
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
READY_SECONDS_MAX = 60


def test_the_first_command_reaches_the_line_that_the_readme_shows(tmp_path: Path) -> None:
    command, *shown = CONSOLE[0].splitlines()
    expected = re.sub(r"http://127\.0\.0\.1:\d+", "ADDRESS", shown[-1])
    environment = {**os.environ, "MAILROOM_DATA": str(tmp_path / "data"), "PORT": "0"}
    process = subprocess.Popen(
        command.removeprefix("$ ").split(),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        addresses = re.findall(r"http://127\.0\.0\.1:\d+", line)
        assert re.sub(r"http://127\.0\.0\.1:\d+", "ADDRESS", line) == expected
        for address in addresses:
            with urllib.request.urlopen(address, timeout=READY_SECONDS_MAX) as answer:
                assert answer.status == 200
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(READY_SECONDS_MAX) == 0


def test_the_second_command_is_what_the_checks_run() -> None:
    command = CONSOLE[1].splitlines()[0].removeprefix("$ ")
    assert f"\n{command} ||" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((ops/[^)#]+)\)", README))))
def test_every_page_the_readme_points_to_is_there(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:actors|ingress|storage|supervisors|tests)/[\w/.]+)`", README)))
)
def test_every_file_the_readme_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()
