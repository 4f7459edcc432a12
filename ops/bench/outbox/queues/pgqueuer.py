"""PgQueuer: a pool to enqueue with, uvloop, batches of claims and completions, its default durability."""

import contextlib
import json
from collections.abc import Sequence

import asyncpg
from pgqueuer import PgQueuer  # type: ignore[import-not-found, unused-ignore]
from pgqueuer.db import AsyncpgPoolDriver  # type: ignore[import-not-found, unused-ignore]
from pgqueuer.models import Job  # type: ignore[import-not-found, unused-ignore]
from pgqueuer.queries import Queries  # type: ignore[import-not-found, unused-ignore]

from mailroom.ops.bench.outbox.queue import Handle, payload

ENTRYPOINT = "bench"
CONNECTIONS_MAX = 10


class Adapter:
    """PgQueuer with a `batch_size`, over a pool or one connection."""

    def __init__(self, url: str, *, batch_size: int, pooled: bool = True) -> None:
        self._url = url
        self._batch_size = batch_size
        self._pooled = pooled

    async def prepare(self) -> None:
        """As `pgq install`."""
        async with asyncpg.create_pool(self._url, min_size=1, max_size=1) as pool:
            await Queries(AsyncpgPoolDriver(pool)).install()

    async def open(self) -> None:
        """Connect."""
        self._pool = await asyncpg.create_pool(self._url, min_size=CONNECTIONS_MAX, max_size=CONNECTIONS_MAX)
        self._queries = Queries(AsyncpgPoolDriver(self._pool))

    async def enqueue(self, wanted_at: float) -> None:
        """One statement."""
        await self._queries.enqueue(ENTRYPOINT, payload(wanted_at).encode())

    async def enqueue_batch(self, wanted_at: Sequence[float]) -> None:
        """One statement for all."""
        count = len(wanted_at)
        await self._queries.enqueue(
            [ENTRYPOINT] * count, [payload(one).encode() for one in wanted_at], [0] * count
        )

    async def work(self, handle: Handle) -> None:
        """Its own loop."""
        async with contextlib.AsyncExitStack() as stack:
            if self._pooled:
                pool = asyncpg.create_pool(self._url, min_size=CONNECTIONS_MAX, max_size=CONNECTIONS_MAX)
                queuer = PgQueuer.from_asyncpg_pool(await stack.enter_async_context(pool))
            else:
                connection = await asyncpg.connect(self._url)
                stack.push_async_callback(connection.close)
                queuer = PgQueuer.from_asyncpg_connection(connection)

            async def run(job: Job) -> None:
                handle(json.loads(job.payload)["wanted_at"])

            queuer.entrypoint(ENTRYPOINT)(run)
            await queuer.run(batch_size=self._batch_size)

    async def close(self) -> None:
        """The operating system closes what is open."""
