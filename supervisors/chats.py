"""The supervisor of the chats: actors come when a message arrives, go when they have been idle, and come back
after a crash.

It is the one place that knows which chats are in memory. Everything it forgets is found again in Redis: the
ready set of each partition names the chats with messages waiting, so a start, a crash and a lost notification
are all cured by the same sweep.
"""

import asyncio
import contextvars
from collections import Counter as Counts
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import trio
from prometheus_client import Counter, Gauge
from structlog import get_logger

from mailroom.actors.chat import ChatActor
from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.metrics import child
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.runtime.system import open_actor_system
from mailroom.actors.runtime.waiting import ReentrancyError
from mailroom.actors.turn import current_turn
from mailroom.actors.worker import Worker
from mailroom.storage.errors import Fenced, StoreUnavailable
from mailroom.storage.redis.entry import Chat, Entry
from mailroom.storage.redis.mailbox import Begun, Changes, Early
from mailroom.supervisors.otp.child import one_line
from mailroom.supervisors.otp.restarts import pause_seconds
from mailroom.supervisors.otp.spec import Backoff

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = get_logger("mailroom.chats")

SWEEP_SECONDS = 2.0
"""How often the ready sets are read: what no notification told us of waits no longer than this."""
SWEEP_CHATS_MAX = 1000
"""Chats read from the ready set of one partition at a time. Where more wait, each sweep reads a further page
too, so that those in front (suspended, say) hide nobody.
"""
BACKOFF = Backoff(min_seconds=1.0, max_seconds=60.0, jitter=0.0)
CRASHES_MAX = 5
"""Crashes of a chat without a quiet moment between them, after which it is parked: two more than it takes for
the message that may be to blame to become a dead letter.
"""
CRASHES_REMEMBERED_MAX = 10_000
LOOK_SECONDS = 0.05
"""How often a drain looks whether it is done."""

RESIDENT = Gauge("mailroom_chats_resident", "Chat actors in memory")
TURNS = Gauge(
    "mailroom_turns_running", "Handlers at work on a message now, of at most the policy's turns_max"
)
CRASHES = Counter(
    "mailroom_chat_crashes_total", "Chat actors that failed themselves and were started anew", ["bot"]
)
PASSIVATED = Counter("mailroom_chats_passivated_total", "Idle chat actors that left memory")


Park = Callable[[Chat, str], Awaitable[None]]
"""Puts a chat aside for on-call, with the reason; awaited on the asyncio side."""
Matches = Callable[[Chat], bool]


@dataclass(slots=True)
class Crashes:
    """How often a chat's actor failed since it last had nothing to do. `pausing`: it must not come
    back now.
    """

    count: int = 0
    last_error: str = ""
    pausing: bool = False


async def park_nowhere(_chat: Chat, _why: str) -> None:
    """The park of chats that no on-call looks after."""


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
        self._bots = bots
        self._nursery = nursery
        self._context = contextvars.copy_context()
        self._actors: dict[Chat, ChatActor] = {}
        self._resting: OrderedDict[Chat, float] = OrderedDict()
        self._crashes: dict[Chat, Crashes] = {}
        self._pages: dict[int, int] = {}
        """Where the sweep reads on, in partitions with more chats than it reads at a time."""
        self._park = park
        self._random = Random()

    def __len__(self) -> int:
        return len(self._actors)

    def get(self, chat: Chat) -> ChatActor | None:
        """The actor of a chat, if it is in memory."""
        return self._actors.get(chat)

    def arrived(self, chat: Chat, entry: Entry, begun: Begun | None = None) -> None:
        """A message was accepted. When there is no room for its chat now, the sweep brings it later."""
        if actor := self._activate(chat):
            actor.offer(entry, begun)

    def eager(self, chat: Chat, order: int) -> Early | None:
        """What the accept of a message may begin it with, if its chat would handle it at once."""
        actor = self._actors.get(chat)
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
        actor = self._actors.get(chat)
        if actor is not None and actor.loaded:
            return actor.state.get(name)
        return await self.worker.persist(lambda: self.worker.mailboxes.peek(chat, name))

    async def write(self, chat: Chat, changes: Changes) -> None:
        """Commit changes of a chat's state outside of its turns: the last writer wins."""
        epoch = self.worker.ownership.epoch
        await self.worker.persist(lambda: self.worker.mailboxes.commit(chat, epoch, None, changes))
        if actor := self._actors.get(chat):
            actor.write(changes)

    def spawn(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run work of an actor beside it."""
        self._context.run(self._nursery.start_soon, work)

    def rests(self, actor: ChatActor) -> None:
        """An actor has nothing to do: it may leave memory, the one that rests longest first."""
        if not self.draining:
            self._resting[actor.chat] = trio.current_time()
            self._resting.move_to_end(actor.chat)
            self._crashes.pop(actor.chat, None)

    def failed(self, actor: ChatActor, error: BaseException | None) -> None:
        """An actor failed itself. Start its chat anew, later each time; the other chats do not notice."""
        if isinstance(error, Fenced) and self._ends_us(error):
            self.lost.set()
            return
        self._forget(actor.chat)
        if isinstance(error, Fenced):
            log.info("past_epoch_refused", chat=str(actor.chat), epoch=error.epoch)
            actor.stop()
            self.wake(actor.chat)
            return
        child(CRASHES, actor.chat.bot).inc()
        if len(self._crashes) >= CRASHES_REMEMBERED_MAX:
            self._crashes.clear()
        crashes = self._crashes.setdefault(actor.chat, Crashes())
        crashes.count += 1
        crashes.last_error = one_line(error) if error else ""
        crashes.pausing = True
        if crashes.count >= CRASHES_MAX:
            log.error("chat_parked", chat=str(actor.chat), crashes=crashes.count, exc_info=error)
            why = f"crashed {crashes.count} times in a row: {crashes.last_error}"
            self.spawn(lambda: aio(self._park, actor.chat, why))
            return
        pause = pause_seconds(BACKOFF, crashes.count, self._random)
        log.error(
            "chat_crashed",
            chat=str(actor.chat),
            crashes=crashes.count,
            again_in_seconds=pause,
            exc_info=error,
        )

        async def again() -> None:
            await trio.sleep(pause)
            crashes.pausing = False
            self.wake(actor.chat)

        self.spawn(again)

    async def sweep(self) -> None:
        """Bring in the chats that have messages waiting in Redis, and let go of those that have been idle."""
        while True:
            self._passivate()
            await self.sweep_once()
            await trio.sleep(SWEEP_SECONDS)

    async def sweep_once(self) -> None:
        """Bring in the chats that have messages waiting in Redis."""
        try:
            ready = await aio(self._ready)
        except StoreUnavailable as error:
            log.warning("sweep_failed", why=str(error))
            return
        for chat in ready:
            actor = self._actors.get(chat)
            if actor is None:
                self.wake(chat)
            elif actor.idle and not actor.suspended:
                actor.reload()

    async def _ready(self) -> list[Chat]:
        """Who waits longest in each partition, and of the others one page after another."""
        mailboxes, most = self.worker.mailboxes, SWEEP_CHATS_MAX
        first = await mailboxes.ready(self.worker.ownership.partitions, most)
        full = [n for n, found in Counts(chat.partition for chat in first).items() if found == most]
        self._pages = {n: self._pages.get(n, most) for n in full}
        more = await mailboxes.ready(full, most, after=self._pages) if full else []
        found = Counts(chat.partition for chat in more)
        for n in full:
            self._pages[n] = self._pages[n] + most if found[n] == most else most
        return first + more

    async def drain(self) -> None:
        """Begin nothing new and let what runs come to its end, within the policy's limit."""
        self.draining = True
        for actor in list(self._actors.values()):
            actor.wake()
        with trio.move_on_after(self.worker.policy.drain_seconds):
            for actor in list(self._actors.values()):
                await actor.wait_until_quiet()
        left = sum(actor.busy for actor in self._actors.values())
        log.info(
            "chats_drained",
            unfinished=left,
            note="unfinished messages are run after the next start" if left else None,
        )

    def _ends_us(self, refused: Fenced) -> bool:
        """Whether it was our present ownership that was refused. What a past one hears is old news."""
        ownership = self.worker.ownership
        return not refused.epoch or not ownership.held or refused.epoch == ownership.epoch

    # ---- what on-call asks for (`supervisors/oncall/node.py`) ----

    def details(self) -> dict[str, int]:
        """What the tree shows of the chats."""
        working = sum(actor.busy for actor in self._actors.values())
        return {"resident": len(self._actors), "working": working, "crashed": len(self._crashes)}

    def running(self, matches: Matches) -> int:
        """How many messages of these chats are being handled, or are begun and about to be."""
        return sum(len(one.window.running) + len(one.window.begun) for one in self._matching(matches))

    async def quiesce(self, matches: Matches, seconds: float) -> int:
        """Wait until none of their messages is being handled; returns how many still are. Their suspension is
        in the store already, so nothing new begins.
        """
        with trio.move_on_after(seconds):
            # An attempt that an accept began just before the suspension may still be on its way to us.
            await aio(self.worker.mailboxes.answered)
            while self.running(matches):  # noqa: ASYNC110 - what is waited for is spread over thousands of actors
                await trio.sleep(LOOK_SECONDS)
        return self.running(matches)

    def reload(self, matches: Matches) -> int:
        """Read these chats again, and bring in those that have messages waiting; returns how many
        were here.
        """
        found = list(self._matching(matches))
        for actor in found:
            actor.reload()
        self.spawn(self.sweep_once)
        return len(found)

    def forgive(self, matches: Matches) -> None:
        """Forget the crashes of these chats."""
        for chat in [chat for chat in self._crashes if matches(chat)]:
            del self._crashes[chat]

    def restart(self, matches: Matches) -> int:
        """Cancel what the actors of these chats are at and have them begin anew; returns how many there
        were.
        """
        found = list(self._matching(matches))
        for actor in found:
            actor.restart()
        return len(found)

    def describe(self, chat: Chat) -> dict[str, object]:
        """What is known of a chat here beyond what the store says; empty when it is not in memory."""
        actor, crashes = self._actors.get(chat), self._crashes.get(chat)
        shown: dict[str, object] = {}
        if actor is not None:
            shown = {
                "running": sorted(actor.window.running),
                "read_ahead": len(actor.window.box),
                "suspended": actor.suspended,
                "idle": actor.idle,
            }
        if crashes is not None:
            shown |= {"crashes": crashes.count, "last_error": crashes.last_error}
        return shown

    def _matching(self, matches: Matches) -> Iterator[ChatActor]:
        return (actor for chat, actor in self._actors.items() if matches(chat))

    # ---- who is in memory ----

    def _activate(self, chat: Chat) -> ChatActor | None:
        actor = self._actors.get(chat)
        if actor is not None:
            self._resting.pop(chat, None)
            return actor
        bot = self._bots.get(chat.bot)
        crashes = self._crashes.get(chat)
        if crashes is not None and crashes.pausing:
            return None
        if bot is None or self.draining or not self.worker.ownership.held:
            return None
        if len(self._actors) >= self.worker.policy.resident_max and not self._make_room():
            return None
        actor = self._context.run(ChatActor.activate, chat, bot, self)
        self._actors[chat] = actor
        RESIDENT.set(len(self._actors))
        return actor

    def _passivate(self) -> None:
        oldest = trio.current_time() - self.worker.policy.idle_seconds
        while self._resting:
            chat, since = next(iter(self._resting.items()))
            if since > oldest:
                break
            self._let_go(chat)

    def _make_room(self) -> bool:
        """Let the chat go that has been idle longest."""
        if not self._resting:
            return False
        self._let_go(next(iter(self._resting)))
        return True

    def _let_go(self, chat: Chat) -> None:
        self._resting.pop(chat, None)
        actor = self._actors.get(chat)
        # Between this look and the stop nothing can arrive: everything here happens in one thread without a
        # pause.
        if actor is not None and actor.idle:
            self._forget(chat)
            actor.stop()
            PASSIVATED.inc()

    def _forget(self, chat: Chat) -> None:
        self._actors.pop(chat, None)
        self._resting.pop(chat, None)
        RESIDENT.set(len(self._actors))


@asynccontextmanager
async def open_chats(
    worker: Worker, bots: Mapping[str, HostedBot], park: Park = park_nowhere
) -> "AsyncIterator[Chats]":
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
