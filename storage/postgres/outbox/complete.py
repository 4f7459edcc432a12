"""Say how attempts at jobs ended, in batches.

Only the holder is listened to: the row must bear the worker's name and the number of the claim that gave the
job to it. What a worker says whose lease ran out, and whose job somebody else has taken, changes nothing.
"""

import random
from collections.abc import Awaitable, Callable, Collection, Sequence
from pathlib import Path

import asyncpg

from mailroom.storage.postgres.outbox.connection import Connection, answering
from mailroom.storage.postgres.outbox.job import Job
from mailroom.storage.postgres.outbox.outcome import Again, Dead, Done, Finished, verdict
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("complete.sql"))


Besides = Callable[[Connection, Sequence[Finished]], Awaitable[None]]
"""Writes what else follows from attempts whose end counted, in the same transaction."""


async def complete(
    pool: asyncpg.Pool, worker: str, finished: Sequence[Finished], besides: Besides | None = None
) -> set[int]:
    """Write down how attempts ended. Returns the ids of the jobs that were ours to finish.

    A call that raised `StoreUnavailable` may be repeated: what went through the first time is not ours any
    more the second time.
    """
    with answering():
        async with pool.acquire() as connection:
            if besides is None and all(isinstance(one.outcome, Done) for one in finished):
                # One statement is its own transaction.
                return await finish(connection, worker, [fence(one.job) for one in finished])
            async with connection.transaction():
                ours = await complete_within(connection, worker, finished)
                if besides is not None and ours:
                    await besides(connection, [one for one in finished if one.job.id in ours])
                return ours


async def complete_within(connection: Connection, worker: str, finished: Sequence[Finished]) -> set[int]:
    """The same as part of the transaction that the connection is in: an effect which is a row of this
    database is written together with the end of its job. Without the job's id in the answer, roll back.
    Best with plans pinned, by `pools.PIN` or from `pools.connect_completions`.
    """
    done: list[Job] = []
    again: list[tuple[Job, Again]] = []
    dead: list[tuple[Job, Dead]] = []
    for one in finished:
        match verdict(one, random.random()):
            case Done():
                done.append(one.job)
            case Again() as back:
                again.append((one.job, back))
            case Dead() as end:
                dead.append((one.job, end))
    ours: set[int] = set()
    if done:
        ours |= await finish(connection, worker, [fence(job) for job in done])
    if again:
        ours |= await _put_back(connection, worker, again)
    if dead:
        ours |= await bury(connection, worker, dead)
    return ours


def fence(job: Job) -> tuple[int, int]:
    """What, besides the worker's name, a row has to bear for the holder of this job to be listened to."""
    return job.id, job.claims


async def finish(
    connection: Connection, worker: str, fences: Sequence[tuple[int, int]], kind: str = "done"
) -> set[int]:
    """End jobs; `kind` is what their last event says."""
    rows = await connection.fetch(
        SQL["finish"], worker, [id_ for id_, _ in fences], [claims for _, claims in fences], kind
    )
    return {row[0] for row in rows}


async def bury(connection: Connection, worker: str, dead: Sequence[tuple[Job, Dead]]) -> set[int]:
    """Make dead letters of jobs."""
    rows = await connection.fetch(
        SQL["bury"],
        worker,
        [job.id for job, _ in dead],
        [job.claims for job, _ in dead],
        [end.error for _, end in dead],
        [end.traceback for _, end in dead],
    )
    return {row[0] for row in rows}


async def heartbeat(pool: asyncpg.Pool, worker: str, jobs: Collection[Job], lease_seconds: float) -> set[int]:
    """Keep jobs that take long. Returns the ids of those that are still ours: stop working on the others."""
    with answering():
        rows = await pool.fetch(
            SQL["renew"], worker, [job.id for job in jobs], [job.claims for job in jobs], lease_seconds
        )
    return {row[0] for row in rows}


async def _put_back(connection: Connection, worker: str, again: Sequence[tuple[Job, Again]]) -> set[int]:
    rows = await connection.fetch(
        SQL["put_back"],
        worker,
        [job.id for job, _ in again],
        [job.claims for job, _ in again],
        [back.delay_seconds for _, back in again],
        [back.until for _, back in again],
        [int(back.forgiven) for _, back in again],
        [back.error for _, back in again],
    )
    return {row[0] for row in rows}
