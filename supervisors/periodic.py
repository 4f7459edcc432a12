"""Periodic work: each run is a job in the outbox, enqueued by one of all processes when its time has come.

Runs that were missed while no process lived are made up for by one. On-call sees them in `all_works`.
"""

from collections.abc import Sequence

import asyncpg
import trio
from structlog import get_logger

from mailroom.actors.jobs.every import Every
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.notifier import QueueNotifier
from mailroom.storage.postgres.periodic.schedule import ScheduleError
from mailroom.storage.postgres.periodic.works import KNOWN_SECONDS, Ran, Works
from mailroom.supervisors.otp.child import Life

log = get_logger("mailroom.periodic")

LATE_SECONDS = 0.05
"""The shortest wait: what is due and not ours to run is in another process's hands just now."""
LOOK_SECONDS = 1.0
"""The longest wait: on-call may want a run at once."""
OUTAGE_SECONDS = 1.0


class Periodic:
    """The scheduler of one process."""

    def __init__(self, pool: asyncpg.Pool, notifier: QueueNotifier, works: Sequence[Every]) -> None:
        self._jobs = {work.name: work.job for work in works}
        if len(self._jobs) < len(works):
            raise ScheduleError("two works have one name")
        self._works = Works(pool, {work.name: work.schedule for work in works})
        self._notifier = notifier
        self._enqueued = 0

    async def live(self, life: Life) -> None:
        """Enqueue what is due, for ever: a child of the tree that does not trap exits."""
        life.details = lambda: {"works": len(self._jobs), "enqueued": self._enqueued}
        life.started()
        new, known_until = True, trio.current_time()
        while True:
            try:
                if trio.current_time() >= known_until:
                    await aio(self.register, new)
                    new, known_until = False, trio.current_time() + KNOWN_SECONDS
                await aio(self.run_once)
                due_seconds = await aio(self._works.seconds_until_next)
            except StoreUnavailable as error:
                log.warning("periodic_work_waits", why=str(error))
                await trio.sleep(OUTAGE_SECONDS)
                continue
            await trio.sleep(wait_seconds(due_seconds, known_until - trio.current_time()))

    async def register(self, new: bool) -> None:
        """Say what this process knows; `new` only the first time."""
        await self._works.register(new=new)

    async def run_once(self) -> list[Ran]:
        """Enqueue all that is due now, on the asyncio side."""
        runs = []
        while (ran := await self._works.run_next(lambda name: self._jobs[name]())) is not None:
            runs.append(ran)
            if ran.queue is None:
                log.error("periodic_work_failed", name=ran.name, exc_info=ran.error)
                continue
            self._notifier.notify(ran.queue)
            self._enqueued += 1
            log.info("periodic_work", name=ran.name, job=ran.job_id)
        return runs


def wait_seconds(due_seconds: float | None, known_seconds: float) -> float:
    """How long to sleep: until the next run, until it is time to say what is known, or for on-call's sake."""
    return max(
        min(known_seconds, LOOK_SECONDS if due_seconds is None else due_seconds, LOOK_SECONDS), LATE_SECONDS
    )
