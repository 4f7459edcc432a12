"""The queues of a room, worked off: what is due is done one job after another, by the code that workers do it
with, until nothing is due. No worker runs beside the test, and nothing is waited for.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from mailroom.actors.jobs.context import JobContext, Services
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.held import Held
from mailroom.actors.jobs.run import attempt
from mailroom.ops.testing.errors import JobDiedError
from mailroom.storage.postgres.outbox.claim import Claimer
from mailroom.storage.postgres.outbox.complete import complete
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import Job, NewJob
from mailroom.storage.postgres.outbox.outcome import (
    Dead,
    Done,
    Finished,
    Outcome,
    Rejected,
    Retry,
    verdict,
)
from mailroom.storage.postgres.outbox.seen import Seen, Wanted, find

WORKER = "mailroom.testing"
JOBS_MAX = 10_000
"""Done at a time: more of them make each other, for ever."""
DUE = "SELECT DISTINCT queue FROM mailroom.outbox_job WHERE run_at <= clock_timestamp() AND queue = ANY ($1)"
NOW = """
UPDATE mailroom.outbox_job SET run_at = clock_timestamp(), turn_at = clock_timestamp() WHERE id = ANY ($1)
"""
NEARER = """
UPDATE mailroom.outbox_job SET run_at = run_at - moment.by, turn_at = turn_at - moment.by
FROM (SELECT $1::double precision * interval '1 s' AS by) AS moment
"""
NEXT = """
SELECT extract(epoch FROM min(run_at) - clock_timestamp())::double precision FROM mailroom.outbox_job
WHERE queue = ANY ($1)
"""


class EndlessWorkError(AssertionError):
    """Jobs make each other, for ever."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A job that was tried, and what came of it; no outcome where it was another's meanwhile."""

    job: Job
    outcome: Outcome | None

    @property
    def died(self) -> bool:
        """Whether it is a dead letter now."""
        return self.outcome is not None and isinstance(verdict(Finished(self.job, self.outcome), 0.0), Dead)

    @property
    def why(self) -> str:
        """What was wrong, with its traceback."""
        match self.outcome:
            case Retry(error, traceback) | Rejected(error, traceback):
                return f"{error}\n{traceback}".rstrip()
            case _:
                return ""


class Queues:
    """All queues of a room. Awaited on the asyncio side."""

    def __init__(self, pool: asyncpg.Pool, services: Services, queues: Sequence[Handlers]) -> None:
        self._pool, self._services = pool, services
        self._handlers = {one.queue: one for one in queues}
        self._claimers = {queue: Claimer(pool, queue, WORKER) for queue in self._handlers}

    @property
    def names(self) -> list[str]:
        """What they are called."""
        return list(self._handlers)

    async def work_off(self, *, again: bool = True, dying: bool = False) -> list[Worked]:
        """Do all that is due, and all that follows from it. What is to be tried `again` later is so at once,
        until it is done or dead; without, it waits for its time. Raises `JobDiedError` for the first that has
        died, once all the others are done, unless some are to die.
        """
        worked: list[Worked] = []
        while found := await self._round():
            worked += found
            if len(worked) > JOBS_MAX:
                raise EndlessWorkError(
                    f"after {JOBS_MAX} jobs there were more, the last {found[-1].job.name}"
                )
            if again and (failed := [one.job.id for one in found if isinstance(one.outcome, Retry)]):
                await self._pool.execute(NOW, failed)
        if not dying and (died := next((one for one in worked if one.died), None)) is not None:
            raise JobDiedError(f"{died.job.name} {died.job.payload}: {died.why}")
        return worked

    async def run(self, job: NewJob) -> Outcome:
        """Enqueue a job, and try it once: what came of it. Whatever follows waits in line."""
        (enqueued,) = await enqueue(self._pool, [job])
        for claimed in await self._claimers[job.queue].sweep(JOBS_MAX):
            if claimed.id == enqueued.id:
                outcome = (await self._attempt(claimed)).outcome
                assert outcome is not None, "there is no other worker"
                return outcome
        raise LookupError(f"the job {job.name} is not due, or was there already: deduplicated, or of a key")

    async def bring_nearer(self, seconds: float) -> None:
        """Let so much time pass for all that waits."""
        await self._pool.execute(NEARER, seconds)

    async def next_seconds(self) -> float | None:
        """In how many the first of those that wait is due; None where nothing waits."""
        seconds: float | None = await self._pool.fetchval(NEXT, self.names)
        return seconds

    async def seen(self, wanted: Wanted | None = None) -> list[Seen]:
        """The jobs that are there, dead ones among them, oldest first."""
        return (await find(self._pool, wanted or Wanted(), JOBS_MAX))[::-1]

    async def _round(self) -> list[Worked]:
        due = {row["queue"] for row in await self._pool.fetch(DUE, self.names)}
        worked = []
        for queue in self._handlers:
            if queue in due:
                worked += [await self._attempt(job) for job in await self._claimers[queue].sweep(JOBS_MAX)]
        return worked

    async def _attempt(self, job: Job) -> Worked:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + job.timeout_seconds
        held = Held(JobContext(job, self._services, self._pool, self._pool, WORKER, deadline), deadline)
        task = loop.create_task(attempt(self._handlers[job.queue], held.context))
        held.task = task  # type: ignore[assignment]  # what it returns is nothing to whoever cuts it off
        timer = loop.call_at(deadline, held.time_is_up)
        try:
            outcome = await task
        finally:
            timer.cancel()
        if held.context.ended:
            outcome = Done()
        elif outcome is not None:
            await complete(self._pool, WORKER, [Finished(job, outcome)])
        return Worked(job, outcome)
