"""Where the chats are worked, for as long as they are ours: the lease, the actors, and what runs beside them.

To everybody else in the process it is the way to the chats, whether they are worked here, in another process,
or nowhere just now: what cannot be handed over waits in Redis and is found by a sweep.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import trio

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.policy import Policy
from mailroom.actors.worker import Worker
from mailroom.storage.errors import Fenced, StoreUnavailable
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Changes, Early, Mailboxes, Receipt
from mailroom.supervisors.chats.chats import Chats, open_chats
from mailroom.supervisors.chats.crashes import Park, park_nowhere
from mailroom.supervisors.chats.handle import Handle
from mailroom.supervisors.otp.child import Life
from mailroom.supervisors.ownership import IN_DOUBT_SAID, Ownership
from mailroom.supervisors.remote import announce, listen_for_arrivals
from mailroom.supervisors.timers import run_timers

RELEASE_SECONDS = 3.0
"""How long giving the lease back may take; it runs out by itself soon after."""


class LeaseLostError(Exception):
    """The chats are not ours any more: another process took them."""


class ChatWorker:
    """The chats of this process. One that has no `lease` running leaves them to others."""

    def __init__(
        self,
        mailboxes: Mailboxes,
        line: Line,
        ownership: Ownership,
        policy: Policy,
    ) -> None:
        self.ownership = ownership
        self.chats: Chats | None = None
        self.bots: Mapping[str, HostedBot] = {}
        self.park: Park = park_nowhere
        """What puts a chat aside that crashes again and again."""
        self.mailboxes = mailboxes
        self._line = line
        self._policy = policy

    # ---- the children of `chats` in the tree ----

    async def lease(self, life: Life) -> None:
        """Wait for the lease and hold it. Fails when it is lost, and takes everything below down with it."""
        life.details = self.ownership.details
        life.ails = lambda: IN_DOUBT_SAID if self.ownership.held and self.ownership.in_doubt else ""
        try:
            await self.ownership.acquire()
            life.started()
            await self.ownership.keep()
            raise LeaseLostError("the lease on the chats was lost: another process took it")
        finally:
            with trio.CancelScope(shield=True, deadline=trio.current_time() + RELEASE_SECONDS):
                await self.ownership.release()

    async def actors(self, life: Life) -> None:
        """The actors of the chats. Asked to stop, they finish what they are at; without the lease they
        cannot.
        """
        epoch = self.ownership.held_epoch
        worker = Worker(self.mailboxes, self.ownership, self._policy)
        async with open_chats(worker, self.bots, self.park) as chats:
            self.chats = chats
            life.details = chats.details
            chats.spawn(lambda: self._give_up_after(chats.lost, epoch))
            life.started()
            try:
                await life.stopping.wait()
                if self.ownership.held:
                    await chats.drain()
            finally:
                self.chats = None

    async def sweep(self, life: Life) -> None:
        """Find what no notification told of."""
        chats = self._ours()
        life.started()
        await chats.sweep.run()

    async def timers(self, life: Life) -> None:
        """Fire the chats' timers."""
        chats = self._ours()
        life.started()
        try:
            await run_timers(chats)
        except Fenced as error:
            self.ownership.give_up(error.epoch)
            await trio.sleep_forever()  # the lease's fall takes us along

    async def arrivals(self, life: Life, redis_url: str) -> None:
        """Hear of the messages that other processes took in."""
        life.started()
        await listen_for_arrivals(redis_url, self.bots, self._ours())

    async def _give_up_after(self, lost: trio.Event, epoch: int) -> None:
        await lost.wait()
        self.ownership.give_up(epoch)

    # ---- the way to the chats ----

    def eager(self, chat: Chat, order: int) -> Early | None:
        """What the accept of a message may begin it with, if its chat would handle it at once."""
        return self.chats.eager(chat, order) if self.chats is not None else None

    def arrived(self, chat: Chat, receipt: Receipt) -> None:
        """A message was accepted."""
        if receipt.entry is None:
            return
        if self.chats is not None:
            self.chats.arrived(chat, receipt.entry, receipt.begun)
        elif not self.ownership.held:
            announce(self._line, chat, receipt.entry.order)

    def unsure(self, chat: Chat) -> None:
        """The mailbox may hold more than the chat was told of: let it read again before it goes on."""
        if self.chats is not None:
            self.chats.look_again(chat)
        elif not self.ownership.held:
            announce(self._line, chat, None)

    async def read(self, chat: Chat, name: str) -> str | None:
        """A field of a chat's state, for code outside of its turns
        (`mailroom.actors.state.CommittedState`).
        """
        return await self.chats.read(chat, name) if self.chats else await self.mailboxes.peek(chat, name)

    async def write(self, chat: Chat, changes: Changes) -> None:
        """Commit state outside of a chat's turns."""
        await self._ours().write(chat, changes)

    async def run_in_line(self, chat: Chat, work: Callable[[], Awaitable[Any]]) -> Any:
        """Run work of the asyncio side between two messages of a chat."""
        return await self._ours().run_in_line(chat, work)

    @property
    def handle(self) -> Handle | None:
        """The chats as on-call reaches them, while they are worked here."""
        return Handle(self.chats) if self.chats is not None else None

    def _ours(self) -> Chats:
        if self.chats is None:
            raise StoreUnavailable("this process does not own the chats")
        return self.chats
