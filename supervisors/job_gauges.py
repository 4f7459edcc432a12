"""How many jobs the outbox has, by queue and state; measured every few seconds beside the mailboxes.

Every process measures it, and it is the same number whoever reads it: queries take `max` over the processes.
"""

from collections.abc import Collection
from math import nan
from typing import get_args

import asyncpg
import trio
from prometheus_client import Gauge

from mailroom.actors.jobs.depth import measure_queues
from mailroom.actors.metrics import child
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreError
from mailroom.storage.postgres.outbox.seen import State, counts

COUNT_SECONDS_MAX = 5.0
"""Past this counting is given up: it reads every job there is, and Postgres has better things to do."""

JOBS = Gauge("mailroom_outbox_jobs", "Jobs that are not over, and those that died", ["queue", "state"])

_seen: set[str] = set()
"""Queues that ever had jobs: one that has none any more must fall to zero, not stay as it was."""


async def count_jobs(database: asyncpg.Pool, queues: Collection[str] = ()) -> None:
    """Count the jobs, and how far behind their queues are. `queues` are told of even if they are empty."""
    _seen.update(queues)
    try:
        with trio.fail_after(COUNT_SECONDS_MAX):
            await aio(measure_queues, database, queues)
            found = await aio(counts, database)
    except (StoreError, trio.TooSlowError):
        # The last value would look as if all were well.
        _show({}, nan)
        return
    _seen.update(queue for queue, _ in found)
    _show(found, 0)


def _show(found: dict[tuple[str, State], int], otherwise: float) -> None:
    for queue in _seen:
        for state in get_args(State):
            child(JOBS, queue, state).set(found.get((queue, state), otherwise))
