"""Tell all processes that a queue has work: once for all that happened during the last call."""

import asyncio
import logging

import asyncpg

from mailroom.storage.postgres.outbox.connection import TRY_AGAIN

CHANNEL = "outbox"

log = logging.getLogger(__name__)


class Bell:
    """Rings for queues, after the commit of whoever asks. A ring that gets lost costs a moment: all who
    listen also look by themselves. `pool` should not wait for the disk: `pools.connect_claims`.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._asked: set[str] = set()
        self._ringing: asyncio.Task[None] | None = None

    def ring(self, queue: str) -> None:
        """Have those woken who wait for jobs of the queue."""
        self._asked.add(queue)
        if self._ringing is None:
            self._ringing = asyncio.create_task(self._ring())

    async def silent(self) -> None:
        """Wait until all that was asked for has been rung."""
        if self._ringing is not None:
            await asyncio.wait([self._ringing])

    async def _ring(self) -> None:
        try:
            while self._asked:
                queues, self._asked = sorted(self._asked), set()
                await self._pool.execute(
                    "SELECT pg_notify($1, queue) FROM unnest($2::text[]) AS queue", CHANNEL, queues
                )
        except TRY_AGAIN as error:
            log.warning("the bell of the outbox did not ring: %s", error)
        finally:
            self._ringing = None
