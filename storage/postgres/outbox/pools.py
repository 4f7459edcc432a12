"""Connections with pinned plans, for the statements that work the jobs.

What they have to do is known: find rows by an index and stop when there are enough. The planner finds that
out once the table has statistics, and goes wrong before: it sorts the whole backlog for each claim, or keeps
for the life of a connection the plan that it made for an empty table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from mailroom.storage.postgres.database import UNAVAILABLE, unavailable
from mailroom.storage.postgres.opening import open_pool
from mailroom.storage.postgres.shares import Share, Turnstile

PLANS = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_sort": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_material": "off",
    "jit": "off",
}
CLAIMS = {**PLANS, "synchronous_commit": "off"}
"""A claim that is lost with the server only makes the job run again, which it may anyway."""

CONNECTIONS_MAX = 4
"""Of one queue that has its own; each statement takes a millisecond or a few."""
OUTCOMES = "outcomes"
"""Who writes outcomes, of all queues, as one user of the connections that effects are written over too."""


@dataclass(frozen=True, slots=True)
class QueueConnections:
    """What a worker works one queue with."""

    claims: asyncpg.Pool
    outcomes: asyncpg.Pool
    endings: asyncpg.Pool
    """For effects that are written with the end of their job."""
    handlers: asyncpg.Pool
    """For whatever else handlers read and write."""


class SharedConnections:
    """The connections of all queues of a process. Each queue has its share, so that one which hangs takes
    none of another's.
    """

    def __init__(
        self,
        claims: asyncpg.Pool,
        completions: asyncpg.Pool,
        handlers: asyncpg.Pool,
        queues: Sequence[str],
    ) -> None:
        self._claims = claims
        self._completions, self._handlers = completions, handlers
        self._at_completions = Turnstile(completions.get_max_size(), [OUTCOMES, *queues])
        self._at_handlers = Turnstile(handlers.get_max_size(), queues)

    def of(self, queue: str) -> QueueConnections:
        """The share of a queue."""
        return QueueConnections(
            self._claims,
            Share(self._completions, self._at_completions, OUTCOMES),
            Share(self._completions, self._at_completions, queue),
            Share(self._handlers, self._at_handlers, queue),
        )


async def connect_claims(url: str, connections: int = CONNECTIONS_MAX) -> asyncpg.Pool:
    """Open the connections that claims are made with, and bells rung: they wait for no disk."""
    return await _connect(url, CLAIMS, connections)


async def connect_completions(url: str, connections: int = CONNECTIONS_MAX) -> asyncpg.Pool:
    """Open the connections that outcomes are written with, and effects that belong to them."""
    return await _connect(url, PLANS, connections)


async def connect_handlers(url: str, connections: int = CONNECTIONS_MAX) -> asyncpg.Pool:
    """Open connections for handlers, none of which is needed yet."""
    return await open_pool(url, most=connections)


async def _connect(url: str, settings: dict[str, str], connections: int) -> asyncpg.Pool:
    try:
        return await open_pool(url, tried=True, most=connections, pinned=settings)
    except UNAVAILABLE as error:
        raise unavailable(error) from error
