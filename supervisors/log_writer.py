"""Writes down what another thread has to say, so that the other thread never waits.

A log that cannot be written (a full pipe, a disk that hangs) is one of the things that block a loop. Whoever
looks after blocked loops must not be blocked by the same thing.
"""

import queue
import threading
from collections.abc import Callable
from contextlib import suppress

WAITING_MAX = 100
"""Notes that may wait to be written; past this they are dropped, for nobody reads the log anyway."""

Note = Callable[[], object]


class LogWriter:
    """A thread that runs notes, one after another, in the order they were handed in."""

    def __init__(self) -> None:
        self._notes: queue.Queue[Note | None] = queue.Queue(WAITING_MAX)
        self._thread = threading.Thread(target=self._write, name="log-writer", daemon=True)
        self._thread.start()

    def note(self, note: Note) -> None:
        """Have this run soon. Never waits."""
        with suppress(queue.Full):
            self._notes.put_nowait(note)

    def wait_until_written(self, seconds: float) -> bool:
        """Wait until all that was handed in is written, but no longer than this."""
        written = threading.Event()
        with suppress(queue.Full):
            self._notes.put(written.set, timeout=seconds)
        return written.wait(seconds)

    def close(self) -> None:
        """End once everything is written; nobody waits for that."""
        with suppress(queue.Full):
            self._notes.put_nowait(None)

    def _write(self) -> None:
        while (note := self._notes.get()) is not None:
            with suppress(Exception):  # a log that raises must not silence what comes after
                note()
