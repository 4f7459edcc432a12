"""Take the jobs of a queue that are due, in batches, each for one worker at a time."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import asyncpg

from mailroom.storage.postgres.outbox.complete import complete
from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.outbox.job import Job
from mailroom.storage.postgres.outbox.low_water import BEGINNING, PRIORITIES, LowWater
from mailroom.storage.postgres.outbox.outcome import Finished, Rejected
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("claim.sql"))

JOBS_MAX = 1_000
"""Jobs in one claim: more gains nothing, and a worker that dies holds them all for the length of a lease."""
LEASE_SECONDS = 30.0
"""For how long nobody else takes the jobs of a worker that is not heard of any more."""
KILLED = "its worker died or hung in the last attempt"
SWEEP_SECONDS = 2.0
"""Pause between two sweeps of a claimer that is busy."""
SWEEP_IDLE_SECONDS = 0.25
"""And of one that finds nothing to do."""
SWEEP_COST = 20.0
"""After a sweep, this many times its duration pass: it never takes more than a twentieth of the time."""


class Claims(Protocol):
    """Takes jobs of a queue for one worker."""

    async def claim(self, most: int) -> list[Job]:
        """Up to so many, each for the length of a lease."""

    async def next_due_seconds(self) -> float | None:
        """When to claim again if nothing happens till then; None if nothing is in line."""


class Claimer:
    """The claims of one worker on one queue. `worker` names a process of this very start: it is half of the
    fence of `complete`. `pool` comes from `pools.connect_claims`. `former` is what the queue was called
    before, where jobs may still be written by that name.
    """

    def __init__(
        self,
        pool: asyncpg.Pool,
        queue: str,
        worker: str,
        *,
        lease_seconds: float = LEASE_SECONDS,
        former: str | None = None,
    ) -> None:
        self.queue = queue
        self.worker = worker
        self.lease_seconds = lease_seconds
        self.pool = pool
        self._former = former
        self._low_water = LowWater()
        self._sweep_at = self._sweep_idle_at = time.monotonic()

    async def claim(self, most: int) -> list[Job]:
        """Take up to so many jobs, each for the length of a lease: `heartbeat` those that take longer, those
        still waiting for their turn in the worker included.
        """
        most = min(most, JOBS_MAX)
        if time.monotonic() >= self._sweep_at:
            return await self.sweep(most)
        jobs, _ = await self._claim(most, self._low_water.marks())
        if not jobs and time.monotonic() >= self._sweep_idle_at:
            return await self.sweep(most)
        return jobs

    async def sweep(self, most: int) -> list[Job]:
        """A claim that looks everywhere."""
        started = time.monotonic()
        jobs, missed = await self._claim(most, [BEGINNING] * len(PRIORITIES))
        ended = time.monotonic()
        rest = 0.0 if missed else SWEEP_COST * (ended - started)
        # What was missed may be more than fits into one claim, so the next one is a sweep again.
        self._sweep_at = ended + max(rest, 0.0 if missed else SWEEP_SECONDS)
        self._sweep_idle_at = ended + max(rest, SWEEP_IDLE_SECONDS)
        return jobs

    def start_over(self) -> None:
        """Look everywhere at the next claim: when a paused queue was resumed, or jobs were brought back."""
        self._sweep_at = time.monotonic()

    async def next_due_seconds(self) -> float | None:
        """When to claim again if nothing happens till then; None if nothing is in line. Jobs that are due and
        were not claimed (their key is taken, the queue is paused) do not count.
        """
        with answering():
            seconds: float | None = await self.pool.fetchval(SQL["next_due"], self.queue, PRIORITIES)
        return None if seconds is None else max(seconds, 0.0)

    async def _claim(self, most: int, marks: Sequence[object]) -> tuple[list[Job], bool]:
        """Claim, and say whether the batch was full of jobs that lay before the mark."""
        with answering():
            rows = await self.pool.fetch(
                SQL["claim"],
                self.queue,
                PRIORITIES,
                marks,
                most,
                self.worker,
                self.lease_seconds,
                self._former,
            )
        *_, now, paused, seen = rows[0].values()
        if rows[0]["id"] is None:
            rows = []
        if paused:
            return [], False
        last = (rows[-1]["priority"], rows[-1]["turn_at"]) if rows else None
        full = seen >= most  # fewer are ours if another claim was quicker with a key
        missed = full and last is not None and self._low_water.is_before(*last)
        self._low_water.took(last, full=full, now=now)
        return await self._runnable([Job._make(row[:FIELDS]) for row in rows]), missed

    async def _runnable(self, jobs: list[Job]) -> list[Job]:
        """Bury the jobs whose workers have died in all their attempts: they would kill the next one too."""
        killers = [Finished(job, Rejected(KILLED)) for job in jobs if job.attempt > job.attempts_max]
        if not killers:
            return jobs
        await complete(self.pool, self.worker, killers)
        return [job for job in jobs if job.attempt <= job.attempts_max]


FIELDS = len(Job._fields)
"""The first columns of `claim` are the fields of a job."""
