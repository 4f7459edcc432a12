"""What passes between a turn and the actor of its chat while its handler runs."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Literal, TypeAlias

from mailroom.actors.journal import Journal

Stopped: TypeAlias = Literal["stopped", "running", "nothing"]
"""What became of the message that was to be stopped: it is over; its handler does not let itself be stopped,
and still runs; or there was none that was begun and not finished.
"""


class StoppedError(Exception):
    """A handler of the chat has had this message stopped."""


class Control:
    """One attempt, in the hands of its actor. `decided` is called once it is sure that a message which was
    taken for urgent is; `stop_begun` stops the message that was begun beside it.
    """

    __slots__ = ("_closed", "_deadline", "_ended", "decided", "stop_begun", "stopped")

    def __init__(
        self,
        decided: Callable[[], None] = lambda: None,
        stop_begun: Callable[[Journal], Awaitable[Stopped]] | None = None,
    ) -> None:
        self.decided = decided
        self.stop_begun = stop_begun
        self.stopped = False
        """Whether the message is to end without an answer."""
        self._closed = False
        self._deadline: asyncio.Timeout | None = None
        self._ended: asyncio.Event | None = None

    def runs_until(self, deadline: asyncio.Timeout) -> None:
        """The handler is about to begin. The task that runs it also commits, so it is the handler's deadline
        that is moved to stop it, and not the task that is cancelled.
        """
        self._deadline = deadline

    def stop(self) -> None:
        """End the handler now, wherever it waits; too late once it has come to its end."""
        if self._closed or self.stopped:
            return
        self.stopped = True
        if self._deadline is not None:
            with suppress(RuntimeError):  # it has just run out by itself
                self._deadline.reschedule(asyncio.get_running_loop().time())

    def close(self) -> bool:
        """The handler has come to its end. Returns whether it was stopped."""
        self._closed = True
        self._deadline = None
        return self.stopped

    def ended(self) -> None:
        """The attempt is over."""
        if self._ended is not None:
            self._ended.set()

    async def wait_until_ended(self, seconds: float) -> None:
        """Wait until the attempt is over, but no longer than that."""
        if self._ended is None:
            self._ended = asyncio.Event()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()
