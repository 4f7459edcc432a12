"""Jobs under a name that queues had when all bots shared them: each goes to the queue of its bot.

Processes of the version before may still run, and enqueue by the old name; so may a program of somebody
else's that was written for it. What makes this safe while they do:

    the old name is retired   a pause that stays: they claim nothing by it any more, and finish what they hold
    jobs move one by one      in the order of their numbers, in hand or not. A worker is known by the fence in
                              its job's row, so that what it still says of a job that has moved counts
    a key's jobs wait         a claim passes over a key of which anything is left under the old name
                              (`claim.sql`), so that of one key all is done one at a time and in order

A pause by a person, dead letters and deduplication keys go along. What the history says stays as it was.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from mailroom.storage.postgres.outbox.connection import Connection, answering
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("renamed.sql"))

RETIRED = "mailroom: a queue for each bot"
"""Who has paused a name that is no queue's any more. Nobody is told of this pause: nothing waits for it."""
BATCH_JOBS = 500
"""Jobs in one transaction: a fraction of a second, for which those that want one of them wait."""


@dataclass(frozen=True, slots=True)
class Old:
    """A job by an old name, as much of it as tells whose it is."""

    id: int
    name: str
    payload: str
    bot: str | None
    """Whose chat it came from, where it came from a chat."""


Whose = Callable[[Connection, str, Old], Awaitable[str]]
"""To which queue a job goes that is there by an old name."""


async def move(pool: asyncpg.Pool, old: str, new: Sequence[str], whose: Whose) -> tuple[set[str], bool]:
    """Move a batch of what is there by the name `old`. Returns the queues that have got jobs, and whether
    there may be more. `new` are all the queues that have taken over from it. Raises `StoreUnavailable`.
    """
    with answering():
        if not await pool.fetchval(SQL["news"], old, RETIRED):
            return set(), False
        async with pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval(SQL["alone"]):
                return set(), False  # another process is at it
            await _retire(connection, old, new)
            return await _batch(connection, old, new, whose)


async def retire(pool: asyncpg.Pool, old: str, new: Sequence[str]) -> None:
    """Have nobody claim by an old name any more. Every process does this before it enqueues or claims by a
    new one: else the version before would take what comes after that. Raises `StoreUnavailable`.
    """
    with answering():
        async with pool.acquire() as connection, connection.transaction():
            await _retire(connection, old, new)


async def _retire(connection: Connection, old: str, new: Sequence[str]) -> None:
    await connection.execute(SQL["pause_each"], old, RETIRED, list(new))
    await connection.execute(SQL["retire"], old, RETIRED, f"now {', '.join(new)}")


async def _batch(connection: Connection, old: str, new: Sequence[str], whose: Whose) -> tuple[set[str], bool]:
    dead = await _told(connection, "dead", old, whose)
    await connection.execute(SQL["move_dead"], old, *_columns(dead))
    jobs = await _told(connection, "jobs", old, whose)
    await connection.execute(SQL["move_keys"], old, *_columns(jobs))
    twins = await connection.fetch(SQL["move_dedup"], old, *_columns(jobs))
    await connection.execute(SQL["drop_twins"], [row["job_id"] for row in twins])
    await connection.execute(SQL["move_jobs"], old, *_columns(jobs))
    await connection.execute(SQL["move_dedup_of_gone"], old, list(new))
    return set(jobs.values()), BATCH_JOBS in (len(jobs), len(dead))


async def _told(connection: Connection, which: str, old: str, whose: Whose) -> dict[int, str]:
    rows = await connection.fetch(SQL[which], old, BATCH_JOBS)
    return {row["id"]: await whose(connection, old, Old(*row)) for row in rows}


def _columns(told: dict[int, str]) -> tuple[list[int], list[str]]:
    return list(told), list(told.values())
