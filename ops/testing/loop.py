"""The loop a test's bot runs on: only while the test waits for it, and with time that can be skipped.

One asyncio loop with Trio as its guest lasts for the session. Between two calls of a test it stands still, so
that what a test sees does not change under its eyes, and a test is a plain function.
"""

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, TypeVar, TypeVarTuple

import trio

from mailroom.actors.runtime import host

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class SkippingLoop(asyncio.SelectorEventLoop):
    """A loop whose clock can be set ahead: what sleeps on it is over at once."""

    def __init__(self) -> None:
        super().__init__(selectors.DefaultSelector())
        self.skipped_seconds = 0.0
        self.at_work_in_threads = 0

    def time(self) -> float:
        """Seconds of the loop's clock, those that were skipped among them."""
        return super().time() + self.skipped_seconds

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Run a function in a thread, which nobody's sleep is cut short for."""
        future = super().run_in_executor(executor, func, *args)
        self.at_work_in_threads += 1
        future.add_done_callback(self._out_of_thread)
        return future

    def _out_of_thread(self, _future: asyncio.Future[Any]) -> None:
        self.at_work_in_threads -= 1

    def has_more_to_run(self) -> bool:
        """Whether anything could go on at once."""
        return bool(self._ready)  # type: ignore[attr-defined]

    @property
    def descriptors(self) -> frozenset[int]:
        """What the loop watches for input and output."""
        return frozenset(self._selector.get_map())  # type: ignore[attr-defined]

    @property
    def next_wake_seconds(self) -> float | None:
        """How long until the first of those who sleep wakes up; None where nobody sleeps."""
        scheduled: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        wakes = [handle.when() for handle in scheduled if not handle.cancelled()]
        return max(min(wakes) - self.time(), 0.0) if wakes else None


class SkippingClock(trio.abc.Clock):
    """The same clock, for Trio."""

    def __init__(self, loop: SkippingLoop) -> None:
        self._loop = loop

    def start_clock(self) -> None:
        """There is nothing to start."""

    def current_time(self) -> float:
        """What time it is on the loop."""
        return self._loop.time()

    def deadline_to_sleep_time(self, deadline: float) -> float:
        """How long until then."""
        return deadline - self._loop.time()


class AsyncTestError(Exception):
    """The kit was called from a coroutine. Write the test as a plain `def`: the kit runs the loop itself, and
    `service.run(...)` awaits what a test has of its own.
    """


class TestLoop:
    """Runs what a test asks for, and what the bot does meanwhile."""

    __test__ = False  # no test class, whatever pytest thinks of its name

    def __init__(self) -> None:
        self.loop = SkippingLoop()
        self._nursery: trio.Nursery

    @contextmanager
    def trio(self) -> Iterator[None]:
        """Have Trio be there until the block ends: no longer, for other tests may want to run a Trio of their
        own.
        """
        up: asyncio.Future[trio.Event] = self.loop.create_future()

        async def main() -> None:
            async with trio.open_nursery() as self._nursery:
                over = trio.Event()
                up.set_result(over)
                await over.wait()
                self._nursery.cancel_scope.cancel()

        guest = self.loop.create_task(host.hosted(main, clock=SkippingClock(self.loop)))
        self.run(_first(guest, up))
        try:
            yield
        finally:
            if not guest.done():
                up.result().set()
            self.loop.run_until_complete(guest)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine of the asyncio side, and the bot beside it, until it has its result."""
        if asyncio._get_running_loop() is not None:  # noqa: SLF001 - the public one raises where none is
            work.close()
            raise AsyncTestError(AsyncTestError.__doc__)
        return self.loop.run_until_complete(work)

    def skip(self, seconds: float) -> None:
        """Let all that sleeps for so long wake up."""
        self.loop.skipped_seconds += seconds

    def spawn(self, life: Callable[[], Awaitable[None]]) -> None:
        """Run something on Trio's side beside the test."""
        self._nursery.start_soon(life)

    def close(self) -> None:
        """End the loop."""
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()


async def _first(guest: "asyncio.Task[None]", up: "asyncio.Future[trio.Event]") -> None:
    ended: set[asyncio.Future[Any]] = {guest, up}
    await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
    if guest.done():
        guest.result()
