"""The inbox of a Trio actor: Pykka's `ActorInbox`, limited, and safe to fill from any thread."""

import threading
from collections import deque
from typing import Any

import trio
from pykka import ActorDeadError
from pykka._envelope import Envelope
from pykka.messages import _ActorStop
from trio.lowlevel import Abort, current_task, reschedule, wait_task_rescheduled

from mailroom.actors.runtime.system import ActorSystem

get_ident = threading.get_ident


class InboxFullError(RuntimeError):
    """The actor's inbox holds as many messages as it may: its teller is faster than it, and must slow down.

    Pykka would block the teller here; a Trio task that blocks would stop everything, the actor included.
    """


class Inbox:
    """A queue in memory between whoever tells and the one actor that handles."""

    __slots__ = ("_waiter", "closed", "items", "limit", "system", "waits_for")

    def __init__(self, system: ActorSystem, limit: int) -> None:
        self.system = system
        self._waiter: trio.lowlevel.Task | None = None
        self.items: deque[Envelope[Any]] = deque()
        self.limit = limit
        self.closed = False
        # The inboxes whose answers this one's actor awaits right now; see waiting.py.
        self.waits_for: tuple[Inbox, ...] = ()

    def put(self, envelope: Envelope[Any], /) -> None:
        """Append a message and wake the actor; from another thread the same happens a moment later."""
        if len(self.items) >= self.limit and not isinstance(envelope.message, _ActorStop):
            raise InboxFullError(f"{self.limit} messages wait in the inbox")
        if get_ident() != self.system.thread_id:
            self._put_from_other_thread(envelope)
            return
        self.items.append(envelope)
        waiter = self._waiter
        if waiter is not None:
            self._waiter = None
            reschedule(waiter)

    def get(self) -> Envelope[Any]:
        """Take the first message; there must be one."""
        return self.items.popleft()

    def empty(self) -> bool:
        """Whether no message waits."""
        return not self.items

    async def wait_for_message(self) -> None:
        """Sleep until there is a message; only the actor itself waits here."""
        self._waiter = current_task()
        await wait_task_rescheduled(self._stop_waiting)

    def is_own_thread(self) -> bool:
        """Whether the caller runs in the thread of the actor, where blocking would block the actor too."""
        return get_ident() == self.system.thread_id

    def trio_token(self) -> trio.lowlevel.TrioToken:
        """The way into the actor's Trio run from another thread."""
        return self.system.token

    def refuse(self, envelope: Envelope[Any], reason: str) -> None:
        """Answer a message that nobody will handle; a request to stop has been granted."""
        if envelope.reply_to is None:
            return
        if isinstance(envelope.message, _ActorStop):
            envelope.reply_to.set(None)
        else:
            envelope.reply_to.set_exception((ActorDeadError, ActorDeadError(reason), None))

    def _stop_waiting(self, _: object) -> Abort:
        self._waiter = None
        return Abort.SUCCEEDED

    def _put_from_other_thread(self, envelope: Envelope[Any]) -> None:
        try:
            self.system.token.run_sync_soon(self._arrive, envelope)
        except trio.RunFinishedError:
            raise ActorDeadError("the actor's Trio run has ended") from None

    def _arrive(self, envelope: Envelope[Any]) -> None:
        if self.closed:
            self.refuse(envelope, "the actor stopped before the message arrived from its thread")
            return
        self.items.append(envelope)
        waiter = self._waiter
        if waiter is not None:
            self._waiter = None
            reschedule(waiter)
