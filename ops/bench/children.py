"""The processes a benchmark starts: each with its log, stopped for certain, and asked what it costs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 15.0
POLL_SECONDS = 0.02

SERVICE = ("-c", "from mailroom.ops.cli import main; main()")
"""`mailroom`, by the Python that runs us."""


class ChildError(Exception):
    """A process of the benchmark did not start; the message holds the end of its log."""


class Child:
    """One process."""

    def __init__(
        self, name: str, arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-P", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                cwd="/",  # and -P: no file that lies around is taken for a module
            )
        self.pid = self._process.pid
        self._facts = psutil.Process(self.pid)

    def wait_for(self, words: str) -> str:
        """Return the first line of its output that holds these words."""
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            text = self.log.read_text(errors="replace")
            found = next((line for line in text.splitlines() if words in line), None)
            if found is not None:
                return found
            if self._process.poll() is not None:
                break
            time.sleep(POLL_SECONDS)
        end = " | ".join(self.log.read_text(errors="replace").splitlines()[-5:])
        raise ChildError(f"{self.name} did not start: {end}")

    def cpu_seconds(self) -> float:
        """Processor time it has used so far."""
        return cpu_seconds(self.pid)

    def resident_bytes(self) -> int:
        """Memory it takes now."""
        taken: int = self._facts.memory_info().rss
        return taken

    def stop(self) -> None:
        """End it, and make sure of it."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used so far."""
    times = psutil.Process(pid).cpu_times()
    used: float = times.user + times.system
    return used
