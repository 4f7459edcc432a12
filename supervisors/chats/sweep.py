"""How chats are found that nobody told of: their partition's ready set names them."""

from collections import Counter as Counts
from collections.abc import Callable

import trio
from structlog import get_logger

from mailroom.actors.runtime.bridge import aio
from mailroom.actors.worker import Worker
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.chats.residents import Residents

log = get_logger("mailroom.chats")

SWEEP_SECONDS = 2.0
"""How often the ready sets are read: what no notification told us of waits no longer than this."""
SWEEP_CHATS_MAX = 1000
"""Chats read from the ready set of one partition at a time. Where more wait, each sweep reads a further page
too, so that those in front (suspended, say) hide nobody.
"""


class Sweep:
    """Brings in the chats that have messages waiting in Redis, and lets those go that have been idle."""

    def __init__(self, worker: Worker, residents: Residents, wake: Callable[[Chat], None]) -> None:
        self._worker = worker
        self._residents = residents
        self._wake = wake
        self._pages: dict[int, int] = {}
        """Where to read on, in partitions with more chats than are read at a time."""

    async def run(self) -> None:
        """Sweep for ever."""
        while True:
            self._residents.passivate(self._worker.policy.idle_seconds)
            await self.run_once()
            await trio.sleep(SWEEP_SECONDS)

    async def run_once(self) -> None:
        """Bring in the chats that have messages waiting in Redis."""
        try:
            ready = await aio(self._ready)
        except StoreUnavailable as error:
            log.warning("sweep_failed", why=str(error))
            return
        for chat in ready:
            actor = self._residents.get(chat)
            if actor is None:
                self._wake(chat)
            elif actor.idle and not actor.suspended:
                actor.reload()

    async def _ready(self) -> list[Chat]:
        """Who waits longest in each partition, and of the others one page after another."""
        mailboxes, most = self._worker.mailboxes, SWEEP_CHATS_MAX
        first = await mailboxes.ready(self._worker.ownership.partitions, most)
        full = [n for n, found in Counts(chat.partition for chat in first).items() if found == most]
        self._pages = {n: self._pages.get(n, most) for n in full}
        more = await mailboxes.ready(full, most, after=self._pages) if full else []
        found = Counts(chat.partition for chat in more)
        for n in full:
            self._pages[n] = self._pages[n] + most if found[n] == most else most
        return first + more
