"""References to Trio actors: Pykka's `ActorRef`, whose answers are awaited instead of blocked for."""

from __future__ import annotations

import sys
import weakref
from typing import TYPE_CHECKING, Any, TypeVar

from pykka import Actor, ActorDeadError, ActorRef
from pykka._envelope import Envelope
from pykka.messages import ProxySetAttr, _ActorStop

from mailroom.actors.runtime.future import DerivedFuture, TrioFuture, WouldBlockError
from mailroom.actors.runtime.inbox import InboxFullError
from mailroom.actors.runtime.waiting import ReentrancyError, current_actor, refuse_circle

if TYPE_CHECKING:
    from mailroom.actors.runtime.inbox import Inbox
    from mailroom.actors.runtime.life import Life

A = TypeVar("A", bound=Actor)


class TrioActorRef(ActorRef[A]):
    """Reference to a running Trio actor, which may safely be passed around, to other threads too.

    Where it differs from Pykka: `ask` and `stop` return a future unless `block=True` is said, and that works
    in other threads only. `proxy.attribute = value` does not wait until the value is set.
    """

    actor_inbox: Inbox
    actor_stopped: Life  # type: ignore[assignment]  # It answers is_set() and set() like an Event.

    def __init__(self, actor: A) -> None:
        self._actor_weakref = weakref.ref(actor)
        self.actor_class = actor.__class__
        ours: Any = actor  # to Pykka's types it has Pykka's inbox, and an Event
        self.actor_inbox = ours.actor_inbox
        self.actor_stopped = ours.actor_stopped

    if not TYPE_CHECKING:  # Pykka declares an attribute; ours is made when asked for.

        @property
        def actor_urn(self) -> str:
            """See `Actor.actor_urn`."""
            return self.actor_stopped.urn

    def is_alive(self) -> bool:
        """Whether the actor takes messages."""
        return not self.actor_inbox.closed

    def tell(self, message: Any) -> None:
        """Put a message into the actor's inbox, from any thread, without waiting for anything.

        Raises ActorDeadError when the actor has stopped, InboxFullError when the inbox is at its limit.
        """
        inbox = self.actor_inbox
        if inbox.closed:
            raise ActorDeadError(f"{self} not found")
        inbox.put(Envelope(message))

    def ask(self, message: Any, *, block: bool | None = None, timeout: float | None = None) -> Any:
        """Put a message into the actor's inbox and return a future of the answer: `await ref.ask(...)`.

        `timeout` is in seconds and begins with the await. An actor whose ask would close a circle of waiting
        actors finds ReentrancyError in the future and nothing is sent; with `block=False`, which says "I may
        not even wait", the message is sent and only awaiting it raises.
        """
        if block and self.actor_inbox.is_own_thread():
            raise WouldBlockError("ask(block=True) would block the actors' thread: await ask()")
        future: TrioFuture[Any] = TrioFuture(self, timeout)
        try:
            self._refuse_if_dead()
            if block is None:
                self._refuse_circle(message)
            self.actor_inbox.put(Envelope(message, future))
        except (ActorDeadError, InboxFullError, ReentrancyError):
            future.set_exception()
        return future.get(timeout=timeout) if block else future

    def stop(self, *, block: bool | None = None, timeout: float | None = None) -> Any:
        """Ask the actor to stop after the messages it has; the answer is False if it was dead already."""
        if block and self.actor_inbox.is_own_thread():
            raise WouldBlockError("stop(block=True) would block the actors' thread: await stop()")
        asked: TrioFuture[Any] = self.ask(_ActorStop(), block=False, timeout=timeout)
        stopped: TrioFuture[bool] = _StopFuture(asked)
        return stopped.get(timeout=timeout) if block else stopped

    async def wait_for_end(self) -> BaseException | None:
        """Wait until the actor's task is over; return the error that ended it, None after an orderly stop."""
        return await self.actor_stopped.wait_for_end()

    def _refuse_if_dead(self) -> None:
        if self.actor_inbox.closed:
            raise ActorDeadError(f"{self} not found")

    def _refuse_circle(self, message: Any) -> None:
        asker = current_actor.get()
        # A proxy sets attributes with an ask that nobody awaits.
        if asker is not None and not isinstance(message, ProxySetAttr):
            refuse_circle(asker, self)


class _StopFuture(DerivedFuture[bool]):
    """Whether there was something to stop."""

    __slots__ = ()

    def __init__(self, asked: TrioFuture[Any]) -> None:
        super().__init__((asked,), lambda _: True)

    def _fail(self) -> None:
        if not isinstance(sys.exception(), ActorDeadError):
            super()._fail()
        elif not self._done:
            self.set(False)
