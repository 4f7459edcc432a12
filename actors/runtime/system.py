"""The actor system: the nursery that actors live in, and the thread they share.

Pykka starts an actor with nothing but `SomeActor.start(...)`; a Trio task needs a nursery. The system is
found through a context variable, so that every task below `async with open_actor_system()` may start actors
and a supervisor may open a system of its own for its children.
"""

import contextvars
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import trio


class NoActorSystemError(RuntimeError):
    """A TrioActor was made where no actor system is open: do it below `async with open_actor_system()`."""


class Alive(Protocol):
    """An actor by its reference, as its system asks after it."""

    def is_alive(self) -> bool:
        """Whether it takes messages."""

    async def wait_for_end(self) -> BaseException | None:
        """Wait until its task is over."""


class Actor(Protocol):
    """An actor as its system runs it."""

    @property
    def actor_ref(self) -> Alive:
        """Its reference."""

    def stop(self) -> Any:
        """Ask it to stop after the messages it has."""

    async def _actor_loop(self) -> None:
        """Its task."""


class ActorSystem:
    """Where actors run: one nursery in one Trio run, known to other threads by its token."""

    def __init__(self, nursery: trio.Nursery) -> None:
        self.nursery = nursery
        self.token = trio.lowlevel.current_trio_token()
        self.thread_id = threading.get_ident()
        # In the order they started. A dict, because stopping one of many must not search a list.
        self.actors: dict[Actor, None] = {}
        # An actor outlives whoever started it, so it begins with the system's context, not with the
        # starter's: the trace id of a message must not stick to the actor it woke.
        self._context = contextvars.copy_context()

    def spawn(self, actor: Actor) -> None:
        """Give the actor its task."""
        if threading.get_ident() != self.thread_id:
            raise NoActorSystemError("actors are started in the thread of their system")
        self._context.run(self._start_task, actor)
        self.actors[actor] = None

    def _start_task(self, actor: Actor) -> None:
        self.nursery.start_soon(actor._actor_loop, name=type(actor).__name__)  # noqa: SLF001

    def forget(self, actor: Actor) -> None:
        """Let go of an actor whose loop has ended."""
        self.actors.pop(actor, None)

    async def stop(self) -> None:
        """Ask the actors to stop, the youngest first, each when the one before has ended.

        An actor handles what is in its inbox before it stops; whoever cannot wait that long cancels us.
        """
        while self.actors:
            actor = next(reversed(self.actors))
            ref = actor.actor_ref
            if ref.is_alive():
                actor.stop()
            await ref.wait_for_end()


_current_system: contextvars.ContextVar[ActorSystem] = contextvars.ContextVar("actor_system")


def current_system() -> ActorSystem:
    """The system that actors made here and now belong to."""
    system = _current_system.get(None)
    if system is None:
        raise NoActorSystemError(
            "no actor system is open here: see mailroom.actors.runtime.system.open_actor_system"
        )
    return system


@asynccontextmanager
async def open_actor_system() -> AsyncIterator[ActorSystem]:
    """Open a system for the actors started in this block and in the tasks below it.

    A block that ends well stops its actors in order and waits for them. A block that raises or is cancelled
    cancels them; what it raised comes out in an ExceptionGroup, as from any nursery. An actor's failure stops
    that actor alone, as in Pykka: it never gets here.
    """
    async with trio.open_nursery() as nursery:
        system = ActorSystem(nursery)
        token = _current_system.set(system)
        system._context.run(_current_system.set, system)  # noqa: SLF001
        try:
            yield system
            await system.stop()
        finally:
            _current_system.reset(token)
