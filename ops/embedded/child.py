"""Processes that outlive a crash of their parent: started apart, recognised later, stopped for certain."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import psutil

LOG_BYTES_MAX = 8 * 1024 * 1024
"""A log is started anew past this: stores say little, so this holds weeks, and a disk never fills with it."""

POLL_SECONDS = 0.01
"""How often to look whether a store is ready: short beside the 50 ms that the quicker of them takes."""


PASSED_ON = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
"""What of our environment a child gets: what it takes to run. The rest are our secrets, and those of bots."""
PRIVATE = 0o600


def environment() -> dict[str, str]:
    """The environment of everything that we start."""
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {"LC_ALL": "C", "LANG": "C"}


def open_log(log: Path, flags: int) -> IO[bytes]:
    """A log to write to, which others do not read: it may tell what clients sent."""
    file = os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | flags, PRIVATE), "wb")
    os.fchmod(file.fileno(), PRIVATE)  # also one that an earlier version made
    return file


def write_private(file: Path, text: str) -> None:
    """Write a file of the data folder anew."""
    with open_log(file, os.O_TRUNC) as output:
        output.write(text.encode())


def launch(command: Sequence[str | Path], log: Path) -> subprocess.Popen[bytes]:
    """Start a store in a session of its own, so that Ctrl-C reaches only us: it stops after the drain."""
    fresh = not log.exists() or log.stat().st_size > LOG_BYTES_MAX
    with open_log(log, os.O_TRUNC if fresh else os.O_APPEND) as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
            env=environment(),
            umask=0o077,
        )


def is_ours(pid: int, mark: str) -> bool:
    """Is this the process of an earlier start? A pid file alone proves nothing: pids are used again."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and any(mark in word for word in process.cmdline())
    except psutil.Error:
        return False


def pid_in(file: Path) -> int | None:
    """The pid on the first line of a pid file; None where there is no such file, or only half of one."""
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def is_alive(pid: int) -> bool:
    """Whether the process still runs; reaps it if it was our own child and has ended."""
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    return psutil.pid_exists(pid)


def stop(pid: int, *, gentle: signal.Signals, patience_seconds: float) -> None:
    """End a process: ask, wait, and kill it when it does not listen. Killing loses nothing, only time."""
    for request, wait_seconds in ((gentle, patience_seconds), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, request)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + wait_seconds
        while time.monotonic() < deadline:
            if not is_alive(pid):
                return
            time.sleep(POLL_SECONDS)


def last_words(log: Path) -> str:
    """The most telling of the last lines in a store's log, for the one line of error that people read."""
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        return ""
    telling = [line for line in lines[-30:] if any(word in line for word in TELLING)]
    return (telling or lines or [""])[-1]


TELLING = ("FATAL", "PANIC", "error:", "Fatal", "rror ", "No space", "denied", "Can't", "can't", "#")
