"""How far behind the queues are: measured every few seconds, because no single event tells of it.

Every process measures it, and it is the same number whoever reads it: queries take `max` over the processes.
"""

from collections.abc import Collection
from math import nan

import asyncpg
from prometheus_client import Gauge

from mailroom.actors.metrics import child
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.seen import depths

WAITING = Gauge("mailroom_jobs_waiting", "Jobs that are due, those in progress included", ["queue"])
OLDEST = Gauge(
    "mailroom_oldest_job_age_seconds", "For how long the oldest job that is due has been wanted", ["queue"]
)
PAUSED = Gauge("mailroom_queue_paused", "Whether on-call has paused the queue", ["queue"])

_seen: set[str] = set()
"""Queues that were ever measured: one that has nothing due any more must fall to zero, not stay as it was."""


async def measure_queues(pool: asyncpg.Pool, queues: Collection[str]) -> None:
    """Measure once, on the asyncio side. `queues` are those that are told of even if they are empty."""
    _seen.update(queues)
    try:
        found = {depth.queue: depth for depth in await depths(pool)}
    except StoreUnavailable:
        # The last value would look as if all were well.
        for queue in _seen:
            child(WAITING, queue).set(nan)
            child(OLDEST, queue).set(nan)
        return
    _seen.update(found)
    for queue in _seen:
        depth = found.get(queue)
        child(WAITING, queue).set(depth.jobs if depth else 0)
        child(OLDEST, queue).set(max(depth.oldest_seconds, 0.0) if depth else 0.0)
        child(PAUSED, queue).set(depth is not None and depth.paused_by is not None)
