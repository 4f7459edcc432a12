"""Lanes: where messages wait whose queue or flow key lets only so many go.

A lane's row counts the places that are taken, and says when it is worth looking at again. It is changed in
the transaction of whatever takes a place (a claim) or leaves it (an end), so a process that is killed takes
no place with it for longer than a lease.

Lanes are locked before jobs that are claimed, which are skipped where locked, and after jobs that end; in the
order of their names wherever several are.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import asyncpg

from mailroom.storage.postgres.outbox.connection import Connection, answering
from mailroom.storage.postgres.outbox.job import Job
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("lanes.sql"))

QUEUE = "qstash"
"""The queue of the outbox that all messages are jobs of."""
LANES_MAX = 300
"""Looked at in one claim."""
LOST_MAX = 500
FIELDS = len(Job._fields)
"""The first columns of the claims are the fields of a job."""


def queue_lane(name: str) -> str:
    """The lane of a queue."""
    return f"q:{name}"


def key_lane(key: str) -> str:
    """The lane of a flow key."""
    return f"f:{key}"


async def claim(pool: asyncpg.Pool, worker: str, most: int, lease_seconds: float) -> list[Job]:
    """Take messages that wait in lanes and may go, so many at most, each for the length of a lease."""
    with answering():
        async with pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(SQL["claim_queues"], LANES_MAX, most, worker, lease_seconds, QUEUE)
            if rows[0]["woken"]:
                await connection.execute(SQL["wake"], rows[0]["woken"])
        jobs = _jobs(rows)
        if len(jobs) < most:
            left = most - len(jobs)
            rows = await pool.fetch(SQL["claim_keys"], LANES_MAX, left, worker, lease_seconds, QUEUE)
            jobs += _jobs(rows)
    return jobs


async def recover(pool: asyncpg.Pool) -> int:
    """Have messages wait again whose attempt under a flow key died with its worker, and its place with it.
    Returns how many.
    """
    with answering():
        async with pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(SQL["lost"], LOST_MAX)
            await release(connection, {row["lane"]: row["places"] for row in rows})
    return sum(row["places"] for row in rows)


async def release(connection: Connection, places: Mapping[str, int]) -> None:
    """So many places of each lane are free again, as part of the caller's transaction."""
    if places:
        await connection.execute(SQL["release"], list(places), list(places.values()))


async def park(connection: Connection, waits: Sequence[tuple[int, str]]) -> None:
    """Have messages, which were put back just now, wait for their flow keys: pairs of a job and its key."""
    if waits:
        await connection.execute(SQL["park"], [id_ for id_, _ in waits], [flow for _, flow in waits])


async def next_due_seconds(pool: asyncpg.Pool) -> float | None:
    """When a lane is worth looking at; None: none is until something happens."""
    with answering():
        seconds: float | None = await pool.fetchval(SQL["next_due"])
    return None if seconds is None else max(seconds, 0.0)


def _jobs(rows: Sequence[asyncpg.Record]) -> list[Job]:
    return [Job._make(list(row.values())[:FIELDS]) for row in rows if row["id"] is not None]
