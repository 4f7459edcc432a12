"""What a handler is given besides its payload: who it is, its services, and the ways to act only once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import asyncpg

from mailroom.actors.cause import Cause
from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.actors.jobs.queue import bot_of
from mailroom.actors.jobs.transaction import Transaction, answering_within
from mailroom.storage.postgres.outbox.complete import complete_within
from mailroom.storage.postgres.outbox.job import Job, Origin
from mailroom.storage.postgres.outbox.listen import QueueListener
from mailroom.storage.postgres.outbox.notifier import QueueNotifier
from mailroom.storage.postgres.outbox.outcome import Done, Finished
from mailroom.storage.postgres.outbox.pools import PIN, SharedConnections
from mailroom.storage.postgres.schemas import SchemaPool
from mailroom.storage.redis.entry import Chat

if TYPE_CHECKING:
    from mailroom.actors.hosting.bot import HostedBot  # brings all of aiogram, which a queue can do without


class JobLostError(Exception):
    """The job is not ours any more: its lease ran out, and another worker has it, or it was dropped.

    Raised out of `context.ending()`, whose transaction was rolled back. Let it pass.
    """


class NoServiceError(Exception):
    """The process was put together without what the handler asks for, or the name is not known."""


@dataclass(frozen=True, slots=True)
class Services:
    """What all workers of a process share."""

    database_url: str
    listener: QueueListener
    notifier: QueueNotifier | None = None
    """Tells the other processes of jobs that handlers enqueue; without it they look by themselves."""
    bots: "Mapping[str, HostedBot]" = field(default_factory=dict)
    chats: ChatSender | None = None
    connections: SharedConnections | None = None
    """Those of all queues; a worker without them opens some for its own alone."""

    def notify(self, queues: set[str]) -> None:
        """Have those woken who wait for jobs of these queues, here and elsewhere."""
        for queue in queues:
            self.listener.wake(queue)
            if self.notifier is not None:
                self.notifier.notify(queue)


@dataclass(slots=True)
class JobContext:
    """One attempt at one job, as its handler sees it."""

    job: Job
    services: Services
    database: asyncpg.Pool
    """This queue's share of the connections, for whatever the handler reads and writes. One that is held for
    seconds while another queue has none may be cut: hold none while waiting for somebody outside.
    """
    endings: asyncpg.Pool
    worker: str
    deadline: float
    """When the attempt is cut off, by the clock of the asyncio loop."""
    late: bool = False
    """Whether the attempt was cut off because its deadline had passed."""
    ended: bool = False
    """Whether the job was ended by `ending()`."""
    record: object | None = None
    """What is to be written with the end of the attempt, where its queue writes more than that."""
    enqueued: Counter[str] = field(default_factory=Counter)
    """How many jobs that are alike its transactions have enqueued."""

    @property
    def id(self) -> int:
        """The job's number."""
        return self.job.id

    @property
    def attempt(self) -> int:
        """Which attempt this is, from 1."""
        return self.job.attempt

    @property
    def is_last_attempt(self) -> bool:
        """Whether the job dies if this attempt fails."""
        return self.job.attempt >= self.job.attempts_max

    @property
    def trace(self) -> str:
        """What ties together all log lines of the message that the job comes from."""
        return self.job.trace or self.job.idempotency_key

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt: what to give an outside system, so that its effect happens once. A
        handler with several effects appends a word for each.
        """
        return self.job.idempotency_key

    @property
    def seconds_left(self) -> float:
        """How long until the attempt is cut off."""
        return max(self.deadline - asyncio.get_running_loop().time(), 0.0)

    @property
    def bot_name(self) -> str:
        """The bot whose queue the job is in: what follows from it is that bot's too."""
        return bot_of(self.job.queue)

    @property
    def cause(self) -> Cause:
        """The job as a reason to write: see `Room.transaction`."""
        return Cause(
            bot=self.bot_name,
            trace=self.trace,
            who=f"the job {self.job.name}",
            effect=self._effect,
            origin=lambda name: Origin(self.bot_name, None, self._effect(name)),
            enqueued=self.enqueued,
            database=self.database,
        )

    def bot(self, name: str) -> "HostedBot":
        """A bot by its name in the configuration. Raises `NoServiceError` where there is none."""
        if name not in self.services.bots:
            raise NoServiceError(f"there is no bot {name!r} here; there are {sorted(self.services.bots)}")
        return self.services.bots[name]

    def _effect(self, name: str) -> str:
        return f"{self.idempotency_key}:{name}"

    def stay_within(self, room: SchemaPool) -> None:
        """Run a room's statements where its tables are, at the time it is there."""
        self.database = room.over(self.database)
        self.endings = room.over(self.endings)

    @asynccontextmanager
    async def ending(self) -> AsyncIterator[Transaction]:
        """A transaction that ends with the job: what is written in it exists if and only if the job is done.

        Raises `JobLostError` instead of committing if the job is not ours any more, and `StoreUnavailable`
        where Postgres does not answer. The handler should return after it, as nothing it does is tried again.
        """
        if self.ended:
            raise RuntimeError(f"{self.idempotency_key} has been ended already")
        once = replace(self.cause, origin=None)  # it is the end of the job that is there once
        with answering_within():
            async with self.endings.acquire() as connection:
                async with connection.transaction():
                    tx = Transaction(connection, once)
                    yield tx
                    await connection.execute(PIN)
                    ours = await complete_within(connection, self.worker, [Finished(self.job, Done())])
                    if self.job.id not in ours:
                        raise JobLostError(
                            f"{self.idempotency_key} is not ours any more: its effect was undone"
                        )
                self.ended = True
        self.services.notify(tx.queues)

    async def put_event(self, bot: str, chat: int, name: str, data: str = "", *, part: str = "") -> bool:
        """Put an event into a chat's mailbox, once however often the job is run. False if it was there. A
        handler that puts several names each with `part`.
        """
        if self.services.chats is None:
            raise NoServiceError("this process has no way to the chats")
        self.bot(bot)  # a mailbox that no bot reads would keep it for ever
        dedupe_id = f"{self.idempotency_key}-{part}" if part else self.idempotency_key
        return await self.services.chats.put(
            Chat(bot, str(chat)), name, data, dedupe_id=dedupe_id, trace=self.trace
        )
