"""A producer or a worker of one contestant: reads commands, a line of JSON each, and answers likewise.

`python -m mailroom.ops.bench.outbox.part MODULE URL SETTINGS TALLY`. It imports as little of the service as
it can: the libraries of some contestants bring other versions of what the service uses.
"""

import asyncio
import json
import os
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TextIO

import uvloop

from mailroom.ops.bench.outbox import queue
from mailroom.ops.bench.outbox.producing import Producer
from mailroom.ops.bench.outbox.samples import Samples
from mailroom.ops.bench.outbox.tally import Tally

REST_SECONDS_MAX = 10.0
"""For a library that does not let itself be cancelled."""

Answer = Mapping[str, Any] | None


class Part:
    """Carries out commands; each is a method of the same name."""

    def __init__(self, own: queue.Queue, tally: Tally) -> None:
        self._queue = own
        self._samples = Samples(tally)
        self._working: asyncio.Task[None] | None = None
        producer = Producer(own, tally)
        self._commands: dict[str, Callable[..., Awaitable[Answer]]] = {
            "prepare": own.prepare,
            "open": own.open,
            "concurrently": producer.concurrently,
            "in_batches": producer.in_batches,
            "at_a_rate": producer.at_a_rate,
            "work": self._work,
            "rest": self._rest,
            "forget": self._forget,
            "report": self._report,
        }

    async def obey(self, command: dict[str, Any]) -> dict[str, Any]:
        """Do as told; the answer has the figures, or what went wrong."""
        try:
            return dict(await self._commands[command.pop("do")](**command) or {})
        except Exception as error:
            traceback.print_exc()
            return {"failed": f"{type(error).__name__}: {error}"}

    async def _work(self) -> None:
        self._samples.forget()
        self._working = asyncio.create_task(self._queue.work(self._samples.handle))
        self._working.add_done_callback(_end_if_it_failed)

    async def _rest(self) -> None:
        if self._working is not None:
            self._working.cancel()
            await asyncio.wait([self._working], timeout=REST_SECONDS_MAX)
            self._working = None

    async def _forget(self) -> None:
        self._samples.forget()

    async def _report(self, segment: int) -> Answer:
        return self._samples.report(segment)

    async def close(self) -> None:
        """Stop working and let go of the database."""
        await self._rest()
        await self._queue.close()


def _end_if_it_failed(working: asyncio.Task[None]) -> None:
    if not working.cancelled() and (error := working.exception()) is not None:
        traceback.print_exception(error)
        os._exit(1)  # the benchmark waits for jobs that nobody will handle, and looks whether we are alive


async def _run(part: Part, answers: TextIO) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        answers.write(json.dumps(await part.obey(json.loads(line))) + "\n")
        answers.flush()
    await part.close()


def main() -> None:
    """Obey until there are no more commands."""
    module, url, settings, tally = sys.argv[1:]
    # Some libraries print; their words go to the log, and only answers to whoever reads them.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    uvloop.run(_run(Part(queue.make(module, url, json.loads(settings)), Tally(Path(tally))), answers))
    # Threads of a library that is still busy must not keep us.
    os._exit(0)


if __name__ == "__main__":
    main()
