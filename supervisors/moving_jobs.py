"""Jobs by a name from when all bots shared their queues go to the queues of their bots, while we live: the
version before may still enqueue so for a while, and a program of somebody else's for ever.
"""

from collections.abc import Mapping, Sequence

import asyncpg
import trio
from structlog import get_logger

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.listen import QueueListener
from mailroom.storage.postgres.outbox.notifier import QueueNotifier
from mailroom.storage.postgres.outbox.renamed import Whose, move
from mailroom.supervisors.otp.child import Life

log = get_logger("mailroom.outbox")

LOOK_SECONDS = 1.0
"""How often to look by ourselves: whoever enqueues by an old name notifies by it."""


class MovingJobs:
    """The part of the tree that moves them. `names` says by each old name which queues have taken over."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        listener: QueueListener,
        notifier: QueueNotifier,
        names: Mapping[str, Sequence[str]],
        whose: Whose,
    ) -> None:
        self._pool = pool
        self._listener = listener
        self._notifier = notifier
        self._names = names
        self._whose = whose

    async def live(self, life: Life) -> None:
        """Move what is there, and what comes."""
        life.started()
        async with trio.open_nursery() as nursery:
            for old, new in self._names.items():
                nursery.start_soon(self._move_from, old, new)
            await trio.sleep_forever()

    async def _move_from(self, old: str, new: Sequence[str]) -> None:
        while True:
            more = False
            try:
                queues, more = await aio(move, self._pool, old, new, self._whose)
            except StoreUnavailable as error:
                log.warning("jobs_not_moved", queue=old, why=str(error))
            else:
                if queues:
                    log.info("jobs_moved", queue=old, to=sorted(queues))
                    await aio(self._wake, queues)
            if not more:
                await aio(self._listener.wait, old, LOOK_SECONDS)

    async def _wake(self, queues: set[str]) -> None:
        for queue in queues:
            self._listener.wake(queue)
            self._notifier.notify(queue)
