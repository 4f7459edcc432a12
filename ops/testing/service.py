"""The bot under test as a service: started, killed, started again, and waited for until nothing goes on."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, cast

import trio

from mailroom.actors.policy import Policy
from mailroom.actors.runtime.bridge import to_trio
from mailroom.ops.testing.errors import (
    JobDiedError,
    KitError,
    MessageDiedError,
    NothingThereError,
    NotSettledError,
)
from mailroom.ops.testing.loop import TestLoop
from mailroom.ops.testing.mailboxes import AHEAD, MovedLine
from mailroom.ops.testing.moments import MovingClock, StoresClock
from mailroom.ops.testing.opened.payments import MemoryAccount
from mailroom.ops.testing.process import Process, open_process
from mailroom.ops.testing.stores import Stores
from mailroom.ops.testing.subject import Subject
from mailroom.ops.testing.telegram import MemoryTelegram
from mailroom.storage.redis.entry import Chat

if TYPE_CHECKING:  # what a router does without: models, Postgres, pages
    from mailroom.actors.hosting.room import Room
    from mailroom.ops.testing.models import ScriptedModels
    from mailroom.ops.testing.opened.room import RoomUnderTest
    from mailroom.ops.testing.rooms import Tested
    from mailroom.ops.testing.tables import Tables

T = TypeVar("T")

PATIENCE_SECONDS = 10.0
"""How long the kit waits for what the bot does, in real time: a machine may be busy."""
POLL_SECONDS = 0.0003
LOOKS_MIN = 3
"""So often in a row the loop has nothing to run, and hears of nothing, before it counts as idle."""
QUIET_SECONDS = 0.1
"""Who has a connection of his own, and neither sends nor hears anything for so long, is not waited for any
more.
"""
STEPS_MAX = 10_000
"""Things that come due while the clock is moved once: more of them make each other, for ever."""


class Service:
    """One bot, from one test's beginning to its end."""

    def __init__(
        self, loop: TestLoop, stores: Stores, subject: Subject, tables: "Tables | None" = None
    ) -> None:
        self.loop = loop
        self.clock = MovingClock()
        self.process: Process
        self.telegram: MemoryTelegram
        self.outages = 0
        """How many hold now: while any does, no wait is cut short."""
        self.moved_ms = 0
        self._stores = stores
        self._subject = subject
        self._tables = tables
        self.account = MemoryAccount()
        """Where the people of a room pay."""
        self._scripted: ScriptedModels | None = None
        self._epoch = 0
        self._used: set[int] = set()
        self._faults: list[KitError] = []
        self._over: trio.Event
        self._down: asyncio.Future[None]
        self._descriptors: frozenset[int] = frozenset()
        self._admin: MovedLine

    # ---- what a test may do with it ----

    def run(self, work: Callable[[], Awaitable[T]] | Coroutine[Any, Any, T]) -> T:
        """Await something of the test's own on the bot's loop: a coroutine, or a function for one."""

        async def awaited() -> T:
            return await (work() if callable(work) else work)

        return self.loop.run(awaited())

    def run_trio(self, work: Callable[[], Awaitable[T]]) -> T:
        """Await something of Trio's side."""
        return self.loop.run(to_trio(work))

    def kill(self) -> None:
        """End the process at once, as `kill -9` does: what runs is broken off, and nothing more is said."""
        self.loop.run(self._kill())

    def start(self) -> None:
        """Start a process after a kill. It finds what the stores hold, and nothing else."""
        self.loop.run(self._start())
        self.settle()

    def restart(self) -> None:
        """Kill the process, and start another one."""
        self.kill()
        self.start()

    def settle(self) -> None:
        """Wait until nothing goes on. Raises what has gone wrong for good meanwhile."""
        __tracebackhide__ = True
        self.loop.run(self.settled(skip=not self.outages))
        self.check()

    def check(self) -> None:
        """Raise what has gone wrong for good."""
        __tracebackhide__ = True
        if self._faults:
            faults, self._faults = self._faults, []
            raise faults[0]

    # ---- from test to test ----

    def open(self) -> None:
        """Begin, with nothing in the stores."""
        self.loop.run(self._open())

    def close(self) -> None:
        """End it."""
        self.loop.run(self._close())

    async def _open(self) -> None:
        url = self._stores.redis_url
        self._admin = MovedLine(url)
        await self._admin.command("FLUSHALL")
        if self._tables is not None:
            from mailroom.ops.testing.models import ScriptedModels

            self._scripted = ScriptedModels()
            await self._tables.open()
        if not self._stores.scripts_loaded:
            await self._admin.load()
            self._stores.scripts_loaded = True
        self.telegram = MemoryTelegram()
        await self._start()

    async def _close(self) -> None:
        await self._kill()
        await self._admin.close()

    async def _start(self, *, anew: bool = True) -> None:
        self._epoch += 1
        up: asyncio.Future[Process] = asyncio.get_running_loop().create_future()
        self._down = asyncio.get_running_loop().create_future()
        self._over = trio.Event()
        router, tested = self._subject.router(anew=anew and self._epoch > 1), self.tested
        opened = open_process(
            self._stores.redis_url,
            router,
            self.telegram,
            StoresClock(self.clock),
            epoch=self._epoch,
            used=self._used,
            told=self._told,
            policy=Policy(),
            name=tested.name if tested is not None else "bot",
            working=self._working if tested is not None else None,
        )
        over, down = self._over, self._down

        async def live() -> None:
            await _live(opened, over, up, down)

        self.loop.spawn(live)
        self.process = await up
        self.process.mailboxes._ahead_ms = self.moved_ms  # noqa: SLF001 - as the store would say
        self._descriptors = self.loop.loop.descriptors

    def _working(self, process: Process) -> "AbstractAsyncContextManager[RoomUnderTest]":
        assert self.tested is not None, "a router has no queues"
        assert self._tables is not None, "a room has tables"
        from mailroom.ops.testing.rooms import at_work

        return at_work(self.tested, process, self._tables, self.clock, self.account, self.scripted.client)

    @property
    def tested(self) -> "Tested | None":
        """The room that is tested; None where it is a router."""
        return cast("Tested", self._subject) if self._tables is not None else None

    @property
    def under_test(self) -> "RoomUnderTest":
        """The room with its jobs, its page, its section and its hooks. Raises `NothingThereError` where a
        router is tested.
        """
        found: RoomUnderTest | None = self.process.room
        if found is None:
            raise NothingThereError("a router is tested, which has no room: give a fixture `room`")
        return found

    @property
    def room(self) -> "Room[Any]":
        """The room, as its functions get it."""
        return self.under_test.room

    @property
    def tables(self) -> "Tables | None":
        """The database of a room."""
        return self._tables

    @property
    def scripted(self) -> "ScriptedModels":
        """The model that a room asks. Raises `NothingThereError` where a router is tested."""
        if self._scripted is None:
            raise NothingThereError("a router is tested, which asks no model of ours: give a fixture `room`")
        return self._scripted

    def replace(self, *, anew: bool) -> None:
        """Kill the process, and have another one take over; `anew` in a memory of its own."""
        self.loop.run(self._kill())
        self.loop.run(self._start(anew=anew))

    def hurry(self) -> None:
        """Have jobs that have failed tried again without waiting for their time."""
        if self._tables is not None and not self.outages:
            self.loop.run(self._tables.hurry())

    async def _kill(self) -> None:
        self._over.set()
        await self._down

    # ---- waiting ----

    async def settled(self, *, skip: bool) -> None:
        """Wait until nothing goes on. Without `skip` it is enough that whatever goes on sleeps."""
        loop, given_up_at, quiet_at = self.loop.loop, time.monotonic() + PATIENCE_SECONDS, 0.0
        looks = 0
        while True:
            await self.process.deliver()
            looks = 0 if loop.has_more_to_run() else looks + 1
            if looks < LOOKS_MIN:
                quiet_at = quiet_at if looks else 0.0
                await asyncio.sleep(0)
                continue
            looks = 0
            if self.process.settled:
                if not await self._work_off(again=skip):
                    return
            elif self._in_flight(quiet_at):
                quiet_at = quiet_at or time.monotonic()
                await asyncio.sleep(POLL_SECONDS)
            elif not skip:
                return
            elif (seconds := loop.next_wake_seconds) is not None:
                await self.move(seconds)
            else:
                await asyncio.sleep(POLL_SECONDS)
            if time.monotonic() > given_up_at:
                said = [one.sent for one in self.telegram.made if one.shown][-5:]
                raise NotSettledError(
                    f"after {PATIENCE_SECONDS:.0f} s something still goes on in {self.process.busy};"
                    f" said last: {said}"
                )

    async def _work_off(self, *, again: bool) -> bool:
        """Do the jobs that are due, and those that follow; whether there was anything to do."""
        if self.process.room is None or (self._tables is not None and self._tables.away):
            return False
        worked = await self.under_test.queues.work_off(again=again, dying=True)
        self._faults += [
            JobDiedError(f"{one.job.name} {one.job.payload}: {one.why}") for one in worked if one.died
        ]
        return bool(worked)

    def _in_flight(self, quiet_at: float) -> bool:
        """Whether anything is awaited from outside of the process, which no clock brings nearer."""
        loop = self.loop.loop
        if self.process.in_flight or loop.at_work_in_threads:
            return True
        foreign = loop.descriptors - self._descriptors
        asked = bool(foreign) or (self._tables is not None and self._tables.in_use)
        return asked and (not quiet_at or time.monotonic() - quiet_at < QUIET_SECONDS)

    async def move(self, seconds: float) -> None:
        """Set all clocks ahead: the loop's, the room's, the store's."""
        by_ms = int(seconds * 1000) + 1
        self.moved_ms += by_ms
        self.loop.skip(by_ms / 1000)
        self.clock.move(by_ms)
        await self._admin.command("SET", AHEAD, self.moved_ms)
        self.process.mailboxes._ahead_ms += by_ms  # noqa: SLF001 - as the store's next answer would say
        if self.process.room is not None:
            await self.under_test.queues.bring_nearer(by_ms / 1000)

    def advance(self, seconds: float) -> None:
        """Let time pass, and what comes due in it happen when it is due."""
        self.loop.run(self._advance(seconds))
        self.check()

    async def _advance(self, seconds: float) -> None:
        await self.settled(skip=not self.outages)
        until_ms = self.moved_ms + int(seconds * 1000)
        for _ in range(STEPS_MAX):
            due_ms = await self._next_due_ms()
            if due_ms is None or due_ms > until_ms:
                break
            if due_ms > self.moved_ms:
                await self.move((due_ms - self.moved_ms) / 1000)
            await self.process.fire()
            await self.settled(skip=not self.outages)
        else:
            raise NotSettledError(f"more than {STEPS_MAX} things came due: they make each other, for ever")
        if until_ms > self.moved_ms:
            await self.move((until_ms - self.moved_ms) / 1000)
        await self.settled(skip=not self.outages)

    async def _next_due_ms(self) -> int | None:
        """By how much the clocks are to be ahead for the next timer to be due."""
        upcoming = await self.process.mailboxes.next_timers(tuple(self._used))
        due = [due_ms - int(time.time() * 1000) for due_ms in upcoming.values()]
        if (
            self.process.room is not None
            and (wait := await self.under_test.queues.next_seconds()) is not None
        ):
            due.append(self.moved_ms + int(wait * 1000) + 1)
        return min(due, default=None)

    def _told(self, chat: Chat, error: BaseException | None, *, dead: bool) -> None:
        if error is None or not dead:
            return
        died = MessageDiedError(
            f"a message in chat {chat.id} is dead: its handler failed at every attempt, last with {error!r}"
        )
        died.__cause__ = error.with_traceback(authors_part(error.__traceback__))
        self._faults.append(died)


async def _live(
    opened: AbstractAsyncContextManager[Process],
    over: trio.Event,
    up: "asyncio.Future[Process]",
    down: "asyncio.Future[None]",
) -> None:
    """The life of a process, on Trio's side."""
    try:
        async with opened as process:
            up.set_result(process)
            await over.wait()
    except Exception as error:
        if up.done():
            raise
        up.set_exception(error)
    finally:
        down.set_result(None)


def authors_part(traceback: TracebackType | None) -> TracebackType | None:
    """The part of a traceback that begins in the author's own code, past ours and aiogram's; all where there
    is none.
    """
    part = traceback
    while part is not None:
        package = str(part.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
        if package not in ("mailroom", "aiogram"):
            return part
        part = part.tb_next
    return traceback
