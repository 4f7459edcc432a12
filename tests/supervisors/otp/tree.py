"""A supervisor in a test's own Trio, on a clock that jumps over waiting."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps

import trio
import trio.testing

from mailroom.supervisors.otp.child import Life
from mailroom.supervisors.otp.record import Surroundings
from mailroom.supervisors.otp.spec import SupervisorSpec
from mailroom.supervisors.otp.supervisor import Supervisor
from mailroom.supervisors.otp.trace import Event

LONG_SECONDS = 1000.0
"""On a clock that jumps: whatever has not happened by then never will."""


def simulated(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """An async test, run by Trio on a clock that jumps to the next deadline when everybody waits."""

    @wraps(test)
    def run(**fixtures: object) -> None:
        async def main() -> None:
            with trio.fail_after(LONG_SECONDS * 10):
                await test(**fixtures)

        trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))

    return run


class Tree:
    """A running supervisor, what it told of itself, and what became of it."""

    def __init__(self, spec: SupervisorSpec, **surroundings: object) -> None:
        self.events: list[Event] = []
        self.supervisor = Supervisor(
            spec, surroundings=Surroundings(tracer=self.events.append, **surroundings)
        )
        self.up = trio.Event()
        self.ended = trio.Event()
        self.outcome: Exception | None = None
        self.life = Life("", self.up.set)

    async def run(self) -> None:
        try:
            await self.supervisor.run(self.life)
        except Exception as outcome:
            self.outcome = outcome
        self.ended.set()

    async def stop(self) -> None:
        self.life.stopping.set()
        with trio.fail_after(LONG_SECONDS):
            await self.ended.wait()

    def told(self) -> list[str]:
        """`started a`, `exited b crash`: the events so far, without their details."""
        return [
            " ".join(filter(None, (event.kind, _path(event), event.reason.partition(":")[0])))
            for event in self.events
        ]

    def state(self, child_id: str) -> str:
        return self.supervisor.children[child_id].state


@asynccontextmanager
async def running(spec: SupervisorSpec, **surroundings: object) -> AsyncIterator[Tree]:
    """The supervisor, started, or ended because it could not start; stopped in the end."""
    tree = Tree(spec, **surroundings)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(tree.run)
        await trio.testing.wait_all_tasks_blocked()
        yield tree
        await tree.stop()


class Worker:
    """A child that can be made to crash, end, or fail to start, as often as one likes."""

    def __init__(self) -> None:
        self.starts = 0
        self.lives = 0
        self.failing = 0
        """How many of the next starts fail."""
        self.started_at: list[float] = []
        self.error: BaseException | None = None
        self._told = trio.Event()

    async def __call__(self, life: Life) -> None:
        self.starts += 1
        self.started_at.append(trio.current_time())
        if self.failing:
            self.failing -= 1
            raise RuntimeError("failed to start")
        self._told, self.error = trio.Event(), None
        self.lives += 1
        try:
            life.started(f"start {self.starts}")
            await self._told.wait()
        finally:
            self.lives -= 1
        if self.error is not None:
            raise self.error

    async def crash(self, error: BaseException | None = None) -> None:
        self.error = error or RuntimeError("crashed")
        self._told.set()
        await trio.testing.wait_all_tasks_blocked()

    async def end(self) -> None:
        self._told.set()
        await trio.testing.wait_all_tasks_blocked()


async def later(seconds: float) -> None:
    """Some time after, when whoever else was waiting for that moment has done what it does."""
    await trio.sleep(seconds)
    await trio.testing.wait_all_tasks_blocked()


async def take_time(life: Life) -> None:
    """Up, and never ends, not even when asked."""
    life.started()
    await trio.sleep_forever()


def _path(event: Event) -> str:
    return f"{event.path}/{event.child}" if event.path else event.child
