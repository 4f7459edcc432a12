"""Ours, with everything on: keys, deduplication, origins with their fence, priorities, traces, history.

The worker is in `mailroom_worker.py`: it imports all of the service, which takes seconds.
"""

import itertools
import time
from collections.abc import Sequence

from mailroom.ops.bench.outbox.queue import payload
from mailroom.storage.postgres.database import connect
from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.outbox.coalesce import Enqueuer
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import NewJob, Origin, Priority
from mailroom.storage.postgres.outbox.notifier import QueueNotifier
from mailroom.storage.postgres.outbox.pools import connect_claims, connect_completions

QUEUE = "bench"
NAME = "bench.nothing"
CHATS = 1_000
PARTITIONS = 64
EPOCH = 1


class Adapter:
    """The outbox; `plain` leaves out what the jobs of the others do not have either."""

    def __init__(self, url: str, *, plain: bool = False) -> None:
        self._url = url
        self._plain = plain
        # Not repeated by a later process: deduplication keys are remembered.
        self._numbers = itertools.count(time.time_ns())

    async def prepare(self) -> None:
        """As `mailroom migrate`, and every partition has its owner."""
        await apply_migrations(self._url)
        pool = await connect(self._url)
        await pool.execute(
            "INSERT INTO mailroom.partition_lease (partition, owner, epoch) SELECT n, 'bench', $2"
            " FROM generate_series(0, $1) AS n",
            PARTITIONS - 1,
            EPOCH,
        )
        await pool.close()

    async def open(self) -> None:
        """Connect."""
        self._pool = await connect_completions(self._url)
        self._notifier = QueueNotifier(await connect_claims(self._url))
        self._enqueuer = Enqueuer(self._pool, self._notifier)

    async def enqueue(self, wanted_at: float) -> None:
        """One job, in whatever statement goes next."""
        await self._enqueuer.enqueue(self._job(wanted_at))

    async def enqueue_batch(self, wanted_at: Sequence[float]) -> None:
        """One statement for all."""
        await enqueue(self._pool, [self._job(one) for one in wanted_at])
        self._notifier.notify(QUEUE)

    async def close(self) -> None:
        """The operating system closes what is open."""

    def _job(self, wanted_at: float) -> NewJob:
        if self._plain:
            return NewJob(QUEUE, NAME, payload(wanted_at))
        number = next(self._numbers)
        return NewJob(
            QUEUE,
            NAME,
            payload(wanted_at),
            key=f"order:{number}",
            dedup_key=f"receipt:{number}",
            priority=Priority.NORMAL if number % 10 else Priority.HIGH,
            trace=f"{number:032x}",
            origin=Origin(
                "bench", str(number % CHATS), f"receipt:{number}", number, number % PARTITIONS, EPOCH
            ),
        )
