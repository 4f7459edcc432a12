"""The way to the chats of this process, for as long as they are ours."""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import trio
from prometheus_client import Gauge
from structlog import get_logger

from mailroom.actors.chat import ChatActor
from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.runtime.system import open_actor_system
from mailroom.actors.runtime.waiting import ReentrancyError
from mailroom.actors.turn import current_turn
from mailroom.actors.worker import Worker
from mailroom.storage.errors import Fenced, StoreUnavailable
from mailroom.storage.redis.entry import Chat, Entry
from mailroom.storage.redis.mailbox import Begun, Changes, Early
from mailroom.supervisors.chats.crashes import Crashes, Park, park_nowhere
from mailroom.supervisors.chats.residents import Residents
from mailroom.supervisors.chats.sweep import Sweep

log = get_logger("mailroom.chats")

TURNS = Gauge(
    "mailroom_turns_running", "Handlers at work on a message now, of at most the policy's turns_max"
)


class Chats:
    """The chat actors of this process. Made by `open_chats`; a new one is made for each ownership of the
    chats.
    """

    def __init__(
        self, worker: Worker, bots: Mapping[str, HostedBot], nursery: trio.Nursery, park: Park = park_nowhere
    ) -> None:
        self.worker = worker
        self.slots = trio.CapacityLimiter(worker.policy.turns_max)
        TURNS.set_function(lambda: self.slots.borrowed_tokens)
        self.draining = False
        self.lost = trio.Event()
        """Set when the fence refused us: the ownership is over."""
        self.residents = Residents(worker.policy.resident_max)
        self.crashes = Crashes(self.spawn, self.wake, park)
        self.sweep = Sweep(worker, self.residents, self.wake)
        self._bots = bots
        self._nursery = nursery
        self._context = contextvars.copy_context()

    def get(self, chat: Chat) -> ChatActor | None:
        """The actor of a chat, if it is in memory."""
        return self.residents.get(chat)

    def details(self) -> dict[str, int]:
        """What the tree shows of the chats."""
        working = sum(actor.busy for actor in self.residents)
        return {"resident": len(self.residents), "working": working, "crashed": len(self.crashes)}

    # ---- what a chat is told ----

    def arrived(self, chat: Chat, entry: Entry, begun: Begun | None = None) -> None:
        """A message was accepted. When there is no room for its chat now, the sweep brings it later."""
        if actor := self._activate(chat):
            actor.offer(entry, begun)

    def eager(self, chat: Chat, order: int) -> Early | None:
        """What the accept of a message may begin it with, if its chat would handle it at once."""
        actor = self.residents.get(chat)
        if actor is None or self.draining or not self.slots.available_tokens:
            return None
        return actor.early(order) if self.worker.ownership.held else None

    def wake(self, chat: Chat, *, reload: bool = False) -> None:
        """Something about a chat has changed."""
        if actor := self._activate(chat):
            if reload:
                actor.reload()
            else:
                actor.wake()

    def look_again(self, chat: Chat) -> None:
        """Another process accepted a message of this chat."""
        if actor := self._activate(chat):
            actor.look_again()

    async def run_in_line(self, chat: Chat, work: Callable[[], Awaitable[Any]]) -> Any:
        """Run work of the asyncio side between two messages of a chat, and return its result. To be awaited
        in asyncio. Raises `ReentrancyError` for a handler that would wait for the end of its own turn.
        """
        turn = current_turn.get()
        if turn and turn.open and turn.chat == chat and turn.task is asyncio.current_task():
            raise ReentrancyError(f"a handler of {chat} would wait for {chat} to finish that very handler")
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def deliver(result: Any, error: BaseException | None) -> None:
            if answer.done():
                return
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(result)

        actor = self._activate(chat)
        if actor is None:
            raise StoreUnavailable(f"{chat} cannot be worked on here now")
        actor.run_in_line(work, deliver)
        return await answer

    async def read(self, chat: Chat, name: str) -> str | None:
        """A field of a chat's committed state, for code that runs outside of the chat's turns."""
        actor = self.residents.get(chat)
        if actor is not None and actor.loaded:
            return actor.state.get(name)
        return await self.worker.persist(lambda: self.worker.mailboxes.peek(chat, name))

    async def write(self, chat: Chat, changes: Changes) -> None:
        """Commit changes of a chat's state outside of its turns: the last writer wins."""
        epoch = self.worker.ownership.epoch
        await self.worker.persist(lambda: self.worker.mailboxes.commit(chat, epoch, None, changes))
        if actor := self.residents.get(chat):
            actor.write(changes)

    async def drain(self) -> None:
        """Begin nothing new and let what runs come to its end, within the policy's limit."""
        self.draining = True
        for actor in list(self.residents):
            actor.wake()
        with trio.move_on_after(self.worker.policy.drain_seconds):
            for actor in list(self.residents):
                await actor.wait_until_quiet()
        left = sum(actor.busy for actor in self.residents)
        log.info(
            "chats_drained",
            unfinished=left,
            note="unfinished messages are run after the next start" if left else None,
        )

    # ---- what an actor asks of what supervises it (`actors/chat.py`) ----

    def spawn(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run work of an actor beside it."""
        self._context.run(self._nursery.start_soon, work)

    def rests(self, actor: ChatActor) -> None:
        """An actor has nothing to do: it may leave memory, the one that rests longest first."""
        if not self.draining:
            self.residents.rests(actor.chat)
            self.crashes.over(actor.chat)

    def failed(self, actor: ChatActor, error: BaseException | None) -> None:
        """An actor failed itself. Start its chat anew, later each time; the other chats do not notice."""
        if not isinstance(error, Fenced):
            self.residents.forget(actor.chat)
            self.crashes.failed(actor.chat, error)
        elif self._ends_us(error):
            self.lost.set()
        else:
            self.residents.forget(actor.chat)
            log.info("past_epoch_refused", chat=str(actor.chat), epoch=error.epoch)
            actor.stop()
            self.wake(actor.chat)

    def _ends_us(self, refused: Fenced) -> bool:
        """Whether it was our present ownership that was refused. What a past one hears is old news."""
        ownership = self.worker.ownership
        return not refused.epoch or not ownership.held or refused.epoch == ownership.epoch

    def _activate(self, chat: Chat) -> ChatActor | None:
        actor = self.residents.rouse(chat)
        if actor is not None:
            return actor
        bot = self._bots.get(chat.bot)
        if bot is None or self.crashes.keeps_away(chat):
            return None
        if self.draining or not self.worker.ownership.held or not self.residents.make_room():
            return None
        actor = self._context.run(ChatActor.activate, chat, bot, self)
        self.residents.add(actor)
        return actor


@asynccontextmanager
async def open_chats(
    worker: Worker, bots: Mapping[str, HostedBot], park: Park = park_nowhere
) -> AsyncIterator[Chats]:
    """The chats, for as long as they are ours. Leaving the block stops what still runs; `drain` first to let
    it finish.
    """
    async with open_actor_system() as system:
        chats = Chats(worker, bots, system.nursery, park)
        try:
            yield chats
        finally:
            chats.draining = True
            system.nursery.cancel_scope.cancel()
