"""Connections with pinned plans, for the statements that work the jobs.

What they have to do is known: find rows by an index and stop when there are enough. The planner finds that
out once the table has statistics, and goes wrong before: it sorts the whole backlog for each claim, or keeps
for the life of a connection the plan that it made for an empty table.
"""

import asyncpg

from storage.postgres.database import UNAVAILABLE, unavailable
from storage.postgres.opening import open_pool

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
"""Several queues may be worked at once; each statement takes a millisecond or a few."""


async def connect_claims(url: str) -> asyncpg.Pool:
    """Open the connections that claims are made with, and bells rung: they wait for no disk."""
    return await _connect(url, CLAIMS)


async def connect_completions(url: str) -> asyncpg.Pool:
    """Open the connections that outcomes are written with, and effects that belong to them."""
    return await _connect(url, PLANS)


async def _connect(url: str, settings: dict[str, str]) -> asyncpg.Pool:
    try:
        return await open_pool(url, least=1, most=CONNECTIONS_MAX, pinned=settings)
    except UNAVAILABLE as error:
        raise unavailable(error) from error
