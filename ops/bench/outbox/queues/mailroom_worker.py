"""What a process of the service has that works a queue: its actor, and beside it what prunes.

The actor checks payloads, writes a line of log and metrics for each attempt, and listens for notifications.
"""

import asyncio
import sys
from collections.abc import Callable
from functools import partial

import asyncpg
import trio
from pydantic import BaseModel

from mailroom.actors.jobs.actor import job_life
from mailroom.actors.jobs.context import JobContext, Services
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.kind import Kind
from mailroom.actors.jobs.queue import Queue
from mailroom.actors.jobs.worker import Details
from mailroom.actors.runtime.host import hosted
from mailroom.ops import logs
from mailroom.ops.bench.outbox.queue import Handle
from mailroom.ops.bench.outbox.queues import mailroom
from mailroom.storage.postgres.outbox.listen import QueueListener
from mailroom.storage.postgres.outbox.prune import prune

PRUNE_SECONDS = 5.0


class Nothing(BaseModel):
    """What a job carries."""

    wanted_at: float
    body: str


class Adapter(mailroom.Adapter):
    """The outbox, also worked."""

    async def work(self, handle: Handle) -> None:
        """Be the actor of the queue."""
        logs.configure("json", sys.stderr)
        queue = Queue(mailroom.QUEUE, of_bots=False)
        handlers = Handlers(queue)

        async def run(nothing: Nothing, _context: JobContext) -> None:
            handle(nothing.wanted_at)

        handlers.job(Kind(mailroom.NAME, Nothing, queue=queue))(run)
        listener = QueueListener(self._url)
        live = job_life(Services(self._url, listener), handlers)
        async with asyncpg.create_pool(self._url, min_size=1) as pool, asyncio.TaskGroup() as group:
            group.create_task(listener.run())
            group.create_task(_prune(pool))
            group.create_task(hosted(partial(live, _Life())))


async def _prune(pool: asyncpg.Pool) -> None:
    while True:
        await asyncio.sleep(PRUNE_SECONDS)
        await prune(pool)


class _Life:
    """The actor's place in a tree of supervision, of which there is no more here."""

    def __init__(self) -> None:
        self.stopping = trio.Event()
        self.details: Callable[[], Details] | None = None

    def started(self, info: object = None) -> None:
        """The actor is up."""
