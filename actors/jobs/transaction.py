"""A room writes through one `Transaction`, whoever began it: a turn, a visit, a job, a payment.

    async with room.transaction(turn) as tx:
        await tx.connection.execute(SQL["order"], tx.once("order"), …)
        await tx.enqueue(DELIVER(OrderJob(order=1042), bot=room.bot))

What is written in it, enqueued, told and noted exists if and only if it commits. Whatever is handled again
(a message after a crash, a page's act that was sent twice) begins it again: `once` names what must not be
there twice, and jobs and events see to that themselves.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg

from mailroom.actors import away
from mailroom.actors.cause import Cause
from mailroom.actors.events import NewEvent
from mailroom.actors.jobs.kind import Patience
from mailroom.actors.jobs.notify import NOTIFY, event
from mailroom.storage.postgres.database import unavailable
from mailroom.storage.postgres.deeds import note
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import Enqueued, NewJob
from mailroom.storage.postgres.schemas import SchemaPool

TELL = NOTIFY.with_patience(Patience(attempts_max=36))
"""With waits that double up to an hour: an outage of a day of our own stores is waited out."""


class Transaction:
    """One transaction of a room; `connection` finds its tables. It ends with the block that gave it."""

    def __init__(self, connection: Connection, cause: Cause, queues: set[str] | None = None) -> None:
        self.connection = connection
        self.cause = cause
        self.queues: set[str] = set() if queues is None else queues
        """Those that have got jobs, to be woken once it is committed."""
        self._alike: Counter[str] = Counter()

    def once(self, effect: str) -> str:
        """A name for an effect, the same however often its cause is handled: for a unique column."""
        return self.cause.effect(effect)

    async def enqueue(self, *jobs: NewJob) -> list[Enqueued]:
        """Enqueue jobs: once, however often the cause is handled, and those that are alike as often as they
        are enqueued in one run of it. Their workers are woken after the commit. Raises `Fenced` for a turn
        whose chat has gone to another owner: let it end the transaction.
        """
        if not jobs:
            return []
        made = [self.cause.makes(job, self._alike) for job in jobs]
        self.queues.update(job.queue for job in jobs)
        return await enqueue(self.connection, made)

    async def tell(self, chat: int, told: NewEvent) -> None:
        """Have an event put into the mailbox of a chat of this bot, once; a handler of the bot's gets it, in
        order with the chat's messages.
        """
        await self.enqueue(event(self.cause.bot, chat, *told, kind=TELL))

    async def note(self, action: str, target: str = "", outcome: object = None) -> None:
        """Write down for those who read it later what was done to what, with what came of it, which is told
        as JSON. Who did it, and why, the cause says. Nothing secret: it is read by more people.
        """
        cause = self.cause
        await note(
            self.connection,
            bot=cause.bot,
            who=cause.who,
            action=action,
            target=target,
            why=cause.why,
            outcome=outcome,
            trace=cause.trace,
            person=cause.person,
        )

    def of(self, cause: Cause, room: SchemaPool | None) -> "Transaction":
        """The same transaction for another cause, where the tables of the room are that it concerns."""
        connection = room.within(self.connection) if room is not None else self.connection
        return Transaction(connection, cause, self.queues)

    def committed(self) -> None:
        """What it has enqueued is there: a further job that is alike is another one."""
        self.cause.enqueued.update(self._alike)


@asynccontextmanager
async def transaction(
    database: SchemaPool, cause: Cause, wake: Callable[[str], None]
) -> AsyncIterator[Transaction]:
    """Begin one, and commit it at the end of the block; what the block raises undoes all of it. Raises
    `StoreUnavailable` where Postgres does not answer, or asks for it once more.
    """
    with answering_within():
        own = database if cause.database is None else database.over(cause.database)
        async with own.acquire() as connection, connection.transaction():
            tx = Transaction(connection, cause)
            yield tx
    tx.committed()
    for queue in sorted(tx.queues):
        wake(queue)


@contextmanager
def answering_within() -> Iterator[None]:
    """As `answering`, around what is not the store's alone: neither a missing file is an outage of Postgres,
    nor a statement that takes too long.
    """
    try:
        yield
    except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError) as error:
        raise unavailable(error) from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        if not away.is_certain(error):
            raise
        raise unavailable(error) from error
