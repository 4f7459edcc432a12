"""Keeps the embedded processes running while the service runs: one that dies is started again.

What they had acknowledged is on disk, so a restart costs the service a second of 503 and nothing else.
"""

import threading
from collections.abc import Sequence
from typing import Protocol, Self

import structlog

from mailroom.ops.embedded import child
from mailroom.ops.embedded.place import StoreError

WATCH_SECONDS = 0.25
"""How long a death goes unnoticed."""

PAUSE_SECONDS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Before each further attempt; the last one repeats. A full disk is not cured by trying harder."""

log = structlog.get_logger()


class Embedded(Protocol):
    """A process that the watchdog can start again."""

    name: str
    pid: int | None

    def start(self) -> str:
        """Bring it up and give its address, the same each time."""

    def launch(self) -> None:
        """The first half of `start`."""

    def wait_until_ready(self) -> str:
        """The other half."""

    def stop(self) -> None:
        """End it."""


class Watchdog:
    """Watches from a thread of its own between `with` and its end; then stops all, last started first."""

    def __init__(self, processes: Sequence[Embedded]) -> None:
        self._processes = processes
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def __enter__(self) -> Self:
        # All at once: the slowest decides, and the caller has imports to do meanwhile.
        try:
            for process in self._processes:
                process.launch()
        except BaseException:
            self._stop_all()
            raise
        return self

    def wait_until_ready(self) -> None:
        """Return once all of them answer, and begin to watch."""
        for process in self._processes:
            process.wait_until_ready()
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        self._stop_all()

    def _stop_all(self) -> None:
        for process in reversed(self._processes):
            process.stop()

    def _watch(self) -> None:
        failures = dict.fromkeys(self._processes, 0)
        while not self._ending.wait(WATCH_SECONDS):
            for process in self._processes:
                if process.pid is not None and child.is_alive(process.pid):
                    failures[process] = 0
                else:
                    failures[process] = self._revive(process, failures[process])

    def _revive(self, process: Embedded, failures: int) -> int:
        log.warning("embedded process died", process=process.name, pid=process.pid)
        if self._ending.wait(PAUSE_SECONDS[min(failures, len(PAUSE_SECONDS) - 1)]):
            return failures
        try:
            process.start()
        except StoreError as error:
            log.error("embedded process cannot be started", process=process.name, reason=str(error))
            return failures + 1
        log.info("embedded process runs again", process=process.name, pid=process.pid)
        return failures + 1
