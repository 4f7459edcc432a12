"""Pykka's actor on a Trio task: one message at a time, handlers sync or async, a few kilobytes each.

Everything goes through the hooks Pykka keeps for new kinds of actors (`_create_actor_inbox`,
`_create_future`, `_start_actor_loop`), so `tell`, `ask`, `stop`, `proxy`, the registry and the hooks mean
what Pykka says. The differences are few and on purpose:

- An actor is started below `open_actor_system()`, in the thread of that system (system.py).
- `ask` and `stop` are awaited, they never block unless `block=True` is said in another thread; nor does
  `proxy.attribute = value` (ref.py).
- An inbox has a limit (inbox.py), and an actor that would wait for itself gets an error (waiting.py).
- `get` gives what is there anywhere, and waits in other threads; where it would block a loop it raises
  WouldBlockError (future.py). For the same reason `actor_stopped` has no `wait`: await `wait_for_end()`.
- Errors of actors are logged under `actors`, not under `pykka`, in Pykka's words.
- A cancelled actor stops alone. Pykka answers every BaseException by stopping all actors, and
  `trio.Cancelled` is one; here cancellation, Ctrl-C and the like travel up the nursery, which knows better
  who must end.
"""

from __future__ import annotations

import logging
from types import CoroutineType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pykka import ActorRegistry
from pykka.messages import ProxyCall, ProxyGetAttr, ProxySetAttr, _ActorStop
from trio.lowlevel import checkpoint

from mailroom.actors.runtime.future import TrioFuture
from mailroom.actors.runtime.inbox import Inbox
from mailroom.actors.runtime.life import Life
from mailroom.actors.runtime.ref import TrioActorRef
from mailroom.actors.runtime.system import current_system
from mailroom.actors.runtime.waiting import current_actor

if TYPE_CHECKING:
    from types import TracebackType

    from pykka._envelope import Envelope

    # Pykka's types say that hooks return None, so to a type checker no subclass could ever make one async.
    Actor: Any
else:
    from pykka import Actor

logger = logging.getLogger("mailroom.actors")

INBOX_LIMIT = 10_000
"""Messages in one inbox: far more than an actor in good order ever has, and only megabytes if one has not."""

MESSAGES_PER_TURN = 100
"""Messages an actor may handle before others get the thread, when its handlers do not wait by themselves."""

PROXY_MESSAGES = frozenset({ProxyCall, ProxyGetAttr, ProxySetAttr})


class TrioActor(Actor):  # type: ignore[misc]
    """An actor that is a Trio task of the actor system it was started in.

    Override `on_receive` and the hooks as plain or as async methods.
    """

    registered: ClassVar[bool] = True
    """Whether Pykka's ActorRegistry knows the actor. It removes in O(n): say no where actors are many."""

    inbox_limit: ClassVar[int] = INBOX_LIMIT

    actor_inbox: Inbox
    actor_stopped: Life  # It answers is_set() and set(), as Pykka's Event does.
    _actor_ref: TrioActorRef[Any]

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        # Not Pykka's __init__: the UUID and the Event it makes cost more than all the rest (life.py).
        self.actor_inbox = self._create_actor_inbox()
        self.actor_inbox.limit = self.inbox_limit
        self.actor_stopped = Life()
        self._actor_ref = TrioActorRef(self)

    @classmethod
    def start(cls, *args: Any, **kwargs: Any) -> TrioActorRef[Self]:
        """Start an actor in the actor system that is open here; arguments go to the constructor."""
        actor = cls(*args, **kwargs)
        assert hasattr(actor, "_actor_ref"), "Did you forget to call super().__init__() in your override?"
        actor._start_actor_loop()
        # After the loop, which begins only when we wait for something: a start that fails leaves no trace.
        if cls.registered:
            ActorRegistry.register(actor.actor_ref)
        return actor.actor_ref

    @property
    def actor_ref(self) -> TrioActorRef[Self]:
        """The actor's reference, to hand to others."""
        return self._actor_ref

    @property
    def actor_urn(self) -> str:
        """The actor's globally unique name."""
        return self.actor_stopped.urn

    @staticmethod
    def _create_actor_inbox() -> Inbox:
        return Inbox(current_system(), INBOX_LIMIT)

    @staticmethod
    def _create_future() -> TrioFuture[Any]:
        return TrioFuture()

    # The hooks are Pykka's; they stand here to say in types that they may be async.

    def on_start(self) -> Any:
        """Run before the first message; an error here stops the actor."""

    def on_stop(self) -> Any:
        """Run after the last message, not after an error; in a cancelled actor, awaiting raises at once."""

    def on_failure(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> Any:
        """Run after an error that nobody asked for an answer to, before the actor stops."""

    def _start_actor_loop(self) -> None:
        self.actor_inbox.system.spawn(self)

    async def _actor_loop(self) -> None:  # A Trio task, not a thread's function.
        current_actor.set(self._actor_ref)
        try:
            await self._actor_loop_setup()
            await self._actor_loop_running()
        except BaseException as error:
            # Cancelled, or Ctrl-C and the like. The last words are said under the same cancellation.
            if not self.actor_inbox.closed:
                await self._stop(error)
            raise
        finally:
            self._actor_loop_teardown()

    async def _actor_loop_setup(self) -> None:
        try:
            await _result_of(self.on_start())
        except Exception as error:
            self._handle_error(error)

    async def _actor_loop_running(self) -> None:
        inbox = self.actor_inbox
        handled = 0
        while not inbox.closed:
            if not inbox.items:
                handled = 0
                await inbox.wait_for_message()
                continue
            if handled == MESSAGES_PER_TURN:
                handled = 0
                await checkpoint()
            handled += 1
            await self._handle_envelope(inbox.items.popleft())

    def _actor_loop_teardown(self) -> None:
        self._stop_taking_messages()
        while not self.actor_inbox.empty():
            self.actor_inbox.refuse(self.actor_inbox.get(), f"{self} stopped before handling the message")
        self.actor_inbox.system.forget(self)
        self.actor_stopped.end()

    async def _handle_envelope(self, envelope: Envelope[Any]) -> None:
        reply_to = envelope.reply_to
        try:
            answer = self._handle_receive(envelope.message)
            if type(answer) is CoroutineType:
                answer = await answer
            if reply_to is not None:
                reply_to.set(answer)
        except Exception as error:
            if reply_to is not None:
                logger.info("Exception returned from %s to caller:", self, exc_info=True)
                reply_to.set_exception()
            else:
                await self._fail(error)
        except BaseException:
            self.actor_inbox.refuse(envelope, f"{self} was cancelled while it handled the message")
            raise

    def _handle_receive(self, message: Any) -> Any:
        kind = type(message)
        if kind is _ActorStop:
            return self._stop(None)
        if kind in PROXY_MESSAGES:
            return super()._handle_receive(message)
        return self.on_receive(message)

    async def _stop(self, error: BaseException | None) -> None:
        """Stop without handling the rest of the inbox."""
        self._stop_taking_messages()
        self.actor_stopped.error = error
        try:
            await _result_of(self.on_stop())
        except Exception as stop_error:
            self._handle_error(stop_error)

    async def _fail(self, error: Exception) -> None:
        """Stop because of an error that nobody asked for an answer to."""
        self._handle_error(error)
        try:
            await _result_of(self.on_failure(type(error), error, error.__traceback__))
        except Exception as failure_error:
            self._handle_error(failure_error)

    def _handle_error(self, error: Exception) -> None:
        """Log an error of the actor and let it take no more messages; the first error is what it ended of."""
        logger.error("Unhandled exception in %s:", self, exc_info=error)
        self._stop_taking_messages()
        if self.actor_stopped.error is None:
            self.actor_stopped.error = error

    def _stop_taking_messages(self) -> None:
        if self.actor_inbox.closed:
            return
        self.actor_inbox.closed = True
        self.actor_stopped.set()
        if self.registered:
            ActorRegistry.unregister(self.actor_ref)


async def _result_of(hook: Any) -> None:
    """Await what a hook returned, if it is an async method."""
    if type(hook) is CoroutineType:
        await hook
