"""Whose turn it is: periodic work is run by one process at a time, whichever comes first.

During a roll-out two versions may differ in what they know. The one that started last says what the schedule
is, and each runs only what it has the same schedule for. What no process has known for a while is forgotten,
or is taken over by who knows it with another schedule.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import asyncpg

from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.periodic.schedule import Schedule, ScheduleError
from mailroom.storage.postgres.queries import load
from mailroom.storage.texts import kept
from mailroom.storage.words import words

SQL = load(Path(__file__).with_name("works.sql"))

KNOWN_SECONDS = 20.0
"""How often a process should say what it knows."""
FORGOTTEN_SECONDS = 3 * KNOWN_SECONDS
"""A name that nobody has spoken of for so long is nobody's any more."""
AHEAD_SECONDS = 60.0
"""What was written so long from now was written by a clock that was ahead; no lease is longer."""
ERROR_CHARS_MAX = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """Periodic work as on-call sees it, in the order of the columns."""

    name: str
    schedule: str
    last_run: datetime | None
    next_run: datetime
    last_job_id: int | None
    last_error: str | None
    """Why the last run enqueued nothing, if it did not."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that was enqueued, or could not be."""

    name: str
    queue: str | None
    job_id: int | None
    error: Exception | None = None


class Works:
    """The rows of the works that one process knows. Every call may be repeated after `StoreUnavailable`."""

    def __init__(self, pool: asyncpg.Pool, schedules: Mapping[str, Schedule]) -> None:
        self._pool = pool
        self._schedules = dict(schedules)
        self._names = sorted(schedules)
        self._texts = [str(schedules[name]) for name in self._names]

    async def register(self, *, new: bool, forgotten_seconds: float = FORGOTTEN_SECONDS) -> None:
        """Say what we know. `new`: we have just started, and our schedules are what holds from now on. A run
        that no schedule means, because a clock was ahead, is pulled back to the next one from now.
        """
        with answering():
            async with self._pool.acquire() as connection, connection.transaction():
                now = await connection.fetchval(SQL["now"])
                first = [self._schedules[name].first(now) for name in self._names]
                await connection.execute(
                    SQL["register"], self._names, self._texts, first, new, forgotten_seconds
                )
                await connection.execute(SQL["forget"], self._names, forgotten_seconds)

    async def run_next(self, make: Callable[[str], NewJob]) -> Ran | None:
        """Enqueue the job of one work that is due, and move its next run, in one transaction. None: nothing
        is due that is not in somebody else's hands.

        What `make` raises is written down, and the work waits for its next time: the others go on.
        """
        with answering():
            async with self._pool.acquire() as connection, connection.transaction():
                row = await connection.fetchrow(SQL["due"], self._names, self._texts)
                if row is None:
                    return None
                name = row["name"]
                next_run = self._schedules[name].next(row["next_run"], row["now"])
                try:
                    job = once(name, make(name))
                except Exception as error:
                    why = kept(words(error), ERROR_CHARS_MAX)
                    await connection.execute(SQL["ran"], name, next_run, None, why)
                    return Ran(name, None, None, error)
                (enqueued,) = await enqueue(connection, [job])
                if enqueued.duplicate:
                    await connection.execute(SQL["recall"], enqueued.id, AHEAD_SECONDS)
                await connection.execute(SQL["ran"], name, next_run, enqueued.id, None)
                return Ran(name, job.queue, enqueued.id)

    async def seconds_until_next(self) -> float | None:
        """How long until the next run; negative if it is late."""
        with answering():
            seconds: float | None = await self._pool.fetchval(SQL["until_next"], self._names)
        return seconds


def once(name: str, job: NewJob) -> NewJob:
    """The job, with the rule that a run is left out while the one before it has not come to its end: a queue
    that stands still must not fill with the same job.
    """
    return job if job.dedup_key is not None else replace(job, dedup_key=f"periodic {name}", dedup_seconds=0.0)


async def all_works(pool: asyncpg.Pool) -> list[Seen]:
    """Everything periodic: when it ran, and when it will."""
    with answering():
        return [Seen(*row) for row in await pool.fetch(SQL["all_works"])]


@dataclass(frozen=True, slots=True)
class LastRun:
    """What became of the last job of a work, in the order of the columns. `state` is None where it is too
    long ago; `ended_at` where it has not ended yet.
    """

    name: str
    state: str | None
    error: str | None
    ended_at: datetime | None
    seconds: float | None


async def last_runs(pool: asyncpg.Pool) -> dict[str, LastRun]:
    """The last job of each work that has run, by the work's name."""
    with answering():
        rows = await pool.fetch(SQL["last_runs"])
    return {row["name"]: LastRun(*row) for row in rows}


async def hasten(pool: asyncpg.Pool, name: str) -> tuple[datetime | None, datetime] | None:
    """Have a work run now; returns when it ran last, and what time it is. None: there is no such work."""
    with answering():
        row = await pool.fetchrow(SQL["hasten"], name)
    return (row["last_run"], row["now"]) if row is not None else None


async def overdue(pool: asyncpg.Pool) -> dict[str, float]:
    """By how many seconds each work is not run as its schedule says: it is late, or its next run lies beyond
    the next that the schedule knows, and nobody has pulled it back.
    """
    with answering():
        rows = await pool.fetch(SQL["clocks"])
    found: dict[str, float] = {}
    for name, text, next_run, now in rows:
        late = [0.0, (now - next_run).total_seconds()]
        with suppress(ScheduleError):  # of another version
            late.append((next_run - Schedule.parse(text).first(now)).total_seconds())
        found[name] = max(late)
    return found
