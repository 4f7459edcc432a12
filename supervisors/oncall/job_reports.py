"""What on-call is shown of the outbox: plain values, the same for all three interfaces.

A job is written `job:123` here, so that it cannot be taken for the dead letter of a chat (`bot:chat:seq`).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mailroom.storage.redis.entry import Chat

if TYPE_CHECKING:  # brings the Postgres driver along, which most commands do without
    from mailroom.storage.postgres.outbox.over import Over
    from mailroom.storage.postgres.outbox.seen import Event, Seen

JOB_ID = re.compile(r"(?:job:)?([0-9]{1,18})")
"""A number is enough where only jobs are meant; eighteen digits fit into a bigint."""
PAYLOAD_CHARS_MAX = 2000
"""What a list holds of a payload; the job's own sheet has all of it."""


@dataclass(frozen=True, slots=True)
class QueueReport:
    """A queue: how many jobs are in which state, how many are due and for how long the oldest of them is, and
    who paused it, where somebody did.
    """

    queue: str
    jobs: dict[str, int]
    due: int
    oldest_seconds: float
    paused_by: str = ""
    paused_why: str = ""
    paused_ms: int = 0


@dataclass(frozen=True, slots=True)
class JobReport:
    """A job. `run_ms` is when it is wanted, `update_id` and `effect` say which message enqueued it, and what
    it called it. One that is over has `ended_ms` and how many `seconds` its last attempt took; most of the
    rest is not known any more.
    """

    id: str
    state: str
    queue: str
    name: str
    key: str | None
    dedup_key: str | None
    priority: int
    attempts: int
    attempts_max: int
    created_ms: int
    run_ms: int
    claimed_ms: int
    died_ms: int
    worker: str
    error: str
    traceback: str
    trace: str
    chat: Chat | None
    update_id: int | None
    effect: str | None
    payload: str
    ended_ms: int = 0
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class JobEvent:
    """Something that happened to a job, and after how long an attempt."""

    at_ms: int
    kind: str
    attempt: int
    seconds: float | None
    worker: str
    error: str


@dataclass(frozen=True, slots=True)
class JobStory:
    """A job and all that happened to it, the oldest first; `job` is None once it is over."""

    id: str
    job: JobReport | None
    history: tuple[JobEvent, ...]


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A job that failed for good, in the words of a dead letter: it stands in one list with those of chats.
    `kind` is the job's name, `seq` its number; `chat` is None where no chat enqueued it.
    """

    id: str
    chat: Chat | None
    seq: int
    order: int | None
    kind: str
    queue: str
    key: str | None
    trace: str
    accepted_ms: int
    died_ms: int
    attempts: int
    error: str
    traceback: str
    payload: str
    skipped_by: str = ""


def job_number(text: str) -> int | None:
    """Read `job:123` or `123`; None of anything else."""
    found = JOB_ID.fullmatch(text.strip())
    return int(found[1]) if found else None


def is_job(text: str) -> bool:
    """Whether this can only be a job, where dead letters of chats are meant too."""
    return text.startswith("job:") and job_number(text) is not None


def job_report(seen: "Seen", *, whole: bool) -> JobReport:
    """A job as it is shown: whole, or as a line in a list."""
    return JobReport(
        id=f"job:{seen.id}",
        state=seen.state,
        queue=seen.queue,
        name=seen.name,
        key=seen.key,
        dedup_key=seen.dedup_key,
        priority=seen.priority,
        attempts=seen.attempts,
        attempts_max=seen.attempts_max,
        created_ms=in_ms(seen.created_at),
        run_ms=in_ms(seen.run_at),
        claimed_ms=in_ms(seen.claimed_at),
        died_ms=in_ms(seen.died_at),
        worker=seen.worker or "",
        error=seen.last_error or "",
        traceback=seen.traceback if whole else "",
        trace=seen.trace or "",
        chat=_chat_of(seen),
        update_id=seen.update_id,
        effect=seen.effect,
        payload=seen.payload if whole else seen.payload[:PAYLOAD_CHARS_MAX],
    )


def over_report(over: "Over") -> JobReport:
    """What is left of a job that is over."""
    return JobReport(
        id=f"job:{over.id}", state=over.state, queue=over.queue, name=over.name, key=None, dedup_key=None,
        priority=0, attempts=over.attempt, attempts_max=0, created_ms=0, run_ms=0, claimed_ms=0, died_ms=0,
        worker=over.worker or "", error="", traceback="", trace=over.trace or "", chat=None, update_id=None,
        effect=None, payload="", ended_ms=in_ms(over.ended_at), seconds=over.seconds,
    )  # fmt: skip


def job_event(event: "Event") -> JobEvent:
    """An event as it is shown."""
    return JobEvent(
        in_ms(event.at), event.kind, event.attempt, event.seconds, event.worker or "", event.error or ""
    )


def dead_job(seen: "Seen") -> DeadJob:
    """A dead job among dead letters."""
    return DeadJob(
        id=f"job:{seen.id}",
        chat=_chat_of(seen),
        seq=seen.id,
        order=seen.update_id,
        kind=seen.name,
        queue=seen.queue,
        key=seen.key,
        trace=seen.trace or "",
        accepted_ms=in_ms(seen.created_at),
        died_ms=in_ms(seen.died_at),
        attempts=seen.attempts,
        error=seen.last_error or "",
        traceback=seen.traceback,
        payload=seen.payload,
    )


def in_ms(at: datetime | None) -> int:
    """A moment as everything here is told; 0 where there is none."""
    return int(at.timestamp() * 1000) if at is not None else 0


def _chat_of(seen: "Seen") -> Chat | None:
    return Chat(seen.bot, seen.chat) if seen.bot and seen.chat else None
