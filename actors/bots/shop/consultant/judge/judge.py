"""Asking the process that judges. There is one for this process, however many shops it runs."""

import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from structlog import get_logger

log = get_logger("mailroom.consultant")

CHILD = Path(__file__).with_name("child.py")
START_SECONDS = 30.0
"""Reading thirty megabytes of weights takes one or two seconds; a busy machine needs some of them."""
ANSWER_SECONDS = 5.0
"""A sentence takes some milliseconds, an answer has some twenty of them."""
REMEMBERED_MAX = 2_048
"""Sentences: an answer that grows is judged again and again."""
STATEMENT_FROM = -0.05
"""From this mark on a sentence is taken for a statement: 1 is like those that are, -1 like those that are
not. A little below the middle, as a lie that is shown costs more than an honest sentence that is not.
"""
PART_FROM = 0.1
"""The same of a part of a sentence, which is less sure. In a long sentence about goods a short lie is lost:
of fifty such sentences the whole alone told twenty-six, with the parts forty-nine are told.
"""


class UnjudgedError(Exception):
    """There is no judgement: the process is not to be had, or too slow. Show nothing that needs one."""


class Judge:
    """The process and what it has said. Blocks: ask it in a thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._known: OrderedDict[str, float] = OrderedDict()

    def marks(self, sentences: Sequence[str]) -> list[float]:
        """How much each sentence is a statement: 1 and more, to -1 and less. Raises `UnjudgedError`."""
        with self._lock:
            new = [one for one in dict.fromkeys(sentences) if one not in self._known]
            if new:
                self._known.update(zip(new, self._asked(new), strict=True))
            found = [self._known[one] for one in sentences]
            while len(self._known) > REMEMBERED_MAX:
                self._known.popitem(last=False)
            return found

    def warm(self) -> None:
        """Start it, so that the first answer does not wait for it."""
        try:
            self.marks(["-"])
        except UnjudgedError as error:
            log.error("judge_does_not_start", error=str(error))

    def stop(self) -> None:
        """End the process; the next question starts another one."""
        with self._lock:
            self._end()

    def _asked(self, sentences: Sequence[str]) -> list[float]:
        try:
            process, seconds = self._running()
            assert process.stdin is not None, "it was started with a pipe"
            process.stdin.write(json.dumps(sentences).encode("ascii") + b"\n")
            process.stdin.flush()
            marks = json.loads(_line(process, time.monotonic() + seconds))
            return [float(mark) for _, mark in zip(sentences, marks, strict=True)]
        except (OSError, ValueError, TypeError) as error:
            self._end()
            raise UnjudgedError(str(error) or type(error).__name__) from error
        except UnjudgedError:
            self._end()
            raise

    def _running(self) -> tuple[subprocess.Popen[bytes], float]:
        if self._process is not None and self._process.poll() is None:
            return self._process, ANSWER_SECONDS
        self._end()
        self._process = subprocess.Popen(
            # -I: nothing of ours can stand in the way of what it imports.
            [sys.executable, "-I", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Signals of a terminal are for the parent, which closes the pipe when it is done.
            start_new_session=True,
        )
        return self._process, START_SECONDS

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _line(process: subprocess.Popen[bytes], ends: float) -> bytes:
    """The next line of its answers; in time, or not at all."""
    assert process.stdout is not None, "it was started with a pipe"
    line = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not line.endswith(b"\n"):
            if not selector.select(max(0.0, ends - time.monotonic())):
                raise UnjudgedError("no answer in time")
            part = os.read(process.stdout.fileno(), 65_536)
            if not part:
                raise UnjudgedError(f"it ended with {process.wait()}")
            line += part
    return line


JUDGE = Judge()
"""The one of this process."""
