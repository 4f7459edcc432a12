"""How an attempt at a job ends: done, retry, rejected or snoozed; there is no fifth way."""

from dataclasses import dataclass
from datetime import datetime

from mailroom.storage.postgres.outbox.job import Job
from mailroom.storage.texts import kept

ERROR_CHARS_MAX = 2_000
TRACEBACK_CHARS_MAX = 20_000
"""Enough to see what happened; a library that puts a whole page into its error must not fill the disk."""


@dataclass(frozen=True, slots=True)
class Done:
    """The effect took place, and the job is over."""


@dataclass(frozen=True, slots=True)
class Retry:
    """It did not work and may work later. After the last attempt the job dies."""

    error: str
    traceback: str = ""
    after_seconds: float | None = None
    """What the other side asked for (`retry_after`), instead of the job's own backoff."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """It will not work however often it is tried: the job dies now."""

    reason: str
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class Snoozed:
    """Not yet: asked again at `until`, at once if that is None. Not an attempt."""

    until: datetime | None = None
    why: str = ""


Outcome = Done | Retry | Rejected | Snoozed


@dataclass(frozen=True, slots=True)
class Finished:
    """A job and how the attempt at it ended."""

    job: Job
    outcome: Outcome
    record: object | None = None
    """What its handler has to say of the attempt besides, for a queue that writes more with an end."""


@dataclass(frozen=True, slots=True)
class Again:
    """The job goes back into line: after a delay, or at a time."""

    delay_seconds: float
    until: datetime | None
    error: str | None
    forgiven: bool
    """True if the attempt does not count."""


@dataclass(frozen=True, slots=True)
class Dead:
    """The job becomes a dead letter."""

    error: str
    traceback: str


def verdict(finished: Finished, chance: float) -> Done | Again | Dead:
    """What follows from an outcome for the job; `chance` is a random number from 0 to 1."""
    job = finished.job
    match finished.outcome:
        case Done() as done:
            return done
        case Rejected(reason, traceback):
            return Dead(kept(reason, ERROR_CHARS_MAX), kept(traceback, TRACEBACK_CHARS_MAX))
        case Retry(error, traceback) if job.attempt >= job.attempts_max:
            return Dead(kept(error, ERROR_CHARS_MAX), kept(traceback, TRACEBACK_CHARS_MAX))
        case Retry(error, _, after_seconds):
            delay = job.backoff.delay_seconds(job.attempt, chance) if after_seconds is None else after_seconds
            return Again(max(delay, 0.0), None, kept(error, ERROR_CHARS_MAX), forgiven=False)
        case Snoozed(until, why):
            return Again(0.0, until, kept(why, ERROR_CHARS_MAX) or None, forgiven=True)
