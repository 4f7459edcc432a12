"""Act on jobs and queues: for on-call. Who did it and why is written down by the caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg

from mailroom.storage.postgres.outbox.complete import finish
from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.outbox.notifier import QueueNotifier
from mailroom.storage.postgres.outbox.renamed import RETIRED
from mailroom.storage.postgres.outbox.seen import Wanted, find
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("oncall.sql"))

BULK_JOBS_MAX = 10_000
"""Jobs acted on by one call with a description; call again for more."""
ON_CALL = "on-call"
"""The worker that takes a job to drop it."""


@dataclass(frozen=True, slots=True)
class Paused:
    """A queue that stands still."""

    queue: str
    since: datetime
    by: str
    why: str


class OutboxAdmin:
    """Every call is one transaction, and may be repeated."""

    def __init__(self, pool: asyncpg.Pool, notifier: QueueNotifier) -> None:
        self._pool = pool
        self._notifier = notifier

    async def retry(self, which: Sequence[int] | Wanted) -> list[int]:
        """Run jobs again from their first attempt: dead letters, and those that wait for another attempt or
        their time. Returns the ids of those it was done to: not of running ones, and not of dead letters
        whose deduplication key another job has by now.
        """
        ids = await self._ids(which)
        with answering():
            async with self._pool.acquire() as connection, connection.transaction():
                rows = [
                    *await connection.fetch(SQL["hurry"], ids),  # first, or it would find those revived
                    *await connection.fetch(SQL["revive"], ids),
                ]
        for queue in {row["queue"] for row in rows}:
            self._notifier.notify(queue)
        return sorted(row["job_id"] for row in rows)

    async def drop(self, which: Sequence[int] | Wanted) -> list[int]:
        """Throw jobs away, dead or alive. One that is running runs to its end, but that changes nothing."""
        ids = await self._ids(which)
        with answering():
            async with self._pool.acquire() as connection, connection.transaction():
                alive = await connection.fetch(SQL["seize"], ON_CALL, ids)
                dropped = await finish(connection, ON_CALL, [tuple(row) for row in alive], "dropped")
                dropped |= {row[0] for row in await connection.fetch(SQL["drop_dead"], ids)}
        return sorted(dropped)

    async def edit(self, id: int, payload: str) -> bool:  # noqa: A002 - what it is called everywhere
        """Give a job another payload. False if it is over, or running now."""
        with answering():
            return await self._pool.fetchval(SQL["edit"], id, payload) is not None

    async def pause(self, queue: str, by: str, why: str) -> bool:
        """Have nobody take jobs of the queue, now and after a restart too; those in hand are finished.
        False if it was paused already.
        """
        with answering():
            return await self._pool.fetchval(SQL["pause"], queue, by, why) is not None

    async def resume(self, queue: str) -> bool:
        """Let the queue go on. False if it was not paused."""
        with answering():
            resumed = await self._pool.fetchval(SQL["resume"], queue) is not None
        self._notifier.notify(queue)
        return resumed

    async def paused(self) -> list[Paused]:
        """The queues that stand still."""
        with answering():
            return [Paused(*row) for row in await self._pool.fetch(SQL["paused"], RETIRED)]

    async def _ids(self, which: Sequence[int] | Wanted) -> list[int]:
        if isinstance(which, Wanted):
            return [seen.id for seen in await find(self._pool, which, BULK_JOBS_MAX)]
        return list(which)
