"""On-call and the outbox: see its queues and jobs, run them again, mend or drop them, pause a queue."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mailroom.actors.jobs.queue import DOT, SHARED_ONCE, name_in_room
from mailroom.storage.errors import StoreError
from mailroom.storage.postgres.outbox.job import NAME
from mailroom.supervisors.oncall.context import Context, checked
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.job_reports import (
    JobReport,
    JobStory,
    QueueReport,
    in_ms,
    job_event,
    job_report,
    over_report,
)
from mailroom.supervisors.oncall.job_words import (
    bulk_outcome,
    check_json,
    described,
    nearest_queues,
    number_of,
    reason_of,
    refuse_forgotten,
)
from mailroom.supervisors.oncall.reports import By, Outcome
from mailroom.supervisors.oncall.targets import QUEUES_NODE

if TYPE_CHECKING:
    from mailroom.storage.postgres.outbox.oncall import OutboxAdmin
    from mailroom.storage.postgres.outbox.seen import Wanted as JobsWanted

JOBS_BULK_MAX = 5000
"""Jobs one call works through: one transaction of a second or so. The outcome says that more are left."""
JOBS_SHOWN_MAX = JOBS_BULK_MAX
"""Jobs in one list: as many as one can then act on."""

Act = Callable[["OutboxAdmin", list[int]], Awaitable[list[int]]]


class Jobs:
    """What on-call can see and do of jobs. Each action is safe to repeat."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def queues(self) -> list[QueueReport]:
        """Every queue that has jobs or is paused, with how many are in which state."""
        from mailroom.storage.postgres.outbox.seen import counts, depths

        async with self._context.outbox.act() as admin:
            paused = {one.queue: one for one in await admin.paused()}
        async with self._context.outbox.look() as pool:
            due = {one.queue: one for one in await depths(pool)}
            jobs: dict[str, dict[str, int]] = {name: {} for name in (*due, *paused)}
            for (queue, state), number in (await counts(pool)).items():
                jobs.setdefault(queue, {})[state] = number
        return [
            QueueReport(
                name,
                jobs[name],
                due[name].jobs if name in due else 0,
                max(due[name].oldest_seconds, 0.0) if name in due else 0.0,
                paused[name].by if name in paused else "",
                paused[name].why if name in paused else "",
                in_ms(paused[name].since) if name in paused else 0,
            )
            for name in sorted(jobs)
        ]

    async def find(self, wanted: "JobsWanted", most: int = 50) -> list[JobReport]:
        """Those that a filter finds, the newest first, with their payloads cut. A queue that there is not is
        no empty list: it was misspelled. Those that are `done` or `dropped` are found as long as the history
        is kept, a week; their times are those of their end.
        """
        from mailroom.storage.postgres.outbox.over import OVER, TooManyError, find_over
        from mailroom.storage.postgres.outbox.seen import find

        async with self._context.outbox.look() as pool:
            if wanted.state in OVER:
                refuse_forgotten(wanted)
                try:
                    over = await find_over(pool, wanted, min(most, JOBS_SHOWN_MAX))
                except TooManyError as error:
                    raise OnCallError(str(error)) from None
                if not over and (renamed := await self._renamed(wanted)) is not None:
                    return await self.find(renamed, most)
                return [over_report(one) for one in over]
            found = await find(pool, wanted, min(most, JOBS_SHOWN_MAX))
        if not found and (renamed := await self._renamed(wanted)) is not None:
            return await self.find(renamed, most)
        return [job_report(seen, whole=False) for seen in found]

    async def show(self, id: str) -> JobStory:  # noqa: A002 - the name that all interfaces agree on
        """One job with all that happened to it; also one that is over, for as long as it is remembered."""
        from mailroom.storage.postgres.outbox.seen import show

        number = number_of(id)
        async with self._context.outbox.look() as pool:
            shown = await show(pool, number)
        if shown.job is None and not shown.history:
            raise UnknownTargetError(
                f"There is no job {number}: it never was, or was over some two weeks ago."
                " `mailroom outbox list` shows the newest."
            )
        job = job_report(shown.job, whole=True) if shown.job else None
        return JobStory(f"job:{number}", job, tuple(job_event(event) for event in shown.history))

    async def retry(self, which: "Sequence[str] | JobsWanted", by: By) -> Outcome:
        """Run jobs again from their first attempt, now: dead ones, and those that wait for another attempt or
        for their time. A filter that names no state means the dead ones.
        """

        async def act(admin: "OutboxAdmin", ids: list[int]) -> list[int]:
            return await admin.retry(ids)

        return await self._act_on("retry", "put back in line", which, by, act)

    async def drop(self, which: "Sequence[str] | JobsWanted", by: By) -> Outcome:
        """Throw jobs away for good, dead or alive; one that runs comes to its end, which then counts for
        nothing. A filter that names no state means the dead ones.
        """

        async def act(admin: "OutboxAdmin", ids: list[int]) -> list[int]:
            return await admin.drop(ids)

        return await self._act_on("drop", "dropped", which, by, act)

    async def edit(self, id: str, payload: str, by: By) -> Outcome:  # noqa: A002 - as in `job`
        """Replace the payload of a job that nobody is working on."""

        async def act() -> Outcome:
            number = number_of(id)
            check_json(payload)
            async with self._context.outbox.act() as admin:
                edited = await admin.edit(number, payload)
            if not edited:
                job = (await self.show(id)).job
                if job is None:
                    raise OnCallError(f"job:{number} is over: nothing was changed.")
                raise OnCallError(
                    f"job:{number} is {job.state}: it is with a worker, and nothing was changed. Edit it when"
                    " its attempt has ended; pause its queue if that must not start another."
                )
            return Outcome(f"job:{number}", f"job:{number} has its new payload; retry it if it is dead.")

        return await self._context.intervene("edit", id, by, act)

    async def pause(self, queue: str, by: By) -> Outcome:
        """Have nobody take jobs of a queue, also over restarts, until it is resumed. Jobs are still accepted;
        those in hand are finished.
        """

        async def act() -> Outcome:
            name, who = await self._known_queue(queue), checked(by)
            async with self._context.outbox.act() as admin:
                if await admin.pause(name, who.who, who.why):
                    return Outcome(name, f"{name} is paused: its jobs are accepted, and wait.")
                held = next((one for one in await admin.paused() if one.queue == name), None)
            told = f", by {held.by}: {held.why}" if held else ""
            return Outcome(name, f"{name} was paused already{told}.", done=0)

        return await self._context.intervene("pause", queue, by, act)

    async def resume(self, queue: str, by: By) -> Outcome:
        """Let a queue go on."""

        async def act() -> Outcome:
            name = await self._known_queue(queue)
            async with self._context.outbox.act() as admin:
                held = next((one for one in await admin.paused() if one.queue == name), None)
                if not await admin.resume(name):
                    return Outcome(name, f"{name} was not paused: there was nothing to do.", done=0)
            told = f"; it was paused by {held.by}: {held.why}" if held else ""
            return Outcome(name, f"{name} goes on{told}.")

        return await self._context.intervene("resume", queue, by, act)

    async def _act_on(
        self, action: str, did: str, which: "Sequence[str] | JobsWanted", by: By, act: Act
    ) -> Outcome:
        async def work() -> Outcome:
            ids, more, told = await self._settle(which)
            if not ids:
                return Outcome(told, "There are no such jobs: nothing to do.", done=0)
            async with self._context.outbox.act() as admin:
                done = set(await act(admin, ids))
            failures = await self._why_not([number for number in ids if number not in done])
            return bulk_outcome(told, did, len(done), failures, more)

        return await self._context.intervene(action, described(which), by, work)

    async def _settle(self, which: "Sequence[str] | JobsWanted") -> tuple[list[int], bool, str]:
        """The numbers of those that are meant, whether there are more of them, and what to call them."""
        from mailroom.storage.postgres.outbox.seen import Wanted, find

        if isinstance(which, Wanted) and which.state in ("done", "dropped"):
            raise OnCallError(f"Jobs that are {which.state} are over: nothing can be done to them any more.")
        if not isinstance(which, Wanted):
            numbers = list(dict.fromkeys(map(number_of, which)))
            return numbers[:JOBS_BULK_MAX], len(numbers) > JOBS_BULK_MAX, described(which)
        wanted = which if which.state is not None or which.ids is not None else replace(which, state="dead")
        async with self._context.outbox.look() as pool:
            found = await find(pool, wanted, JOBS_BULK_MAX + 1)
        if not found and (renamed := await self._renamed(wanted)) is not None:
            return await self._settle(renamed)
        # Found are the newest; each step does those in the order in which they came.
        ids = sorted(seen.id for seen in found[:JOBS_BULK_MAX])
        return ids, len(found) > JOBS_BULK_MAX, described(wanted)

    async def _why_not(self, numbers: list[int]) -> dict[str, str]:
        from mailroom.storage.postgres.outbox.seen import Wanted, find

        if not numbers:
            return {}
        async with self._context.outbox.look() as pool:
            found = {seen.id: seen for seen in await find(pool, Wanted(ids=numbers), len(numbers))}
        return {
            f"job:{number}": reason_of(found[number].state if number in found else "") for number in numbers
        }

    async def _renamed(self, wanted: "JobsWanted") -> "JobsWanted | None":
        """The same description with the queue that is meant, where that is called otherwise: as queues were
        when all bots shared them. Raises `UnknownTargetError` for one that there is not.
        """
        if wanted.queue is None or (name := await self._known_queue(wanted.queue)) == wanted.queue:
            return None
        return replace(wanted, queue=name)

    async def _known_queue(self, queue: str) -> str:
        """The queue that is meant. Raises `UnknownTargetError` with the nearest names."""
        from mailroom.storage.postgres.outbox.seen import counts, paused_once

        name = queue.strip()
        if NAME.fullmatch(name) is None:
            raise UnknownTargetError(f'"{name[:100]}" is no name of a queue: letters, digits, _ . - only.')
        async with self._context.outbox.look() as pool:
            known = {found for found, _ in await counts(pool)}
            known |= await paused_once(pool)
        known |= await self._worked_queues()
        bots = sorted(one for one in known if DOT in one and name_in_room(one) == name)
        shared_once = name in SHARED_ONCE and bots  # the version before may still work it
        if not known or (name in known and not shared_once):  # where nobody knows any it is taken at its word
            return name
        if len(bots) == 1:
            return bots[0]
        if bots:
            raise UnknownTargetError(f"Every bot has its own queue {name}: write {' or '.join(bots)}.")
        raise UnknownTargetError(f'No queue is called "{name}". {nearest_queues(name, known)}')

    async def _worked_queues(self) -> set[str]:
        """Queues that processes work, empty ones too."""
        try:
            processes, _ = await self._context.rpc.processes()
        except StoreError:
            return set()
        paths = (path.split("/") for process in processes for path in process.paths)
        return {words[-1] for words in paths if QUEUES_NODE in words[:-1]}
