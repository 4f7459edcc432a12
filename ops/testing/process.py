"""One process in a test: the chats of a bot over the real Redis, without HTTP around it.

Everything between Telegram's update and the call that answers it is the real thing: the intake, the actor of
a chat, its session and journal, the scripts in Redis. It ends as if killed; the next one comes with a larger
epoch.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from aiogram import Bot, Router
from aiogram.client.session import aiohttp

from mailroom.actors.hosting.bot import HostedBot, dispatcher_of
from mailroom.actors.policy import Policy
from mailroom.actors.runtime.bridge import aio, to_trio
from mailroom.actors.turn import Turn
from mailroom.actors.worker import Worker
from mailroom.ingress.telegram.intake import Intake
from mailroom.ops.host_bot import host
from mailroom.ops.testing.mailboxes import MovedLine, WatchedMailboxes
from mailroom.ops.testing.telegram import TOKEN, MemoryTelegram
from mailroom.storage.clock import Clock
from mailroom.storage.errors import Fenced, StoreUnavailable
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Changes, Receipt
from mailroom.supervisors.chats.chats import Chats, open_chats
from mailroom.supervisors.holding import Holding
from mailroom.supervisors.parking import Parking
from mailroom.supervisors.timers import run_once


@dataclass
class Ownership:
    """The right to work the chats, until the process is killed."""

    number: int
    used: set[int]
    over: bool = False
    in_doubt: bool = False

    @property
    def epoch(self) -> int:
        """The number of our ownership."""
        if self.over:
            raise Fenced("the process was killed")
        return self.number

    @property
    def held(self) -> bool:
        """Whether the process lives."""
        return not self.over

    @property
    def partitions(self) -> tuple[int, ...]:
        """Those that a chat of the test is in."""
        return tuple(self.used)


@dataclass
class Process:
    """A bot at work."""

    telegram: MemoryTelegram
    line: MovedLine
    mailboxes: WatchedMailboxes
    ownership: Ownership
    hosted: HostedBot
    room: Any = None
    """What is at work of its room, where it has one."""
    chats: Chats = field(init=False)
    intake: Intake = field(init=False)
    failures: dict[tuple[Chat, int], BaseException] = field(default_factory=dict)
    """What the handler of a message that is not finished has raised last."""

    def arrived(self, chat: Chat, receipt: Receipt) -> None:
        """A message was accepted into its chat's mailbox."""
        if receipt.entry is not None:
            self.chats.arrived(chat, receipt.entry, receipt.begun)

    async def deliver(self) -> None:
        """Take in what Telegram has for the bot."""
        for body in await self.telegram.fetch():
            await self.intake.take(self.hosted, body)

    @property
    def in_flight(self) -> bool:
        """Whether an answer of a store is on its way."""
        return bool(self.line.waiting)

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do: neither now, nor after a wait that was begun."""
        if self.telegram.bot.inbound.backlog.tail != self.telegram.taken:
            return False
        if self.line.waiting or self.chats.crashes.pausing:
            return False
        return all(actor.idle for actor in self.chats.residents)

    @property
    def busy(self) -> list[str]:
        """The chats that are at work, or wait for their time, for whoever waits in vain."""
        return [str(actor.chat) for actor in self.chats.residents if not actor.idle]

    async def read(self, chat: Chat, name: str) -> str | None:
        """A field of a chat's state for code outside of its turns."""
        return await self.chats.read(chat, name)

    async def write(self, chat: Chat, changes: Changes) -> None:
        """Commit state outside of a chat's turns."""
        await self.chats.write(chat, changes)

    async def fire(self) -> int:
        """Put the timers that are due into their chats."""
        return await to_trio(run_once, self.chats)


Working = Callable[[Process], AbstractAsyncContextManager[Any]]
"""Puts a room to work within a process."""


class OnHandled(Protocol):
    """Told of each message that has come to its end, with what its handler has raised last, if anything."""

    def __call__(self, chat: Chat, error: BaseException | None, *, dead: bool) -> None:
        """A message is over."""


class _Later:
    """The way from a bot's storage to a process that is not there yet."""

    process: Process

    async def read(self, chat: Chat, name: str) -> str | None:
        return await self.process.read(chat, name)

    async def write(self, chat: Chat, changes: Changes) -> None:
        await self.process.write(chat, changes)


async def _says_nothing_more(*_: Any, **_options: Any) -> None:
    raise StoreUnavailable("the process is killed")


@asynccontextmanager
async def open_process(
    redis_url: str,
    router: Router,
    telegram: MemoryTelegram,
    clock: Clock,
    *,
    epoch: int,
    used: set[int],
    told: OnHandled,
    policy: Policy,
    name: str = "bot",
    working: Working | None = None,
) -> AsyncIterator[Process]:
    """Start it, on Trio's side; leaving the block kills it. `working` puts a room to work in it."""
    line, later = MovedLine(redis_url), _Later()
    boxes = WatchedMailboxes(line, epoch, used)
    parking, holding = Parking(boxes, line), Holding(line)
    with _no_certificates():
        hosted = host(
            name, Bot(TOKEN), dispatcher_of(router, {}), later, parking, bundled=working is not None
        )
    hosted.clock = clock
    async with AsyncExitStack() as stack:
        stack.callback(hosted.let_go)
        stack.push_async_callback(aio, line.close)
        stack.push_async_callback(aio, hosted.stop)
        ownership = Ownership(epoch, used)
        process = later.process = Process(telegram, line, boxes, ownership, hosted)
        _watch(process, told)
        hosted.watermark.saw(telegram.taken - 1, boxes.now_ms(), in_order=True)
        if used:
            await aio(boxes.own_all)
        await aio(parking.restore, name)
        await aio(holding.restore, hosted)
        async with open_chats(Worker(boxes, ownership, policy), {name: hosted}) as chats:
            process.chats = chats
            chats.spawn(partial(holding.watch, hosted))
            process.intake = Intake(
                boxes,
                {name: hosted},
                arrived=process.arrived,
                shed=lambda *_: None,
                unsure=chats.look_again,
                eager=chats.eager,
            )
            async with working(process) if working is not None else nullcontext() as process.room:
                await aio(
                    hosted.start, lambda chat_id, work: chats.run_in_line(Chat(name, str(chat_id)), work)
                )
                if used:
                    await chats.sweep.run_once()
                try:
                    yield process
                finally:
                    # Killed: nothing more is said, neither to the stores nor to Telegram.
                    ownership.over = True
                    boxes.park = _says_nothing_more  # type: ignore[method-assign]


class _Certificates:
    """In the place of the module `ssl`: nobody is connected to, and certificates take 20 ms to read."""

    create_default_context = staticmethod(lambda **_: True)


@contextmanager
def _no_certificates() -> Iterator[None]:
    real = vars(aiohttp)["ssl"]
    vars(aiohttp)["ssl"] = _Certificates
    try:
        yield
    finally:
        vars(aiohttp)["ssl"] = real


def _watch(process: Process, told: OnHandled) -> None:
    """Put ourselves between the bot and Telegram, and hear what its handlers raise."""
    hosted, failures = process.hosted, process.failures
    session: Any = hosted.bot.session
    session._post = process.telegram.post  # noqa: SLF001 - what stands below the journal and the limiter
    session.stream_content = process.telegram.stream
    handle = hosted.handle

    async def watched(turn: Turn) -> bool:
        key = (turn.chat, turn.entry.seq if turn.entry else 0)
        try:
            handled = await handle(turn)
        except Exception as error:
            failures[key] = error
            raise
        failures.pop(key, None)
        if process.mailboxes.at_commit is not None:
            await turn.journal.settle()  # so that it is no matter of luck whether the last call is recorded
        return handled

    hosted.handle = watched  # type: ignore[method-assign]
    process.mailboxes.committed = lambda chat, entry, dead: told(
        chat, failures.pop((chat, entry.seq), None), dead=dead
    )
