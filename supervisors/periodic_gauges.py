"""Whether periodic work is run when it is due; measured every few seconds beside the jobs.

Every process measures it, and it is the same number whoever reads it: queries take `max` over the processes.
"""

from math import nan

import asyncpg
import trio
from prometheus_client import Gauge

from mailroom.actors.metrics import child
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreError
from mailroom.storage.postgres.periodic.works import overdue

COUNT_SECONDS_MAX = 5.0
"""Past this it is given up: there are a handful of rows."""
OVERDUE_SECONDS_MAX = 120.0
"""What is later than that is not busy but stands still: the shortest work of ours is due every minute."""

OVERDUE = Gauge(
    "mailroom_periodic_overdue_seconds", "By how much periodic work is not run as its schedule says", ["work"]
)

_seen: set[str] = set()
"""Works that there ever were: one that is gone must not stay as it was."""


async def measure_periodic(database: asyncpg.Pool) -> None:
    """See how late the works are."""
    try:
        with trio.fail_after(COUNT_SECONDS_MAX):
            found = await aio(overdue, database)
    except (StoreError, trio.TooSlowError):
        for name in _seen:
            child(OVERDUE, name).set(nan)  # the last value would look as if all were well
        return
    _seen.update(found)
    for name in _seen:
        child(OVERDUE, name).set(found.get(name, 0.0))


async def standing_still(database: asyncpg.Pool) -> dict[str, str]:
    """What `/readyz` says of it. To be awaited in asyncio."""
    try:
        late = {name: by for name, by in (await overdue(database)).items() if by > OVERDUE_SECONDS_MAX}
    except StoreError:
        return {}  # said already
    if not late:
        return {}
    words = ", ".join(f"{name} by {by:.0f} s" for name, by in sorted(late.items()))
    return {"warning_periodic_work": f"periodic work is not run as its schedule says: {words}"}
