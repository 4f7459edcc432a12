"""A kind of job: a value that says what its jobs are called, what they carry, and how patient they are.

    DELIVER = Kind("shop.deliver", OrderJob, Patience(attempts_max=36), queue=DELIVERY, key_of=order_key)

    await enqueue(connection, [DELIVER(OrderJob(order=1042), bot=order.bot)])

It imports nothing of those who do the job, so that whoever has a reason to want one done can: a handler of a
chat, a page, another job. Calling it is the one way to make a job, and what nobody could run is refused there
and then. Who does it is said by `handlers.py`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel

from mailroom.actors.jobs.queue import Queue
from mailroom.storage.postgres.outbox.job import Backoff, JobError, NewJob, Origin, Priority

P = TypeVar("P", bound=BaseModel)


class KindError(ValueError):
    """There can be no such kind, or no such job of it; the message says why. A mistake in the program."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an attempt at a job may take, how many there are, and how they lie apart."""

    timeout_seconds: float = 30.0
    attempts_max: int = 10
    backoff: Backoff = field(default=Backoff())


@dataclass(frozen=True, slots=True)
class Kind(Generic[P]):
    """A kind of job. Its name is kept with each job that waits: renaming a kind leaves dead letters."""

    name: str
    model: type[P]
    """What its jobs carry. New fields need a default: jobs from before a release are run after it."""
    patience: Patience = Patience()
    queue: Queue = field(kw_only=True)
    key_of: Callable[[P], str] | None = field(default=None, kw_only=True)
    """The ordering key of a job, from what it carries. Without it whoever makes a job may give it one."""
    bot_of: Callable[[P], str] | None = field(default=None, kw_only=True)
    """Whose job it is, where it carries that: it is enqueued in that bot's queue."""

    def __post_init__(self) -> None:
        try:
            NewJob(self.queue.name, self.name, timeout_seconds=self.patience.timeout_seconds,
                   attempts_max=self.patience.attempts_max, backoff=self.patience.backoff)  # fmt: skip
        except JobError as error:
            raise KindError(f"the kind {self.name!r}: {error}") from None

    def __call__(
        self,
        payload: P,
        *,
        bot: str = "",
        key: str | None = None,
        dedup_key: str | None = None,
        dedup_seconds: float = 600.0,
        priority: Priority = Priority.NORMAL,
        run_at: datetime | None = None,
        delay_seconds: float = 0.0,
        trace: str | None = None,
        origin: Origin | None = None,
    ) -> NewJob:
        """A job to enqueue, in the queue that `bot` has for it. Raises `KindError` for one that is not of
        this kind, `QueueError` for one that is nobody's, `JobError` for what Postgres would not keep.
        """
        if not isinstance(payload, self.model):
            raise KindError(
                f"a job {self.name} carries {self.model.__name__}, and was given {type(payload).__name__}"
            )
        if self.key_of is not None:
            if key is not None:
                raise KindError(f"a job {self.name} has its key from what it carries: leave {key!r} out")
            key = self.key_of(payload)
        if self.bot_of is not None:
            if bot:
                raise KindError(f"a job {self.name} carries whose it is: leave {bot!r} out")
            bot = self.bot_of(payload)
        if run_at is not None and delay_seconds:
            raise KindError(f"a job {self.name} is wanted at a moment or after a delay, not both")
        return NewJob(
            self.queue.of(bot),
            self.name,
            _text_of(payload),
            key=key,
            dedup_key=dedup_key,
            dedup_seconds=dedup_seconds,
            priority=priority,
            run_at=run_at,
            delay_seconds=delay_seconds,
            timeout_seconds=self.patience.timeout_seconds,
            attempts_max=self.patience.attempts_max,
            backoff=self.patience.backoff,
            trace=trace,
            origin=origin,
        )

    def with_patience(self, patience: Patience) -> "Kind[P]":
        """The same kind, for jobs that are tried otherwise: each job keeps the patience it was made with."""
        return replace(self, patience=patience)


def _text_of(payload: BaseModel) -> str:
    try:
        return payload.model_dump_json(by_alias=True)
    except ValueError:  # half a surrogate pair: only escaped it is a text that Postgres takes
        return json.dumps(payload.model_dump(mode="json", by_alias=True))
