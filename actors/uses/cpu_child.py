"""The process for work that would stall the loop: run by its path, it imports nothing of ours by itself.

On stdin and stdout there are frames: four bytes of length, then a pickle, which our own code has made. The
first says where modules are found; each of the others is (module, function, arguments), and is answered with
(True, result) or (False, error).
"""

import importlib
import os
import pickle
import queue
import struct
import sys
import threading
from contextlib import suppress
from typing import Any, BinaryIO

HEAD = struct.Struct(">I")
NICE = 5
"""Chats come first where the machine has too little for both."""
MEMORY_BYTES_MAX = 4 * 2**30
"""Of addresses: what wants more gets a MemoryError, before the machine looks for somebody to kill."""


def main() -> None:
    """Answer until stdin ends, or the process is killed."""
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what some library prints is no answer
    _be_modest()
    frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    # Read beside the work: when the parent is gone, so is whoever would want what is being done.
    threading.Thread(target=_read, args=(source, frames), daemon=True).start()
    sys.path[:] = pickle.loads(frames.get())  # noqa: S301 - see above
    while True:
        answer = _done(frames.get())
        answers.write(HEAD.pack(len(answer)) + answer)
        answers.flush()


def _read(source: BinaryIO, frames: "queue.SimpleQueue[bytes]") -> None:
    while len(head := source.read(HEAD.size)) == HEAD.size:
        frames.put(source.read(HEAD.unpack(head)[0]))
    os._exit(0)


def _done(frame: bytes) -> bytes:
    try:
        module, name, args = pickle.loads(frame)  # noqa: S301 - see above
        work: Any = importlib.import_module(module)
        for part in name.split("."):
            work = getattr(work, part)
        return pickle.dumps((True, work(*args)))
    except Exception as error:
        return _told(error)


def _told(error: Exception) -> bytes:
    with suppress(Exception):
        answer = pickle.dumps((False, error))
        pickle.loads(answer)  # noqa: S301 - our own
        return answer
    return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))


def _be_modest() -> None:
    os.nice(NICE)
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))


if __name__ == "__main__":
    main()
