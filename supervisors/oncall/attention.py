"""What needs on-call: looked at from all sides at once, each for itself, and put in the order of need."""

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from mailroom.actors.jobs.queue import bot_of
from mailroom.storage.errors import StoreError
from mailroom.storage.redis import inspection
from mailroom.supervisors.oncall.concerns import THINGS_MAX, Concern
from mailroom.supervisors.oncall.context import Context
from mailroom.supervisors.oncall.errors import OnCallError
from mailroom.supervisors.oncall.job_reports import dead_job, in_ms
from mailroom.supervisors.oncall.looking import Looking
from mailroom.supervisors.oncall.need import WAITS_SECONDS, LongWait, Seen, concerns
from mailroom.supervisors.oncall.need_of_jobs import NOBODYS_SECONDS, JobsInNeed, Nobodys, PausedQueue
from mailroom.supervisors.oncall.registry import Missed, missed, now_ms
from mailroom.supervisors.oncall.reports import ChatLine

if TYPE_CHECKING:
    import asyncpg

    from mailroom.storage.postgres.outbox.oncall import OutboxAdmin

PART_SECONDS = 3.0
"""What takes longer is not waited for: it is one of the things that are wrong."""


class Attention:
    """What on-call should see first."""

    def __init__(self, context: Context, look: Looking) -> None:
        self._context = context
        self._look = look

    async def concerns(self) -> list[Concern]:
        """What needs on-call, what needs it most first; nothing where all is well."""
        asked: dict[str, Awaitable[Any]] = {
            "processes": self._look.tree(),
            "missed": self.missed(),
            "suspensions": self._look.suspensions(),
            "waits": self.long_waits(),
            "totals": inspection.totals(self._context.line),
        }
        if self._context.outbox.is_there:
            asked["jobs"] = self.jobs_in_need()
        found = await asyncio.gather(*(_in_time(part, asking) for part, asking in asked.items()))
        faults = {part: one for part, one in zip(asked, found, strict=True) if isinstance(one, str)}
        seen = {part: one for part, one in zip(asked, found, strict=True) if part not in faults}
        return concerns(Seen(**seen, faults=faults))

    async def missed(self) -> list[Missed]:
        """Processes that fell silent without having signed off, and were not replaced."""
        return await missed(self._context.line)

    async def long_waits(self) -> LongWait:
        """The chats that wait, and that nobody has suspended."""
        line, age_ms = self._context.line, int(WAITS_SECONDS * 1000)
        number, rows = await inspection.free_oldest(line, THINGS_MAX, age_ms=age_ms)
        at_ms = await now_ms(line)
        lines = [ChatLine(one.chat, one.depth, max(at_ms - one.accepted_ms, 0) / 1000, "") for one in rows]
        return LongWait(number, lines)

    async def jobs_in_need(self) -> JobsInNeed:
        """The dead jobs, paused queues, lost payments, and periodic work that is not run."""
        from mailroom.storage.postgres.lost_payments import lost_sums
        from mailroom.storage.postgres.outbox.dead import dead_count, find_dead
        from mailroom.storage.postgres.outbox.seen import Wanted
        from mailroom.storage.postgres.periodic.works import all_works, overdue

        async with self._context.outbox.look() as pool:
            dead = await dead_count(pool, Wanted())
            latest = await find_dead(pool, Wanted(), THINGS_MAX) if dead else []
            lost = sum(one.payments for one in await lost_sums(pool))
            late, works = await overdue(pool), await all_works(pool)
            nobodys = await self._nobodys(pool)
        async with self._context.outbox.act() as admin:
            paused = await _paused(admin)
        failed = {one.name: one.last_error for one in works if one.last_error}
        return JobsInNeed(dead, [dead_job(one) for one in latest], paused, lost, late, failed, nobodys)

    async def _nobodys(self, pool: "asyncpg.Pool") -> list[Nobodys]:
        """Queues with jobs of bots that no process has. Where no process runs that is not the jobs' fault."""
        from mailroom.storage.postgres.outbox.seen import depths

        processes, _ = await self._context.rpc.processes()
        bots = {bot for process in processes for bot in process.bots}
        return [
            Nobodys(one.queue, one.jobs, one.oldest_seconds)
            for one in (await depths(pool) if processes else ())
            if (bot := bot_of(one.queue)) and bot not in bots and one.oldest_seconds > NOBODYS_SECONDS
        ]


async def _paused(admin: "OutboxAdmin") -> list[PausedQueue]:
    return [PausedQueue(one.queue, one.by, one.why, in_ms(one.since)) for one in await admin.paused()]


def too_slow(part: str) -> str:
    """Why a part could not be seen that took too long."""
    store = {"processes": "", "jobs": "Postgres"}.get(part, "Redis")
    return f"{store} does not answer within {PART_SECONDS:.0f} s" if store else "no answer in time"


async def _in_time(part: str, asking: Awaitable[Any]) -> Any:
    """What was asked for, or in words why it could not be had."""
    try:
        async with asyncio.timeout(PART_SECONDS):
            return await asking
    except (OnCallError, StoreError) as error:
        return str(error)
    except TimeoutError:
        return too_slow(part)
