"""The connections that the queues of a process share, each with its part.

What is worked over them falls into three: claims, outcomes, and what handlers do. The first two are
statements of ours, over in milliseconds, of which every queue makes one after the other; what handlers do
takes as long as they like. So these have pools of their own, and in each a queue is one among others
(`shares.py`): one that is flooded, or whose handlers hang, delays no other.

Plans are pinned. What our statements have to do is known: find rows by an index and stop when there are
enough. The planner finds that out once the table has statistics, and goes wrong before: it sorts the whole
backlog for each claim, or keeps for the life of a connection the plan that it made for an empty table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from mailroom.storage.postgres.database import UNAVAILABLE, unavailable
from mailroom.storage.postgres.division import Division
from mailroom.storage.postgres.opening import open_pool
from mailroom.storage.postgres.shares import FairLimiter, Share

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
PIN = "".join(f"SET LOCAL {name} = '{value}';" for name, value in PLANS.items())
"""The same for one transaction: on a connection that does other things besides."""
CLAIMS = {**PLANS, "synchronous_commit": "off"}
"""A claim that is lost with the server only makes the job run again, which it may anyway."""

CONNECTIONS_MAX = 4
"""Of a program that opens some of one kind; each statement takes a millisecond or a few."""
HOUSEKEEPING = ""
"""Who else makes such statements as claims are: the notifier, periodic work, broadcasts, pruning."""


@dataclass(frozen=True, slots=True)
class QueueConnections:
    """What a worker works one queue with."""

    claims: asyncpg.Pool
    outcomes: asyncpg.Pool
    endings: asyncpg.Pool
    """For effects that are written with the end of their job: pin their plans for that by `PIN`."""
    handlers: asyncpg.Pool
    """For whatever else handlers read and write."""


class SharedConnections:
    """The connections of all queues of a process."""

    def __init__(
        self, claims: asyncpg.Pool, outcomes: asyncpg.Pool, work: asyncpg.Pool, queues: Sequence[str]
    ) -> None:
        self._pools = claims, outcomes, work
        self._at_claims = FairLimiter(claims.get_max_size(), [HOUSEKEEPING, *queues])
        self._at_outcomes = FairLimiter(outcomes.get_max_size(), queues)
        self._at_work = FairLimiter(work.get_max_size(), queues)
        self.housekeeping = Share(claims, self._at_claims, HOUSEKEEPING)

    def of(self, queue: str) -> QueueConnections:
        """The share of a queue."""
        for limiter in (self._at_claims, self._at_outcomes, self._at_work):
            limiter.know(queue)
        claims, outcomes, work = self._pools
        return QueueConnections(
            Share(claims, self._at_claims, queue),
            Share(outcomes, self._at_outcomes, queue, ends=True),
            Share(work, self._at_work, queue, ends=True),
            Share(work, self._at_work, queue),
        )

    async def close(self) -> None:
        """Close them once they are back."""
        for pool in self._pools:
            await pool.close()

    def terminate(self) -> None:
        """Close them now."""
        for pool in self._pools:
            pool.terminate()


async def connect_shared(url: str, division: Division, queues: Sequence[str]) -> SharedConnections:
    """Open them. Raises `StoreUnavailable`."""
    claims = await connect_claims(url, division.claims)
    outcomes = await _connect(url, PLANS, division.outcomes, tried=False)
    return SharedConnections(claims, outcomes, await open_pool(url, most=division.work), queues)


async def connect_claims(url: str, connections: int = CONNECTIONS_MAX) -> asyncpg.Pool:
    """Open the connections that claims and notifications are made with: they wait for no disk."""
    return await _connect(url, CLAIMS, connections)


async def connect_completions(url: str, connections: int = CONNECTIONS_MAX) -> asyncpg.Pool:
    """Open connections whose plans are pinned for every statement, for programs that only write outcomes."""
    return await _connect(url, PLANS, connections)


async def _connect(
    url: str, settings: dict[str, str], connections: int, *, tried: bool = True
) -> asyncpg.Pool:
    try:
        return await open_pool(url, tried=tried, most=connections, pinned=settings)
    except UNAVAILABLE as error:
        raise unavailable(error) from error
