"""Jobs that are over, done or dropped: their rows are gone, and what is left of them stands in the history.

It is read along the index of the jobs' numbers, the newest first, so a few of many millions cost little. What
is rare among them is looked for no longer than a second or two: then it has to be narrowed down.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import asyncpg

from mailroom.storage.errors import StoreError
from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.outbox.prune import HISTORY_DAYS_MAX, SLOTS
from mailroom.storage.postgres.outbox.seen import Wanted
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("over.sql"))

OVER = frozenset({"done", "dropped"})
FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""The day of the ring's first slot."""
LOOK_SECONDS = 2.0
FORGOTTEN = ("key", "bot", "chat", "error")
"""What the history does not keep of a job."""


class TooManyError(StoreError):
    """What was looked for is rare among very many: say a time since when, or a queue."""


@dataclass(frozen=True, slots=True)
class Over:
    """A job that is over, in the order of the columns. `seconds` is how long its last attempt took."""

    id: int
    state: Literal["done", "dropped"]
    ended_at: datetime
    queue: str
    name: str
    attempt: int
    seconds: float | None
    worker: str | None
    trace: str | None


async def find_over(pool: asyncpg.Pool, wanted: Wanted, most: int) -> list[Over]:
    """The newest of them that answer to a description: by state, queue, name, trace, and when they ended."""
    try:
        with answering():
            async with pool.acquire() as connection, connection.transaction(readonly=True):
                await connection.execute(f"SET LOCAL statement_timeout = '{LOOK_SECONDS}s'")
                rows = await connection.fetch(
                    SQL["over"], wanted.state, wanted.queue, wanted.name, wanted.trace, wanted.since,
                    wanted.until, wanted.ids, _slots(wanted.since), most,
                )  # fmt: skip
    except asyncpg.QueryCanceledError:
        raise TooManyError(
            "There is too much history to find this in: say since when, or leave out a filter."
        ) from None
    return [Over(*row) for row in rows]


def _slots(since: datetime | None) -> list[int]:
    """The days of the ring that may hold something from then on."""
    today = (datetime.now(UTC) - FIRST_DAY).days
    days = HISTORY_DAYS_MAX
    if since is not None:
        days = min(max((datetime.now(UTC) - since) // timedelta(days=1) + 1, 0), days)
    return sorted({(today - ago) % SLOTS for ago in range(-1, days + 1)})
