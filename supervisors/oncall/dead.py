"""All dead letters in one place: those of chats, which Redis keeps, and those of jobs, which Postgres keeps.

They are told apart by their ids: `bot:chat:seq` and `job:123`. Where one store is away the other's are shown
all the same, for that is when on-call looks.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from mailroom.storage.errors import StoreError
from mailroom.storage.redis import inspection
from mailroom.storage.redis.dead_letters import DeadLetter, Wanted
from mailroom.storage.redis.inspection import Totals
from mailroom.supervisors.oncall.context import Context
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.job_reports import DeadJob, dead_job, is_job, job_number
from mailroom.supervisors.oncall.jobs import JOBS_BULK_MAX, JOBS_SHOWN_MAX, Jobs
from mailroom.supervisors.oncall.letters import Letters
from mailroom.supervisors.oncall.reports import By, Outcome

if TYPE_CHECKING:
    from mailroom.storage.postgres.outbox.seen import Wanted as JobsWanted

Dead: TypeAlias = DeadLetter | DeadJob
COUNT_SECONDS = 1.0
"""What Postgres does not say within this, the totals do without: the mailboxes are shown all the same."""
MOMENT_MS_MAX = 253_370_764_800_000
"""The year 9999: a later moment is a slip of the finger, and `datetime` has none."""


@dataclass(frozen=True, slots=True)
class DeadEverywhere:
    """Dead letters of chats and jobs, the latest first. `missing` says whose could not be had, and why."""

    letters: list[Dead]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class AllTotals(Totals):
    """The mailboxes together with the dead jobs; None where Postgres could not be asked."""

    dead_jobs: int | None = None


@dataclass(frozen=True, slots=True)
class DeadCount:
    """How many a filter finds, of chats and of jobs. `missing` says whose could not be counted."""

    letters: int
    jobs: int
    missing: str = ""


class AllDead:
    """Dead letters, whoever keeps them."""

    def __init__(self, context: Context, letters: Letters, jobs: Jobs) -> None:
        self._context = context
        self._letters = letters
        self._jobs = jobs

    async def totals(self) -> AllTotals:
        """How much waits in all, how long already, and how many are dead."""
        found, jobs = await asyncio.gather(inspection.totals(self._context.line), self._dead_in_time())
        return AllTotals(**asdict(found), dead_jobs=jobs)

    async def count(self, wanted: Wanted) -> DeadCount:
        """How many a filter finds, however many they are."""
        letters = await self._context.dead_letters.count(wanted)
        if not self._context.outbox.is_there:
            return DeadCount(letters, 0)
        from mailroom.storage.postgres.outbox.dead import dead_count

        try:
            async with self._context.outbox.look() as pool:
                return DeadCount(letters, await dead_count(pool, _of_jobs(wanted)))
        except (OnCallError, StoreError) as error:
            return DeadCount(letters, 0, f"Dead jobs are not counted. {error}")

    async def _dead_in_time(self) -> int | None:
        if not self._context.outbox.is_there:
            return None
        from mailroom.storage.postgres.outbox.dead import dead_count
        from mailroom.storage.postgres.outbox.seen import Wanted as JobsWanted

        try:
            async with asyncio.timeout(COUNT_SECONDS), self._context.outbox.look() as pool:
                return await dead_count(pool, JobsWanted())
        except (OnCallError, StoreError, TimeoutError):
            return None

    async def find(self, wanted: Wanted, most: int = 50) -> DeadEverywhere:
        """Those that a filter finds, of chats and of jobs, the latest first."""
        letters: list[Dead] = list(await self._letters.find(wanted, most))
        missing = ""
        try:
            letters += await self._dead_jobs(wanted, most)
        except (OnCallError, StoreError) as error:
            missing = f"Dead jobs are not shown. {error}"
        letters.sort(key=lambda letter: letter.died_ms, reverse=True)
        return DeadEverywhere(letters[:most], missing)

    async def reasons(self, wanted: Wanted) -> list[tuple[str, str, int]]:
        """Bot, error, and how many died of it, the most frequent first; jobs too, where Postgres answers. A
        job that no chat enqueued has no bot.
        """
        tally = Counter({(bot, error): number for bot, error, number in await self._letters.reasons(wanted)})
        if self._context.outbox.is_there:
            try:
                for bot, error, number in await self._job_reasons(wanted):
                    tally[bot, error] += number
            except (OnCallError, StoreError):
                pass  # `find` says so
        return [(bot, error, number) for (bot, error), number in tally.most_common()]

    async def show(self, id: str) -> Dead:  # noqa: A002
        """One of them, with its payload and traceback."""
        if not is_job(id):
            return await self._letters.show(id)
        from mailroom.storage.postgres.outbox.seen import show

        number = job_number(id)
        assert number is not None
        async with self._context.outbox.look() as pool:
            found = (await show(pool, number)).job
        if found is None or found.state != "dead":
            state = f"is {found.state}" if found else "is over, or never was"
            raise UnknownTargetError(f"{id} is no dead letter: it {state}; `mailroom outbox show {number}`.")
        return dead_job(found)

    async def requeue(self, which: Sequence[str] | Wanted, by: By) -> Outcome:
        """Put dead letters back: of chats into their mailboxes, of jobs into their queues."""
        chats, jobs = await self._split(which)
        if not jobs:
            return await self._letters.requeue(chats, by)
        outcome = None if chats == [] else await self._letters.requeue(chats, by)
        return await self._both(outcome, jobs, by, retry=True)

    async def drop(self, which: Sequence[str] | Wanted, by: By) -> Outcome:
        """Delete dead letters for good."""
        chats, jobs = await self._split(which)
        if not jobs:
            return await self._letters.drop(chats, by)
        outcome = None if chats == [] else await self._letters.drop(chats, by)
        return await self._both(outcome, jobs, by, retry=False)

    async def edit(self, id: str, payload: str, by: By) -> Outcome:  # noqa: A002 - as in `dead_letter`
        """Replace the payload of a dead letter, for example before it is requeued."""
        return await (self._jobs if is_job(id) else self._letters).edit(id, payload, by)

    async def _split(self, which: Sequence[str] | Wanted) -> tuple[Sequence[str] | Wanted, list[str]]:
        """What is meant of chats, and the ids of jobs. By a filter jobs are left alone where they cannot be
        seen: they were not in the list either.
        """
        if not isinstance(which, Wanted):
            return [one for one in which if not is_job(one)], [one for one in which if is_job(one)]
        if not self._context.outbox.is_there:
            return which, []
        from mailroom.storage.postgres.outbox.dead import dead_ids

        try:
            async with self._context.outbox.look() as pool:
                numbers = await dead_ids(pool, _of_jobs(which), JOBS_BULK_MAX)
        except (OnCallError, StoreError):
            return which, []
        return which, [f"job:{number}" for number in numbers]

    async def _both(self, chats: Outcome | None, jobs: list[str], by: By, *, retry: bool) -> Outcome:
        """Do the jobs' part, and tell of both. What was done to chats is told also if this fails."""
        try:
            outcome = await (self._jobs.retry if retry else self._jobs.drop)(jobs, by)
        except (OnCallError, StoreError) as error:
            if chats is None:
                raise
            outcome = Outcome("", f"The jobs could not be: {error}.", done=0, failed=len(jobs))
        if chats is None or not (chats.done or chats.failed):
            return outcome
        says = f"{chats.says} {outcome.says}"
        return Outcome(chats.target, says, chats.done + outcome.done, chats.failed + outcome.failed)

    async def _dead_jobs(self, wanted: Wanted, most: int) -> list[DeadJob]:
        async with self._context.outbox.look() as pool:
            from mailroom.storage.postgres.outbox.dead import find_dead

            found = await find_dead(pool, _of_jobs(wanted), min(most, JOBS_SHOWN_MAX))
        return [dead_job(seen) for seen in found]

    async def _job_reasons(self, wanted: Wanted) -> list[tuple[str, str, int]]:
        async with self._context.outbox.look() as pool:
            from mailroom.storage.postgres.outbox.dead import dead_reasons

            return await dead_reasons(pool, _of_jobs(wanted))


def _of_jobs(wanted: Wanted) -> "JobsWanted":
    from mailroom.storage.postgres.outbox.seen import Wanted as JobsWanted

    return JobsWanted(
        bot=wanted.chat.bot if wanted.chat else wanted.bot,
        chat=wanted.chat.id if wanted.chat else None,
        error=wanted.error or None,
        since=_moment(wanted.since_ms),
        until=_moment(wanted.until_ms),
    )


def _moment(at_ms: int | None) -> datetime | None:
    if at_ms is None:
        return None
    return datetime.fromtimestamp(min(max(at_ms, 0), MOMENT_MS_MAX) / 1000, UTC)
