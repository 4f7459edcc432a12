"""The broadcasts of all bots of this process: a part of the tree that sees to each bot which has any."""

import asyncio
from collections.abc import Mapping
from functools import partial
from secrets import token_hex

import asyncpg
import trio
from structlog import get_logger

from mailroom.actors.broadcast.bot import BotBroadcasts
from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.jobs.actor import Life
from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.broadcasts import Sending, bots_with_broadcasts

log = get_logger("mailroom.broadcast")

LOOK_SECONDS = 1.0
"""How often bots with something to send are looked for: how late a broadcast may begin."""
STOP_SECONDS = 12.0
"""What the supervisor should allow: calls under way get their time, and then there is something to write."""


class BroadcastPart:
    """A child of the tree that traps exits. `bots` are those hosted here; without `sender` it has no way to
    put events into chats.
    """

    def __init__(self, pool: asyncpg.Pool, bots: Mapping[str, HostedBot], sender: ChatSender | None) -> None:
        self._pool = pool
        self._bots = bots
        self._sender = sender
        self._busy: dict[str, BotBroadcasts] = {}
        self._told = 0

    async def live(self, life: Life) -> None:
        """Send what there is to send, until asked to stop."""
        life.details = lambda: {
            "bots": len(self._busy),
            "told": self._told + sum(one.told for one in self._busy.values()),
        }
        life.started()
        async with trio.open_nursery() as loops:
            while not life.stopping.is_set():
                try:
                    for name in await aio(bots_with_broadcasts, self._pool):
                        if name in self._bots and name not in self._busy:
                            self._begin(name, life.stopping, loops)
                except StoreUnavailable as error:
                    log.warning("broadcasts_not_looked_for", why=str(error))
                with trio.move_on_after(LOOK_SECONDS):
                    await life.stopping.wait()

    def _begin(self, name: str, stopping: trio.Event, loops: trio.Nursery) -> None:
        clock = asyncio.get_running_loop().time  # the one that the bot's limiter goes by
        sending = Sending(self._pool, name, token_hex(8))
        one = self._busy[name] = BotBroadcasts(self._bots[name], sending, self._sender, stopping, clock)
        loops.start_soon(partial(self._see_to, name, one))

    async def _see_to(self, name: str, one: BotBroadcasts) -> None:
        try:
            await one.run()
        except StoreUnavailable as error:
            log.warning("broadcasts_wait", bot=name, why=str(error))
        finally:
            self._told += one.told
            del self._busy[name]
