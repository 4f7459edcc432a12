"""Write down how attempts ended: all that have ended while the last batch was written make up the next."""

import asyncio
from collections.abc import Callable, Sequence

import asyncpg

from mailroom.actors.jobs import report
from mailroom.actors.jobs.outage import Outage
from mailroom.actors.jobs.report import Ended
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.complete import Besides, complete
from mailroom.storage.postgres.outbox.outcome import Done, Finished

BATCH_MAX = 500
"""Outcomes in one statement: more gains nothing."""
UNWRITTEN_MAX = 2 * BATCH_MAX
"""Outcomes that may wait. When Postgres is slower than the handlers, they wait for it."""


class Writer:
    """Writes the outcomes of one worker. `wrote` is called after each batch, and told whether jobs may have
    become free by it: the next of a key, or one to be tried again.
    """

    def __init__(
        self, queue: str, worker: str, wrote: Callable[[bool], None], besides: Besides | None = None
    ) -> None:
        self.written = 0
        self._queue = queue
        self._worker = worker
        self._wrote = wrote
        self._besides = besides
        self._unwritten: list[Ended] = []
        self._news = asyncio.Event()
        self._outage = Outage(queue, "outcomes")

    def __len__(self) -> int:
        return len(self._unwritten)

    @property
    def behind(self) -> bool:
        """Whether no more should be begun for now."""
        # While outcomes cannot be written, leases may run out: a claim would bring back what is done.
        return len(self._unwritten) >= UNWRITTEN_MAX or self._outage.lasts

    def add(self, ended: Ended) -> None:
        """An attempt has ended."""
        self._unwritten.append(ended)
        self._news.set()

    async def run(self, pool: asyncpg.Pool) -> None:
        """Write for ever; an outage of Postgres is waited out."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._unwritten:
                try:
                    freed = await self.write(pool)
                except StoreUnavailable as error:
                    await self._outage.wait(error)
                    continue
                self._outage.over()
                self._wrote(freed)

    async def write(self, pool: asyncpg.Pool) -> bool:
        """Write a batch. Returns whether jobs may have become free. May be repeated after an error: what went
        through is not ours the second time.
        """
        batch = self._unwritten[:BATCH_MAX]
        ours = {one.job.id for one in batch if one.written}
        if finished := _finished(batch):
            ours |= await complete(pool, self._worker, finished, self._besides)
        del self._unwritten[: len(batch)]
        self.written += len(batch)
        report.ended(self._queue, batch, ours)
        return self._besides is not None or any(
            one.job.key is not None or not isinstance(one.outcome, Done) for one in batch
        )


def _finished(batch: Sequence[Ended]) -> list[Finished]:
    """What there is to say: not of jobs that are another's, nor of those ended with their effect."""
    return [
        Finished(one.job, one.outcome, one.record)
        for one in batch
        if one.outcome is not None and not one.written
    ]
