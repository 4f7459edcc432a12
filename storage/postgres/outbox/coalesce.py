"""Group commit of jobs: callers without a transaction of their own share one.

The first caller's jobs are written at once. Whoever comes while that is under way waits for its end, and all
of them share the next statement. So a lone caller waits for nobody, and a thousand cost little more than one.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.outbox.enqueue import STATEMENT_JOBS_MAX, write
from mailroom.storage.postgres.outbox.job import Enqueued, NewJob
from mailroom.storage.postgres.outbox.notifier import QueueNotifier

WAITING_MAX = 20_000
"""A second's worth of jobs. More means that Postgres does not keep up, and memory must not take its place."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    job: NewJob
    answer: asyncio.Future[Enqueued]


class Enqueuer:
    """Enqueues for many callers at once. Notifies after each commit."""

    def __init__(self, pool: asyncpg.Pool, notifier: QueueNotifier) -> None:
        self._pool = pool
        self._notifier = notifier
        self._waiting: list[_Waiting] = []
        self._flushing: asyncio.Task[None] | None = None

    async def enqueue(self, job: NewJob) -> Enqueued:
        """Write a job; it is durable when this returns. A caller that is cancelled may find it written.

        Raises `StoreUnavailable`, after which the job may be there or not (give it a deduplication key or an
        origin, and try again), or `Fenced`.
        """
        if len(self._waiting) >= WAITING_MAX:
            raise StoreUnavailable(f"{WAITING_MAX} jobs wait for Postgres already: try again later")
        waiting = _Waiting(job, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush_all())
        return await waiting.answer

    async def _flush_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:STATEMENT_JOBS_MAX], self._waiting[STATEMENT_JOBS_MAX:]
                await self._flush(batch)
        finally:
            # Here and not when the task is over: whoever comes in between would wait for nobody.
            self._flushing = None

    async def _flush(self, batch: list[_Waiting]) -> None:
        verdicts: Sequence[Enqueued | Exception]
        try:
            with answering():
                verdicts = await write(self._pool, [waiting.job for waiting in batch])
        except StoreUnavailable as error:
            # An exception for each: a shared one would collect the tracebacks of all.
            verdicts = [StoreUnavailable(*error.args) for _ in batch]
        except Exception as error:
            if len(batch) > 1:  # one of them is not to Postgres's liking, and the others need not suffer
                for waiting in batch:
                    await self._flush([waiting])
                return
            verdicts = [error]
        for waiting, verdict in zip(batch, verdicts, strict=True):
            if isinstance(verdict, Enqueued) and not verdict.duplicate:
                self._notifier.notify(waiting.job.queue)
            if waiting.answer.done():
                continue  # its caller was cancelled
            if isinstance(verdict, Enqueued):
                waiting.answer.set_result(verdict)
            else:
                waiting.answer.set_exception(verdict)
