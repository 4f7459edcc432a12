"""Where the chats are worked: own them, work them for as long as they are ours, begin again when they are
not.

    acquire ──► start the bots, once ──► chats, timers ──lost──► acquire …

To everybody else in the process it is the way to the chats, whether they are worked here, in another process,
or nowhere just now: what cannot be handed over waits in Redis and is found by a sweep.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import trio

from actors.attempt import Worker
from actors.hosting.bot import HostedBot
from actors.policy import Policy
from actors.runtime.bridge import aio
from storage.errors import Fenced, StoreUnavailable
from storage.redis.batch import Line
from storage.redis.entry import Chat
from storage.redis.mailbox import Changes, Mailboxes, Receipt
from supervisors.chats import Chats, open_chats
from supervisors.ownership import Ownership
from supervisors.remote import announce, listen_for_arrivals
from supervisors.timers import run_timers

CLOSING_SECONDS = 10.0
"""How long bots may take to shut down."""


class Workplace:
    """The chats of this process. One that never runs `work` leaves them to others."""

    def __init__(self, mailboxes: Mailboxes, line: Line, ownership: Ownership, policy: Policy) -> None:
        self.ownership = ownership
        self.chats: Chats | None = None
        self.bots: Mapping[str, HostedBot] = {}
        self._mailboxes = mailboxes
        self._line = line
        self._policy = policy
        self._works_here = False

    async def work(
        self, start_bots: Callable[[], Awaitable[None]], owned: trio.Event, *, hear_from: str | None
    ) -> None:
        """Work the chats until cancelled. `owned` is set when they are ours for the first time; `hear_from`
        is the Redis over which other processes tell of messages that they accepted.
        """
        self._works_here = True
        started = False
        try:
            while True:
                await self.ownership.acquire()
                if not started:
                    await self._while_owning(start_bots)
                    started = True
                await self._own(owned, hear_from)
        finally:
            with trio.CancelScope(shield=True, deadline=trio.current_time() + CLOSING_SECONDS):
                for bot in self.bots.values():
                    with suppress(Exception):  # one bot's shutdown hook must not keep the others from theirs
                        await aio(bot.stop)
                await self.ownership.release()

    async def drain(self) -> None:
        """Begin nothing new, and let what runs come to its end."""
        if self.chats is not None:
            await self.chats.drain()

    def eager(self, chat: Chat, order: int) -> int | None:
        """The epoch to begin a message with, if its chat would handle it as soon as it is accepted."""
        return self.chats.eager(chat, order) if self.chats is not None else None

    def arrived(self, chat: Chat, receipt: Receipt) -> None:
        """A message was accepted."""
        if receipt.entry is None:
            return
        if self.chats is not None:
            self.chats.arrived(chat, receipt.entry, receipt.begun)
        elif not self._works_here:
            announce(self._line, chat, receipt.entry.order)

    def unsure(self, chat: Chat) -> None:
        """The mailbox may hold more than the chat was told of: let it read again before it goes on."""
        if self.chats is not None:
            self.chats.look_again(chat)
        elif not self._works_here:
            announce(self._line, chat, None)

    async def read(self, chat: Chat, name: str) -> str | None:
        """A field of a chat's state, for code outside of its turns (`actors.state.Door`)."""
        return await self.chats.read(chat, name) if self.chats else await self._mailboxes.peek(chat, name)

    async def write(self, chat: Chat, changes: Changes) -> None:
        """Commit state outside of a chat's turns."""
        await self._ours().write(chat, changes)

    async def run_in_line(self, chat: Chat, work: Callable[[], Awaitable[Any]]) -> Any:
        """Run work of the asyncio side between two messages of a chat."""
        return await self._ours().run_in_line(chat, work)

    def _ours(self) -> Chats:
        if self.chats is None:
            raise StoreUnavailable("this process does not own the chats")
        return self.chats

    async def _while_owning(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something that may take longer than a lease lasts."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.ownership.keep)
            await work()
            nursery.cancel_scope.cancel()

    async def _own(self, owned: trio.Event, hear_from: str | None) -> None:
        """Work the chats for as long as they are ours."""
        async with open_chats(Worker(self._mailboxes, self.ownership, self._policy), self.bots) as chats:
            self.chats = chats
            owned.set()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(_fire_timers, chats)
                if hear_from is not None:
                    nursery.start_soon(listen_for_arrivals, hear_from, self.bots, chats)
                nursery.start_soon(_cancel_after, chats.lost, nursery.cancel_scope)
                await self.ownership.keep()
                nursery.cancel_scope.cancel()
        self.ownership.give_up()
        self.chats = None


async def _fire_timers(chats: Chats) -> None:
    try:
        await run_timers(chats)
    except Fenced:
        chats.lost.set()


async def _cancel_after(event: trio.Event, scope: trio.CancelScope) -> None:
    await event.wait()
    scope.cancel()
