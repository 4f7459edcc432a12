"""On-call and periodic work: when it ran, what came of it, when it is due, and to run it now."""

import asyncio
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from mailroom.supervisors.oncall.context import Context
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.job_reports import in_ms
from mailroom.supervisors.oncall.reports import By, Outcome

if TYPE_CHECKING:
    import asyncpg

    from mailroom.storage.postgres.periodic.works import LastRun, Seen

TAKEN_SECONDS = 5.0
"""How long to wait for a process to take the run: each that knows the work looks every second."""
LOOK_SECONDS = 0.1
ALIVE = frozenset({"waiting", "scheduled", "blocked", "running", "retrying", "lost"})


@dataclass(frozen=True, slots=True)
class PeriodicReport:
    """Periodic work. `result` is the state of its last job: `done`, `dead`, `running`, … or nothing where it
    has never run or that is too long ago; `seconds` is how long the job took. `error` says what went wrong,
    with the job or with enqueueing it. `overdue_seconds` is by how much it is late.
    """

    name: str
    schedule: str
    last_ms: int
    next_ms: int
    job: str = ""
    result: str = ""
    error: str = ""
    ended_ms: int = 0
    seconds: float | None = None
    overdue_seconds: float = 0.0


class PeriodicWork:
    """What on-call can see and do of periodic work."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def works(self) -> list[PeriodicReport]:
        """All of it, by name."""
        from mailroom.storage.postgres.periodic.works import all_works, last_runs, overdue

        async with self._context.outbox.look() as pool:
            works, last, late = await all_works(pool), await last_runs(pool), await overdue(pool)
        return [_report(work, last.get(work.name), late.get(work.name, 0.0)) for work in works]

    async def run(self, name: str, by: By) -> Outcome:
        """Run a work now, once, beside its schedule. While its last run is under way there is no other."""

        async def act() -> Outcome:
            from mailroom.storage.postgres.periodic.works import hasten

            work = await self._work(name)
            if work.result in ALIVE:
                return Outcome(
                    work.name,
                    f"{work.name} is under way: {work.job} is {work.result}. It was not run twice.",
                    done=0,
                )
            async with self._context.outbox.look() as pool:
                hastened = await hasten(pool, work.name)
                if hastened is None:
                    raise OnCallError(f"{work.name} is not there any more: no process knows it.")
                ran = await self._taken(pool, work.name, in_ms(hastened[0]))
            if ran is None:
                return Outcome(
                    work.name,
                    f"{work.name} is due now, but no process took it within {TAKEN_SECONDS:.0f} s:"
                    " it runs as soon as a worker lives that knows it.",
                    unfinished=1,
                )
            if ran.last_error:
                return Outcome(work.name, f"{work.name} could not be run: {ran.last_error}", done=0, failed=1)
            return Outcome(work.name, f"{work.name} runs: job:{ran.last_job_id}.")

        return await self._context.intervene("run", name, by, act)

    async def _work(self, name: str) -> PeriodicReport:
        works = {work.name: work for work in await self.works()}
        if (found := works.get(name.strip())) is not None:
            return found
        near = get_close_matches(name, works, n=3)
        there = f"Did you mean {' or '.join(near)}?" if near else f"There is: {', '.join(works) or 'none'}."
        raise UnknownTargetError(f'No periodic work is called "{name[:100]}". {there}')

    async def _taken(self, pool: "asyncpg.Pool", name: str, before_ms: int) -> "Seen | None":
        """The work once some process has run it anew."""
        from mailroom.storage.postgres.periodic.works import all_works

        deadline = asyncio.get_running_loop().time() + TAKEN_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            work = next((one for one in await all_works(pool) if one.name == name), None)
            if work is not None and in_ms(work.last_run) != before_ms:
                return work
            await asyncio.sleep(LOOK_SECONDS)
        return None


def _report(work: "Seen", last: "LastRun | None", overdue_seconds: float) -> PeriodicReport:
    return PeriodicReport(
        name=work.name,
        schedule=work.schedule,
        last_ms=in_ms(work.last_run),
        next_ms=in_ms(work.next_run),
        job=f"job:{work.last_job_id}" if work.last_job_id is not None else "",
        result=(last.state or "") if last else "",
        error=work.last_error or (last.error if last else "") or "",
        ended_ms=in_ms(last.ended_at) if last else 0,
        seconds=last.seconds if last else None,
        overdue_seconds=overdue_seconds,
    )
