"""Why a room writes: a message, somebody's question, a job or a payment, as its transaction sees it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from mailroom.storage.postgres.outbox.job import NewJob, Origin

if TYPE_CHECKING:  # a driver
    import asyncpg

TELEGRAM = "tg:"
"""What people are called by a bot whom it knows by Telegram: before the number that Telegram gives them."""
DIGEST_CHARS = 32
"""Of SHA-256: 128 bits, which nobody finds a second job for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What a transaction is begun for. Handled again, it is the same one."""

    bot: str
    """Whose it is, by its name in the configuration."""
    trace: str
    """What ties together all log lines of it, and of the jobs that follow."""
    who: str
    """Who acts, for those who read later what was done."""
    effect: Callable[[str], str]
    """A name for an effect that is the same whenever this is handled again."""
    person: str | None = None
    """The same as `Visit.person`, where it is one: who is forgotten is forgotten in what is noted."""
    why: str = ""
    """Why they act, where they had to say so."""
    origin: Callable[[str], Origin] | None = None
    """The same as the origin of a job; None where it cannot be handled again once it has been committed."""
    enqueued: Counter[str] = field(default_factory=Counter)
    """How many jobs that are alike its transactions have enqueued up to now."""
    database: "asyncpg.Pool | None" = None
    """Its own share of the connections, where it has one."""

    @property
    def cause(self) -> "Cause":
        """It is its own."""
        return self

    def by(self, who: str, why: str = "") -> "Cause":
        """The same, where one knows better how who acts is called, and why they do."""
        return replace(self, who=who, why=why)

    def makes(self, job: NewJob, alike: Counter[str]) -> NewJob:
        """The job as it follows from this: with its trace, and enqueued once however often this is handled.
        `alike` counts those of the same content that one transaction has enqueued.
        """
        job = job if job.trace is not None else replace(job, trace=self.trace or None)
        if job.origin is not None or self.origin is None:
            return job
        # By its content, not by its place: a second run that takes another way loses none of its jobs.
        name = f"{job.name}:{_digest(job)}"
        number = self.enqueued[name] + alike[name]
        alike[name] += 1
        return replace(job, origin=self.origin(f"job:{name}:{number}"))


class Begins(Protocol):
    """What a transaction may be begun for: a `Turn`, a `JobContext`, a `Visit`, or a `Cause` made of one."""

    @property
    def cause(self) -> Cause:
        """What it is for the transaction."""


def _digest(job: NewJob) -> str:
    content = "\0".join((job.queue, job.payload, job.key or "", job.dedup_key or ""))
    return sha256(content.encode()).hexdigest()[:DIGEST_CHARS]
