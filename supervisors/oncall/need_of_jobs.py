"""What of jobs, payments and periodic work needs on-call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailroom.supervisors.oncall.concerns import Concern, Thing, about
from mailroom.supervisors.oncall.job_reports import DeadJob
from mailroom.supervisors.oncall.outcomes import counted

OVERDUE_SECONDS_MAX = 30.0
"""What is later than that is not busy but stands still: it is looked for every few seconds."""


@dataclass(frozen=True, slots=True)
class PausedQueue:
    """A queue that somebody paused."""

    queue: str
    by: str
    why: str
    since_ms: int


@dataclass(frozen=True, slots=True)
class Nobodys:
    """A queue of a bot that no process has."""

    queue: str
    jobs: int
    oldest_seconds: float


NOBODYS_SECONDS = 60.0
"""How long its oldest job waits before that is told: a bot that was just added may be on its way."""


@dataclass(frozen=True, slots=True)
class JobsInNeed:
    """`dead` counts all dead jobs, `latest` are the last that died. `lost` counts payments that gateways have
    and this database does not know. `overdue` says by how many seconds periodic work is late, `failed` why a
    run of it could not be enqueued.
    """

    dead: int
    latest: Sequence[DeadJob]
    paused: Sequence[PausedQueue]
    lost: int
    overdue: dict[str, float]
    failed: dict[str, str]
    nobodys: Sequence[Nobodys] = ()


def of_jobs(found: JobsInNeed) -> Iterator[Concern]:
    """In no order yet."""
    if found.lost:
        says = f"{counted(found.lost, 'payment')} of ours {'is' if found.lost == 1 else 'are'} unknown here"
        todo = "Somebody paid: deliver by hand, or give the money back."
        things = [Thing("lost payments", "payments")]
        yield about("payments", "act", says, todo, "mailroom payments lost", things, found.lost)
    if found.dead:
        things = [
            Thing(
                one.id,
                f"job/{one.id}",
                f"{one.queue} {one.kind}: {one.error.partition(chr(10))[0]}",
                one.died_ms,
            )
            for one in found.latest
        ]
        says = f"{counted(found.dead, 'job')} failed for good"
        todo = "Read the error, mend its cause, then retry: nothing of it is lost."
        yield about("dead_jobs", "act", says, todo, "mailroom outbox list --state dead", things, found.dead)
    if found.nobodys:
        things = [
            Thing(
                one.queue, f"queue/{one.queue}", f"{counted(one.jobs, 'job')}, for {one.oldest_seconds:.0f} s"
            )
            for one in found.nobodys
        ]
        number = sum(one.jobs for one in found.nobodys)
        says = f"{counted(number, 'job')} {'waits' if number == 1 else 'wait'} for a bot that no process has"
        todo = "Configure a bot of that name, or drop what nobody has paid for: nobody else does them."
        command = f"mailroom outbox list --queue {things[0].name}"
        yield about("queues", "act", says, todo, command, things, number)
    if found.paused:
        things = [
            Thing(one.queue, f"queue/{one.queue}", f"by {one.by}: {one.why}", one.since_ms)
            for one in found.paused
        ]
        says = f"{counted(len(things), 'queue')} {'is' if len(things) == 1 else 'are'} paused: jobs wait"
        command = f'mailroom outbox resume {things[0].name} --why "…"'
        todo = "Resume it once its reason is over."
        yield about("queues", "look", says, todo, command, things)
    late = {name: f"late by {by:.0f} s" for name, by in found.overdue.items() if by > OVERDUE_SECONDS_MAX}
    if troubled := {**late, **found.failed}:
        things = [Thing(name, f"work/{name}", why) for name, why in sorted(troubled.items())]
        number = len(things)
        says = (
            f"{counted(number, 'piece')} of periodic work {'is' if number == 1 else 'are'} not run as planned"
        )
        todo = "See that a worker lives and what the error says, then run it now."
        command = f'mailroom periodic run {things[0].name} --why "…"'
        yield about("periodic", "look", says, todo, command, things)
