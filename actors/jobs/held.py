"""The attempts that a worker has in hand, and the leases on their jobs."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

import asyncpg
from structlog import get_logger

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.outage import never_mind_if_cancelled
from mailroom.actors.jobs.run import ended_by
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.complete import heartbeat
from mailroom.storage.postgres.outbox.outcome import Outcome, Retry

log = get_logger("mailroom.jobs")

HEARTBEATS_PER_LEASE = 4
"""One may get lost, or be late, without the lease running out."""
OVERTIME_SECONDS = 10.0
"""How long after its deadline an attempt that does not let itself be cancelled keeps its lease."""


@dataclass(frozen=True, slots=True)
class CutOff:
    """How an attempt is to end that we end. No outcome: the job is another's."""

    outcome: Outcome | None


@dataclass(slots=True, eq=False)
class Held:
    """An attempt in progress."""

    context: JobContext
    keep_until: float
    """When our lease on the job runs out, at the latest. By the clock of the asyncio loop."""
    task: "asyncio.Task[None] | None" = None
    cut_off: CutOff | None = None

    def time_is_up(self) -> None:
        """End the attempt, which has taken longer than it may."""
        if self.task is not None and not self.context.late:
            self.context.late = True
            self.task.cancel()

    def cut(self, outcome: Outcome | None) -> None:
        """End the attempt now."""
        if self.task is not None and self.cut_off is None:
            self.cut_off = CutOff(outcome)
            self.task.cancel()

    @property
    def over_time(self) -> bool:
        """Whether the attempt should have been cancelled long ago."""
        return self.context.deadline + OVERTIME_SECONDS < asyncio.get_running_loop().time()


async def keep(held: Collection[Held], claims: asyncpg.Pool, worker: str, lease_seconds: float) -> None:
    """Renew the leases of attempts that take long, for ever, and cut off those whose lease cannot be kept."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(lease_seconds / HEARTBEATS_PER_LEASE)
        try:
            await renew(held, claims, worker, lease_seconds)
        except StoreUnavailable as error:
            never_mind_if_cancelled()
            log.warning("leases_not_renewed", worker=worker, why=str(error))
        for one in list(held):
            if one.over_time:
                one.cut(Retry("the handler went on after its time was up"))
            elif one.keep_until < loop.time():
                why = StoreUnavailable("Postgres did not answer until the lease ran out")
                one.cut(ended_by(why, one.context))


async def renew(held: Collection[Held], claims: asyncpg.Pool, worker: str, lease_seconds: float) -> None:
    """Renew the leases that have been running for a while, and cut off attempts at what is not ours now."""
    now = asyncio.get_running_loop().time()
    young = now + lease_seconds * (1 - 1 / HEARTBEATS_PER_LEASE)
    mine = [one for one in held if one.keep_until <= young and not one.context.ended and not one.over_time]
    if not mine:
        return
    ours = await heartbeat(claims, worker, [one.context.job for one in mine], lease_seconds)
    for one in mine:
        if one.context.job.id in ours:
            one.keep_until = now + lease_seconds
        elif not one.context.ended:
            one.cut(None)
