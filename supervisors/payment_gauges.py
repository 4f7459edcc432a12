"""How many payments are lost, by their account; measured every few seconds beside the jobs.

Every process measures it, and it is the same number whoever reads it: queries take `max` over the processes.
"""

from collections import Counter
from math import nan

import asyncpg
import trio
from prometheus_client import Gauge

from mailroom.actors.metrics import child
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreError
from mailroom.storage.postgres.lost_payments import lost_sums

COUNT_SECONDS_MAX = 5.0
"""Past this counting is given up: the index has only those that wait for a person."""

LOST = Gauge(
    "mailroom_payments_lost",
    "Paid payments that bear our name and have no row: the database is older; each waits for a person",
    ["account"],
)

_seen: set[str] = set()
"""Accounts that ever had any: one that has none any more must fall to zero, not stay as it was."""


async def count_lost(database: asyncpg.Pool) -> None:
    """Count the payments that wait for a person."""
    found: Counter[str] = Counter()
    try:
        with trio.fail_after(COUNT_SECONDS_MAX):
            for one in await aio(lost_sums, database):
                found[one.provider] += one.payments
    except (StoreError, trio.TooSlowError):
        for account in _seen:
            child(LOST, account).set(nan)  # the last value would look as if all were well
        return
    _seen.update(found)
    for account in _seen:
        child(LOST, account).set(found[account])
