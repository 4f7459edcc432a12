"""Work that would stall the loop, done in a process of its own: drawing, judging, reading what is large.

A thread is no help where the interpreter's lock is held; and what a library takes down with it, here takes
down the process that is only for it. The process (`cpu_child.py`) is started when it is first needed. It does
one piece of work after another, keeps what that has loaded, is killed when one takes too long, and the next
piece of work starts another. It ends with this one, however that ends.

CpuError
├── CpuBusyError       too many wait already, or this waited too long: it was not begun. Try again later
└── CpuBrokenError     it was begun, and the process died, took too long or is not to be started
What the work itself raises is raised here as well.
"""

import asyncio
import os
import pickle
import selectors
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

from prometheus_client import Counter
from structlog import get_logger

from mailroom.actors.metrics import child

log = get_logger("mailroom.cpu")

CHILD = Path(__file__).with_name("cpu_child.py")
SECONDS = 10.0
"""For a piece of work, unless whoever wants it says otherwise."""
FIRST_SECONDS = 30.0
"""More, the first time in a process: what the work needs is loaded then, on a machine that may be busy."""
WAITING_MAX = 100
"""Pieces of work; whoever comes then is better told at once."""
FRAME_BYTES_MAX = 64 * 2**20
"""Of what is sent there, and of what comes back."""
HEAD = struct.Struct(">I")

PIECES = Counter("mailroom_cpu_pieces_total", "Pieces of work given to the process for them", ["outcome"])

Result = TypeVar("Result")
Args = TypeVarTuple("Args")


class CpuError(Exception):
    """A piece of work was not done."""


class CpuBusyError(CpuError):
    """Too much is to be done already: it was not begun. Try again later."""


class CpuBrokenError(CpuError):
    """The process died, took too long or is not to be had. Another is started for the next piece of work; the
    same one may well end it again.
    """


class Cpu:
    """The process, and the line before it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="cpu")  # it talks to the process, and waits
        self._process: subprocess.Popen[bytes] | None = None
        self._done: set[object] = set()
        """What this process has done once."""
        self._waiting = 0

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    async def __call__(
        self, work: Callable[[*Args], Result], *args: *Args, seconds: float = SECONDS
    ) -> Result:
        """What `work`, a function at the top of a module, makes of these arguments there. Arguments and
        result are sent as pickles. Whoever does not wait any longer does not disturb it. Raises `CpuError`,
        and whatever the work raises.
        """
        if self._waiting >= WAITING_MAX:
            raise self._busy(f"{self._waiting} pieces of work wait already")
        # Made here, so that what cannot be sent is the caller's error.
        wanted = pickle.dumps((work.__module__, work.__qualname__, args))
        begins = time.monotonic() + seconds
        self._waiting += 1
        done = asyncio.get_running_loop().run_in_executor(
            self._thread, self._turn, work, wanted, begins, seconds
        )
        done.add_done_callback(self._left)
        good, result = await asyncio.shield(done)
        if not good:
            raise result
        found: Result = result
        return found

    async def stop(self) -> None:
        """End the process. Whoever waits is told; the next piece of work would start another."""
        if (process := self._process) is not None:
            process.kill()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._end)

    def _left(self, done: asyncio.Future[tuple[bool, Any]]) -> None:
        self._waiting -= 1
        if not done.cancelled():
            done.exception()  # whoever wanted it may have gone

    def _turn(self, work: object, wanted: bytes, begins: float, seconds: float) -> tuple[bool, Any]:
        """One piece of work, in the thread."""
        if time.monotonic() > begins:
            raise self._busy(f"it has waited for {seconds:g} s")
        try:
            process = self._running()
            limit = seconds if work in self._done else seconds + FIRST_SECONDS
            answer = exchanged(process, wanted, time.monotonic() + limit)
            good, result = pickle.loads(answer)  # noqa: S301 - our own code has made it
        except Exception as error:  # whatever it is: what the work itself raises comes as an answer
            code = self._end()
            child(PIECES, "broken").inc()
            why = f"{type(error).__name__}: {error}" if str(error) else f"the process ended with {code}"
            log.error("cpu_broken", work=getattr(work, "__qualname__", ""), why=why)
            raise CpuBrokenError(why) from error
        self._done.add(work)
        child(PIECES, "done" if good else "failed").inc()
        return good, result

    def _busy(self, why: str) -> CpuBusyError:
        child(PIECES, "busy").inc()
        return CpuBusyError(why)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        # -I: only what this process imports can be imported there, from where this one would take it.
        process = self._process = subprocess.Popen(
            [sys.executable, "-I", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Signals of a terminal are for the parent, which closes the pipe when it is done.
            start_new_session=True,
        )
        assert process.stdin is not None, "it was started with a pipe"
        os.set_blocking(process.stdin.fileno(), False)
        send(process, pickle.dumps(sys.path), time.monotonic() + FIRST_SECONDS)
        return process

    def _end(self) -> int | None:
        process, self._process = self._process, None
        self._done.clear()
        if process is None:
            return None
        died = process.poll()
        process.kill()
        code = process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not sent cannot be sent any more
                    pipe.close()
        return code if died is None else died


def exchanged(process: subprocess.Popen[bytes], wanted: bytes, ends: float) -> bytes:
    """What the process answers; in time, or `TimeoutError`. `EOFError` where it ended instead."""
    send(process, wanted, ends)
    (length,) = HEAD.unpack(_received(process, HEAD.size, ends))
    if length > FRAME_BYTES_MAX:
        raise ValueError(f"it answers {length} bytes, and may {FRAME_BYTES_MAX}")
    return _received(process, length, ends)


def send(process: subprocess.Popen[bytes], frame: bytes, ends: float) -> None:
    """Send a frame."""
    if len(frame) > FRAME_BYTES_MAX:
        raise ValueError(f"{len(frame)} bytes are to be sent, and {FRAME_BYTES_MAX} may")
    assert process.stdin is not None, "it was started with a pipe"
    left = memoryview(HEAD.pack(len(frame)) + frame)
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdin, selectors.EVENT_WRITE)
        while left:
            if not selector.select(max(0.0, ends - time.monotonic())):
                raise TimeoutError("it takes nothing in time")
            left = left[os.write(process.stdin.fileno(), left[:65_536]) :]


def _received(process: subprocess.Popen[bytes], length: int, ends: float) -> bytes:
    assert process.stdout is not None, "it was started with a pipe"
    found = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while len(found) < length:
            if not selector.select(max(0.0, ends - time.monotonic())):
                raise TimeoutError("it has not answered in time")
            part = os.read(process.stdout.fileno(), min(length - len(found), 2**20))
            if not part:
                raise EOFError
            found += part
    return bytes(found)
