"""What is told of each attempt at a job: one line in the log, and the metrics."""

from collections import Counter as Tally
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from prometheus_client import Counter, Gauge, Histogram
from structlog import get_logger

from mailroom.actors.metrics import child
from mailroom.storage.postgres.outbox.job import Job
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected, Retry, Snoozed

log = get_logger("mailroom.jobs")

JOBS = Counter("mailroom_jobs_total", "Attempts at jobs, by how they ended", ["queue", "outcome"])
RUNNING = Gauge("mailroom_jobs_running", "Attempts in progress in this process", ["queue"])
TAKING = Histogram(
    "mailroom_job_seconds",
    "From the start of an attempt to its end",
    ["queue"],
    # Up to the longest that a job may reasonably take; most wait for one call to somebody else.
    buckets=(0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
WAITED = Histogram(
    "mailroom_job_wait_seconds",
    "From the time for which a job was wanted to its claim",
    ["queue"],
    # From a quick hand-over to an outage of a day.
    buckets=(0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400),
)

DONE_LINES_MAX = 20
"""Above this the jobs of a batch that are done share a line: their lines would cost a third of the processor,
and Postgres keeps what they would say (`outbox_event`). What went wrong always has its own.
"""

Word = Literal["done", "retry", "snoozed", "rejected", "dead", "lost"]
"""`rejected` died because it cannot work, `dead` because its last attempt failed; `lost` was another's."""
WORDS: tuple[Word, ...] = ("done", "retry", "snoozed", "rejected", "dead", "lost")


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt that has come to its end. `outcome` is None where the job was lost."""

    job: Job
    outcome: Outcome | None
    seconds: float
    written: bool = False
    """Whether the end was written down already, together with the effect."""
    record: object | None = None
    """What else is to be written."""


def known(queue: str, running: Callable[[], int]) -> None:
    """A queue is worked here; `running` counts its attempts in progress."""
    # A counter that appears with its first event has not risen: alerts on dead letters would miss the first.
    for word in WORDS:
        child(JOBS, queue, word)
    child(RUNNING, queue).set_function(running)


def ended(queue: str, attempts: Sequence[Ended], ours: set[int]) -> None:
    """Attempts have ended, and it is written down; `ours` are those whose word counted."""
    words = [word_of(one) if one.job.id in ours else "lost" for one in attempts]
    for word, times in Tally(words).items():
        child(JOBS, queue, word).inc(times)
    taking, waited = child(TAKING, queue), child(WAITED, queue)
    done = words.count("done")
    for one, word in zip(attempts, words, strict=True):
        taking.observe(one.seconds)
        waited.observe(one.job.waited_seconds)
        if word != "done" or done <= DONE_LINES_MAX:
            _say(one, word)
    if done > DONE_LINES_MAX:
        log.info("done", queue=queue, jobs=done, first=attempts[0].job.id, last=attempts[-1].job.id)


def word_of(one: Ended) -> Word:
    """How an attempt ended, in a word."""
    match one.outcome:
        case Done():
            return "done"
        case Snoozed():
            return "snoozed"
        case Rejected():
            return "rejected"
        case Retry():
            return "retry" if one.job.attempt < one.job.attempts_max else "dead"
        case None:
            return "lost"


def _say(one: Ended, word: Word) -> None:
    job, outcome = one.job, one.outcome
    write = log.info if word in ("done", "snoozed") else log.warning if word == "retry" else log.error
    write(
        word,
        queue=job.queue,
        name=job.name,
        job=job.id,
        attempt=job.attempt,
        waited_ms=round(one.job.waited_seconds * 1000),
        took_ms=round(one.seconds * 1000, 1),
        key=job.key,
        bot=job.bot,
        chat=job.chat,
        trace=job.trace,
        why=_why(outcome),
    )


def _why(outcome: Outcome | None) -> str | None:
    match outcome:
        case Retry():
            return outcome.error
        case Rejected():
            return outcome.reason
        case Snoozed():
            return outcome.why
    return None
