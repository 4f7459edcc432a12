"""The actor of one queue: a worker in the supervision tree.

The actor itself lives on the Trio side, as all actors do: there it is started, asked, stopped and seen to
fail. Its work is one long call to the asyncio side (`worker.py` says why). What that call raises ends the
actor and comes out of its life, for the supervisor to act on; no other queue notices.
"""

from collections.abc import Awaitable, Callable
from typing import Literal, Protocol

import trio

from mailroom.actors.jobs.context import Services
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.limits import Limits
from mailroom.actors.jobs.worker import Details, QueueWorker
from mailroom.actors.runtime.actor import TrioActor
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.runtime.ref import TrioActorRef
from mailroom.actors.runtime.system import open_actor_system
from mailroom.storage.postgres.outbox.claim import LEASE_SECONDS

Message = Literal["wake", "look"]
"""`wake`: there may be jobs. `look`: answer with what you are at."""
STOP_SECONDS = 12.0
"""What the supervisor should allow an actor that was asked to stop: its attempts' time, and some to write."""


class Life(Protocol):
    """What an actor needs to know of its place in the supervision tree."""

    stopping: trio.Event
    details: Callable[[], Details] | None

    def started(self, info: object = None) -> None:
        """The actor is up."""


class JobActor(TrioActor):
    """One queue."""

    def __init__(self, worker: QueueWorker) -> None:
        super().__init__()
        self._worker = worker
        self._connected = trio.Event()
        self._over = trio.Event()

    async def on_start(self) -> None:
        """Begin to work. What keeps the worker from that, or ends it later, ends the actor's system."""
        self.actor_inbox.system.nursery.start_soon(self._work)
        await self._connected.wait()

    async def on_receive(self, message: Message) -> Details | None:
        """Wake up, or tell."""
        if message == "look":
            return self._worker.details()
        self._worker.wake()
        return None

    async def on_stop(self) -> None:
        """Finish what is in progress."""
        self._worker.stop()
        await self._over.wait()

    async def _work(self) -> None:
        try:
            await aio(self._worker.run, self._connected.set)
        finally:
            self._over.set()


def job_life(
    services: Services,
    handlers: Handlers,
    *,
    limits: Limits | None = None,
    lease_seconds: float = LEASE_SECONDS,
) -> Callable[[Life], Awaitable[None]]:
    """The life of a queue's actor, for the supervision tree: a child that traps exits. The `limits` are those
    of the queue, unless others are given.
    """

    async def live(life: Life) -> None:
        worker = QueueWorker(handlers, services, limits or handlers.limits, lease_seconds=lease_seconds)
        async with open_actor_system():
            ref: TrioActorRef[JobActor] = JobActor.start(worker)
            life.details = worker.details
            await ref.ask("look")  # answered once it is up
            life.started()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(_stop_when_asked, life, ref)
                await ref.wait_for_end()
                nursery.cancel_scope.cancel()

    return live


async def _stop_when_asked(life: Life, ref: TrioActorRef[JobActor]) -> None:
    await life.stopping.wait()
    await ref.stop()
