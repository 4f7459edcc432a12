"""The queue of all messages: claimed from lanes too, and more is written with the end of an attempt."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.kind import Kind
from mailroom.actors.jobs.limits import Limits
from mailroom.actors.jobs.queue import Queue
from mailroom.actors.qstash.callback import milliseconds
from mailroom.actors.qstash.client.client import Client
from mailroom.actors.qstash.deliver import Deliverer
from mailroom.actors.qstash.ids import dead_id
from mailroom.actors.qstash.signature import Signer
from mailroom.storage.postgres.outbox.claim import Claimer, Claims
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.outbox.job import Job
from mailroom.storage.postgres.outbox.outcome import Finished, Outcome, Rejected, Retry, Snoozed
from mailroom.storage.postgres.qstash import lanes
from mailroom.storage.postgres.qstash.ending import Attempt, State, give_back, write_ends
from mailroom.storage.postgres.qstash.publish import JOB
from mailroom.storage.postgres.qstash.stored import Stored, to_deliver

MESSAGES = Queue(lanes.QUEUE, Limits(concurrency=1000), of_bots=False)
PER_HOST = 4
"""At most this part of a worker's attempts go to one host: one that never answers delays no other."""
RECOVER_SECONDS = 2.0
"""How often attempts are looked for whose worker died with a place of a flow key."""


class Nothing(BaseModel):
    """A job carries nothing: all there is to know is in the message's row."""


DELIVER = Kind(JOB, Nothing, queue=MESSAGES)


def message_handlers(client: Client, signer: Callable[[], Signer]) -> Handlers:
    """The jobs of this queue."""
    messages: dict[int, Stored] = {}
    deliverer = Deliverer(client, messages, signer, per_host_max=MESSAGES.limits.concurrency // PER_HOST)
    handlers = Handlers(MESSAGES, claims=lambda claimer: LaneClaims(claimer, messages), besides=write_besides)

    @handlers.job(DELIVER)
    async def deliver(_nothing: Nothing, context: JobContext) -> Outcome:
        try:
            return await deliverer.deliver(context)
        finally:
            messages.pop(context.id, None)

    return handlers


class LaneClaims(Claims):
    """Takes messages out of lanes, and those without any, half and half where there are many of both; reads
    what is to be called for them into `messages`.
    """

    def __init__(self, claimer: Claimer, messages: dict[int, Stored]) -> None:
        self._claimer = claimer
        self._messages = messages
        self._recover_at = time.monotonic()

    async def claim(self, most: int) -> list[Job]:
        """Up to so many."""
        claimer = self._claimer
        if time.monotonic() >= self._recover_at:
            await lanes.recover(claimer.pool)
            self._recover_at = time.monotonic() + RECOVER_SECONDS
        jobs = await lanes.claim(claimer.pool, claimer.worker, max(most // 2, 1), claimer.lease_seconds)
        if len(jobs) < most:
            jobs += await claimer.claim(most - len(jobs))
        if jobs:
            self._messages.update(await to_deliver(claimer.pool, [job.id for job in jobs]))
        return jobs

    async def next_due_seconds(self) -> float | None:
        """When the next message or lane is due."""
        waits = (
            await lanes.next_due_seconds(self._claimer.pool),
            await self._claimer.next_due_seconds(),
        )
        return min((wait for wait in waits if wait is not None), default=None)


async def write_besides(connection: Connection, finished: Sequence[Finished]) -> None:
    """What follows from attempts that came to an end, with the end."""
    snoozed = [one.job.id for one in finished if isinstance(one.outcome, Snoozed)]
    await write_ends(connection, [_attempt(one) for one in finished if not isinstance(one.outcome, Snoozed)])
    await give_back(connection, snoozed)


def _attempt(one: Finished) -> Attempt:
    """What its handler says, or what is known where that came to no word of its own: an error of ours."""
    if isinstance(one.record, Attempt):
        return one.record
    now, outcome = datetime.now(UTC), one.outcome
    again = isinstance(outcome, Retry) and one.job.attempt < one.job.attempts_max
    error = outcome.error if isinstance(outcome, Retry) else None
    error = outcome.reason if isinstance(outcome, Rejected) else error
    return Attempt(
        message_id=one.job.id,
        ended=State.WAITING if again else State.FAILED,
        at=now,
        seconds=0.0,
        error=error,
        next_at=now + timedelta(seconds=one.job.backoff_seconds),
        dlq_id=None if again else dead_id(milliseconds(now), one.job.id),
    )
