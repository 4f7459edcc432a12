"""A job: what somebody wants done, and what a worker gets to see of it."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from math import inf
from typing import NamedTuple

from mailroom.storage.texts import printable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PAYLOAD_BYTES_MAX = 1 << 20
"""A job is a letter, not a parcel: it is rewritten by a claim, and read with hundreds of others."""
KEY_CHARS_MAX = 500
"""Keys live in indexes, whose entries Postgres keeps below 2700 bytes."""
NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
"""What queues and jobs may be called: it has to fit into URLs, metrics and command lines."""


class JobError(ValueError):
    """A job cannot be enqueued as it is; the message says what to change. The caller's fault, not worth
    trying again.
    """


class Priority(IntEnum):
    """Which jobs of a queue go first, whatever their age: a low one waits while a higher one is due."""

    URGENT = 0
    HIGH = 1
    NORMAL = 2
    LOW = 3


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long a job waits for its next attempt: longer each time, up to a limit."""

    first_seconds: float = 2.0
    factor: float = 2.0
    max_seconds: float = 3600.0
    jitter: float = 0.25
    """The part of the delay that is left to chance: jobs that failed together should not return together."""

    def delay_seconds(self, attempt: int, chance: float) -> float:
        """The wait after that many attempts; `chance` is a random number from 0 to 1."""
        # The exponent is bounded, because a float is not: 2.0 ** 1024 raises.
        grown = self.first_seconds * self.factor ** min(attempt - 1, 100)
        return min(grown, self.max_seconds) * (1 - self.jitter * chance)


@dataclass(frozen=True, slots=True)
class Origin:
    """What enqueues a job, a chat's handler for one: once, however often it is run again."""

    bot: str
    chat: str | None
    """None where it was none."""
    effect: str
    """The name of this effect, the same on every replay: `turn.effect_id("receipt")`."""
    update_id: int | None = None
    partition: int | None = None
    epoch: int | None = None
    """Refused if somebody else owns the partition by now, with a larger epoch."""


@dataclass(slots=True)
class NewJob:
    """A job to enqueue. Not frozen, because that doubles the time it takes to make one; nobody changes it."""

    queue: str
    name: str
    payload: str = "{}"
    key: str | None = None
    """Jobs of one key run one at a time and in order."""
    dedup_key: str | None = None
    """No second job with this key is enqueued while the first lives, nor for `dedup_seconds` after."""
    dedup_seconds: float = 600.0
    priority: Priority = Priority.NORMAL
    run_at: datetime | None = None
    delay_seconds: float = 0.0
    timeout_seconds: float = 30.0
    attempts_max: int = 10
    backoff: Backoff = field(default=Backoff())
    trace: str | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        for what, name in (("queue", self.queue), ("job's name", self.name)):
            if not _is_name(name):
                raise JobError(f"the {what} {name!r} must be 1 to 100 of the characters A-Z a-z 0-9 _ . -")
        effect = self.origin.effect if self.origin else None
        for what, key in (("key", self.key), ("dedup_key", self.dedup_key), ("effect", effect)):
            if key is not None and not 0 < len(key) <= KEY_CHARS_MAX:
                raise JobError(f"the {what} {key[:40]!r} must have 1 to {KEY_CHARS_MAX} characters")
            if key is not None and printable(key) != key:
                raise JobError(
                    f"the {what} {key[:40]!r} has NUL or half a character, which Postgres does not keep"
                )
        if self.attempts_max < 1 or self.timeout_seconds <= 0 or not 0 <= self.backoff.jitter <= 1:
            raise JobError("a job needs an attempt, a positive timeout and a jitter from 0 to 1")
        if not (0 <= self.delay_seconds < inf and 0 <= self.dedup_seconds < inf):
            raise JobError("delay_seconds and dedup_seconds are seconds from now: 0 or more, and finite")
        try:
            size_bytes = len(self.payload if self.payload.isascii() else self.payload.encode())
        except UnicodeEncodeError:
            raise JobError("the payload has half a character (a lone surrogate): encode it") from None
        if size_bytes > PAYLOAD_BYTES_MAX:
            raise JobError(f"the payload has more than {PAYLOAD_BYTES_MAX} bytes: enqueue a reference to it")
        if "\0" in self.payload:
            raise JobError("the payload has a NUL character, which Postgres does not keep in text: encode it")
        if self.run_at is not None and self.run_at.tzinfo is None:
            raise JobError("run_at has no time zone: nobody could say when that is")


class Enqueued(NamedTuple):
    """What became of a new job."""

    id: int
    duplicate: bool = False
    """True if it had been enqueued before; `id` is that of the earlier one."""


class Job(NamedTuple):
    """A job as a worker holds it, in the order of the columns of `claim`.

    A tuple, because rows become jobs ten thousand times a second.
    """

    id: int
    queue: str
    name: str
    payload: str
    key: str | None
    priority: int
    attempt: int
    """From 1. Counted when the job is claimed, so that an attempt which kills the process counts."""
    attempts_max: int
    claims: int
    """With the worker's name, the fence: what an earlier holder says about the job is not listened to."""
    timeout_seconds: float
    backoff_seconds: float
    backoff_factor: float
    backoff_max_seconds: float
    backoff_jitter: float
    created_at: datetime
    run_at: datetime
    last_error: str | None
    trace: str | None
    bot: str | None
    chat: str | None
    update_id: int | None
    effect: str | None
    waited_seconds: float
    """From when it was wanted to when it was claimed, by the database's clock."""
    installation: str | None
    """Whose job it is; None for jobs of the version before, whose effects may be known by their id alone."""

    @property
    def backoff(self) -> Backoff:
        """How long to wait between attempts."""
        return Backoff(
            self.backoff_seconds, self.backoff_factor, self.backoff_max_seconds, self.backoff_jitter
        )

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt, and never that of another job: what to give a provider, so that its
        effect happens once. Ids come again when the database is restored from a backup or begun anew, and
        whoever was given one would take the other job for done; the installation and the microsecond in
        which the job was made do not.
        """
        if self.installation is None:
            return f"job-{self.id}"
        return f"job-{self.installation}-{self.id}-{(self.created_at - EPOCH) // MICROSECOND}"

    def data(self) -> dict[str, object]:
        """The payload, read as JSON."""
        decoded: dict[str, object] = json.loads(self.payload)
        return decoded


@lru_cache(maxsize=4096)
def _is_name(name: str) -> bool:
    """Remembered, because the same few names are checked for every job."""
    return NAME.fullmatch(name) is not None
