"""The outbox of a process: its connections, and what tells of jobs, here and in other processes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import trio

from mailroom.actors.paying.kinds import ACCOUNTS
from mailroom.actors.runtime.bridge import aio
from mailroom.ops.brought import queues_of
from mailroom.ops.faults import StartError
from mailroom.ops.settings import Settings
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.division import Division
from mailroom.storage.postgres.outbox.listen import QueueListener
from mailroom.storage.postgres.outbox.notifier import QueueNotifier
from mailroom.storage.postgres.outbox.pools import SharedConnections, connect_claims, connect_shared

POOLED = (
    "DATABASE_URL leads through a pooler in transaction mode, which lets no LISTEN through; jobs of other"
    " processes begin up to this much later. DATABASE_DIRECT_URL may name the way past it."
)
DIRECT_IS_POOLED = (
    "DATABASE_DIRECT_URL leads through a pooler in transaction mode too: name the server itself."
)


@dataclass(frozen=True, slots=True)
class Outbox:
    """The connections that the parts share."""

    url: str
    pool: asyncpg.Pool
    notifier: QueueNotifier
    listener: QueueListener
    listen_fault: str
    """Why `listener` may be told nothing, and what to do."""
    connections: SharedConnections | None
    """What the queues are worked with; None in a process that works none."""

    def wake(self, queue: str) -> None:
        """Jobs were committed to a queue: have its workers look, here and in other processes."""
        self.listener.wake(queue)
        self.notifier.notify(queue)


def queue_names(settings: Settings) -> list[str]:
    """All queues that a process works: the platform's own, and those of its bots."""
    of_bots = [one.of(bot) for bot, queues in queues_of(settings).items() for one in queues]
    return [ACCOUNTS.of(), *of_bots]


@asynccontextmanager
async def open_outbox(
    settings: Settings, division: Division, *, working: bool = True
) -> AsyncIterator[Outbox]:
    """Connect, for as long as the process lives; `working` says whether jobs are worked here. Raises
    `StartError`.
    """
    assert settings.database_url is not None, "stores were opened with it"
    url = settings.database_url
    listened = settings.database_direct_url or url
    listen_fault = DIRECT_IS_POOLED if settings.database_direct_url else POOLED
    opened: SharedConnections | asyncpg.Pool
    try:
        if working:
            opened = shared = await aio(connect_shared, url, division, queue_names(settings))
            pool: asyncpg.Pool = shared.housekeeping
        else:
            opened = pool = await aio(connect_claims, url, division.claims)
            shared = None
    except StoreUnavailable as error:
        raise StartError(f"DATABASE_URL: {error}") from None
    try:
        yield Outbox(url, pool, QueueNotifier(pool), QueueListener(listened), listen_fault, shared)
    finally:
        with trio.CancelScope(shield=True):
            await aio(opened.close)
