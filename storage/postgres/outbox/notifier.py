"""Tell all processes that a queue has work: once for all that happened during the last call."""

import asyncio
import logging

import asyncpg

from mailroom.storage.postgres.outbox.connection import TRY_AGAIN

CHANNEL = "outbox"

log = logging.getLogger(__name__)


class QueueNotifier:
    """NOTIFY for queues, after the commit of whoever asks. A notification that gets lost costs a moment: all
    who listen also look by themselves. `pool` should not wait for the disk: `pools.connect_claims`.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._asked: set[str] = set()
        self._notifying: asyncio.Task[None] | None = None

    def notify(self, queue: str) -> None:
        """Have those woken who wait for jobs of the queue."""
        self._asked.add(queue)
        if self._notifying is None:
            self._notifying = asyncio.create_task(self._notify())

    async def flushed(self) -> None:
        """Wait until all that was asked for has been sent."""
        if self._notifying is not None:
            await asyncio.wait([self._notifying])

    async def _notify(self) -> None:
        try:
            while self._asked:
                queues, self._asked = sorted(self._asked), set()
                await self._pool.execute(
                    "SELECT pg_notify($1, queue) FROM unnest($2::text[]) AS queue", CHANNEL, queues
                )
        except TRY_AGAIN as error:
            log.warning("other processes were not notified of jobs: %s", error)
        finally:
            self._notifying = None
