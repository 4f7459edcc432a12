"""LISTEN: one connection of a process waits for notifications, and wakes who wants to know.

A pooler in transaction mode takes a LISTEN and never delivers anything. Behind one it is told over a
direct way to the database, where one is known, and else not at all: then jobs are found by looking.
"""

import asyncio
from collections import defaultdict

from mailroom.storage.postgres.database import unavailable
from mailroom.storage.postgres.opening import open_connection
from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.outbox.notifier import CHANNEL
from mailroom.storage.postgres.pooler import forget, way_to

CONNECT_SECONDS_MAX = 5.0


class CannotListenError(Exception):
    """LISTEN does not get through here."""


class QueueListener:
    """Who waits for which queue. `run` listens; without it nobody is woken, and all look by themselves. `url`
    is the direct way to the database, where there are two.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._heard: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def wait(self, queue: str, timeout_seconds: float) -> bool:
        """Wait for work in a queue. True if it was notified since the last call, False after the timeout."""
        event = self._heard[queue]
        try:
            async with asyncio.timeout(timeout_seconds):
                await event.wait()
        except TimeoutError:
            return False
        event.clear()
        return True

    def wake(self, queue: str) -> None:
        """Wake who waits for the queue in this process, without a detour over the database."""
        self._heard[queue].set()

    async def run(self) -> None:
        """Listen for ever. Raises `StoreUnavailable` when the connection is lost: to be run again; and
        `CannotListenError` where nothing would come.
        """
        with answering():
            forget(self._url)  # so that a database which left its pooler is heard again
            if not (await way_to(self._url)).sessions_kept:
                raise CannotListenError
            connection = await open_connection(self._url, timeout=CONNECT_SECONDS_MAX)
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _connection: lost.set())
        try:
            with answering():
                await connection.add_listener(
                    CHANNEL, lambda _c, _pid, _channel, queue: self.wake(str(queue))
                )
            # What was notified while nobody listened is not known.
            for event in self._heard.values():
                event.set()
            await lost.wait()
        finally:
            connection.terminate()
        raise unavailable(ConnectionError("the connection that listens for jobs was closed"))
